"""Cells of the table of hosts, changed where they stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import AppBlur, Paste
from textual.pilot import Pilot
from textual.widgets import Input

from kwizard.cluster.finding import error
from kwizard.cluster.model import Cluster, Host, Role
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import HostReport
from kwizard.tui.widgets.cell_table import CellGrid

from .conftest import Open, focused, sees, text_of, until
from .scripted import CLUSTER, ScriptedCases
from .test_hosts import to_hosts

SIZES = [(80, 24), (120, 40)]


def named(app: KwizardApp, name: str) -> Host:
    return app.draft.cluster.host(name)


def line(pilot: Pilot[int]) -> Input:
    return pilot.app.screen.query_one("#cell-line", Input)


@pytest.mark.parametrize("size", SIZES)
async def test_arrows_and_enter_lead_to_a_cell_and_change_it(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(ScriptedCases(), size=size) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("down", "right", "right")
        await sees(pilot, "Enter changes this cell")
        await pilot.press("enter", "backspace", *"9", "enter")
        await pilot.pause()
        assert str(named(app, "boba").address) == "10.0.63.209"
        assert focused(pilot) == "hosts"
        await pilot.press("left", "enter", "ctrl+u", *"yoda", "enter")
        await pilot.pause()
        assert [h.name for h in app.draft.cluster.hosts] == ["anakin", "yoda", "c3po"]
        await pilot.press("right", "right", "enter", *"172.16.0.9:2222", "enter")
        await pilot.pause()
        ssh = named(app, "yoda").ssh
        assert (ssh.user, ssh.address, ssh.port) == ("root", "172.16.0.9", 2222)
        await sees(pilot, "root@172.16.…")


async def test_a_row_is_still_a_row_enter_is_still_the_form(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("right", "left", "enter")
        await until(pilot, lambda: type(app.screen).__name__ == "HostForm")
        await pilot.press("escape", "right", "escape", "enter")
        await until(pilot, lambda: type(app.screen).__name__ == "HostForm")
        await pilot.press("escape", "right", "w")  # keys for a host work in its cells as well
        assert Role.WORKER in named(app, "anakin").roles
        await pilot.press("escape", "escape")
        await until(pilot, lambda: type(app.screen).__name__ == "StartScreen")


@pytest.mark.parametrize(
    ("column", "typed", "why"),
    [
        (1, "c3po", "there is a host called c3po already"),
        (1, "-", "begins or ends with a hyphen"),
        (2, "10.0.63.999", "is no IPv4 address"),
        (2, "10.0.63.204", "c3po has that address already"),
        (3, "a b", "is not of the form user@address:port"),
        (3, "root@h:70000", "a port is 1 to 65535"),
        (3, "@h", "no user stands before the @"),
    ],
)
async def test_what_will_not_do_is_said_at_once_and_not_taken(
    opened: Open, column: int, typed: str, why: str
) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        before = app.draft.cluster
        await pilot.press("down", *["right"] * column, "enter", "ctrl+u", *typed)
        await sees(pilot, why)
        await pilot.press("enter", "down", "tab")
        await pilot.pause()
        assert focused(pilot) == "cell-line"
        assert line(pilot).value == typed
        assert app.draft.cluster is before
        await pilot.press("escape")
        await until(pilot, lambda: focused(pilot) == "hosts")
        await sees(pilot, "10.0.63.203", without=[why])  # the row of before
        assert app.draft.cluster is before
        assert typed not in [h.name for h in app.draft.cluster.hosts][1:2]


async def test_a_character_that_cannot_be_there_is_not_typed_and_the_line_says_which_can(
    opened: Open,
) -> None:
    async with opened(ScriptedCases()) as pilot:
        await to_hosts(pilot)
        await pilot.press("right", "enter", *"X")
        await sees(pilot, "! lower-case letters, digits and -")
        assert line(pilot).value == "anakin"


async def test_what_is_wrong_with_the_cluster_is_said_and_taken(opened: Open) -> None:
    def rules(cluster: Cluster) -> list[object]:
        inside = [i for i, h in enumerate(cluster.hosts) if str(h.address).startswith("10.244.")]
        return [error("is in the pod range", "move it", ("hosts", i, "address")) for i in inside]

    async with opened(ScriptedCases(rules=rules)) as pilot:  # type: ignore[arg-type]
        app = await to_hosts(pilot)
        await pilot.press("right", "right", "enter", "ctrl+u", *"10.244.0.9")
        await sees(pilot, "! is in the pod range")
        await pilot.press("enter")
        await pilot.pause()
        assert str(named(app, "anakin").address) == "10.244.0.9"
        await sees(pilot, "! 10.244.0.9")


async def test_tab_goes_from_cell_to_cell_and_on_into_the_next_row(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("right", "enter", *"1", "tab")
        await until(pilot, lambda: line(pilot).value == "10.0.63.202")
        await pilot.press("backspace", *"1", "tab")
        await until(pilot, lambda: line(pilot).value == "operator@")
        await pilot.press("tab")
        await until(pilot, lambda: focused(pilot) == "cell-ticks")
        await pilot.press("w", "right", "right", "space", "tab")
        await until(pilot, lambda: line(pilot).value == "boba")
        await pilot.press("shift+tab")
        await until(pilot, lambda: focused(pilot) == "cell-ticks")
        await pilot.press("escape")
        first = app.draft.cluster.hosts[0]
        assert (first.name, str(first.address)) == ("anakin1", "10.0.63.201")
        assert first.roles == {Role.CONTROL_PLANE, Role.WORKER}


async def test_keys_of_the_page_do_nothing_while_roles_are_ticked(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        before = app.draft.cluster
        await pilot.press(*["right"] * 4, "enter", "a", "x", "delete", "p", "e", "escape")
        await pilot.pause()
        assert type(app.screen).__name__ == "HostsScreen"
        assert app.draft.cluster is before


@pytest.mark.parametrize("size", SIZES)
async def test_the_mouse_alone_changes_a_cell_and_the_roles(
    opened: Open, size: tuple[int, int]
) -> None:
    async with opened(ScriptedCases(), size=size) as pilot:
        app = await to_hosts(pilot)
        await pilot.click("#hosts", offset=(48, 2))
        await pilot.pause()
        assert focused(pilot) == "hosts"  # the first click only goes there
        await pilot.click("#hosts", offset=(48, 2))
        await until(pilot, lambda: focused(pilot) == "cell-ticks")
        await pilot.click("#cell-ticks", offset=(3, 0))
        await pilot.click("#finding-box")  # elsewhere: what is there is kept
        await pilot.click("#hosts", offset=(3, 3))
        await pilot.click("#hosts", offset=(3, 3))
        await until(pilot, lambda: focused(pilot) == "cell-line")
        assert Role.CONTROL_PLANE in named(app, "boba").roles
        line(pilot).value = "yoda"
        await pilot.click("#name")
        await until(pilot, lambda: app.draft.cluster.hosts[2].name == "yoda")


async def test_going_elsewhere_with_what_will_not_do_restores_the_cell_and_says_so(
    opened: Open,
) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        before = app.draft.cluster
        await pilot.press("right", "right", "enter", "backspace", "backspace", "backspace")
        await pilot.click("#name")
        await sees(pilot, "anakin is as it was")
        assert app.draft.cluster is before
        assert not line(pilot).display


async def test_another_window_takes_nothing_and_loses_nothing(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        before = app.draft.cluster
        await pilot.press("right", "right", "enter", "backspace")
        pilot.app.post_message(AppBlur())
        await pilot.pause()
        assert line(pilot).display
        assert line(pilot).value == "10.0.63.20"
        assert app.draft.cluster is before


async def test_a_pasted_address_loses_its_blanks(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("right", "right", "enter", "ctrl+u")
        pilot.app.post_message(Paste("\n  10.0.63.77 \t\r\nmore"))
        await until(pilot, lambda: line(pilot).value == "10.0.63.77")
        await pilot.press("enter")
        await pilot.pause()
        assert str(named(app, "anakin").address) == "10.0.63.77"


async def test_a_report_that_comes_in_does_not_disturb_what_is_typed(opened: Open) -> None:
    import asyncio

    gate = asyncio.Event()
    cases = ScriptedCases(reports=(gate, HostReport("anakin"), HostReport("boba")))
    async with opened(cases) as pilot:
        await to_hosts(pilot)
        await pilot.press("k", "down", "right", "right", "enter", "backspace")
        gate.set()
        await until(pilot, lambda: text_of(pilot).count("✓ ready") == 2)
        assert focused(pilot) == "cell-line"
        assert line(pilot).value == "10.0.63.20"


async def test_the_line_lies_over_its_cell_in_a_long_table_that_was_scrolled(opened: Open) -> None:
    hosts = tuple(
        replace(CLUSTER.hosts[1], name=f"host{i:02}", address=CLUSTER.hosts[1].address + i)
        for i in range(30)
    )
    async with opened(ScriptedCases(cluster=replace(CLUSTER, hosts=hosts))) as pilot:
        app = await to_hosts(pilot)
        await pilot.press(*["down"] * 20, "right", "enter", *"x")

        def in_its_row() -> bool:
            rows = [r for r in text_of(pilot).splitlines() if "host20" in r and "10.0" in r]
            return len(rows) == 1 and "host20x" in rows[0]

        await until(pilot, in_its_row)
        await pilot.press("enter")
        await until(pilot, lambda: app.draft.cluster.hosts[20].name == "host20x")
        await until(pilot, in_its_row)


async def test_on_the_narrowest_terminal_all_roles_can_be_seen(opened: Open) -> None:
    async with opened(ScriptedCases(), size=(60, 18)) as pilot:
        await to_hosts(pilot)
        await pilot.press(*["right"] * 4, "enter")
        await pilot.pause()
        await sees(pilot, "✓ control-plane · worker ✓ etcd")


async def test_in_the_smallest_window_roles_are_letters_and_the_table_is_whole(
    opened: Open,
) -> None:
    async with opened(ScriptedCases(), size=(60, 16)) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("down", "right")
        await sees(pilot, "c·e    · not yet", "·we    · not yet")
        await sees(pilot, "Roles: c control plane, w worker, e etcd")
        await pilot.press("w")
        await sees(pilot, "··e    · not yet")
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "control-plane, etcd", without=["c·e", "Roles: c"])
        grid = app.screen.query_one(CellGrid)
        await until(pilot, lambda: (grid.chosen, grid.column) == ("boba", "host"))
        await pilot.resize_terminal(60, 16)
        await sees(pilot, "c·e    · not yet", "··e    · not yet", without=["control-plane, etcd"])
        await until(pilot, lambda: (grid.chosen, grid.column) == ("boba", "host"))
