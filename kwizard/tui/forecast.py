"""How much longer a run takes, from how long its steps took before. Nothing is guessed: while one
step that is still to do never ran before, there is no figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from graphlib import TopologicalSorter

from kwizard.engine.plan import Plan, Task
from kwizard.recipes.step import Script
from kwizard.tui.model import Mark, RunModel


class Forecast:
    """`expected` has, by task id, the seconds a task took before."""

    def __init__(self, plan: Plan, expected: Mapping[str, float]) -> None:
        self._expected = expected
        tasks = {t.id: t for t in plan.tasks}
        order = TopologicalSorter({t.id: t.after for t in plan.tasks}).static_order()
        self._order = [tasks[task_id] for task_id in order if task_id in tasks]

    def usual(self, step: str, host: str) -> float | None:
        """The seconds this step took on that host before; None when nothing is known."""
        return self._expected.get(f"{step}@{host}")

    def left(self, model: RunModel, now: datetime) -> float | None:
        """Seconds until the end of the run, each task beginning as soon as what it comes after is
        over and, where it is alone on its host, the host is free. None when that is not known."""
        ends: dict[str, float] = {}
        free: dict[str, float] = {}
        for task in self._order:
            takes = self._takes(task, model, now)
            if takes is None:
                return None
            begin = max((ends.get(before, 0.0) for before in task.after), default=0.0)
            alone = task.step.exclusive and isinstance(task.step.action, Script)
            if alone and takes:
                begin = max(begin, free.get(task.host_label, 0.0))
                free[task.host_label] = begin + takes
            ends[task.id] = begin + takes
        return max(ends.values(), default=0.0)

    def _takes(self, task: Task, model: RunModel, now: datetime) -> float | None:
        spot = model.spot(task.step.id, task.host_label)
        if spot is not None and spot.mark.over:
            return 0.0
        usual = self._expected.get(task.id)
        if usual is None or spot is None or spot.mark is not Mark.RUNNING or spot.since is None:
            return usual
        return max(0.0, usual - (now - spot.since).total_seconds())
