"""Files passed on from host to host: the operator lets one host fetch one file from another.

The shell side is in assets/job: grant.sh on the host that has the file, receive.sh on the one that
wants it, place-has.sh. docs/passing-on.md says why it is done this way.
"""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import AsyncGenerator
from contextlib import aclosing
from ipaddress import IPv4Address

import asyncssh

from kwizard.cluster.model import Host as ClusterHost
from kwizard.errors import Fault, NotPassedOn
from kwizard.remote.host import Found, Grant, Job, JobLog, JobOutcome, Placement, Progress
from kwizard.remote.hostkeys import HostKeys
from kwizard.remote.jobs import Jobs
from kwizard.remote.patience import Patience
from kwizard.remote.shell import Shell, asset
from kwizard.remote.target import Target
from kwizard.remote.transfer import Task, Transfer
from kwizard.text import LineReader, decode

GRANT_SECONDS = 60
GIVER = "kwizard-giver"
_LONGEST = 300  # characters of a reason
_PATH = re.compile(r"/[A-Za-z0-9._/-]{1,400}")
_FOUND = re.compile(r"file (\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{128})")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def authorized_line(grant_id: str, path: str, to: IPv4Address, public: str) -> str:
    """The line that lets the host at `to` read the file `path` from a byte on, and do nothing else.

    `public` is the key in OpenSSH's form. Its time of expiry is put in front on the host, by the
    host's own clock. The number of the first byte is all the other side can say: `tail` takes it as
    one word whatever is in it. Raises NotPassedOn for a path that would need quoting.
    """
    if not _PATH.fullmatch(path):
        raise NotPassedOn(f"{path} needs quoting, and is not passed on", host="", at_fault="giver")
    kind, data = public.split()[:2]
    command = rf"exec tail -c \"+$SSH_ORIGINAL_COMMAND\" {path}"
    return f'restrict,from="{to}",command="{command}" {kind} {data} kwizard-grant-{grant_id}'


def grant_script(grant_id: str, user: str, path: str, to: IPv4Address, public: str) -> str:
    """The job on the host that has the file. Raises NotPassedOn for names unfit to be in it."""
    if not _USER.fullmatch(user):
        raise NotPassedOn(f"the user {user!r} cannot be let in", host="", at_fault="giver")
    given = (
        f"GRANT_ID={grant_id} GRANT_SECONDS={GRANT_SECONDS} GRANT_TO={to}\n"
        f"GRANT_USER={shlex.quote(user)} GRANT_FILE={shlex.quote(path)}\n"
        "# shellcheck disable=SC2016 # the SSH server's shell expands it, not this one\n"
        f"GRANT_LINE={shlex.quote(authorized_line(grant_id, path, to, public))}"
    )
    parts = (asset(x) for x in ("boot.sh", "grant-common.sh", "grant.sh"))
    return "\n".join((given, *parts))


def receive_script(task: Task, grant: Grant, *, fresh: bool) -> str:
    """The job on the host that fetches it."""
    given = f"RECEIVE_FROM={shlex.quote(grant.login)} RECEIVE_PORT={grant.port:d}"
    return task.script("receive.sh", fresh=fresh, given=given)


