"""The real use cases of the release page: fetching over HTTP, looking into files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster, RecipeName, Release, Version
from kwizard.errors import ReleaseError
from kwizard.lab.release.mirror import Mirror
from kwizard.tui.live import LiveUseCases
from kwizard.tui.usecases import Fetching
from tests.pure.release.forge import server

from .scripted import CLUSTER

FILE = "v1.19.16/kubernetes-server-linux-amd64.tar.gz"


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    root = tmp_path / "mirror"
    file = root / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(server())
    Path(f"{file}.sha512").write_text(hashlib.sha512(file.read_bytes()).hexdigest())
    with Mirror(root) as mirror:
        yield mirror


def wanted(mirror: Mirror, version: Version = CLUSTER.version) -> Cluster:
    # The catalog knows the real sum of this version; the made-up file has another one.
    sha256 = hashlib.sha256(server()).hexdigest()
    return replace(CLUSTER, version=version, release=Release(mirror=mirror.url, sha256=sha256))


async def fetched(cluster: Cluster) -> list[Fetching]:
    async with aclosing(LiveUseCases().fetch(cluster)) as steps:
        return [step async for step in steps]


async def test_fetching_tells_how_far_it_is_until_all_is_there(mirror: Mirror) -> None:
    cases = LiveUseCases()
    cluster = wanted(mirror)
    assert ("here", "not yet, it will be downloaded") in (await cases.check_release(cluster)).facts
    told = await fetched(cluster)
    size = len(server())
    assert [(s.done, s.total) for s in told if not s.notice][-1] == (size, size)
    facts = dict((await cases.check_release(cluster)).facts)
    assert facts["here"] == "yes, v1.19.16 for amd64"


async def test_what_the_mirror_lacks_is_an_error_with_a_remedy(mirror: Mirror) -> None:
    cluster = wanted(mirror, Version(1, 18, 20))
    with pytest.raises(ReleaseError) as caught:
        await fetched(cluster)
    assert caught.value.remedy


async def test_files_are_looked_into_and_found_in_the_usual_folders(tmp_path: Path) -> None:
    cases = LiveUseCases()
    modern = replace(cases.blank(), hosts=CLUSTER.hosts)
    assert modern.recipe is RecipeName.MODERN
    downloads = tmp_path / "home" / "Downloads"
    downloads.mkdir(parents=True)
    bad = downloads / "etcd-v3.6.16-linux-amd64.tar.gz"
    bad.write_bytes(b"no tarball")
    (tmp_path / "here" / "flanneld").write_bytes(b"")
    found = await cases.around(modern, None)
    assert found == {
        ("etcd", "binaries"): (bad,),
        ("flannel", "binary"): (tmp_path / "here" / "flanneld",),
    }
    named = replace(modern, etcd=replace(modern.etcd, binaries=str(bad)))
    (problem,) = (await cases.check_release(named)).problems
    assert "etcd-v3.6.16-linux-amd64.tar.gz" in problem.message
    assert problem.remedy


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    cases = LiveUseCases()
    modern = replace(cases.blank(), hosts=CLUSTER.hosts)
    named = replace(modern, etcd=replace(modern.etcd, binaries=str(tmp_path / "nowhere.tar.gz")))
    report = await cases.check_release(named)
    assert any("etcd.binaries: no file" in p.message for p in report.problems)
