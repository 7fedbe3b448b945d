"""A file fetched by one host from another, both over our own connections. What runs between the two
hosts, ssh and sshd, is a stand-in that does what a line of authorized keys says; the lab has the
real ones."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from pathlib import Path

import asyncssh
import pytest

from kwizard.errors import NotPassedOn, RemoteCommandFailed
from kwizard.remote.host import Grant, Placement
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.conftest import PASSWORD, MakeHost
from tests.wire.remote.server import FakeHost

TO = IPv4Address("10.0.63.203")

# Does what sshd would: finds the line of the key, and runs its command with what was asked for.
SSH = """#!/bin/sh
files={files} home={home}
printf '%s\\n' "$@" >"$files/asked"
cp -p "$KWIZARD_JOB_DIR/key" "$KWIZARD_JOB_DIR/known_hosts" "$files/"
for last; do :; done
line=$(cat "$home"/.ssh/* 2>/dev/null) || {{ echo "Permission denied (publickey)." >&2; exit 255; }}
SSH_ORIGINAL_COMMAND=$last
export SSH_ORIGINAL_COMMAND
command=$(printf '%s\\n' "$line" | sed 's/.*command="//; s/" ssh-ed25519.*//; s/\\\\"/"/g')
if [ -s "$files/cut" ]; then
    sh -c "$command" | head -c "$(cat "$files/cut")"
    rm "$files/cut"
    echo "Connection reset by peer" >&2
    exit 255
fi
exec sh -c "$command"
"""


class Pair:
    """A host that has the file and one that wants it."""

    def __init__(self, giver: SSHHost, receiver: SSHHost, folder: Path, to: FakeHost) -> None:
        self.giver, self.receiver, self.to = giver, receiver, to
        self.files = folder / "seen"
        self.files.mkdir()
        self.home = folder / "home"
        (self.home / ".ssh").mkdir(parents=True)
        self.there = folder / "giver" / "release"
        self.there.parent.mkdir()
        self.there.write_bytes(os.urandom(300_000))
        self.target = to.root / "srv" / "release"
        data = self.there.read_bytes()
        self.file = Placement(
            target=str(self.target),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            source=None,
        )
        to.tool("ssh", SSH.format(files=shlex.quote(str(self.files)), home=self.home))

    async def grant(self) -> Grant:
        return await self.giver.passing.grant(str(self.there), TO)

    async def pass_on(self, file: Placement | None = None) -> list[int]:
        """Let it be fetched once; what progress was told."""
        told: list[int] = []
        grant = await self.grant()
        try:
            await self.receiver.passing.receive(
                file or self.file, grant, progress=lambda done, _total: told.append(done)
            )
        finally:
            await self.giver.passing.take_back(grant)
        return told

    def asked(self) -> list[str]:
        return (self.files / "asked").read_text().splitlines()


@pytest.fixture
async def pair(make: MakeHost, server: FakeHost, tmp_path: Path) -> AsyncIterator[Pair]:
    other = FakeHost(tmp_path / "boba", name="boba")
    other.password = PASSWORD
    await other.start()
    ours = Pair(make(), make(other), tmp_path, other)
    server.tool(
        "sshd", "#!/bin/sh\necho 'authorizedkeysfile .ssh/authorized_keys'\necho 'port 2200'\n"
    )
    server.tool(
        "getent", f'#!/bin/sh\necho "root:x:{os.getuid()}:{os.getgid()}::{ours.home}:/bin/sh"\n'
    )
    try:
        yield ours
    finally:
        await ours.receiver.close()
        await other.clean_up()


async def test_it_arrives_whole_by_a_key_that_opens_nothing_else(pair: Pair, server: FakeHost):
    told = await pair.pass_on()
    assert pair.target.read_bytes() == pair.there.read_bytes()
    assert told[-1] == pair.file.size
    key = asyncssh.read_private_key(pair.files / "key")
    assert (pair.files / "key").stat().st_mode & 0o777 == 0o600
    known = (pair.files / "known_hosts").read_text().split()
    assert known[0] == "kwizard-giver"
    assert known[1:3] == server.host_key.export_public_key().decode().split()[:2]
    assert "StrictHostKeyChecking=yes" in pair.asked()
    assert pair.asked()[-4:] == ["-p", "2200", "root@10.0.63.202", "1"]
    assert key.get_algorithm() == "ssh-ed25519"


async def test_afterwards_there_is_no_line_and_no_key(pair: Pair, server: FakeHost):
    await pair.pass_on()
    assert list((pair.home / ".ssh").iterdir()) == []
    for host in (server, pair.to):
        kept = [p for p in host.state.rglob("*") if p.name in ("key", "known_hosts")]
        assert kept == []
    assert list((server.state / "grants").iterdir()) == []


async def test_a_hop_that_was_cut_goes_on_at_the_byte(pair: Pair):
    (pair.files / "cut").write_text("100000")
    with pytest.raises(NotPassedOn, match="did not get it from anakin: Connection reset") as error:
        await pair.pass_on()
    assert (error.value.at_fault, error.value.came) == ("way", True)
    told = await pair.pass_on()
    assert told[0] == 100_000
    assert pair.asked()[-1] == "100001"
    assert pair.target.read_bytes() == pair.there.read_bytes()
    assert [p.name for p in pair.target.parent.iterdir()] == ["release"]


async def test_what_is_not_that_file_gets_no_name(pair: Pair):
    wanted = Placement(target=str(pair.target), size=pair.file.size, sha256="0" * 64, source=None)
    with pytest.raises(NotPassedOn, match="what arrived was not that file") as error:
        await pair.pass_on(wanted)
    assert error.value.at_fault == "giver"
    assert list(pair.target.parent.iterdir()) == []


async def test_a_grant_that_was_taken_back_opens_nothing(pair: Pair):
    grant = await pair.grant()
    await pair.giver.passing.take_back(grant)
    with pytest.raises(NotPassedOn, match="Permission denied") as error:
        await pair.receiver.passing.receive(pair.file, grant)
    assert (error.value.at_fault, error.value.came) == ("way", False)


async def test_a_host_without_room_says_so(pair: Pair):
    pair.to.tool("df", "#!/bin/sh\necho header\necho 'dev 10 9 1 90% /srv'\n")
    with pytest.raises(RemoteCommandFailed, match="no space for"):
        await pair.pass_on()


async def test_a_host_that_lets_nobody_in_is_told_of_with_the_reason(pair: Pair, server: FakeHost):
    server.tool("sshd", "#!/bin/sh\necho 'pubkeyauthentication no'\n")
    with pytest.raises(NotPassedOn, match="anakin cannot pass files on: its SSH server takes no"):
        await pair.grant()


async def test_what_lies_there_is_told_by_its_sums(pair: Pair):
    found = await pair.giver.passing.sums(str(pair.there))
    data = pair.there.read_bytes()
    assert found is not None
    assert (found.size, found.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert found.sha512 == hashlib.sha512(data).hexdigest()
    assert await pair.giver.passing.sums(str(pair.there) + "x") is None
    assert not await pair.giver.passing.has(pair.file)


async def test_a_host_is_forgotten_with_its_grants(pair: Pair, server: FakeHost):
    await pair.grant()
    assert list((pair.home / ".ssh").iterdir())
    await pair.giver.forget()
    assert list((pair.home / ".ssh").iterdir()) == []
    assert not server.state.exists()
