from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster, Docker, Etcd, Flannel, Host, Release, Role, Version
from kwizard.errors import ReleaseError
from kwizard.paths import cache_home
from kwizard.release import recall as recalling
from kwizard.release.recall import recall, sha256_of
from kwizard.release.store import look, obtain, resolve
from tests.pure.release.forge import elf, full, server, tar, targz


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


def cluster(**parts: object) -> Cluster:
    host = Host(
        name="anakin", address=IPv4Address("10.0.63.202"), roles=frozenset({Role.CONTROL_PLANE})
    )
    plain = Cluster(name="atomic", version=Version(1, 19, 16), hosts=(host,))
    return replace(plain, **parts)  # type: ignore[arg-type]


def brought(tmp_path: Path, data: bytes, name: str = "brought.tar.gz") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_a_server_tarball_is_used_where_it_lies(tmp_path: Path) -> None:
    path = brought(tmp_path, server())

    got = await obtain(cluster(release=Release(tarball=path)))

    assert got.server_tarball == Path(path)
    assert (got.sha256, got.version) == (digest(server()), Version(1, 19, 16))
    assert (got.architecture, got.source) == ("amd64", path)


async def test_what_is_to_come_from_hosts_is_neither_looked_for_here_nor_fetched() -> None:
    wanted = cluster(release=Release(on_hosts=True))

    assert await look(wanted) is None
    with pytest.raises(ReleaseError, match="from hosts that have it") as error:
        await obtain(wanted)
    assert "`on_hosts:`" in error.value.remedy


async def test_the_nested_one_is_taken_out_once(tmp_path: Path) -> None:
    wanted = cluster(release=Release(tarball=brought(tmp_path, full())))

    got = await obtain(wanted)
    first = got.server_tarball.stat()
    again = await resolve(wanted, "release")

    assert got.server_tarball.read_bytes() == server()
    assert again == (got.server_tarball, digest(server()))
    assert got.server_tarball.stat().st_ino == first.st_ino
    assert got.server_tarball.is_relative_to(cache_home())


async def test_a_nested_one_that_was_damaged_later_is_taken_out_anew(tmp_path: Path) -> None:
    wanted = cluster(release=Release(tarball=brought(tmp_path, full())))
    got = await obtain(wanted)
    got.server_tarball.write_bytes(server()[:-9])

    assert (await obtain(wanted)).server_tarball.read_bytes() == server()


async def test_another_version_is_refused(tmp_path: Path) -> None:
    path = brought(tmp_path, full("v1.18.0"))

    with pytest.raises(ReleaseError, match=r"is v1\.18\.0, the cluster file says v1\.19\.16"):
        await obtain(cluster(release=Release(tarball=path)))


async def test_a_tarball_that_does_not_tell_its_version_is_taken_with_a_notice(
    tmp_path: Path,
) -> None:
    data = targz({"kubernetes/server/bin/kube-apiserver": elf("kube-apiserver", "unknown")})
    said: list[str] = []

    async def notice(text: str) -> None:
        said.append(text)

    got = await obtain(cluster(release=Release(tarball=brought(tmp_path, data))), notice=notice)

    assert got.version == Version(1, 19, 16)
    assert "does not tell its version" in said[0]


async def test_a_sum_in_the_cluster_file_holds_for_a_brought_tarball(tmp_path: Path) -> None:
    path = brought(tmp_path, server())
    right = Release(tarball=path, sha256=digest(server()).upper())
    wrong = Release(tarball=path, sha256="0" * 64)

    assert (await obtain(cluster(release=right))).sha256 == digest(server())
    with pytest.raises(ReleaseError, match="the cluster file says 000") as caught:
        await obtain(cluster(release=wrong))
    assert "release: sha256:" in caught.value.remedy


async def test_nothing_is_here_before_it_was_fetched() -> None:
    assert await look(cluster()) is None
    with pytest.raises(ReleaseError, match="not on this machine yet") as caught:
        await resolve(cluster(), "release")
    assert "kwizard fetch" in caught.value.remedy


@pytest.mark.parametrize(
    ("artifact", "key"),
    [
        ("flannel", "flannel: binary:"),
        ("etcd-binaries", "etcd: binaries:"),
        ("etcd-archive", "etcd: archive:"),
        ("pause-archive", "docker: pause_archive:"),
    ],
)
async def test_a_missing_artifact_names_its_key(artifact: str, key: str) -> None:
    missing = cluster(
        flannel=Flannel(binary="/nowhere/x"),
        etcd=Etcd(archive="/nowhere/x", binaries="/nowhere/x"),
        docker=Docker(pause_archive="/nowhere/x"),
    )

    with pytest.raises(ReleaseError, match="does not say where") as unset:
        await resolve(cluster(), artifact)
    with pytest.raises(ReleaseError, match="there is no file /nowhere/x") as wrong:
        await resolve(missing, artifact)

    assert key in unset.value.remedy
    assert key in wrong.value.remedy


