"""Files onto a host: streamed, resumed at the byte, checked there before they get their name.

The shell side is in assets/job: place-look.sh and place.sh.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kwizard.errors import InvalidInput, Problem, RemoteCommandFailed
from kwizard.remote.host import Placement, Progress
from kwizard.remote.patience import Patience
from kwizard.remote.shell import Running, Shell, asset
from kwizard.text import decode, tail

BLOCK = 1 << 18
_LOOK_SECONDS = 600.0  # the host may have to hash a gigabyte
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _There:
    """What a host has of the file: `have` bytes with sum `sha256`, and `free` bytes at `mount`."""

    have: int
    sha256: str
    free: int
    mount: str


class Transfer:
    """Uploads to one host."""

    def __init__(self, host: str, shell: Shell, patience: float) -> None:
        self._host = host
        self._shell = shell
        self._patience = patience

    async def upload(
        self, source: Path, target: str, *, sha256: str, mode: int, progress: Progress | None
    ) -> None:
        """See `Host.upload`."""
        size = await _size(source)
        file = Placement(target=target, size=size, sha256=sha256, mode=mode, source=source)
        task = Task.of(file, progress)
        patience = Patience(self._patience, self._host)
        while True:
            try:
                if await self._attempt(task):
                    return
                patience.contact()
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)

    async def _attempt(self, task: Task) -> bool:
        start = await self.begin(task)
        if start is None:
            return True
        running = await self._shell.start(task.script("place.sh", fresh=not start), watch=False)
        try:
            return await self._send(task, running, start)
        finally:
            running.close()

    async def begin(self, task: Task) -> int | None:
        """The byte to go on at; None when the file is there. Whoever was at it before is ended.

        Raises RemoteCommandFailed where there is no room for the rest.
        """
        there = await self._look(task)
        if there is None:
            task.progress(task.size, task.size)
            return None
        start = 0
        # Where only hosts have it, the sum of the whole will tell.
        if there.have and (
            task.source is None
            or there.sha256 == await asyncio.to_thread(_sum_of, task.source, there.have)
        ):
            start = there.have
        # What lies in the way of a fresh start is removed first, so its room counts as free.
        free = there.free + (0 if start else there.have)
        if task.size - start > free:
            raise self.full(task, task.size - start, free, there.mount)
        return start

    async def _look(self, task: Task) -> _There | None:
        async with asyncio.timeout(_LOOK_SECONDS):
            output = await self._shell.look(task.script("place-look.sh"), 1 << 16)
        words = output.stdout.decode(errors="replace").strip().split(" ", 4)
        match words:
            case ["same"] if output.exit == 0:
                return None
            case ["part", have, sha256, free, mount] if have.isdigit() and free.isdigit():
                return _There(int(have), sha256, int(free) * 1024, mount)
        raise self._failed(task, output.exit, output.stderr)

    async def _send(self, task: Task, running: Running, start: int) -> bool:
        """Stream the file from byte `start`. True: it has its name. False: look again."""
        answers = _Lines(running)
        if await answers.next() != "ready":
            raise self._failed(task, await running.exit(), await answers.errors())
        sender = asyncio.create_task(task.stream(running, start))
        verdict = asyncio.create_task(answers.next())
        try:
            await asyncio.wait({sender, verdict}, return_when=asyncio.FIRST_COMPLETED)
            if sender.done() and (error := sender.exception()) and _is_ours(error):
                raise error
            # The host speaks before all is sent only when it takes no more.
            words = (await verdict).split(" ", 2)
            if words[0] in ("placed", "wrong"):
                await sender
        finally:
            for work in (sender, verdict):
                work.cancel()
            await asyncio.gather(sender, verdict, return_exceptions=True)
        return await self._judge(task, running, answers, words)

    async def _judge(self, task: Task, running: Running, answers: _Lines, words: list[str]) -> bool:
        match words:
            case ["placed"]:
                return True
            case ["short", _]:
                return False
            case ["wrong", found]:
                raise RemoteCommandFailed(
                    f"{task.target} arrived with the sum {found}, expected {task.sha256}",
                    exit=None,
                    host=self._host,
                    remedy=f"compare {task.source} with its published sum, then try again",
                )
            case ["full", free, mount] if free.isdigit():
                raise self.full(task, task.size, int(free) * 1024, mount)
        raise self._failed(task, await running.exit(), await answers.errors())

    def full(self, task: Task, needed: int, free: int, mount: str) -> RemoteCommandFailed:
        """The error for a host without room, figures in bytes."""
        return RemoteCommandFailed(
            f"no space for {task.target}: {needed} bytes are needed and {free} are free on the "
            f"file system {mount}",
            exit=None,
            host=self._host,
            remedy=f"make room on {mount}; what has arrived is kept and not sent again",
        )

    def _failed(self, task: Task, status: int, said: bytes) -> RemoteCommandFailed:
        return RemoteCommandFailed(
            f"{task.target} cannot be placed: {tail(decode(said), 1) or 'no reason was given'}",
            exit=status,
            host=self._host,
            log_tail=tail(decode(said)),
        )


class _Lines:
    """The few lines place.sh prints."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._held = b""

    async def next(self) -> str:
        """The next line, or what there was before the end."""
        while b"\n" not in self._held and (data := await self._running.read()):
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(errors="replace")

    async def errors(self) -> bytes:
        """What was printed on standard error."""
        said = b""
        while data := await self._running.read_error():
            said = (said + data)[-(1 << 16) :]
        return said


