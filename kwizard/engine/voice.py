"""A task's voice in the event stream: the one place where events about tasks are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypedDict

from kwizard.engine import events as ev
from kwizard.engine.plan import Task
from kwizard.errors import KwizardError
from kwizard.language import told
from kwizard.text import clean


class _Where(TypedDict):
    time: datetime
    cluster: str
    phase: str
    step: str
    host: str
    job: str


class Voice:
    """Says what happens to one task, in one attempt at it (`job` is "" outside a job)."""

    def __init__(
        self, put: Callable[[ev.Event], Awaitable[None]], cluster: str, task: Task, job: str = ""
    ) -> None:
        self._put, self._cluster, self._task, self._job = put, cluster, task, job

    def _where(self) -> _Where:
        step = self._task.step
        return _Where(
            time=ev.now(),
            cluster=self._cluster,
            phase=step.phase.value,
            step=step.id,
            host=self._task.host_label,
            job=self._job,
        )

    async def started(self, *, attached: bool = False) -> None:
        """The attempt begins, or an earlier one is followed again."""
        title = self._task.step.title
        await self._put(ev.StepStarted(**self._where(), title=title, attached=attached))

    async def log(self, lines: list[str], said: str = "") -> None:
        """Whole clean lines, as one event; `said` is the same in the language of the run."""
        if lines:
            await self._put(ev.Log(**self._where(), text="\n".join(lines), said=said))

    async def say(self, lines: list[str], said: str = "") -> None:
        """Lines that kwizard itself wrote: each is told in the language of the run, unless all of
        it was `said` in that already."""
        await self.log(lines, said or "\n".join(map(told, lines)))

    async def progress(
        self, done: int, total: int, unit: str, source: str = "", *, held: bool = False
    ) -> None:
        """How far it is, total 0 while unknown; whom a file comes from; and whether a pause holds
        it up."""
        await self._put(
            ev.Progress(
                **self._where(), done=done, total=total, unit=unit, source=source, held=held
            )
        )

    async def skipped(self, reason: str, *, blocked: bool = False, waived: bool = False) -> None:
        """Not run, and why."""
        await self._put(
            ev.StepSkipped(**self._where(), reason=reason, blocked=blocked, waived=waived)
        )

    async def finished(self, seconds: float) -> None:
        """Ended well."""
        await self._put(ev.StepFinished(**self._where(), seconds=seconds))

    async def failed(self, error: KwizardError) -> None:
        """Ended badly, and what to do."""
        await self._put(
            ev.StepFailed(
                **self._where(),
                exit=getattr(error, "exit", None),
                reason=clean(error.message),
                hint=clean(error.remedy or self._task.step.hint),
                log_tail=clean(error.log_tail),
            )
        )
