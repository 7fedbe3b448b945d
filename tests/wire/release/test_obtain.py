from __future__ import annotations

import hashlib
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster, Host, Release, Version
from kwizard.errors import ReleaseError
from kwizard.lab.release.mirror import Faults, Mirror
from kwizard.release.store import look, obtain, resolve
from tests.pure.release.forge import full, server
from tests.wire.release.conftest import Told

FILE = "/v1.19.16/kubernetes-server-linux-amd64.tar.gz"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(mirror: Mirror, tmp_path: Path) -> bytes:
    data = server()
    file = tmp_path / "mirror" / FILE.lstrip("/")
    file.parent.mkdir()
    file.write_bytes(data)
    Path(f"{file}.sha512").write_text(hashlib.sha512(data).hexdigest())
    return data


def cluster(mirror: Mirror, *, version: str = "v1.19.16", sha256: str | None = None) -> Cluster:
    return Cluster(
        name="atomic",
        version=Version.parse(version),
        hosts=(Host(name="anakin", address=IPv4Address("10.0.63.202")),),
        release=Release(mirror=mirror.url, sha256=sha256),
    )


async def test_a_release_comes_from_the_mirror_once(
    mirror: Mirror, data: bytes, told: Told
) -> None:
    wanted = cluster(mirror)
    assert await look(wanted) is None

    got = await obtain(wanted, progress=told.progress, notice=told.notice)
    asked = len(mirror.log)
    again = await obtain(wanted)

    assert got.server_tarball.read_bytes() == data
    assert got.source == f"{mirror.url}{FILE}"
    assert told.steps[-1] == (len(data), len(data))
    assert again == got == await look(wanted)
    assert await resolve(wanted, "release") == (got.server_tarball, got.sha256)
    assert len(mirror.log) == asked


async def test_the_sum_in_the_cluster_file_stands_above_the_mirrors(
    mirror: Mirror, data: bytes
) -> None:
    with pytest.raises(ReleaseError, match="expected 000"):
        await obtain(cluster(mirror, sha256="0" * 64))

    right = hashlib.sha256(data).hexdigest()
    assert (await obtain(cluster(mirror, sha256=right))).sha256 == right


async def test_a_known_sum_is_not_taken_from_the_mirror(mirror: Mirror, tmp_path: Path) -> None:
    file = tmp_path / "mirror" / "v1.3.5" / "kubernetes.tar.gz"
    file.parent.mkdir()
    file.write_bytes(full("v1.3.5"))
    Path(f"{file}.sha256").write_text(hashlib.sha256(full("v1.3.5")).hexdigest())

    with pytest.raises(ReleaseError, match="expected 46be88ce"):
        await obtain(cluster(mirror, version="v1.3.5"))

    assert [r.path for r in mirror.log] == ["/v1.3.5/kubernetes.tar.gz"]


async def test_another_version_under_this_ones_name_is_refused(
    mirror: Mirror, data: bytes, tmp_path: Path
) -> None:
    other = server("v1.18.0")
    file = tmp_path / "mirror" / FILE.lstrip("/")
    file.write_bytes(other)
    Path(f"{file}.sha512").write_text(hashlib.sha512(other).hexdigest())

    with pytest.raises(ReleaseError, match=r"is v1\.18\.0"):
        await obtain(cluster(mirror))


async def test_a_version_the_mirror_lacks_is_said(mirror: Mirror, data: bytes) -> None:
    with pytest.raises(ReleaseError, match=r"v1\.18\.0/.* does not exist") as caught:
        await obtain(cluster(mirror, version="v1.18.0"))
    assert "check the version" in caught.value.remedy


async def test_heads_and_faults_leave_the_mirror_standing(mirror: Mirror, data: bytes) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=mirror.url) as client:
        head = await client.head(FILE)
        outside = await client.get("/%2e%2e/cache/x")
        mirror.fault("*", Faults(status=500, times=1))
        broken = await client.get(FILE)
        middle = await client.get(FILE, headers={"Range": "bytes=10-19"})

    assert head.headers["Content-Length"] == str(len(data))
    assert head.content == b""
    assert (outside.status_code, broken.status_code) == (404, 500)
    assert (middle.status_code, middle.content) == (206, data[10:20])
    assert middle.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
