"""The real use cases of the release page: fetching over HTTP, looking into files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.app.holders import OnHosts, nobody_has_it, on_hosts
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import Cluster, RecipeName, Release, Version
from kwizard.errors import ReleaseError
from kwizard.lab.release.mirror import Mirror
from kwizard.release import bundle as bundles
from kwizard.release.catalog import locate
from kwizard.remote.host import Found
from kwizard.tui.facts import release_facts
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


async def test_a_bundle_is_found_by_what_it_is_for_read_and_opened(tmp_path: Path) -> None:
    cases = LiveUseCases()
    blank = replace(cases.blank(), hosts=CLUSTER.hosts)
    source = tmp_path / "kubernetes.tar.gz"
    source.write_bytes(server(str(blank.version)))
    items = (bundles.item("release.tarball", source),)
    made = bundles.Bundle("modern", str(blank.version), "amd64", items)
    file = tmp_path / "here" / "carried.tar"
    bundles.write(file, made, {"release.tarball": source})
    found = await cases.around(blank, None)
    assert found["bundle",] == (file,)
    assert await cases.read_bundle(file) == made
    told: list[tuple[int, int]] = []
    opened = await cases.open_bundle(file, lambda done, total: told.append((done, total)))
    assert told[-1] == (made.size, made.size)
    whole = opened.into(blank)
    assert whole.release.tarball is not None
    assert Path(whole.release.tarball).read_bytes() == source.read_bytes()
    assert cases.apply_line(Path("/c.yaml"), file) == f"kwizard apply --bundle {file} /c.yaml"


class Asked:
    """A host that was asked for its copy of the release."""

    def __init__(self, name: str, found: Found | None) -> None:
        self.name, self._found, self.passing = name, found, self

    async def sums(self, _path: str) -> Found | None:
        return self._found


async def test_which_hosts_have_the_release_and_what_cannot_be_told() -> None:
    current = replace(
        with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3)),
        release=Release(sha256="a" * 64),
    )
    good = Found(size=5, sha256="a" * 64, sha512="b" * 128)
    other = replace(good, sha256="c" * 64)
    hosts = {n: Asked(n, f) for n, f in (("anakin", good), ("boba", other), ("c3po", None))}
    held = await on_hosts(current, hosts)  # type: ignore[arg-type]
    assert held == OnHosts(("anakin",), "sha256", others=(("boba", "c" * 64),))
    place = locate(current.version)
    facts = dict(release_facts(None, place, held))
    assert facts["on hosts"] == "anakin"
    assert facts["here"] == "no, and it will not be downloaded: hosts have it"
    none = await on_hosts(current, {})
    assert dict(release_facts(None, place, none))["on hosts"] == "none has it"
    assert dict(release_facts(None, place, none))["here"] == "not yet, it will be downloaded"
    unknown = replace(current, version=Version(1, 36, 99), release=Release())
    said = dict(release_facts(None, place, await on_hosts(unknown, hosts)))  # type: ignore[arg-type]
    assert "no sum of it is known" in said["on hosts"]
    away = replace(held, away=("boba",))
    assert dict(release_facts(None, place, away))["did not answer"] == "boba"
    assert (await on_hosts(unknown, hosts)).others == ()  # type: ignore[arg-type]


async def test_who_wants_it_from_hosts_that_have_none_hears_what_lies_there() -> None:
    chosen = replace(
        with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3)),
        release=Release(on_hosts=True, sha256="a" * 64),
    )
    other = Found(size=5, sha256="c" * 64, sha512="d" * 128)
    hosts = {"anakin": Asked("anakin", None), "boba": Asked("boba", other)}
    held = await on_hosts(chosen, hosts)  # type: ignore[arg-type]
    said = nobody_has_it(chosen, held)
    assert said.message.startswith(
        "no host has the release v1.36.3 by its sha256; what lies in its"
    )
    assert said.message.endswith(f"another file: sha256 {'c' * 64}: boba")
    assert "`on_hosts:`" in said.remedy
    facts = dict(release_facts(None, locate(chosen.version), held, chosen=True))
    assert facts["here"] == "no, and it will not be downloaded: it is to come from hosts"
    assert facts["on hosts"] == "boba, not known to be it"
    # Where nobody published a sum of it, the person may know that what lies there is right.
    unknown = replace(chosen, version=Version(1, 36, 99), release=Release(on_hosts=True))
    found = await on_hosts(unknown, hosts)  # type: ignore[arg-type]
    assert found == OnHosts((), "", others=(("boba", "c" * 64),))
    said = nobody_has_it(unknown, found)
    assert said.message.endswith(f"there lie: sha256 {'c' * 64}: boba")
    assert "`release: sha256:`" in said.remedy
