"""How each kind of step is carried out. What may run when is decided in `kwizard.engine.run`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kwizard.engine.bringing import Bringing
from kwizard.engine.locallog import LocalLog
from kwizard.engine.pause import GOES_ON, HELD, Pause
from kwizard.engine.plan import Plan, Task
from kwizard.engine.voice import Voice
from kwizard.errors import ConnectionLost, HostUnreachable, StepFailed
from kwizard.recipes.step import Forget, Operator, Place, Script, Wait
from kwizard.remote.host import Host, Job, JobEnd, JobLog, JobOutcome, Placement, ReadOnlyHost
from kwizard.text import decode

PROGRESS_EVERY = 0.1  # seconds between two progress events of one task


class Telling(Protocol):
    """Says how far a task is."""

    async def __call__(
        self, done: int, total: int, unit: str, source: str = "", *, held: bool = False
    ) -> None:
        """See `kwizard.engine.events.Progress`."""
        ...


class Saying(Protocol):
    """Writes lines into a task's log; `said` is the same in the language of the run, where its
    sentences are not translated one by one."""

    async def __call__(self, text: str, /, said: str = "") -> None:
        """See `kwizard.engine.voice.Voice.say`."""
        ...


@dataclass(frozen=True, slots=True)
class OperatorContext:
    """What work on the operator's side gets: the plan, the hosts to look at, and a voice."""

    plan: Plan
    hosts: Mapping[str, ReadOnlyHost]
    say: Saying
    progress: Telling


