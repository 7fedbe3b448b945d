from __future__ import annotations

import asyncio
import shutil
import stat
from pathlib import Path

import asyncssh
import pytest

from kwizard.errors import HostKeyChanged, HostKeyUnknown, InvalidInput
from kwizard.remote.hostkeys import HostKeys
from tests.wire.remote.conftest import Confirm, MakeHost
from tests.wire.remote.server import FakeHost


def fingerprint(server: FakeHost) -> str:
    return server.host_key.get_fingerprint()


async def test_an_unknown_key_is_asked_about_once_and_recorded(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    file, confirm = tmp_path / "state/known_hosts", Confirm()
    host = make(host_keys=HostKeys(file, confirm))
    await asyncio.gather(*(host.look("true") for _ in range(5)))
    (seen,) = confirm.seen
    assert (seen.host, seen.address, seen.port) == ("anakin", "127.0.0.1", server.port)
    assert (seen.key_type, seen.fingerprint) == ("ssh-ed25519", fingerprint(server))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await make(host_keys=HostKeys(file)).look("true")


async def test_keys_are_asked_about_in_the_files_order_and_counted(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    others = [FakeHost(tmp_path / name, name=name) for name in ("boba", "c3po")]
    confirm = Confirm()
    keys = HostKeys(tmp_path / "k", confirm, order=["anakin", "boba", "c3po"])
    try:
        for other in others:
            other.password = server.password
            await other.start()
        hosts = [make(host, host_keys=keys) for host in (*reversed(others), server)]
        await asyncio.gather(*(host.look("true") for host in hosts))
        seen = [(key.host, key.number, key.total) for key in confirm.seen]
        assert seen == [("anakin", 1, 3), ("boba", 2, 3), ("c3po", 3, 3)]
        assert len((tmp_path / "k").read_text().splitlines()) == 3
    finally:
        for host in hosts:
            await host.close()
        for other in others:
            await other.clean_up()


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")
async def test_openssh_reads_what_is_recorded(make: MakeHost, server: FakeHost, tmp_path: Path):
    file = tmp_path / "known_hosts"
    await make(host_keys=HostKeys(file, Confirm())).look("true")
    found = await asyncio.create_subprocess_exec(
        *("ssh-keygen", "-l", "-F", f"[127.0.0.1]:{server.port}", "-f", str(file)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert fingerprint(server).encode() in (await found.communicate())[0]


@pytest.mark.parametrize("confirm", [None, Confirm(answer=False)])
async def test_a_key_nobody_confirms_is_refused(
    make: MakeHost, server: FakeHost, tmp_path: Path, confirm: Confirm | None
):
    file = tmp_path / "known_hosts"
    with pytest.raises(HostKeyUnknown) as caught:
        await make(host_keys=HostKeys(file, confirm)).look("true")
    assert caught.value.fingerprint == fingerprint(server)
    assert caught.value.key == server.host_key.export_public_key().decode().strip()
    assert caught.value.exit_code == 4
    assert not file.exists()
    assert server.logins == 0


async def test_a_changed_key_is_refused_and_nobody_is_asked(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    confirm = Confirm()
    keys = HostKeys(tmp_path / "known_hosts", confirm)
    await make(host_keys=keys).look("true")
    old = fingerprint(server)
    await server.stop()
    server.host_key = asyncssh.generate_private_key("ssh-ed25519")
    await server.start()
    with pytest.raises(HostKeyChanged) as caught:
        await make(host_keys=keys).look("true")
    assert old in str(caught.value)
    assert fingerprint(server) in str(caught.value)
    assert f"[127.0.0.1]:{server.port}" in caught.value.remedy
    assert len(confirm.seen) == 1
    assert server.logins == 1


async def test_a_key_of_another_type_is_a_changed_key_too(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    keys = HostKeys(tmp_path / "known_hosts", Confirm())
    await make(host_keys=keys).look("true")
    await server.stop()
    server.host_key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    await server.start()
    with pytest.raises(HostKeyChanged, match="ecdsa-sha2-nistp256"):
        await make(host_keys=keys).look("true")


async def test_a_host_with_several_keys_is_asked_for_the_recorded_one(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    rsa = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    await server.stop()
    server.host_keys = [server.host_key, rsa]
    await server.start()
    file = tmp_path / "known_hosts"
    file.write_text(f"[127.0.0.1]:{server.port} {rsa.export_public_key().decode()}")
    await make(host_keys=HostKeys(file)).look("true")


async def test_the_key_of_another_port_does_not_count(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    file = tmp_path / "known_hosts"
    file.write_text(f"127.0.0.1 {other}")
    confirm = Confirm()
    await make(host_keys=HostKeys(file, confirm)).look("true")
    assert len(confirm.seen) == 1
    assert file.read_text().startswith(f"127.0.0.1 {other}")


async def test_a_revoked_key_is_refused(make: MakeHost, server: FakeHost, tmp_path: Path):
    file = tmp_path / "known_hosts"
    public = server.host_key.export_public_key().decode()
    file.write_text(f"@revoked [127.0.0.1]:{server.port} {public}")
    with pytest.raises(HostKeyChanged, match="revoked"):
        await make(host_keys=HostKeys(file, Confirm())).look("true")


async def test_the_users_own_file_counts_when_asked_for(
    make: MakeHost, server: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    public = server.host_key.export_public_key().decode()
    (tmp_path / ".ssh/known_hosts").write_text(f"[127.0.0.1]:{server.port} {public}")
    await make(host_keys=HostKeys(tmp_path / "ours", also_user=True)).look("true")
    with pytest.raises(HostKeyUnknown):
        await make(host_keys=HostKeys(tmp_path / "ours")).look("true")


async def test_a_damaged_file_is_told_with_its_line(make: MakeHost, tmp_path: Path):
    file = tmp_path / "known_hosts"
    file.write_text("# fine\n\noops\n")
    with pytest.raises(InvalidInput, match="known_hosts:3: "):
        await make(host_keys=HostKeys(file, Confirm())).look("true")
