"""Detached jobs on a host: started once, followed byte by byte over any number of connections.

Several can be handed over together, as a chain: the host runs them one after the other by itself.
The shell side is in assets/job: launch.sh, run.sh, follow.sh, cancel.sh, forget.sh.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import re
import secrets
import tarfile
from collections.abc import AsyncGenerator, Sequence

from kwizard.errors import ConnectionLost, InvalidInput, RemoteCommandFailed
from kwizard.remote.host import Job, JobEnd, JobLog, JobOutcome
from kwizard.remote.patience import Patience
from kwizard.remote.shell import Running, Shell, asset
from kwizard.text import decode, tail

_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}")
_STAMP = re.compile(r"(?!\.)[A-Za-z0-9._@-]{1,120}")
_RECORD = re.compile(r"[0-9a-f]{64}")
_UNCLAIMED_SECONDS = 5.0


class Jobs:
    """The jobs of one host. `patience` in seconds: how long it may be away in the middle."""

    def __init__(self, host: str, shell: Shell, patience: float) -> None:
        self._host = host
        self._shell = shell
        self._patience = patience
        self._launched: dict[str, tuple[_Follower, asyncio.TimerHandle]] = {}

    async def launch(self, *chain: Job) -> bool:
        """See `Host.launch`. The exec that starts the jobs goes on to follow them, so that the
        `follow` which usually comes next costs no further exchange."""
        script = _launch_script(chain)
        patience = Patience(self._patience, self._host)
        while True:
            try:
                return await self._launch(chain, script)
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)

    async def _launch(self, chain: tuple[Job, ...], script: str) -> bool:
        running = await self._shell.start(script, watch=False)
        follower = _Follower(running, [job.id for job in chain[1:]])
        try:
            answer = await follower.first_line()
        except BaseException:
            follower.close()
            raise
        if answer == b"started":
            self._keep(chain[0].id, follower)
            return True
        try:
            if answer == b"exists":
                return False
            said, status = await follower.said()
        finally:
            follower.close()
        given = tail(decode(said), 1) or "no reason was given"
        raise RemoteCommandFailed(
            f"the job {chain[0].id} cannot be started: {given}",
            exit=status,
            host=self._host,
            remedy="is there room on the file system of /var/lib, and is it writable?",
        )

    async def follow(self, job_id: str, offset: int = 0) -> AsyncGenerator[JobLog | JobEnd]:
        """See `Host.follow`."""
        patience = Patience(self._patience, self._host)
        at = offset
        follower = self._claim(job_id) if offset == 0 else None
        while True:
            try:
                if follower is None:
                    script = _follow_script(job_id, at)
                    follower = _Follower(await self._shell.start(script, watch=True))
                patience.contact()
                while data := await follower.read():
                    yield JobLog(at, data)
                    at += len(data)
                if (following := follower.next_job()) is not None:
                    self._keep(following, follower)
                    follower = None
                    yield JobEnd(JobOutcome.EXITED, 0)
                    return
                end = await follower.end(self._host)
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)
            else:
                if end is not None:
                    yield end
                    return
            finally:
                if follower is not None:
                    follower.close()
                    follower = None

    async def cancel(self, job_id: str) -> None:
        """See `Host.cancel`."""
        script = _with_boot(f"JOB_ID={_checked(job_id)}", "cancel.sh")
        await self._tell(script, f"the job {job_id} could not be ended")

    async def forget(self, keep: tuple[str, ...] = ()) -> None:
        """See `Host.forget`."""
        given = f"FORGET_KEEP='{' '.join(map(_checked_path, keep))}'"
        await self._tell(
            _with_boot(given, "grant-common.sh", "forget.sh"),
            "kwizard's directory could not be removed",
        )

    async def _tell(self, script: str, otherwise: str) -> None:
        """Run a short script, twice where a connection was lost. Raises RemoteCommandFailed."""
        patience = Patience(self._patience, self._host)
        while True:
            try:
                output = await self._shell.look(script, 1 << 16)
            except Exception as error:
                await patience.wait(error, reached=self._shell.reached)
                continue
            if output.exit:
                said = tail(decode(output.stderr))
                raise RemoteCommandFailed(
                    otherwise, exit=output.exit, host=self._host, log_tail=said
                )
            return

    def close(self) -> None:
        """Let go of followers that nobody claimed."""
        for job_id in list(self._launched):
            self._drop(job_id)

    def _keep(self, job_id: str, follower: _Follower) -> None:
        self._drop(job_id)
        timer = asyncio.get_running_loop().call_later(_UNCLAIMED_SECONDS, self._drop, job_id)
        self._launched[job_id] = (follower, timer)

    def _drop(self, job_id: str) -> None:
        if (follower := self._claim(job_id)) is not None:
            follower.close()

    def _claim(self, job_id: str) -> _Follower | None:
        follower, timer = self._launched.pop(job_id, (None, None))
        if timer is not None:
            timer.cancel()
        return follower


class _Follower:
    """One exec of follow.sh: the log of one job, and then of those that come `after` it. Its
    standard error is read on the side: the last line says how the last one ended."""

    def __init__(self, running: Running, after: Sequence[str] = ()) -> None:
        self._running = running
        self._after = list(after)
        self._between = f"{running.mark} next\n".encode()
        self._held = b""
        self._ended_well = False
        self._errors = asyncio.create_task(self._read_errors())

    async def _read_errors(self) -> bytes:
        kept = b""
        while data := await self._running.read_error():
            kept = (kept + data)[-(1 << 16) :]
        return kept

    async def first_line(self) -> bytes:
        while b"\n" not in self._held and (data := await self._running.read()):
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        return line

    async def read(self) -> bytes:
        """Some bytes of the present job's log; b"" when there are no more."""
        if self._ended_well:
            return b""
        ended = False
        while not ended:
            log, between, rest = self._held.partition(self._between)
            if between:
                self._ended_well, self._held = True, rest
                return log
            # What may be the beginning of that line waits until it is told apart.
            whole = len(log) - _begun(log, self._between)
            if whole:
                self._held = log[whole:]
                return log[:whole]
            data = await self._running.read()
            self._held += data
            ended = not data
        log, self._held = self._held, b""
        return log

    def next_job(self) -> str | None:
        """The job whose log comes next, once the present one ended well; None when it did not, or
        was the last."""
        if not self._ended_well or not self._after:
            return None
        self._ended_well = False
        return self._after.pop(0)

    async def said(self) -> tuple[bytes, int]:
        """All of its standard error, and its exit status."""
        said = await self._errors
        return said, await self._running.exit()

    async def end(self, host: str) -> JobEnd | None:
        """How the job ended; None when the follower only wants to be started anew."""
        said, status = await self.said()
        mark = self._running.mark.encode()
        words = said.rpartition(mark)[2].split() if mark in said else []
        match words:
            case [b"exited", number] if number.isdigit():
                return JobEnd(JobOutcome.EXITED, int(number))
            case [b"rebooted" | b"killed" | b"unknown" as how]:
                return JobEnd(JobOutcome(how.decode()))
            case [b"again"]:
                return None
        if status > 128:  # a signal: the host is going down, or somebody ended it
            raise ConnectionLost("the follower of the job was ended on the host", host=host)
        raise RemoteCommandFailed(
            f"the job's log cannot be read: {tail(decode(said), 1) or 'no reason was given'}",
            exit=status,
            host=host,
        )

    def close(self) -> None:
        self._errors.cancel()
        if self._errors.done() and not self._errors.cancelled():
            self._errors.exception()  # the same loss the reader has seen
        self._running.close()