OperatorAction = Callable[[OperatorContext], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is not on this machine, but on hosts: `size` in bytes, `sha256` in hex."""

    size: int
    sha256: str


ArtifactResolver = Callable[[str], Awaitable[tuple[Path, str] | Held]]
SecretFiles = Callable[[str, str], Mapping[str, bytes]]
"""The secret files of a bundle for a host, by name."""


def no_secrets(bundle: str, host: str) -> Mapping[str, bytes]:
    """For recipes whose steps need none. Raises KeyError."""
    raise KeyError(f"{bundle} for {host}")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the app lends the engine: the hosts, artifacts by name (path and sha256), operator work,
    the secret files that go beside scripts, how files are brought to hosts (None: each is sent from
    here), and whether what is sent and fetched is paused."""

    hosts: Mapping[str, Host]
    artifact: ArtifactResolver
    operator: Mapping[str, OperatorAction]
    secrets: SecretFiles = no_secrets
    bringing: Bringing | None = None
    pause: Pause = field(default_factory=Pause)


async def perform(
    task: Task,
    job: str,
    plan: Plan,
    tools: Tools,
    log: LocalLog,
    voice: Voice,
    *,
    then: Sequence[tuple[Task, str]] = (),
    handed: bool = False,
) -> None:
    """Carry out `task` once. Returns when it ended well.

    With a script go those that come `then`, each with the id of its job; one that was `handed` over
    so is only followed. Raises StepFailed with exit status, reason and log tail; or whatever the
    remote and release layers raise.
    """
    match task.step.action:
        case Script():
            host = tools.hosts[task.host or ""]
            if not handed:
                await host.launch(*(_job(t, i, tools) for t, i in ((task, job), *then)))
            await follow(task, host, job, log, voice)
        case Place(artifact, target, mode):
            match await tools.artifact(artifact):
                case Held(size, sha256):
                    path = None
                case path, sha256:
                    size = path.stat().st_size
            file = Placement(target=target, size=size, sha256=sha256, mode=mode, source=path)
            bringing = tools.bringing or Bringing({}, {}, passing=False, pause=tools.pause)
            await _place(tools.hosts[task.host or ""], file, bringing, log, voice)
        case Wait() as wait:
            await poll(
                tools.hosts[task.host or ""],
                task.script,
                wait.deadline,
                wait.interval,
                what=task.step.title,
                step=task.step.id,
                log=log,
                voice=voice,
            )
        case Forget(keep):
            await tools.hosts[task.host or ""].forget(keep)
        case Operator(action):

            async def say(text: str, /, said: str = "") -> None:
                await voice.say(log.add(text.split("\n")), said)

            await tools.operator[action](OperatorContext(plan, tools.hosts, say, voice.progress))


def _job(task: Task, job: str, tools: Tools) -> Job:
    files: dict[str, bytes] = {}
    if isinstance(task.step.action, Script):
        for bundle in task.step.action.files:
            files |= tools.secrets(bundle, task.host_label)
    return Job(job, task.script, task.stamp, files, task.record)


async def follow(task: Task, host: Host, job: str, log: LocalLog, voice: Voice) -> None:
    """Read a job's log to its end and take its exit status. Raises StepFailed unless it is 0."""
    end = JobEnd(JobOutcome.UNKNOWN)
    async for item in host.follow(job):
        if isinstance(item, JobLog):
            await voice.log(log.feed(item.data))
        else:
            end = item
    await voice.log(log.finish())
    if end.outcome is JobOutcome.EXITED and end.exit == 0:
        return
    raise StepFailed(
        log.verdict or _ended(end),
        exit=end.exit,
        host=host.name,
        step=task.step.id,
        log_tail=log.tail,
        remedy=task.step.hint,
    )


def _ended(end: JobEnd) -> str:
    return {
        JobOutcome.EXITED: f"the script ended with exit status {end.exit}",
        JobOutcome.REBOOTED: "the host was restarted while the script ran",
        JobOutcome.KILLED: "the script was killed on the host before it could end",
        JobOutcome.UNKNOWN: "the host knows nothing of this job",
    }[end.outcome]


async def _place(
    host: Host, file: Placement, bringing: Bringing, log: LocalLog, voice: Voice
) -> None:
    done, source, began = 0, "", time.monotonic()
    held = False
    moved = asyncio.Event()

    def note(bytes_there: int, _total: int) -> None:
        nonlocal done
        done = bytes_there
        moved.set()

    def comes_from(name: str) -> None:
        nonlocal source, began
        source, began = name, time.monotonic()
        moved.set()

    def stands(now: bool) -> None:
        nonlocal held
        if now != held:
            held = now
            moved.set()

    async def say(text: str) -> None:
        await voice.say(log.add([text]))

    async def tell() -> None:
        told = False
        while True:
            await moved.wait()
            moved.clear()
            if held != told:
                told = held
                await say(HELD if held else GOES_ON)
            await voice.progress(done, file.size, "bytes", source, held=held)
            await asyncio.sleep(PROGRESS_EVERY)

    telling = asyncio.create_task(tell())
    try:
        origin = await bringing.bring(
            host, file, source=comes_from, progress=note, say=say, stands=stands
        )
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    await voice.progress(file.size, file.size, "bytes", source)
    if origin == host.name:
        await say(f"{file.target} is there already")
    else:
        seconds = time.monotonic() - began
        await say(f"{file.target}: {file.size} bytes from={origin} in {seconds:.1f} s")


async def poll(
    host: ReadOnlyHost,
    script: str,
    deadline: float,
    interval: float,
    *,
    what: str,
    step: str,
    log: LocalLog,
    voice: Voice,
) -> None:
    """Run a read-only script again and again until it exits 0.

    Each new last line is told once. A host that does not answer for a moment counts as "not yet".
    Raises StepFailed after `deadline` seconds, with what was last seen.
    """
    seen, started = "", time.monotonic()
    while True:
        try:
            output = await host.look(script)
            lines = decode(output.stdout + output.stderr).strip().splitlines()
            last, good = (lines[-1] if lines else ""), output.exit == 0
        except (ConnectionLost, HostUnreachable, TimeoutError) as error:
            last, good = str(error) or "no answer", False
        if last and last != seen:
            seen = last
            await voice.say(log.add([last]))
        if good:
            return
        if time.monotonic() - started > deadline:
            raise StepFailed(
                f"{what}: not so after {deadline:.0f} s; last seen: {seen or 'nothing'}",
                exit=None,
                host=host.name,
                step=step,
                log_tail=log.tail,
            )
        await asyncio.sleep(interval)
