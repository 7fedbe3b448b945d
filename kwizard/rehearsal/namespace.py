"""One pretend host: a long-living set of Linux namespaces, and the way into it.

Whoever starts a rehearsal, its hosts are an ordinary user's: root's are user nobody's. Two user
namespaces lie one in the other. The outer one mounts the scratch root (a tmpfs) and the machine's
programs and libraries, read-only; the inner one, with process, network, name and IPC namespaces,
makes that scratch root its only root. From in there the kernel refuses to undo the outer mounts,
to write the machine's files and to signal its processes, whatever a script tries.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kwizard.errors import KwizardError
from kwizard.text import decode, tail

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What a rehearsal host has as $PATH, and where this machine's own tools are looked for."""

_START_SECONDS = 30.0
_REMEDY = (
    "a rehearsal needs Linux with user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0) and "
    "util-linux 2.32 or newer"
)


class NoRehearsal(KwizardError):
    """This machine does not permit the namespaces a rehearsal runs in. Nothing was run."""

    def __init__(self, message: str, *, host: str = "", log_tail: str = "") -> None:
        super().__init__(message, host=host, remedy=_REMEDY, log_tail=log_tail)


def owner() -> tuple[int, int]:
    """(uid, gid) on the machine that everything in a rehearsal host runs as: the caller's own,
    or nobody's when the caller is root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _as_owner() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    uid, gid = owner()
    return {"user": uid, "group": gid, "extra_groups": []}


def require_linux() -> None:
    """Raises NoRehearsal on any other system."""
    if not sys.platform.startswith("linux"):
        raise NoRehearsal("rehearsal hosts are made of Linux namespaces, which this system lacks")


def tool(name: str) -> str:
    """The path of a program of this machine. Raises NoRehearsal when it has none."""
    found = shutil.which(name, path=PATH)
    if found is None:
        raise NoRehearsal(f"this machine has no program {name!r}")
    return found


class Namespace:
    """A running host. `pid` is its first process, as this machine counts."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, pid: int) -> None:
        self.name = name
        self.pid = pid
        self._process = process
        self._nsenter = tool("nsenter")

    @classmethod
    async def start(
        cls,
        name: str,
        *,
        scripts: Path,
        root: Path,
        skeleton: Path,
        own: Path,
        shared: Path,
        lent: Sequence[str],
    ) -> Namespace:
        """Start a host from outer.sh and inner.sh in `scripts`; see there for the other paths.

        All of them must be readable by `owner()`, `shared` writable. Raises NoRehearsal.
        """
        argv = [tool("unshare"), "--user", "--map-root-user", "--mount", tool("sh")]
        process = await _launch(
            *argv,
            str(scripts / "outer.sh"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            start_new_session=True,
            env={
                "PATH": PATH,
                "HOST": name,
                "ROOT": str(root),
                "SKELETON": str(skeleton),
                "OWN": str(own),
                "SHARED": str(shared),
                "LENT": "\n".join(lent),
                "INNER": str(scripts / "inner.sh"),
            },
            **_as_owner(),
        )
        try:
            pid = await asyncio.wait_for(_ready(process), _START_SECONDS)
        except (TimeoutError, asyncio.CancelledError):
            await _end(process, None)
            raise
        if pid is None:
            said = await _end(process, None)
            raise NoRehearsal(
                "a rehearsal host could not be started", host=name, log_tail=tail(decode(said))
            )
        return cls(name, process, pid)

    async def run(self, command: bytes, environment: dict[str, str]) -> asyncio.subprocess.Process:
        """`sh -c command` on the host, as its root, in /root; all three streams are pipes.

        What is returned is nsenter, which waits outside for the command's shell, ends as it ends,
        and is reached by signals only through `signal_group`.
        """
        return await asyncio.create_subprocess_exec(
            self._nsenter,
            f"--target={self.pid}",
            *("--user", "--mount", "--pid", "--net", "--uts", "--ipc", "--preserve-credentials"),
            *("--", "setsid", "/bin/sh", "-c", 'cd; exec /bin/sh -c "$0"', command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            start_new_session=True,
            env={
                "PATH": PATH,
                "HOME": "/root",
                "USER": "root",
                "LOGNAME": "root",
                "SHELL": "/bin/sh",
                **environment,
            },
            **_as_owner(),
        )

    async def stop(self) -> None:
        """End the host: its first process is killed, and with it the kernel ends all others."""
        await _end(self._process, self.pid)


def signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal the command that `Namespace.run` started, and its process group. What left that
    group (setsid) is not touched; nothing happens when the command has ended."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        shell = _child_of(process.pid)
        if shell is None:
            os.kill(process.pid, number)
        else:
            os.killpg(shell, number)


def _child_of(pid: int) -> int | None:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                # After the program's name in brackets: state, parent, ...
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if int(fields[1]) == pid:
                    return int(entry.name)
    return None


async def _launch(
    *argv: str,
    **settings: Any,  # noqa: ANN401  # what subprocess takes
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(*argv, **settings)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoRehearsal(f"{argv[0]} cannot be started: {error}") from error


async def _ready(process: asyncio.subprocess.Process) -> int | None:
    """The pid inner.sh tells, or None when it ended before."""
    assert process.stdout is not None
    line = await process.stdout.readline()
    word, _, number = line.decode("ascii", errors="replace").partition(" ")
    return int(number) if word == "ready" and number.strip().isdigit() else None


async def _end(process: asyncio.subprocess.Process, first: int | None) -> bytes:
    """Make sure the process and its namespaces are gone; what it had said on stderr."""
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.close()
    # unshare ends once the first process is gone, and that is gone once all the others are.
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            os.kill(first or process.pid, signal.SIGKILL)
    said = await process.stderr.read(64 << 10)
    await process.wait()
    return said
