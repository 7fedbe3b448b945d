"""Run a plan: every task as soon as what it comes after is done, told as one stream of events.

A task waits for exactly what its step declares. Exclusive tasks of one host take turns; rolling
steps take turns over all hosts and wait for their guard. A failed task stops what comes after it
and nothing else; one that a person skips counts as done for what comes after it. Stopping the run
stops nothing on the hosts: jobs go on and are found again.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Literal

from kwizard.engine import events as ev
from kwizard.engine.actions import Tools, follow, perform, poll
from kwizard.engine.journal import Attempt, Journal
from kwizard.engine.locallog import LocalLog
from kwizard.engine.pause import Clock, Pause
from kwizard.engine.plan import Finding, Plan, State, Task
from kwizard.engine.survey import look_again
from kwizard.engine.voice import Voice
from kwizard.errors import HostRefused, KwizardError, StepFailed
from kwizard.recipes.step import Operator, Phase, Place, Script
from kwizard.text import clean

QUEUE = 1000  # events; a slow reader slows the followers, never the jobs


class _Result(Enum):
    """What became of a task."""

    RAN = auto()
    KEPT = auto()
    WAIVED = auto()  # skipped by a person: counts as done for what comes after it
    FAILED = auto()
    BLOCKED = auto()
    OUTSIDE = auto()  # not done, and in a phase that was not asked for


@dataclass(frozen=True, slots=True)
class _Done:
    result: _Result
    dirty: bool  # something it rests on was changed in this run


class Run:
    """One run of a plan, told by `events`; the last one is RunFinished.

    `waived` names tasks a person skips: when they are due they are not run, this once, and what
    comes after them is not held up. A job of theirs that is still going on is waited for.
    """

    def __init__(
        self,
        plan: Plan,
        findings: Mapping[str, Finding],
        *,
        journal: Journal,
        tools: Tools,
        logs: Path,
        phase: Phase | None = None,
        waived: frozenset[str] = frozenset(),
    ) -> None:
        self.plan = plan
        self._waived = waived
        self._findings = dict(findings)
        self._journal = journal
        self._tools = tools
        self._logs = logs
        self._phase = phase
        self._queue: asyncio.Queue[ev.Event | None] = asyncio.Queue(QUEUE)
        self._hosts: dict[str, asyncio.Lock] = {}
        self._groups: dict[str, asyncio.Lock] = {}
        self._interrupted = False
        self._main: asyncio.Task[None] | None = None
        self._exit = 0
        self._started = time.monotonic()

    def interrupt(self) -> None:
        """Stop following. Jobs on the hosts go on; the stream ends with status `interrupted`."""
        self._interrupted = True
        if self._main is not None:
            self._main.cancel()

    async def events(self) -> AsyncGenerator[ev.Event]:
        """The stream, once. Close it (`contextlib.aclosing`) when you stop before its end."""
        due = sum(1 for t in self._selected() if self._findings[t.id].state is not State.DONE)
        self._journal.append("run.started", due=due, phase=self._phase or "")
        yield ev.RunStarted(
            time=ev.now(), cluster=self.plan.cluster.name, due=due, total=len(self._selected())
        )
        self._main = asyncio.create_task(self._all())
        try:
            while (event := await self._queue.get()) is not None:
                yield event
            with contextlib.suppress(asyncio.CancelledError):
                await self._main
        finally:
            if not self._main.done():
                self._interrupted = True
                self._main.cancel()
                await asyncio.gather(self._main, return_exceptions=True)
            self._journal.append("run.finished", status=self._status())
        yield ev.RunFinished(
            time=ev.now(),
            cluster=self.plan.cluster.name,
            status=self._status(),
            seconds=time.monotonic() - self._started,
            exit=3 if self._interrupted else self._exit,
        )

    def _status(self) -> Literal["done", "failed", "interrupted"]:
        if self._interrupted:
            return "interrupted"
        return "failed" if self._exit else "done"

    def _selected(self) -> list[Task]:
        return [t for t in self.plan.tasks if self._phase in (None, t.step.phase)]

    async def _all(self) -> None:
        loop = asyncio.get_running_loop()
        done: dict[str, asyncio.Future[_Done]] = {
            t.id: loop.create_future() for t in self.plan.tasks
        }
        try:
            async with asyncio.TaskGroup() as group:
                for task in self.plan.tasks:
                    group.create_task(self._drive(task, done), name=task.id)
        finally:
            for future in done.values():
                future.cancel()
            # The reader may have gone: never block on it here.
            while self._queue.full() and self._interrupted:
                self._queue.get_nowait()
            await asyncio.shield(self._queue.put(None))

    async def _drive(self, task: Task, done: Mapping[str, asyncio.Future[_Done]]) -> None:
        before = {name: await done[name] for name in task.after}
        dirty = any(d.dirty for d in before.values())
        result = await self._decide(task, before, dirty)
        done[task.id].set_result(_Done(result, dirty or result is _Result.RAN))

    async def _decide(self, task: Task, before: Mapping[str, _Done], dirty: bool) -> _Result:
        if self._phase not in (None, task.step.phase):
            kept = self._findings[task.id].state is State.DONE
            return _Result.KEPT if kept else _Result.OUTSIDE
        for name, d in before.items():
            if d.result in (_Result.FAILED, _Result.BLOCKED):
                await self._skip(task, f"needs {name}, which did not end well", blocked=True)
                return _Result.BLOCKED
            if d.result is _Result.OUTSIDE:
                phase = self.plan.task(name).step.phase
                await self._fail(
                    task,
                    StepFailed(
                        f"needs {name} first",
                        exit=None,
                        host=task.host_label,
                        step=task.step.id,
                        remedy=f"run phase {phase} before this one, or the whole installation",
                    ),
                )
                return _Result.FAILED
        try:
            return await self._turn(task, dirty)
        except KwizardError as error:
            if task.id in self._waived:
                return await self._waive(task, error.message)
            await self._fail(task, error)
        except (TimeoutError, OSError) as error:
            await self._fail(
                task,
                StepFailed(
                    f"{type(error).__name__}: {error}",
                    exit=None,
                    host=task.host_label,
                    step=task.step.id,
                ),
            )
        return _Result.FAILED

    async def _turn(self, task: Task, dirty: bool) -> _Result:
        attempt, finding = self._journal.state.attempt(task.id), self._findings[task.id]
        if attempt and attempt.running and attempt.job and isinstance(task.step.action, Script):
            if await self._reattach(task, attempt):
                return _Result.RAN
        else:
            if finding.state is State.DONE and dirty and task.host is not None:
                finding = await look_again(task, self._tools.hosts[task.host], self._journal.state)
            if finding.state is State.DONE:
                await self._skip(task, finding.reason)
                return _Result.KEPT
        if task.id in self._waived:
            return await self._waive(task, finding.reason)
        async with AsyncExitStack() as stack:
            await self._locks(task, stack)
            await self._attempts(task)
        return _Result.RAN

    async def _locks(self, task: Task, stack: AsyncExitStack) -> None:
        # Groups before hosts, always: that order cannot deadlock. The guard is waited for without
        # the host's lock, since what it waits for may have to be done on this very host.
        if rolling := task.step.rolling:
            await stack.enter_async_context(self._groups.setdefault(rolling.group, asyncio.Lock()))
            if task.guard and task.host:
                with LocalLog(self._logs, task.step.id, task.host) as log:
                    await poll(
                        self._tools.hosts[task.host],
                        task.guard,
                        rolling.deadline,
                        0.3,
                        what="it is not this host's turn yet",
                        step=task.step.id,
                        log=log,
                        voice=self._voice(task),
                    )
        if task.step.exclusive and task.host and isinstance(task.step.action, Script):
            await stack.enter_async_context(self._hosts.setdefault(task.host, asyncio.Lock()))

    async def _attempts(self, task: Task) -> None:
        retry = task.step.retry
        for number in range(1, retry.attempts + 1):
            try:
                await self._attempt(task)
            except HostRefused:
                raise
            except KwizardError as error:
                if number == retry.attempts:
                    raise
                again = f"{error.message}; attempt {number + 1} of {retry.attempts} follows"
                await self._voice(task).log([again])
                await asyncio.sleep(retry.delay)
            else:
                return

    async def _attempt(self, task: Task) -> None:
        stamp = ev.now().strftime("%Y%m%d%H%M%S")
        job = f"{task.stamp}-{stamp}-{secrets.token_hex(3)}"
        if not isinstance(task.step.action, Script):
            job = ""
        with LocalLog(self._logs, task.step.id, task.host_label) as log:
            self._journal.append(
                "task.started",
                task=task.id,
                key=task.key,
                sha256=task.sha256,
                job=job,
                log_at=log.at,
            )
            started = time.monotonic()
            voice = self._voice(task, job)
            await voice.started()
            try:
                async with self._limit(task) as clock:
                    await perform(task, job, self.plan, self._tools, log, voice)
            except TimeoutError:
                if job and task.host:
                    await self._tools.hosts[task.host].cancel(job)
                raise self._ended_badly(
                    task,
                    job,
                    StepFailed(
                        f"took longer than {task.step.timeout:.0f} s and was ended",
                        exit=None,
                        host=task.host_label,
                        step=task.step.id,
                        log_tail=log.tail,
                        remedy=task.step.hint,
                    ),
                ) from None
            except KwizardError as error:
                raise self._ended_badly(task, job, error) from None
            await self._ended_well(task, job, started + clock.stood)

    def _limit(self, task: Task) -> AbstractAsyncContextManager[Clock]:
        """A person's pause counts for what is sent and fetched, and for nothing that runs on."""
        paused = isinstance(task.step.action, Place | Operator)
        pause = self._tools.pause if paused else Pause()
        return pause.timeout(task.step.timeout)

    async def _reattach(self, task: Task, attempt: Attempt) -> bool:
        """Follow a job of an earlier run. True: it ended well and was this very script."""
        host = self._tools.hosts[task.host or ""]
        with LocalLog(self._logs, task.step.id, task.host_label, at=attempt.log_at) as log:
            started = time.monotonic()
            voice = self._voice(task, attempt.job)
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

    async def _ended_well(self, task: Task, job: str, started: float) -> None:
        seconds = time.monotonic() - started
        self._journal.append(
            "task.ended", task=task.id, key=task.key, job=job, exit=0, seconds=round(seconds, 3)
        )
        await self._voice(task, job).finished(seconds)

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

    async def _skip(self, task: Task, reason: str, *, blocked: bool = False) -> None:
        self._journal.append("task.skipped", task=task.id, reason=reason, blocked=blocked)
        await self._voice(task).skipped(reason, blocked=blocked)

    async def _waive(self, task: Task, reason: str) -> _Result:
        reason = f"skipped by you, not done: {clean(reason)[:500]}"
        self._journal.append("task.waived", task=task.id, key=task.key, reason=reason)
        await self._voice(task).skipped(reason, waived=True)
        return _Result.WAIVED

    async def _fail(self, task: Task, error: KwizardError) -> None:
        self._exit = max(self._exit, 4 if isinstance(error, HostRefused) else 1)
        await self._voice(task).failed(error)

    def _voice(self, task: Task, job: str = "") -> Voice:
        return Voice(self._queue.put, self.plan.cluster.name, task, job)
