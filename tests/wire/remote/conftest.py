"""A host, and our side of it. Nothing here reads ~/.ssh or asks an agent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from kwizard.cluster.model import SSH, Host
from kwizard.remote.hostkeys import HostKeys, UnknownKey
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.server import FakeHost

PASSWORD = "correct horse"


class Answers:
    """Credentials that count what they were asked."""

    def __init__(
        self, login: str | None = PASSWORD, sudo: str | None = None, key: str = ""
    ) -> None:
        self.login, self.sudo, self.key = login, sudo, key
        self.asked: list[str] = []

    async def login_password(self, host: str, user: str) -> str | None:
        self.asked.append(f"login {user}@{host}")
        return self.login

    async def key_passphrase(self, path: Path) -> str | None:
        self.asked.append(f"key {path.name}")
        return self.key

    async def sudo_password(self, host: str, user: str) -> str | None:
        self.asked.append(f"sudo {user}@{host}")
        return self.sudo


class Confirm:
    """Says `answer` to unknown host keys, and keeps them."""

    def __init__(self, answer: bool = True) -> None:
        self.answer = answer
        self.seen: list[UnknownKey] = []

    async def __call__(self, unknown: UnknownKey) -> bool:
        self.seen.append(unknown)
        return self.answer


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FakeHost]:
    host = FakeHost(tmp_path / "anakin")
    host.password = PASSWORD
    await host.start()
    yield host
    await host.clean_up()


MakeHost = Callable[..., SSHHost]


def our_side(server: FakeHost, folder: Path, given: dict[str, Any]) -> SSHHost:
    """An SSHHost for `server`; arguments of SSHHost and of SSH are taken alike."""
    ssh: dict[str, Any] = {"user": "root", "port": server.port, "address": "127.0.0.1"}
    ssh |= {key: given[key] for key in given if key in SSH.__dataclass_fields__}
    options: dict[str, Any] = {
        "host_keys": HostKeys(folder / "known_hosts", Confirm()),
        "credentials": Answers(server.password),
        "ssh_config": None,
        "agent": False,
        "patience": 10.0,
    } | {key: given[key] for key in given if key not in ssh}
    host = Host(name=server.name, address=IPv4Address("10.0.63.202"), ssh=SSH(**ssh))
    return SSHHost(host, **options)


@pytest.fixture
async def make(tmp_path: Path, server: FakeHost) -> AsyncIterator[MakeHost]:
    """Make our side of a server (of `server` when none is given)."""
    made: list[SSHHost] = []

    def make_host(to: FakeHost | None = None, **given: Any) -> SSHHost:
        made.append(our_side(to or server, tmp_path, given))
        return made[-1]

    yield make_host
    for host in made:
        await host.close()


@pytest.fixture
def host(make: MakeHost) -> SSHHost:
    """Our side of `server`, as root with a password."""
    return make()
