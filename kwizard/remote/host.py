"""The two faces of a host: one that can only look, one that can also change it.

The monitor is given `ReadOnlyHost` objects, a type without any way to start a job or place a file;
the engine is given `Host` objects. Both are implemented over SSH in `kwizard.remote.ssh`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Output:
    """What a look printed. Bytes are raw: they pass `kwizard.text` before anyone sees them.

    `truncated` is True when more than the caller's limit came and the rest was dropped. `sent` and
    `came` are this machine's clock (seconds since 1970) when the script went out and when all it
    printed was here; None: nobody looked.
    """

    exit: int
    stdout: bytes
    stderr: bytes
    truncated: bool = False
    sent: float | None = field(default=None, compare=False)
    came: float | None = field(default=None, compare=False)


class JobOutcome(StrEnum):
    """How a job ended. Only EXITED has an exit status."""

    EXITED = "exited"
    REBOOTED = "rebooted"  # the host's boot id changed before it wrote an exit status
    KILLED = "killed"  # its process is gone and it wrote no exit status
    UNKNOWN = "unknown"  # the host knows no such job


@dataclass(frozen=True, slots=True)
class JobLog:
    """A piece of a job's log: raw bytes that begin at byte `offset` of the log file."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A job's end. `exit` is None unless the outcome is EXITED."""

    outcome: JobOutcome
    exit: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One script to be run detached, once. `id` is unique: [A-Za-z0-9._-]{1,100}.

    `files` are written 0600 into the job's directory before the script starts and removed when it
    ends: secrets travel there, never in the script. The script finds them under
    `$KWIZARD_JOB_DIR`. `stamp` names the step: after exit 0 the host keeps `record` (by default the
    script's sha256) under /var/lib/kwizard/steps/<stamp> so that a later probe can tell what was
    applied.
    """

    id: str
    script: str
    stamp: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A file as it is to be on a host: its path `target` there, `size` in bytes, `sha256` in hex.
    `source` is the same file on the operator's side, None where only hosts have it."""

    target: str
    size: int
    sha256: str
    mode: int = 0o644
    source: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that is on a host: its `size` in bytes and its sums in hex."""

    size: int
    sha256: str
    sha512: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What lets one host fetch one file from another for a short while.

    `giver` is the name of the host that has it; `login` (user@address) and `port` its SSH server as
    the other hosts reach it; `key` the private key that opens that file there and nothing else;
    `known_hosts` the giver's host keys as the operator knows them, under the name kwizard-giver.
    """

    id: str
    giver: str
    login: str
    port: int
    known_hosts: bytes
    key: bytes = field(repr=False)


Progress = Callable[[int, int], None]
"""Told how many bytes are there, and of how many."""


class Passing(Protocol):
    """A host's part in passing files on among hosts, so that they cross the operator's line once.

    All of it raises ConnectionLost when the host stays away.
    """

    async def has(self, file: Placement) -> bool:
        """Whether the file is there whole, by its sum. Changes nothing."""
        ...

    async def sums(self, path: str) -> Found | None:
        """What lies at `path` on the host; None where nothing does. Changes nothing."""
        ...

    async def grant(self, path: str, to: IPv4Address) -> Grant:
        """Let the host at `to` fetch the file `path` from here, for a minute.

        Raises NotPassedOn where that cannot be.
        """
        ...

    async def take_back(self, grant: Grant) -> None:
        """End it before its time. A transfer that has begun goes on."""
        ...

    async def receive(
        self, file: Placement, grant: Grant, *, progress: Progress | None = None
    ) -> None:
        """Fetch the file from another host, resumed at the byte, and compare its sum.

        It is a job there and goes on without us. Raises NotPassedOn when it did not come;
        RemoteCommandFailed where there is no room.
        """
        ...


class ReadOnlyHost(Protocol):
    """A host one can look at."""

    @property
    def name(self) -> str:
        """The host's name in the cluster file."""
        ...

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        """Run a read-only script as root, in one SSH exchange, and return what it printed.

        `timeout` in seconds, `limit` in bytes for stdout and stderr each. A lost connection is
        tried once more. Raises HostUnreachable, HostRefused, ConnectionLost, TimeoutError.
        """
        ...


class Host(ReadOnlyHost, Protocol):
    """A host one can also change: by detached jobs and placed files; and forget it."""

    @property
    def passing(self) -> Passing | None:
        """Its part in passing files on; None where it has none."""
        ...

    async def launch(self, job: Job, *then: Job) -> bool:
        """Start `job` detached. True: started now; False: that id was already there (not started).

        With it are handed over those that come `then`, each to be begun by the host itself when the
        one before it ended well; what cannot be begun leaves nothing behind (UNKNOWN). Each is
        followed by its own id, in any order and at any time.

        Safe to repeat after a lost connection.
        """
        ...

    def follow(self, job_id: str, offset: int = 0) -> AsyncIterator[JobLog | JobEnd]:
        """Yield the job's log from byte `offset` on, then one JobEnd. Survives lost connections:
        reconnects (with backoff, up to `patience` seconds without contact) and goes on at the byte.
        Raises ConnectionLost when the host stays away.
        """
        ...

    async def cancel(self, job_id: str) -> None:
        """TERM, then KILL after 5 s, the job's process group. No error when it has ended."""
        ...

    async def upload(
        self,
        source: Path,
        target: str,
        *,
        sha256: str,
        mode: int = 0o644,
        progress: Progress | None = None,
    ) -> None:
        """Put a file onto the host, resumed at the byte where a `.part` of it is there already.

        The host compares sha256 (hex) before the file gets its name. `progress(done, total)` in
        bytes. A file already there with that sum is left alone.
        Raises RemoteCommandFailed (no space left, wrong sum), ConnectionLost.
        """
        ...

    async def forget(self, keep: tuple[str, ...] = ()) -> None:
        """Remove kwizard's own directory there, with the records of all jobs and steps, but for
        the paths below it that `keep` names.

        Raises RemoteCommandFailed while a job runs, and where the directory cannot be removed.
        """
        ...

    async def close(self) -> None:
        """End the connection. Jobs go on."""
        ...
