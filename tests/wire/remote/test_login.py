from __future__ import annotations

import asyncio
import logging
import shutil
import socket
from pathlib import Path

import asyncssh
import pytest

from kwizard.errors import (
    HostKeyChanged,
    HostRefused,
    HostUnreachable,
    InvalidInput,
    KwizardError,
    LoginRefused,
)
from kwizard.remote.credentials import NoCredentials
from kwizard.remote.hostkeys import HostKeys
from tests import clock
from tests.wire.remote.conftest import PASSWORD, Answers, Confirm, MakeHost
from tests.wire.remote.server import FakeHost


def write_key(file: Path, passphrase: str | None = None) -> asyncssh.SSHKey:
    key = asyncssh.generate_private_key("ssh-ed25519")
    file.write_bytes(key.export_private_key("pkcs8-pem", passphrase))
    return key


async def refused(make: MakeHost, **given: object) -> KwizardError:
    """The error of a look; each has a host and a remedy."""
    with pytest.raises(KwizardError) as caught:
        await make(**given).look("true")
    assert caught.value.host == "anakin"
    assert caught.value.remedy
    return caught.value


async def test_a_password_is_asked_for_once(make: MakeHost, server: FakeHost):
    answers = Answers()
    host = make(credentials=answers)
    await asyncio.gather(*(host.look("true") for _ in range(5)))
    await server.drop()
    await host.look("true")
    assert answers.asked == ["login root@anakin"]
    assert server.logins == 2


async def test_a_wrong_password_is_sent_once(make: MakeHost, server: FakeHost):
    host = make(credentials=Answers("wrong"))
    for _ in range(3):
        with pytest.raises(LoginRefused, match="did not accept the password of root") as caught:
            await host.look("true")
        assert "wrong" not in f"{caught.value!r} {caught.value} {caught.value.remedy}"
    assert server.password_attempts == ["wrong"]


async def test_a_corrected_password_is_taken(make: MakeHost, server: FakeHost):
    answers = Answers("wrong")
    host = make(credentials=answers)
    with pytest.raises(LoginRefused):
        await host.look("true")
    answers.login = PASSWORD
    await host.look("true")


async def test_a_password_for_keyboard_interactive(make: MakeHost, server: FakeHost):
    server.keyboard_interactive = True
    await make().look("true")


async def test_nothing_to_log_in_with(make: MakeHost):
    error = await refused(make, credentials=NoCredentials())
    assert isinstance(error, LoginRefused)
    assert "no key was there to offer" in str(error)


async def test_a_key_file(make: MakeHost, server: FakeHost, tmp_path: Path):
    server.password = None
    server.keys = [write_key(tmp_path / "key")]
    await make(identity=str(tmp_path / "key"), credentials=NoCredentials()).look("true")


async def test_a_key_that_is_not_accepted(make: MakeHost, server: FakeHost, tmp_path: Path):
    server.keys = [write_key(tmp_path / "other")]
    write_key(tmp_path / "key")
    error = await refused(make, identity=str(tmp_path / "key"), credentials=NoCredentials())
    assert "the one key offered was not accepted" in str(error)


async def test_after_the_keys_the_password(make: MakeHost, server: FakeHost, tmp_path: Path):
    server.keys = [write_key(tmp_path / "other")]
    write_key(tmp_path / "key")
    await make(identity=str(tmp_path / "key")).look("true")


async def test_a_key_with_a_passphrase(make: MakeHost, server: FakeHost, tmp_path: Path):
    server.keys = [write_key(tmp_path / "key", "pass phrase")]
    answers = Answers(login=None, key="pass phrase")
    host = make(identity=str(tmp_path / "key"), credentials=answers)
    await host.look("true")
    await server.drop()
    await host.look("true")
    assert answers.asked == ["key key"]


async def test_a_wrong_passphrase(make: MakeHost, server: FakeHost, tmp_path: Path):
    server.keys = [write_key(tmp_path / "key", "pass phrase")]
    answers = Answers(login=None, key="another")
    error = await refused(make, identity=str(tmp_path / "key"), credentials=answers)
    assert "its passphrase is not the right one" in str(error)
    assert "another" not in str(error)


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read: No such file"), ("hello", "no private key")]
)
async def test_a_key_file_that_is_none(
    make: MakeHost, tmp_path: Path, content: str | None, says: str
):
    if content:
        (tmp_path / "key").write_text(content)
    error = await refused(make, identity=str(tmp_path / "key"))
    assert isinstance(error, LoginRefused)
    assert says in str(error)


async def test_the_config_gives_user_port_name_and_key(
    make: MakeHost, server: FakeHost, tmp_path: Path
):
    server.password = None
    server.keys = [write_key(tmp_path / "key")]
    config = tmp_path / "config"
    config.write_text(
        f"Host master\n HostName 127.0.0.1\n Port {server.port}\n User root\n"
        f" IdentityFile {tmp_path}/key\nHost *\n User nobody\n"
    )
    host = make(address="master", port=None, user=None, ssh_config=config)
    output = await host.look('echo "$LOGIN"')
    assert output.stdout == b"root\n"


async def test_a_config_that_does_not_parse(make: MakeHost, tmp_path: Path):
    config = tmp_path / "config"
    config.write_text("Host *\n Port many\n")
    with pytest.raises(InvalidInput, match="line 2"):
        make(ssh_config=config)