def _checked(job_id: str) -> str:
    if not _NAME.fullmatch(job_id):
        raise InvalidInput(f"{job_id!r} is no job id: letters, digits, '.', '_' and '-' only")
    return job_id


def _checked_path(path: str) -> str:
    if not all(_NAME.fullmatch(name) for name in path.split("/")):
        raise InvalidInput(f"{path!r} is no path below kwizard's directory")
    return path


def _begun(data: bytes, word: bytes) -> int:
    """How many bytes at the end of `data` may be the beginning of `word`."""
    longest = min(len(data), len(word) - 1)
    return next((n for n in range(longest, 0, -1) if data.endswith(word[:n])), 0)


def _follow_script(job_id: str, offset: int) -> str:
    return _with_boot(f"JOB_IDS={_checked(job_id)} JOB_OFFSET={offset:d}", "follow.sh")


def _with_boot(given: str, *names: str) -> str:
    """What a script is given, what all of them share, and the scripts."""
    return "\n".join([given, *map(asset, ("boot.sh", *names))])


def _launch_script(chain: Sequence[Job]) -> str:
    ids = " ".join(_checked(job.id) for job in chain)
    lines = "\n".join(f"{job.id} {job.stamp or '-'} {_record(job)}" for job in chain)
    given = (
        f"JOB_IDS='{ids}' JOB_TRY={secrets.token_hex(12)} JOB_OFFSET=0\n"
        f"JOB_CHAIN='{lines}'\n"
        f"job_unpack() {{\nbase64 -d <<'KW_END'\n{_base64(_archive(chain))}KW_END\n}}"
    )
    return _with_boot(given, "grant-common.sh", "launch.sh", "follow.sh")


def _record(job: Job) -> str:
    if job.stamp and not _STAMP.fullmatch(job.stamp):
        raise InvalidInput(f"{job.stamp!r} cannot name a step's record on a host")
    record = job.record or hashlib.sha256(job.script.encode()).hexdigest()
    if not _RECORD.fullmatch(record):
        raise InvalidInput(f"{record!r} is no sha256")
    return record


def _base64(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def _archive(chain: Sequence[Job]) -> bytes:
    """A tar archive of the jobs' directories, which only their owner may read; the log is the last
    of each. Raises InvalidInput for a bad name of a file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT, bufsize=512) as tar:

        def put(name: str, data: bytes | None) -> None:
            member = tarfile.TarInfo(name)
            member.mode = 0o600
            if data is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o700
            member.size = len(data or b"")
            tar.addfile(member, io.BytesIO(data or b""))

        for place, job in enumerate(chain):
            if place:
                put(job.id, None)
            else:
                put(f"{job.id}/run", asset("run.sh").encode())
            put(f"{job.id}/script", job.script.encode())
            put(f"{job.id}/files", None)
            for name, data in job.files.items():
                if not _NAME.fullmatch(name):
                    raise InvalidInput(f"{name!r} cannot name a job's file")
                put(f"{job.id}/files/{name}", data)
            put(f"{job.id}/log", b"")
    return out.getvalue()
