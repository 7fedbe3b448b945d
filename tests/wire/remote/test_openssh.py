"""The line for a shell: run with the real ssh, against a server of ours."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncssh
import pytest

from kwizard.cluster.model import SSH
from kwizard.errors import KwizardError
from kwizard.remote.hostkeys import HostKeys, host_pattern
from kwizard.remote.openssh import command_line
from kwizard.remote.target import Target, resolve
from tests.wire.remote.server import FakeHost

needs_ssh = pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh program here")


def key_for(*hosts: FakeHost, folder: Path) -> Path:
    """A private key in a file that lets in at these hosts."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    file = folder / "id_test"
    key.write_private_key(file)
    file.chmod(0o600)
    for host in hosts:
        host.keys.append(key)
    return file


def known(folder: Path, *hosts: FakeHost) -> HostKeys:
    file = folder / "known_hosts"
    file.write_text(
        "".join(
            f"{host_pattern('127.0.0.1', h.port)} {h.host_key.export_public_key().decode()}"
            for h in hosts
        )
    )
    return HostKeys(file)


def target(server: FakeHost, identity: Path, config: Path | None = None, **ssh: str) -> Target:
    settings = SSH(user="op", port=server.port, identity=str(identity), **ssh)
    return resolve("anakin", "127.0.0.1", settings, config=config, agent=False)


async def run(argv: tuple[str, ...], command: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *argv[:-2], "-o", "BatchMode=yes", *argv[-2:], command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(30):
        out, _ = await process.communicate()
    return process.returncode, out.decode()


@needs_ssh
async def test_it_reaches_the_host_as_kwizard_does(server: FakeHost, tmp_path: Path):
    identity = key_for(server, folder=tmp_path)
    line = command_line(target(server, identity), known(tmp_path, server), tmp_path)
    assert await run(line, "echo $LOGIN is here") == (0, "op is here\n")


@needs_ssh
async def test_a_host_with_another_key_is_refused(server: FakeHost, tmp_path: Path):
    identity = key_for(server, folder=tmp_path)
    keys = known(tmp_path, server)
    server.host_key = asyncssh.generate_private_key("ssh-ed25519")
    await server.stop()
    await server.start()
    status, said = await run(command_line(target(server, identity), keys, tmp_path), "true")
    assert status == 255
    assert "HAS CHANGED" in said or "verification failed" in said


@needs_ssh
async def test_a_pinned_key_stands_above_a_recorded_one(server: FakeHost, tmp_path: Path):
    identity = key_for(server, folder=tmp_path)
    old = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    name = host_pattern("127.0.0.1", server.port)
    file = tmp_path / "known_hosts"
    file.write_text(f"{name} {old}")
    pin = f"{name} {server.host_key.export_public_key().decode()}"
    line = command_line(target(server, identity), HostKeys(file, pinned=pin), tmp_path)
    assert await run(line, "echo in") == (0, "in\n")


@needs_ssh
async def test_the_jump_host_is_checked_against_the_clusters_known_hosts_too(
    server: FakeHost, tmp_path: Path
):
    jump = FakeHost(tmp_path / "jump", name="jump")
    identity = key_for(server, jump, folder=tmp_path)
    await jump.start()
    try:
        config = tmp_path / "config"
        config.write_text(f'Host *\n  IdentityFile "{identity}"\n')
        config.chmod(0o600)
        there = target(server, identity, config, jump=f"op@127.0.0.1:{jump.port}")
        line = command_line(there, known(tmp_path, server, jump), tmp_path)
        assert await run(line, "echo through") == (0, "through\n")
        line = command_line(there, known(tmp_path, server), tmp_path)
        status, _ = await run(line, "echo through")
        assert status == 255
    finally:
        await jump.clean_up()


async def test_without_an_ssh_program_it_says_so(
    server: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KwizardError, match="no ssh program") as caught:
        command_line(target(server, tmp_path / "id"), HostKeys(tmp_path / "k"), tmp_path)
    assert caught.value.remedy
