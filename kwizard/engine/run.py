"""Run a plan: every task as soon as what it comes after is done, told as one stream of events.

A task waits for exactly what its step declares. Scripts of one host that wait for nothing else are
handed to it together (`kwizard.engine.chains`). Exclusive tasks of one host take turns; rolling
steps take turns over all hosts and wait for their guard. A failed task stops what comes after it
and nothing else; one that a person skips counts as done for what comes after it. Stopping the run
stops nothing on the hosts: jobs go on and are found again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Literal

from kwizard.engine import events as ev
from kwizard.engine.actions import Tools, poll
from kwizard.engine.attempts import AWAY, Attempts
from kwizard.engine.chains import NotBegun, Turn, chain_from, chainable
from kwizard.engine.journal import Attempt, Journal
from kwizard.engine.plan import Finding, Plan, State, Task
from kwizard.engine.survey import look_again
from kwizard.errors import HostRefused, KwizardError, StepFailed
from kwizard.recipes.step import Phase, Script
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


_GOOD = (_Result.RAN, _Result.KEPT, _Result.WAIVED)
"""What comes after a task may begin."""


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
        self._phase = phase
        self._queue: asyncio.Queue[ev.Event | None] = asyncio.Queue(QUEUE)
        self._tries = Attempts(plan, journal, tools, logs, self._queue.put)
        self._voice = self._tries.voice
        self._tasks = {t.id: t for t in plan.tasks}
        self._of_host: dict[str | None, list[Task]] = {}
        for task in plan.tasks:
            self._of_host.setdefault(task.host, []).append(task)
        self._done: dict[str, asyncio.Future[_Done]] = {}
        self._handed: dict[str, asyncio.Future[Exception | None]] = {}
        self._over: set[str] = set()  # an earlier run's job of it has been followed to its end
        self._begun: set[str] = set()  # handed over or tried, and not to be taken along by others
        self._group: asyncio.TaskGroup | None = None
        self._turns: dict[str, Turn] = {}
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
        self._done = {t.id: loop.create_future() for t in self.plan.tasks}
        try:
            async with asyncio.TaskGroup() as self._group:
                for task in self.plan.tasks:
                    self._group.create_task(self._drive(task), name=task.id)
        finally:
            for future in self._done.values():
                future.cancel()
            # The reader may have gone: never block on it here.
            while self._queue.full() and self._interrupted:
                self._queue.get_nowait()
            await asyncio.shield(self._queue.put(None))

    async def _drive(self, task: Task) -> None:
        before = {name: await self._done[name] for name in task.after}
        dirty = any(d.dirty for d in before.values())
        result = await self._decide(task, before, dirty)
        changed = result is _Result.RAN and task.step.changes
        self._done[task.id].set_result(_Done(result, dirty or changed))

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
        finding = self._findings[task.id]
        if (attempt := self._earlier(task)) is not None:
            if await self._tries.reattach(task, attempt):
                return _Result.RAN
            self._over.add(task.id)
        else:
            if finding.state is State.DONE and dirty and task.host is not None:
                finding = await look_again(task, self._tools.hosts[task.host], self._journal.state)
            if finding.state is State.DONE:
                await self._skip(task, finding.reason)
                return _Result.KEPT
        if task.id in self._waived:
            return await self._waive(task, finding.reason)
        async with AsyncExitStack() as stack:
            await self._rolling(task, stack)
            await self._attempts(task)
        return _Result.RAN

    def _earlier(self, task: Task) -> Attempt | None:
        """The attempt of an earlier run whose job may still be going on."""
        attempt = self._journal.state.attempt(task.id)
        if attempt is None or not (attempt.running and attempt.job) or task.id in self._over:
            return None
        return attempt if isinstance(task.step.action, Script) else None

    async def _rolling(self, task: Task, stack: AsyncExitStack) -> None:
        # Groups before hosts, always: that order cannot deadlock. The guard is waited for without
        # the host's turn, since what it waits for may have to be done on this very host.
        if rolling := task.step.rolling:
            await stack.enter_async_context(self._groups.setdefault(rolling.group, asyncio.Lock()))
            if task.guard and task.host:
                with self._tries.log(task) as log:
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

    async def _attempts(self, task: Task) -> None:
        retry = task.step.retry
        number = 1
        while True:
            try:
                await self._attempt(task, with_others=number == 1)
            except NotBegun:
                continue
            except HostRefused:
                raise
            except KwizardError as error:
                away = isinstance(error, AWAY) and isinstance(task.step.action, Script)
                if number == retry.attempts or away:
                    raise
                number += 1
                again = f"{error.message}; attempt {number} of {retry.attempts} follows"
                await self._voice(task).log([again])
                await asyncio.sleep(retry.delay)
            else:
                return

    async def _attempt(self, task: Task, *, with_others: bool) -> None:
        """Try it, unless it was handed to its host with another one: then wait for that. Raises
        NotBegun where the host did not come to it."""
        turn = None
        if task.step.exclusive and task.host and isinstance(task.step.action, Script):
            turn = self._turns.setdefault(task.host, Turn())
            if not await turn.take(lambda: task.id in self._handed):
                turn = None
        if task.id not in self._handed:
            if not chainable(task):
                try:
                    await self._tries.alone(task)
                finally:
                    if turn:
                        await turn.give_back()
                return
            self._hand_over(self._chain(task) if with_others else (task,), turn)
        error = await self._handed[task.id]
        if error is not None:
            del self._handed[task.id]
            raise error

    def _chain(self, head: Task) -> tuple[Task, ...]:
        def due(task: Task) -> bool:
            return task is head or (
                task.step.exclusive is head.step.exclusive
                and self._findings[task.id].state is State.DUE
                and self._earlier(task) is None
                and task.id not in self._waived
                and task.id not in self._begun
                and self._phase in (None, task.step.phase)
            )

        return chain_from(head, filter(due, self._of_host[head.host]), self._settled)

    def _settled(self, name: str, chain: Collection[str]) -> bool:
        """Whether what comes after a task may begin: it is done, or stays as it is."""
        if self._done[name].done():
            return self._done[name].result().result in _GOOD
        return self._unchanged(name, chain)

    def _unchanged(self, name: str, chain: Collection[str]) -> bool:
        """Whether a task is as wanted, and nothing it rests on was or will be changed: not even by
        those that are handed over in `chain`. It is kept then without another look."""
        task, kept = self._tasks[name], self._findings[name].state is State.DONE
        if self._done[name].done():
            done = self._done[name].result()
            return done.result in _GOOD and not done.dirty
        if name in chain:
            return not task.step.changes
        if self._phase not in (None, task.step.phase):
            return kept
        if not kept or self._earlier(task) is not None:
            return False
        return all(self._unchanged(n, chain) for n in task.after)

    def _hand_over(self, chain: tuple[Task, ...], turn: Turn | None) -> None:
        loop = asyncio.get_running_loop()
        ends: dict[str, asyncio.Future[Exception | None]] = {
            t.id: loop.create_future() for t in chain
        }
        self._handed |= ends
        self._begun |= ends.keys()

        def ended(task: Task, error: Exception | None) -> None:
            if not ends[task.id].done():  # whoever waited for it may have been stopped
                ends[task.id].set_result(error)

        async def follow() -> None:
            if turn:
                await turn.tell()
            try:
                await self._tries.chain(chain, ended)
            finally:
                for task in chain:
                    if not ends[task.id].done():
                        self._begun.discard(task.id)
                        ended(task, NotBegun())
                if turn:
                    await turn.give_back()

        assert self._group is not None
        self._group.create_task(follow(), name=f"chain of {chain[0].id}")

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