class SSHPassing:
    """`Passing` of one host over SSH."""

    def __init__(
        self,
        host: ClusterHost,
        target: Target,
        host_keys: HostKeys,
        shell: Shell,
        jobs: Jobs,
        transfer: Transfer,
        patience: float,
    ) -> None:
        self._host = host
        self._target = target
        self._host_keys = host_keys
        self._shell = shell
        self._jobs = jobs
        self._transfer = transfer
        self._patience = patience

    async def has(self, file: Placement) -> bool:
        """See `Passing.has`."""
        return await self._look(Task.of(file).script("place-has.sh")) == "has"

    async def sums(self, path: str) -> Found | None:
        """See `Passing.sums`."""
        given = f"PLACE_TARGET={shlex.quote(path)}"
        said = await self._look(
            "\n".join((given, asset("place-common.sh"), asset("place-sums.sh")))
        )
        if match := _FOUND.fullmatch(said):
            return Found(size=int(match[1]), sha256=match[2], sha512=match[3])
        return None

    async def _look(self, script: str) -> str:
        patience = Patience(self._patience, self._host.name)
        while True:
            try:
                output = await self._shell.look(script, 1 << 12)
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)
            else:
                return decode(output.stdout).strip() if output.exit == 0 else ""

    async def grant(self, path: str, to: IPv4Address) -> Grant:
        """See `Passing.grant`."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        grant_id = secrets.token_hex(8)
        public = key.export_public_key().decode()
        script = grant_script(grant_id, self._target.user, path, to, public)
        await self._jobs.launch(Job(f"grant-{grant_id}", script))
        answer, _, port = (await self._answer(f"grant-{grant_id}")).partition(" ")
        if answer != "granted" or not port.isdigit():
            reason = port or answer or "it did not say why"
            raise self._cannot("pass files on", reason, "giver")
        known = self._host_keys.recorded(self._target.host_key_name, self._target.host_key_port)
        at = self._host.address
        if self._target.address == str(at):
            port = str(self._target.port)
        return Grant(
            id=grant_id,
            giver=self._host.name,
            login=f"{self._target.user}@{at}",
            port=int(port),
            known_hosts=_known(known),
            key=key.export_private_key("openssh"),
        )

    async def take_back(self, grant: Grant) -> None:
        """See `Passing.take_back`."""
        await self._jobs.cancel(f"grant-{grant.id}")

    async def receive(
        self, file: Placement, grant: Grant, *, progress: Progress | None = None
    ) -> None:
        """See `Passing.receive`."""
        task = Task.of(file, progress)
        start = await self._begin(task)
        if start is None:
            return
        script = receive_script(task, grant, fresh=not start)
        job = f"receive-{grant.id}"
        await self._jobs.launch(
            Job(job, script, files={"key": grant.key, "known_hosts": grant.known_hosts})
        )
        last = ""
        async with aclosing(self._lines(job)) as lines:
            async for line in lines:
                word, _, number = line.partition(" ")
                if word == "at" and number.isdigit():
                    task.progress(min(int(number), task.size), task.size)
                else:
                    last = line
        self._judge(task, last, start, grant)

    async def _begin(self, task: Task) -> int | None:
        patience = Patience(self._patience, self._host.name)
        while True:
            try:
                return await self._transfer.begin(task)
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)

    def _judge(self, task: Task, verdict: str, start: int, grant: Grant) -> None:
        match verdict.split(" ", 2):
            case ["placed"]:
                task.progress(task.size, task.size)
                return
            case ["full", free, mount] if free.isdigit():
                raise self._transfer.full(task, task.size, int(free) * 1024, mount)
            case ["refused", *why]:
                raise self._cannot("fetch files from other hosts", " ".join(why), "receiver")
            case ["short", have, reason] if have.isdigit():
                fault, came = "way", int(have) > start
            case ["wrong", *_]:
                fault, came, reason = "giver", False, "what arrived was not that file"
            case _:
                fault, came, reason = "way", True, verdict or "the transfer was ended there"
        raise NotPassedOn(
            f"{self._host.name} did not get it from {grant.giver}: {reason[:_LONGEST]}",
            host=self._host.name,
            at_fault="giver" if fault == "giver" else "way",
            came=came,
        )

    def _cannot(self, what: str, reason: str, fault: Fault) -> NotPassedOn:
        message = f"{self._host.name} cannot {what}: {reason[:_LONGEST]}"
        return NotPassedOn(message, host=self._host.name, at_fault=fault)

    async def _answer(self, job: str) -> str:
        """The first line a job prints; it goes on."""
        async with aclosing(self._lines(job)) as lines:
            async for line in lines:
                return line
        return ""

    async def _lines(self, job: str) -> AsyncGenerator[str]:
        reader = LineReader()
        async with aclosing(self._jobs.follow(job)) as items:
            async for item in items:
                if isinstance(item, JobLog):
                    for line in reader.feed(item.data):
                        yield line
                elif item.outcome is not JobOutcome.EXITED:
                    return
        for line in reader.close():
            yield line


def _known(keys: tuple[asyncssh.SSHKey, ...]) -> bytes:
    """Lines of known_hosts that name the giver in one way, whatever its address and port are."""
    lines = (key.export_public_key().decode().split() for key in keys)
    return "".join(f"{GIVER} {line[0]} {line[1]}\n" for line in lines).encode()
