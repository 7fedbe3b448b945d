from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from textual.widgets import Input, Static

from kwizard.errors import HostUnreachable
from kwizard.tui.usecases import UseCases

from .conftest import Open, sees, until
from .pictures import snapshot
from .scripted import NOW, ScriptedCases, Story
from .test_walk import app_of


async def test_it_says_read_only_refreshes_and_can_be_held_still(opened: Open) -> None:
    gate, later = asyncio.Event(), asyncio.Event()
    cases = ScriptedCases(pictures=(snapshot(), gate, snapshot(scheduler=False), later, snapshot()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await sees(pilot, "✓ All is well", "read-only", "last look 10:30:00")
        await pilot.press("p")
        gate.set()
        await pilot.pause()
        await sees(pilot, "paused", "✓ All is well")
        await pilot.press("p")
        await sees(pilot, "✗ Not well: 2/3 components", "✗ scheduler: Get")
        later.set()
        await sees(pilot, "✓ All is well")


async def test_a_red_cell_is_explained_and_a_cause_named(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")),))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await sees(
            pilot,
            "✗ 0 of 4",
            "26/27 pings",
            "udp port 8285 of c3po is closed",
            "shown by: firewall-cmd",
        )
        pilot.app.screen.query_one("#matrix").focus()
        await pilot.press(*["down"] * 8, "right")
        line = pilot.app.screen.query_one("#cell", Static)
        said = "anakin → c3po/container  0 of 4 answered  no answer"
        await until(pilot, lambda: str(line.content) == said)


async def test_losing_the_hosts_is_said_and_the_exit_code_tells(opened: Open) -> None:
    class Lost(ScriptedCases):
        async def watch(self, *args, **kwargs):
            yield snapshot()
            raise HostUnreachable("no answer from anakin", host="anakin")

    async with opened(Lost(), start="monitor", name="classic") as pilot:
        await sees(pilot, "no longer refreshed", "no answer from anakin")
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
        await sees(pilot, "✓ All is well")
        for key in ("enter", "r", "k", "i", "s", "a", "delete", "f5", "space"):
            await pilot.press(key)
        await pilot.pause()
    assert set(asked) <= {"blank", "load", "rehearsal", "watch", "close"}


async def test_one_host_at_a_time_by_key_by_bracket_and_by_mouse(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        # A ping from anakin failed.
        await sees(pilot, "26/27 pings", "F1 ✗ anakin", "F2 ✓ boba", "F3 ✗ c3po")
        await pilot.press("f2")
        # The verdict stays the cluster's; that cause is none of boba's.
        await sees(pilot, "26/27 pings", "BOBA", without=["ANAKIN", "udp port 8285"])
        await pilot.press("right_square_bracket")
        await pilot.pause()
        await sees(pilot, "C3PO", "udp port 8285 of c3po")
        await pilot.press("0")
        await sees(pilot, "ANAKIN", "BOBA", "C3PO")
        strip = pilot.app.screen.query_one("#strip")
        at = str(strip.render()).index("boba")
        await pilot.click("#strip", offset=(at + 2, 0))
        await sees(pilot, "BOBA", without=["ANAKIN"])


async def test_a_filter_leaves_the_rows_with_these_letters_and_escape_ends_it(
    opened: Open,
) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await sees(pilot, "✓ All is well")
        await pilot.press("slash", *"KUBELET")
        await pilot.pause()
        await sees(pilot, "kubelet", "only rows with: KUBELET", without=["flanneld"])
        await pilot.press("escape")
        await pilot.pause()
        await sees(pilot, "flanneld")
        assert pilot.app.screen.__class__.__name__ == "MonitorScreen"


async def test_what_is_old_is_called_stale(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await sees(pilot, "▸ live")
        app_of(pilot).clock = lambda: NOW + timedelta(seconds=31)
        await sees(pilot, "! stale", "31 s ago")
        assert pilot.app.screen.has_class("-stale")


async def test_there_is_no_shell_and_the_key_says_why(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic") as pilot:
        await sees(pilot, "▸ live")
        await pilot.press("f3", "s")
        await sees(pilot, "read-only and opens no", "ssh c3po")


async def test_enter_on_a_ping_shows_what_ping_itself_said(opened: Open) -> None:
    cases = ScriptedCases(pictures=(snapshot(("anakin", "c3po/container")), asyncio.Event()))
    async with opened(cases, start="monitor", name="classic", size=(120, 40)) as pilot:
        await sees(pilot, "✗ 0 of 4")
        pilot.app.screen.query_one("#matrix").focus()
        await pilot.press(*["down"] * 8, "right", "enter")
        await sees(
            pilot,
            "4 packets transmitted, 0 received",
            "likely cause: udp port 8285 of c3po is closed",
        )
        await pilot.press("escape")
        await pilot.pause()
        await sees(pilot, "▸ live")


async def test_a_report_is_saved_by_a_key_where_one_says(opened: Open, tmp_path: Path) -> None:
    story = Story()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()]], last=snapshot())
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(pilot, "✓ installed")
        await pilot.press("enter")
        await sees(pilot, "✓ All is well")
        await pilot.press("w")
        await sees(pilot, "Save a report")
        pilot.app.screen.query_one("#path", Input).value = str(tmp_path / "r.tar.gz")
        await pilot.press("enter")
        await until(pilot, lambda: bool(cases.reported))
        assert cases.reported == [("classic", tmp_path / "r.tar.gz")]