async def test_a_missing_tarball_names_its_key() -> None:
    with pytest.raises(ReleaseError, match="there is no file") as caught:
        await obtain(cluster(release=Release(tarball="/nowhere/x")))
    assert "release: tarball:" in caught.value.remedy


async def test_flanneld_is_taken_as_it_is_or_out_of_its_release(tmp_path: Path) -> None:
    program = elf("flanneld", "v0.26.7")
    alone = brought(tmp_path, program, "flanneld")
    packed = brought(tmp_path, targz({"flanneld": program, "README.md": b"x"}), "flannel.tar.gz")

    assert await resolve(cluster(flannel=Flannel(binary=alone)), "flannel") == (
        Path(alone),
        digest(program),
    )
    path, sum_ = await resolve(cluster(flannel=Flannel(binary=packed)), "flannel")
    assert (path.name, path.read_bytes(), sum_) == ("flanneld", program, digest(program))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (elf("flanneld", machine=183), "is for arm64"),
        (targz({"flanneld": elf("flanneld", machine=183)}), "is for arm64"),
        (targz({"README.md": b""}), "does not hold flanneld"),
        (targz({"flanneld": elf("flanneld")})[:-30], "is cut off"),
        (b"<html>", "is no program for Linux"),
        (b"", "is no program for Linux"),
    ],
)
async def test_what_is_no_flanneld_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(ReleaseError, match=sentence) as caught:
        await resolve(cluster(flannel=Flannel(binary=brought(tmp_path, data))), "flannel")
    assert caught.value.remedy


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(path.read_bytes()))) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


async def test_etcd_comes_in_one_form_whatever_it_was_brought_in(tmp_path: Path) -> None:
    programs = {"etcd": elf("etcd"), "etcdctl": elf("etcdctl")}
    directory = tmp_path / "etcd"
    directory.mkdir()
    for name, data in programs.items():
        (directory / name).write_bytes(data)
    official = {f"etcd-v3.4.23-linux-amd64/{n}": d for n, d in programs.items()}
    wanted = {f"etcd/{n}": d for n, d in programs.items()}

    for value in (
        str(directory),
        brought(tmp_path, targz(official), "official"),
        brought(tmp_path, targz(programs), "flat"),
    ):
        path, sum_ = await resolve(cluster(etcd=Etcd(binaries=value)), "etcd-binaries")
        assert members(path) == wanted
        assert sum_ == digest(path.read_bytes())


async def test_an_image_must_be_a_docker_archive(tmp_path: Path) -> None:
    image = tar({"manifest.json": b"[]", "layer.tar": b""})
    good = brought(tmp_path, image, "image.tar")
    packed = brought(tmp_path, gzip.compress(image), "image.tar.gz")
    bad = brought(tmp_path, tar({"etc/hosts": b""}), "bad.tar")
    worse = brought(tmp_path, b"nothing", "worse.tar")

    assert await resolve(cluster(etcd=Etcd(archive=good)), "etcd-archive") == (
        Path(good),
        digest(image),
    )
    await resolve(cluster(docker=Docker(pause_archive=packed)), "pause-archive")
    for file in (bad, worse):
        with pytest.raises(ReleaseError, match="no docker archive") as caught:
            await resolve(cluster(etcd=Etcd(archive=file)), "etcd-archive")
        assert "docker save" in caught.value.remedy


def test_a_finding_holds_until_the_file_changes(tmp_path: Path) -> None:
    path = Path(brought(tmp_path, b"one"))
    asked: list[str] = []

    def find_out() -> str:
        asked.append(path.read_text())
        return asked[-1]

    assert [recall(path, "text", find_out) for _ in range(3)] == ["one"] * 3
    path.write_bytes(b"two")
    assert recall(path, "text", find_out) == "two"
    assert asked == ["one", "two"]


@pytest.mark.parametrize("rubbish", [b"", b"[1]", b"\xff\xfe", b'{"sha256 x": 7}'])
def test_rubbish_among_the_findings_only_costs_time(tmp_path: Path, rubbish: bytes) -> None:
    path = Path(brought(tmp_path, b"one"))
    cache_home().mkdir(parents=True)
    (cache_home() / "findings.json").write_bytes(rubbish)

    assert sha256_of(path) == digest(b"one")


def test_findings_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "_MOST", 3)
    for number in range(6):
        sha256_of(Path(brought(tmp_path, b"", f"file{number}")))

    kept = (cache_home() / "findings.json").read_text()
    assert [n for n in range(6) if f"file{n}" in kept] == [3, 4, 5]
