from __future__ import annotations

import asyncio

from textual.widgets import Static

from kwizard.errors import HostUnreachable
from kwizard.tui.usecases import UseCases

from .conftest import Open, text_of, until
from .pictures import snapshot
from .scripted import ScriptedCases


async def test_it_says_read_only_refreshes_and_can_be_held_still(opened: Open) -> None:
    gate, later = asyncio.Event(), asyncio.Event()
    cases = ScriptedCases(pictures=(snapshot(), gate, snapshot(scheduler=False), later, snapshot()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        assert "read-only" in text_of(pilot)
        assert "last look 10:30:00" in text_of(pilot)
        await pilot.press("p")
        gate.set()
        await pilot.pause()
        assert "paused" in text_of(pilot)
        assert "✓ All is well" in text_of(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "✗ Not well: 2/3 components" in text_of(pilot))
        assert "✗ scheduler: Get" in text_of(pilot)
        later.set()
        await until(pilot, lambda: "✓ All is well" in text_of(pilot))


async def test_a_red_cell_is_explained_and_a_cause_named(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")),))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await until(pilot, lambda: "✗ 0 of 4" in text_of(pilot))
        shown = text_of(pilot)
        assert "26/27 pings" in shown
        assert "udp port 8285 of c3po is closed" in shown
        assert "shown by: firewall-cmd" in shown
        pilot.app.screen.query_one("#matrix").focus()
        await pilot.press(*["down"] * 8, "right")
        await pilot.pause()
        said = pilot.app.screen.query_one("#cell", Static).content
        assert str(said) == "anakin → c3po/container  0 of 4 answered  no answer"


async def test_losing_the_hosts_is_said_and_the_exit_code_tells(opened: Open) -> None:
    class Lost(ScriptedCases):
        async def watch(self, *args, **kwargs):
            yield snapshot()
            raise HostUnreachable("no answer from anakin", host="anakin")

    async with opened(Lost(), start="monitor", name="classic") as pilot:
        await until(pilot, lambda: "no longer refreshed" in text_of(pilot))
        assert "no answer from anakin" in text_of(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_value == 1


async def test_the_monitor_asks_for_nothing_that_could_change_a_host(opened: Open) -> None:
    asked: list[str] = []

    class Watched(ScriptedCases):
        def __getattribute__(self, name: str) -> object:
            if name in UseCases.__dict__ and not name.startswith("_"):
                asked.append(name)
            return super().__getattribute__(name)

    cases = Watched(pictures=(snapshot(),))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        for key in ("enter", "r", "k", "i", "s", "a", "delete", "f5", "space"):
            await pilot.press(key)
        await pilot.pause()
    assert set(asked) <= {"blank", "load", "rehearsal", "watch", "close"}
