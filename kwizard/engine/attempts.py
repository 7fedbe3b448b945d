"""One try at a task, written into the journal and told in the events as it begins and ends."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from kwizard.engine import events as ev
from kwizard.engine.actions import Tools, follow, perform
from kwizard.engine.journal import Attempt, Journal
from kwizard.engine.locallog import LocalLog, end_of_log
from kwizard.engine.pause import Clock, Pause
from kwizard.engine.plan import Plan, Task
from kwizard.engine.voice import Voice
from kwizard.errors import ConnectionLost, HostUnreachable, KwizardError, StepFailed
from kwizard.recipes.step import Operator, Place, Script
from kwizard.text import clean

AWAY = (ConnectionLost, HostUnreachable)
"""What says nothing of how a job ended."""


class Attempts:
    """What tries at tasks have in common: `put` takes the events, `logs` is where their logs go."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        tools: Tools,
        logs: Path,
        put: Callable[[ev.Event], Awaitable[None]],
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._tools = tools
        self._logs = logs
        self._put = put

    def voice(self, task: Task, job: str = "") -> Voice:
        """The task's voice; `job` is that of an attempt."""
        return Voice(self._put, self._plan.cluster.name, task, job)

    def log(self, task: Task, at: int | None = None) -> LocalLog:
        """The operator-side log of the task."""
        return LocalLog(self._logs, task.step.id, task.host_label, at=at)

    async def alone(self, task: Task) -> None:
        """Try it once, by itself. Raises what the action raises; the journal has noted it."""
        await self._try(task, _job(task))

    async def chain(
        self, tasks: Sequence[Task], ended: Callable[[Task, Exception | None], None]
    ) -> None:
        """Hand scripts of one host over together, and follow one after the other until one ends
        badly. `ended` is told of each that was begun, and where the host stays away of all that may
        have been."""
        jobs = [(task, _job(task)) for task in tasks]
        # Where they are found is on the disk before the host has heard of them.
        self._journal.append_all(
            ("task.handed", {**_about(task, job), "log_at": end_of_log(self._logs, *_place(task))})
            for task, job in jobs[1:]
        )
        for number, (task, job) in enumerate(jobs):
            try:
                await self._try(task, job, then=jobs[1:] if not number else (), handed=number > 0)
            except AWAY as error:
                for missed, _ in jobs[number:]:  # all of them may go on there
                    ended(missed, error)
                return
            except (KwizardError, OSError) as error:
                self._journal.append_all(
                    ("task.taken_back", {"task": missed.id, "key": missed.key, "job": its_job})
                    for missed, its_job in jobs[number + 1 :]
                )
                ended(task, error)
                return
            ended(task, None)

    async def reattach(self, task: Task, attempt: Attempt) -> bool:
        """Follow a job of an earlier run. True: it ended well and was this very script."""
        host = self._tools.hosts[task.host or ""]
        with self.log(task, at=attempt.log_at) as log:
            started = time.monotonic()
            voice = self.voice(task, attempt.job)
            await voice.started(attached=True)
            try:
                await follow(task, host, attempt.job, log, voice)
            except StepFailed as error:
                self._ended_badly(task, attempt.job, error)
                if error.exit is None or attempt.key != task.key:
                    return False  # its end is unknown, or it was another script: due again
                raise
            if attempt.key != task.key:
                self._journal.append("task.ended", task=task.id, key=attempt.key, exit=0)
                return False
            await self._ended_well(task, attempt.job, started)
            return True

    async def _try(
        self,
        task: Task,
        job: str,
        *,
        then: Sequence[tuple[Task, str]] = (),
        handed: bool = False,
    ) -> None:
        with self.log(task) as log:
            self._journal.append("task.started", **_about(task, job), log_at=log.at)
            started = time.monotonic()
            voice = self.voice(task, job)
            await voice.started()
            try:
                async with self._limit(task) as clock:
                    await perform(
                        task, job, self._plan, self._tools, log, voice, then=then, handed=handed
                    )
            except TimeoutError:
                if job and task.host:
                    await self._tools.hosts[task.host].cancel(job)
                raise self._ended_badly(task, job, _too_long(task, log)) from None
            except KwizardError as error:
                if job and isinstance(error, AWAY):
                    raise  # it goes on, and the next run takes it up
                raise self._ended_badly(task, job, error) from None
            await self._ended_well(task, job, started + clock.stood)

    def _limit(self, task: Task) -> AbstractAsyncContextManager[Clock]:
        """A person's pause counts for what is sent and fetched, and for nothing that runs on."""
        paused = isinstance(task.step.action, Place | Operator)
        pause = self._tools.pause if paused else Pause()
        return pause.timeout(task.step.timeout)

    async def _ended_well(self, task: Task, job: str, started: float) -> None:
        seconds = time.monotonic() - started
        self._journal.append(
            "task.ended", task=task.id, key=task.key, job=job, exit=0, seconds=round(seconds, 3)
        )
        await self.voice(task, job).finished(seconds)

    def _ended_badly(self, task: Task, job: str, error: KwizardError) -> KwizardError:
        self._journal.append(
            "task.ended",
            task=task.id,
            key=task.key,
            job=job,
            exit=getattr(error, "exit", None),
            reason=clean(error.message)[:500],
        )
        return error


def _about(task: Task, job: str) -> dict[str, str]:
    return {"task": task.id, "key": task.key, "sha256": task.sha256, "job": job}


def _place(task: Task) -> tuple[str, str]:
    return task.step.id, task.host_label


def _job(task: Task) -> str:
    """A new id for a job of the task; "" where it has none."""
    if not isinstance(task.step.action, Script):
        return ""
    return f"{task.stamp}-{ev.now().strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(3)}"


def _too_long(task: Task, log: LocalLog) -> StepFailed:
    return StepFailed(
        f"took longer than {task.step.timeout:.0f} s and was ended",
        exit=None,
        host=task.host_label,
        step=task.step.id,
        log_tail=log.tail,
        remedy=task.step.hint,
    )