@dataclass(frozen=True, slots=True)
class Task:
    """One file on its way to one host. Its target and sum are fit to be in a script."""

    source: Path | None
    target: str
    sha256: str
    mode: int
    size: int
    progress: Progress

    @classmethod
    def of(cls, file: Placement, progress: Progress | None = None) -> Task:
        """Raises InvalidInput for a target or sum that is none."""
        if not file.target.startswith("/") or "\n" in file.target:
            raise InvalidInput(f"cannot place a file at {file.target!r}")
        if not _SHA256.fullmatch(file.sha256):
            raise InvalidInput(f"{file.sha256!r} is no sha256")
        tell = progress or (lambda _done, _total: None)
        return cls(file.source, file.target, file.sha256, file.mode, file.size, tell)

    def script(self, *names: str, fresh: bool = False, given: str = "") -> str:
        """assets/job/<name> of each of `names`, with what they are given."""
        own = (
            f"PLACE_TARGET={shlex.quote(self.target)} PLACE_SIZE={self.size} "
            f"PLACE_SHA256={self.sha256} PLACE_MODE={self.mode & 0o7777:o} PLACE_FRESH={int(fresh)}"
        )
        parts = (asset(x) for x in ("boot.sh", "place-common.sh", *names))
        return "\n".join((own, *([given] if given else []), *parts))

    async def stream(self, running: Running, start: int) -> None:
        """Send it from byte `start` on. Raises InvalidInput for a file that changed meanwhile."""
        with await asyncio.to_thread(self._open_at, start) as file:
            done = start
            self.progress(done, self.size)
            while block := await asyncio.to_thread(file.read, BLOCK):
                await running.write(block)
                done += len(block)
                self.progress(done, self.size)
        if done != self.size:
            raise InvalidInput([Problem("changed while it was sent", file=str(self.source))])
        running.write_eof()

    def _open_at(self, start: int) -> BinaryIO:
        assert self.source is not None
        file = self.source.open("rb")
        file.seek(start)
        return file


def _is_ours(error: BaseException) -> bool:
    """Whether it is the file that failed, and not the connection."""
    return isinstance(error, InvalidInput | OSError)


def _sum_of(source: Path, length: int) -> str:
    """sha256 of the first `length` bytes."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while length and (block := file.read(min(length, 1 << 20))):
            digest.update(block)
            length -= len(block)
    return digest.hexdigest()


async def _size(source: Path) -> int:
    try:
        return (await asyncio.to_thread(source.stat)).st_size
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", file=str(source))
        raise InvalidInput([problem]) from None