@pytest.mark.skipif(shutil.which("ssh-agent") is None, reason="no ssh-agent here")
async def test_the_agent_is_asked(
    make: MakeHost, server: FakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o600)
    agent = await asyncio.create_subprocess_exec(
        *("ssh-agent", "-D", "-a", str(tmp_path / "agent")), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert agent.stdout is not None
        await agent.stdout.readline()  # it listens
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        key = asyncssh.read_private_key(tmp_path / "key")
        async with await asyncssh.connect_agent() as client:
            await client.add_keys([key])
        server.password = None
        server.keys = [key]
        await make(agent=True, credentials=NoCredentials()).look("true")
        with pytest.raises(LoginRefused):
            await make(agent=False, credentials=NoCredentials()).look("true")
    finally:
        agent.terminate()
        await agent.wait()


async def test_a_port_nobody_listens_on(make: MakeHost, server: FakeHost):
    await server.stop()
    error = await refused(make)
    assert isinstance(error, HostUnreachable)
    assert f"127.0.0.1 port {server.port} refuses connections" in str(error)


async def test_a_name_that_does_not_resolve(make: MakeHost):
    error = await refused(make, address="no-such-host.invalid")
    assert isinstance(error, HostUnreachable)
    assert "no-such-host.invalid cannot be resolved" in str(error)


async def test_a_host_that_takes_connections_and_says_nothing(
    make: MakeHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kwizard.remote.login._LOGIN_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = await refused(make, port=silent.getsockname()[1])
    assert isinstance(error, HostUnreachable)
    assert "the login did not end in 0.3 s" in str(error)


async def test_something_that_is_no_ssh_server(make: MakeHost):
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        error = await refused(make, port=other.sockets[0].getsockname()[1])
    assert isinstance(error, HostUnreachable)
    assert "is it an SSH server" in error.remedy


async def test_a_host_without_session_channels(
    make: MakeHost, server: FakeHost, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kwizard.remote.shell.CHANNEL_SECONDS", 0.2)
    server.sessions = 0
    error = await refused(make)
    assert type(error) is HostRefused
    assert "MaxSessions" in error.remedy


async def test_a_question_may_take_longer_than_any_timeout(make: MakeHost, server: FakeHost):
    asked = asyncio.Event()

    class Slow(Answers):
        async def login_password(self, host: str, user: str) -> str | None:
            asked.set()
            clock.goes_by(100)
            await asyncio.sleep(0.01)  # what has run out ends now
            return PASSWORD

    await make(credentials=Slow()).look("true", timeout=60)
    assert asked.is_set()


async def test_a_jump_host_is_checked_and_shared(make: MakeHost, server: FakeHost, tmp_path: Path):
    jump = FakeHost(tmp_path / "jump", name="jump")
    jump.password = "other"
    await jump.start()

    class Both(Answers):
        async def login_password(self, host: str, user: str) -> str | None:
            self.asked.append(f"{user}@{host}")
            return PASSWORD if host == "anakin" else "other"

    answers, confirm = Both(), Confirm()
    keys = HostKeys(tmp_path / "known_hosts", confirm)
    try:
        host = make(jump=f"op@127.0.0.1:{jump.port}", host_keys=keys, credentials=answers)
        await asyncio.gather(*(host.look("true") for _ in range(3)))
        assert [x.port for x in confirm.seen] == [jump.port, server.port]
        assert answers.asked == ["op@127.0.0.1", "root@anakin"]
        await jump.drop()
        await host.look("true")
        assert jump.logins == 2
        await host.close()
        while jump._connections:
            await asyncio.sleep(0.01)
        jump.host_key = asyncssh.generate_private_key("ssh-ed25519")
        await jump.stop()
        await jump.start()
        with pytest.raises(HostKeyChanged) as caught:
            await make(jump=f"op@127.0.0.1:{jump.port}", host_keys=keys).look("true")
        assert caught.value.host == "127.0.0.1"
        assert str(jump.port) in caught.value.remedy
    finally:
        await jump.clean_up()


async def test_a_chain_of_jump_hosts(make: MakeHost, server: FakeHost, tmp_path: Path):
    hops = [FakeHost(tmp_path / f"hop{i}", name=f"hop{i}") for i in range(2)]
    for hop in hops:
        hop.password = PASSWORD
        await hop.start()
    spec = ",".join(f"root@127.0.0.1:{hop.port}" for hop in hops)
    try:
        host = make(jump=spec)
        await host.look("true")
        assert [hop.logins for hop in hops] == [1, 1]
        await hops[0].drop()
        await host.look("true")
        assert [hop.logins for hop in hops] == [2, 2]
        await host.close()
        while any(hop._connections for hop in hops):
            await asyncio.sleep(0.01)
    finally:
        for hop in hops:
            await hop.clean_up()


async def test_a_jump_host_that_is_down(make: MakeHost, server: FakeHost, tmp_path: Path):
    hop = FakeHost(tmp_path / "hop")
    await hop.start()
    await hop.stop()
    with pytest.raises(HostUnreachable, match=f"port {hop.port} refuses connections"):
        await make(jump=f"root@127.0.0.1:{hop.port}").look("true")


async def test_a_host_the_jump_host_cannot_reach(make: MakeHost, tmp_path: Path):
    hop = FakeHost(tmp_path / "hop")
    hop.password = PASSWORD
    hop.forwards = False
    await hop.start()
    try:
        error = await refused(make, jump=f"root@127.0.0.1:{hop.port}")
        assert "the jump host" in str(error)
        assert "cannot reach 127.0.0.1" in str(error)
    finally:
        await hop.clean_up()


async def test_secrets_reach_no_log_and_no_repr(
    make: MakeHost, server: FakeHost, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    asyncssh.set_debug_level(2)
    server.sudo("password", "sudo-secret")
    host = make(user="op", credentials=Answers(sudo="sudo-secret"))
    await host.look("true")
    known = f"{caplog.text} {host!r} {vars(host)!r} {server.commands}"
    assert PASSWORD not in known
    assert "sudo-secret" not in known
