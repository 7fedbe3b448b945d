from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from textual.widgets import Input, Static

from kwizard.errors import HostUnreachable
from kwizard.tui.usecases import UseCases

from .conftest import Open, text_of, until
from .pictures import snapshot
from .scripted import NOW, ScriptedCases, Story
from .test_walk import app_of


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


async def test_one_host_at_a_time_by_key_by_bracket_and_by_mouse(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await until(pilot, lambda: "26/27 pings" in text_of(pilot))
        shown = text_of(pilot)
        assert "F1 ✗ anakin" in shown  # a ping from it failed
        assert "F2 ✓ boba" in shown
        assert "F3 ✗ c3po" in shown
        await pilot.press("f2")
        await pilot.pause()
        shown = text_of(pilot)
        assert "26/27 pings" in shown  # the verdict stays the cluster's
        assert "ANAKIN" not in shown
        assert "udp port 8285" not in shown  # that cause is none of boba's
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "C3PO" in text_of(pilot)
        assert "udp port 8285 of c3po" in text_of(pilot)
        await pilot.press("0")
        await pilot.pause()
        assert all(name in text_of(pilot) for name in ("ANAKIN", "BOBA", "C3PO"))
        strip = pilot.app.screen.query_one("#strip")
        at = str(strip.render()).index("boba")
        await pilot.click("#strip", offset=(at + 2, 0))
        await pilot.pause()
        assert "ANAKIN" not in text_of(pilot)


async def test_a_filter_leaves_the_rows_with_these_letters_and_escape_ends_it(
    opened: Open,
) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        await pilot.press("slash", *"KUBELET")
        await pilot.pause()
        shown = text_of(pilot)
        assert "kubelet" in shown
        assert "flanneld" not in shown
        assert "only rows with: KUBELET" in shown
        await pilot.press("escape")
        await pilot.pause()
        assert "flanneld" in text_of(pilot)
        assert pilot.app.screen.__class__.__name__ == "MonitorScreen"


async def test_what_is_old_is_called_stale(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await until(pilot, lambda: "▸ live" in text_of(pilot))
        app_of(pilot).clock = lambda: NOW + timedelta(seconds=31)
        await until(pilot, lambda: "! stale" in text_of(pilot))
        assert "31 s ago" in text_of(pilot)
        assert pilot.app.screen.has_class("-stale")


async def test_there_is_no_shell_and_the_key_says_why(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await until(pilot, lambda: "▸ live" in text_of(pilot))
        await pilot.press("f3", "s")
        await until(pilot, lambda: "read-only and opens no" in text_of(pilot))
        assert "ssh c3po" in text_of(pilot)


async def test_enter_on_a_ping_shows_what_ping_itself_said(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await until(pilot, lambda: "✗ 0 of 4" in text_of(pilot))
        pilot.app.screen.query_one("#matrix").focus()
        await pilot.press(*["down"] * 8, "right", "enter")
        await until(pilot, lambda: "4 packets transmitted, 0 received" in text_of(pilot))
        assert "likely cause: udp port 8285 of c3po is closed" in text_of(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "▸ live" in text_of(pilot)


async def test_a_report_is_saved_by_a_key_where_one_says(opened: Open, tmp_path: Path) -> None:
    story = Story()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()]], last=snapshot())
    async with opened(cases, start="resume", name="classic") as pilot:
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        await pilot.press("w")
        await until(pilot, lambda: "Save a report" in text_of(pilot))
        pilot.app.screen.query_one("#path", Input).value = str(tmp_path / "r.tar.gz")
        await pilot.press("enter")
        await until(pilot, lambda: bool(cases.reported))
        assert cases.reported == [("classic", tmp_path / "r.tar.gz")]
