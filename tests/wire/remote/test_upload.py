from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from pathlib import Path

import pytest

from kwizard.errors import InvalidInput, RemoteCommandFailed
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.conftest import Answers, MakeHost
from tests.wire.remote.server import FakeHost

MIB = 1 << 20


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "release.tar.gz"
    file.write_bytes(os.urandom(3 * MIB + 17))
    return file


@pytest.fixture
def target(server: FakeHost) -> Path:
    return server.root / "srv" / "a dir" / "release.tar.gz"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def put(host: SSHHost, source: Path, target: Path, **given: object) -> list[tuple[int, int]]:
    """Upload, and return the progress that was told."""
    told: list[tuple[int, int]] = []
    options: dict[str, object] = {"sha256": sha256(source)} | given
    await host.upload(source, str(target), progress=lambda *x: told.append(x), **options)  # type: ignore[arg-type]
    return told


async def test_a_file_arrives(host: SSHHost, source: Path, target: Path):
    told = await put(host, source, target, mode=0o755)
    assert target.read_bytes() == source.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o755
    assert told[0][0] == 0
    assert told[-1] == (source.stat().st_size,) * 2
    assert told == sorted(told)
    assert [f.name for f in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("size", [0, 1, 1 << 18, (1 << 18) + 1])
async def test_files_of_any_size(host: SSHHost, tmp_path: Path, target: Path, size: int):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(size))
    await put(host, source, target)
    assert target.read_bytes() == source.read_bytes()


async def test_a_file_that_is_there_is_not_sent_again(
    host: SSHHost, server: FakeHost, source: Path, target: Path
):
    await put(host, source, target)
    before = sum(server.received)
    assert await put(host, source, target, mode=0o600) == [(source.stat().st_size,) * 2]
    assert sum(server.received) - before < 100_000
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_another_file_in_its_place_is_replaced(host: SSHHost, source: Path, target: Path):
    target.parent.mkdir(parents=True)
    target.write_bytes(bytes(source.stat().st_size))
    await put(host, source, target)
    assert target.read_bytes() == source.read_bytes()


async def test_a_cut_is_resumed_at_the_byte(
    host: SSHHost, server: FakeHost, source: Path, target: Path
):
    await host.look("true")
    server.drop_input_after = 2 * MIB
    told = await put(host, source, target)
    assert target.read_bytes() == source.read_bytes()
    # A look, a stream that was cut at 2 MiB, another look, a stream of what was missing.
    cut, rest = (n for n in server.received if n > 100_000)
    assert cut == 2 * MIB
    assert rest < MIB + 100_000
    resumed = [done for done, _ in told if done not in (0, source.stat().st_size)]
    assert any(done > MIB and done % (1 << 18) for done in resumed)


async def test_a_part_of_an_earlier_run_is_resumed(
    make: MakeHost, server: FakeHost, source: Path, target: Path
):
    target.parent.mkdir(parents=True)
    Path(f"{target}.part").write_bytes(source.read_bytes()[: 3 * MIB])
    told = await put(make(), source, target)
    assert told[0][0] == 3 * MIB
    assert sum(server.received) < 100_000


@pytest.mark.parametrize("part", [b"x" * MIB, b"x" * 5 * MIB], ids=["other bytes", "too long"])
async def test_a_part_of_something_else_is_not_built_upon(
    host: SSHHost, source: Path, target: Path, part: bytes
):
    target.parent.mkdir(parents=True)
    Path(f"{target}.part").write_bytes(part)
    told = await put(host, source, target)
    assert told[0][0] == 0
    assert target.read_bytes() == source.read_bytes()


async def test_a_receiver_of_a_dead_connection_adds_nothing_more(
    host: SSHHost, source: Path, target: Path
):
    target.parent.mkdir(parents=True)
    left = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    started = Path(f"/proc/{left.pid}/stat").read_text().rpartition(")")[2].split()[19]
    Path(f"{target}.part.by").write_text(f"{left.pid} {started}\n")
    await put(host, source, target)
    assert await left.wait() == -9
    assert target.read_bytes() == source.read_bytes()


async def test_a_wrong_sum_leaves_nothing(host: SSHHost, source: Path, target: Path):
    with pytest.raises(RemoteCommandFailed, match=f"sum {sha256(source)}, expected 0000"):
        await put(host, source, target, sha256="0" * 64)
    assert list(target.parent.iterdir()) == []


async def test_no_room_is_told_before_anything_is_sent(
    host: SSHHost, server: FakeHost, source: Path, target: Path
):
    server.tool("df", "#!/bin/sh\nprintf 'head\\n/dev/x 100 98 2 98%% /my mount\\n'\n")
    with pytest.raises(RemoteCommandFailed) as caught:
        await put(host, source, target)
    size = source.stat().st_size
    assert f"{size} bytes are needed and 2048 are free on the file system /my mount" in str(
        caught.value
    )
    assert sum(server.received) < 100_000


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
async def test_a_disk_that_fills_up_meanwhile(
    host: SSHHost, server: FakeHost, source: Path, tmp_path: Path
):
    small = tmp_path / "small"
    small.mkdir()
    mount = await asyncio.create_subprocess_exec(
        *("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small))
    )
    if await mount.wait():
        pytest.skip("no tmpfs here")
    try:
        server.tool("df", "#!/bin/sh\nprintf 'head\\n/dev/x 9 9 99999999 1%% /small\\n'\n")
        with pytest.raises(RemoteCommandFailed, match=r"no space for .* the file system /small"):
            await put(host, source, small / "release")
        assert 0 < (small / "release.part").stat().st_size <= MIB
        assert not (small / "release").exists()
    finally:
        umount = await asyncio.create_subprocess_exec("umount", str(small))
        await umount.wait()


async def test_a_place_that_cannot_be_written(host: SSHHost, source: Path, server: FakeHost):
    (server.root / "file").write_text("")
    with pytest.raises(RemoteCommandFailed, match="cannot be placed"):
        await put(host, source, server.root / "file" / "release")
    (server.root / "folder").mkdir()
    with pytest.raises(RemoteCommandFailed, match="is a directory"):
        await put(host, source, server.root / "folder")


async def test_a_source_that_is_none(host: SSHHost, tmp_path: Path, target: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        await host.upload(tmp_path / "none", str(target), sha256="0" * 64)


async def test_a_source_that_shrinks_meanwhile(
    host: SSHHost, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
):
    whole = sha256(source)

    def shrink(done: int, _total: int) -> None:
        os.truncate(source, MIB)

    with pytest.raises(InvalidInput, match="changed while it was sent"):
        await host.upload(source, str(target), sha256=whole, progress=shrink)
    assert not target.exists()


async def test_sudo_with_a_password_places_files(
    make: MakeHost, server: FakeHost, source: Path, target: Path
):
    server.sudo("password", "secret")
    await put(make(user="op", credentials=Answers(sudo="secret")), source, target)
    assert target.read_bytes() == source.read_bytes()
