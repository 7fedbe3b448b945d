"""A sign of work: none for what is over at once, and at least a second once it is there."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

import pytest

from kwizard.engine.plan import Finding, Plan
from kwizard.tui.app import KwizardApp
from kwizard.tui.sign import LEAST, SOON, Sign

from .conftest import sees
from .looks_answers import TO_REVIEW
from .scripted import NOW, ScriptedCases


class Time:
    """Nothing goes by until it is let."""

    def __init__(self) -> None:
        self._over: defaultdict[float, asyncio.Event] = defaultdict(asyncio.Event)

    async def sleep(self, seconds: float) -> None:
        await self._over[seconds].wait()

    def lets(self, seconds: float) -> None:
        self._over[seconds].set()


async def settle() -> None:
    """Let every task that can do something do it."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_work_that_is_over_at_once_needs_no_sign() -> None:
    shown: list[str] = []
    async with Sign(lambda: shown.append("busy"), Time().sleep) as sign:
        await settle()
        await sign.seen()
    assert not shown


@pytest.mark.parametrize("error", [None, RuntimeError("it broke")])
async def test_a_sign_stays_a_second_however_the_work_ends(error: Exception | None) -> None:
    time, shown, over = Time(), [], asyncio.Event()

    async def work() -> None:
        async with Sign(lambda: shown.append("busy"), time.sleep):
            await over.wait()
            if error is not None:
                raise error

    task = asyncio.create_task(work())
    time.lets(SOON)
    await settle()
    assert shown == ["busy"]
    over.set()
    await settle()
    assert not task.done()
    time.lets(LEAST)
    await settle()
    assert task.done()
    assert task.exception() is error


async def test_cancelled_work_waits_for_no_sign() -> None:
    time = Time()

    async def work() -> None:
        async with Sign(lambda: None, time.sleep):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    time.lets(SOON)
    await settle()
    task.cancel()
    await settle()
    assert task.cancelled()


class Surveying(ScriptedCases):
    """The look at the hosts ends when it is let."""

    over = asyncio.Event()

    async def survey(self, plan: Plan, asker: object) -> Mapping[str, Finding]:
        await self.over.wait()
        return await super().survey(plan, asker)  # type: ignore[arg-type]


async def test_the_review_says_that_it_looks_long_enough_to_be_read() -> None:
    time, cases = Time(), Surveying()
    cases.over = asyncio.Event()
    app = KwizardApp(cases, clock=lambda: NOW, sleep=time.sleep)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for key in TO_REVIEW:
            await pilot.press(key)
            await pilot.pause()
        await sees(pilot, "not looked at yet")
        time.lets(SOON)
        await sees(pilot, "▸ looking at the hosts")
        cases.over.set()
        await pilot.pause()
        await pilot.resize_terminal(100, 30)  # drawn anew it is still there
        await pilot.pause()
        await sees(pilot, "▸ looking at the hosts")
        time.lets(LEAST)
        await sees(pilot, "steps to do")
    await app.finish()
