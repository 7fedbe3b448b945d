"""A download a person can watch, pause and go on with. It belongs to the app: pages come and go."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Literal

from kwizard.cluster.model import Cluster
from kwizard.errors import KwizardError
from kwizard.tui.errors import unforeseen
from kwizard.tui.pace import Pace
from kwizard.tui.sign import Sign, Sleep
from kwizard.tui.usecases import UseCases

Status = Literal["idle", "running", "paused", "failed", "done"]


class Download:
    """`done` and `total` bytes (0: not known yet); `notices` what happened on the way, the last
    ones; `error` why it stopped. `revision` changes with each of them."""

    def __init__(
        self, cases: UseCases, clock: Callable[[], datetime], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._cases, self._clock, self._sleep = cases, clock, sleep
        self._task: asyncio.Task[None] | None = None
        self.cluster: Cluster | None = None
        self.status: Status = "idle"
        self.done = self.total = self.revision = 0
        self.notices: deque[str] = deque(maxlen=4)
        self.error: KwizardError | None = None
        self.pace = Pace()

    def is_of(self, cluster: Cluster) -> bool:
        """Whether it is this cluster's release that is being fetched, or was."""
        mine = self.cluster
        return mine is not None and (mine.version, mine.release) == (
            cluster.version,
            cluster.release,
        )

    def begin(self, cluster: Cluster) -> None:
        """Fetch, or go on at the byte where it was paused."""
        if self.status == "running":
            return
        if not self.is_of(cluster):
            self.done = self.total = 0
            self.notices.clear()
        self.cluster, self.status, self.error, self.pace = cluster, "running", None, Pace()
        self._task = asyncio.create_task(self._run(cluster))
        self.revision += 1

    async def pause(self) -> None:
        """Stop; what has arrived is kept."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self.status == "running":
            self.status = "paused"
            self.revision += 1

    def _sign(self) -> Sign:
        """The page looks at `status` by itself: what is short must not flicker there."""
        return Sign(lambda: None, self._sleep)

    async def _run(self, cluster: Cluster) -> None:
        try:
            async with self._sign(), aclosing(self._cases.fetch(cluster)) as steps:
                async for step in steps:
                    if step.notice:
                        self.notices.append(step.notice)
                    else:
                        self.done, self.total = step.done, step.total
                        self.pace.saw(self._clock().timestamp(), step.done)
                    self.revision += 1
        except KwizardError as error:
            self.status, self.error = "failed", error
        except Exception as error:  # a mistake of ours must not leave the page saying "running"
            self.status, self.error = "failed", unforeseen(error)
        else:
            self.status = "done"
        self.revision += 1
