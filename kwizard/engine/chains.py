"""Which steps of a host are handed to it together, and whose turn it is on a host.

A step costs a host and the line to it less when it comes with others: one exchange, one unit. The
host begins each by itself when the one before it ended well, also while nobody watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from kwizard.engine.plan import Task
from kwizard.recipes.step import Script

LONG = 300.0
"""Seconds. A step that may take longer than most is the last of its chain: others that become due
on its host meanwhile do not wait for more than that one."""


def chainable(task: Task) -> bool:
    """Whether it may be handed over with others: a script that no other host's turn depends on."""
    return isinstance(task.step.action, Script) and task.step.rolling is None


def chain_from(
    head: Task, tasks: Iterable[Task], settled: Callable[[str, Collection[str]], bool]
) -> tuple[Task, ...]:
    """`head`, which may begin, and those of its host that can be begun without asking anybody once
    the one before them has ended well: in the order of the plan, whichever of them woke first.

    `tasks` are those of the host, in that order, that are to be run and neither run nor are handed
    over yet, `head` among them. `settled` says of a task by name, and of the names in the chain so
    far, whether what comes after it may begin.
    """
    if head.step.timeout > LONG:
        return (head,)
    chain: dict[str, Task] = {}
    waiting = [t for t in tasks if chainable(t)]

    def ready(task: Task) -> bool:
        return task is head or all(name in chain or settled(name, chain) for name in task.after)

    def add(*, long: bool) -> bool:
        for task in waiting:
            if (task.step.timeout > LONG) is long and ready(task):
                chain[task.id] = task
                waiting.remove(task)
                return True
        return False

    while add(long=False):
        pass
    add(long=True)
    return tuple(chain.values())


@dataclass
class Turn:
    """A host's turn: exclusive tasks have it one after the other. It waits for whoever has it, or
    until what it waits for was handed over by somebody else."""

    taken: bool = False
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, handed: Callable[[], bool]) -> bool:
        """True: the turn is the caller's, who gives it back. False: `handed` came true before."""
        async with self._changed:
            await self._changed.wait_for(lambda: handed() or not self.taken)
            if handed():
                return False
            self.taken = True
            return True

    async def give_back(self) -> None:
        """The next one may have it."""
        async with self._changed:
            self.taken = False
            self._changed.notify_all()

    async def tell(self) -> None:
        """Something was handed over: those who wait look whether it was theirs."""
        async with self._changed:
            self._changed.notify_all()


class NotBegun(Exception):
    """The host did not come to it, since one before it ended badly."""
