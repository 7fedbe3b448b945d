"""Where one begins: new, going on after a restart, practising; and the mouse alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from kwizard.app.drafts import Remembered
from kwizard.errors import KwizardError
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import HostReport, Practice
from kwizard.tui.widgets.form import Choice

from .conftest import Open, focused, sees, text_of, until
from .scripted import CLUSTER, ScriptedCases

SIZES = [(80, 24), (120, 40)]


def app_of(pilot: Pilot[int]) -> KwizardApp:
    assert isinstance(pilot.app, KwizardApp)
    return pilot.app


def on(pilot: Pilot[int], page: str) -> bool:
    return type(pilot.app.screen).__name__ == page


@pytest.mark.parametrize(
    ("page", "screen"),
    [
        ("HOSTS", "HostsScreen"),
        ("RELEASE", "ReleaseScreen"),
        ("OPTIONS", "OptionsScreen"),
        ("REVIEW", "ReviewScreen"),
    ],
)
async def test_a_restart_lands_on_the_page_one_left(opened: Open, page: str, screen: str) -> None:
    draft = Remembered(replace(CLUSTER, name="half-done"), page, Path("/c.yaml"))
    async with opened(ScriptedCases(draft=draft)) as pilot:
        await until(pilot, lambda: on(pilot, screen))
        assert app_of(pilot).draft.cluster.name == "half-done"
        assert app_of(pilot).draft.file == Path("/c.yaml")
        for _ in range(4):
            await pilot.press("escape")
            await pilot.pause()
        assert on(pilot, "StartScreen")
        await sees(pilot, "Go on with half-done")


async def test_what_had_the_cursor_has_it_again_after_a_window_that_was_too_small(
    opened: Open,
) -> None:
    async with opened(ScriptedCases()) as pilot:
        before = focused(pilot)
        assert before
        await pilot.resize_terminal(50, 12)
        await sees(pilot, "too small")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: focused(pilot) == before)
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, "HostsScreen"))


async def test_the_page_and_the_answers_are_written_down(opened: Open) -> None:
    cases = ScriptedCases()
    async with opened(cases) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        await pilot.click("#next")
        await until(pilot, lambda: on(pilot, "ReleaseScreen"))
        await until(pilot, lambda: cases.draft is not None and cases.draft.page == "RELEASE")
        await pilot.press("ctrl+q")
    assert cases.draft is not None
    assert cases.draft.cluster == CLUSTER


async def test_nothing_is_kept_once_an_installation_began(opened: Open) -> None:
    cases = ScriptedCases(draft=Remembered(CLUSTER, "REVIEW"), runs=[[]])
    async with opened(cases) as pilot:
        await sees(pilot, "to do")
        await pilot.click("#install")
        await until(pilot, lambda: cases.installs == 1)
    assert cases.draft is None


async def test_practising_and_coming_back(opened: Open) -> None:
    ended = []

    @asynccontextmanager
    async def practise() -> AsyncIterator[Practice]:
        yield Practice(ScriptedCases(rehearsal=True), replace(CLUSTER, name="rehearsal"))
        ended.append(True)

    cases = ScriptedCases()
    async with opened(cases, practise=practise) as pilot:
        await pilot.press("down", "enter")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        await sees(pilot, "REHEARSAL")
        assert app_of(pilot).draft.cluster.name == "rehearsal"
        await pilot.press("escape")
        await sees(pilot, "End the rehearsal")
        choices = pilot.app.screen.query_one("#choices", OptionList)
        choices.highlighted = choices.get_option_index("real")
        await pilot.press("enter")
        await sees(pilot, "New cluster", without=["REHEARSAL"])
        assert app_of(pilot).cases is cases
        assert ended == [True]
    assert cases.draft is None


async def test_a_machine_without_pretend_hosts_says_so(opened: Open) -> None:
    class NoHosts(AbstractAsyncContextManager[Practice]):
        async def __aenter__(self) -> Practice:
            raise KwizardError("no namespaces here", remedy="use Linux")

        async def __aexit__(self, *_error: object) -> None:
            raise AssertionError

    async with opened(ScriptedCases(), practise=NoHosts) as pilot:
        await pilot.press("down", "enter")
        await sees(pilot, "no namespaces here", "What to do: use Linux")


async def test_jump_keys_lead_to_a_field(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        assert focused(pilot) == "hosts"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: on(pilot, "JumpScreen"))
        await pilot.press("a")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        assert focused(pilot) == "name"
        await pilot.press("ctrl+o")
        await until(pilot, lambda: on(pilot, "JumpScreen"))
        await pilot.press("escape")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        assert focused(pilot) == "name"


@pytest.mark.parametrize("size", SIZES)
async def test_the_mouse_alone_leads_from_start_to_the_script(
    opened: Open, size: tuple[int, int]
) -> None:
    cases = ScriptedCases(reports=(HostReport("boba", (("system", "Debian"),)),))
    async with opened(cases, size=size) as pilot:
        await pilot.click("#choices", offset=(4, 0))
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        await pilot.click("#check")
        await sees(pilot, "✓ ready")
        await pilot.click("#hosts", offset=(70, 2))
        await sees(pilot, "Debian")
        await pilot.click("#hosts", offset=(70, 2))  # the row under the cursor opens
        await until(pilot, lambda: on(pilot, "HostForm"))
        worker = pilot.app.screen.query_one("#role-worker", Choice)
        before = worker.value
        await pilot.click("#role-worker", offset=(1 if before == "no" else 9, 0))
        await pilot.pause()
        assert worker.value != before
        await pilot.click("#cancel")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        await pilot.click("#next")
        await until(pilot, lambda: on(pilot, "ReleaseScreen"))
        await pilot.click("#source", offset=(14, 0))
        await sees(pilot, "Mirror")
        await pilot.click("#source", offset=(1, 0))
        await pilot.click("#inspect")
        await pilot.click("#next")
        await until(pilot, lambda: on(pilot, "OptionsScreen"))
        await pilot.click("#control-plane-is-node", offset=(8, 0))
        await pilot.pause()
        assert app_of(pilot).draft.cluster.control_plane_is_node
        await pilot.click("#next")
        await until(pilot, lambda: on(pilot, "ReviewScreen") and "to do" in text_of(pilot))
        await pilot.click("#plan", offset=(14, 3))
        await pilot.click("#plan", offset=(14, 3))
        await until(pilot, lambda: on(pilot, "ScriptScreen"))


@pytest.mark.parametrize("size", SIZES)
async def test_every_key_in_the_footer_can_be_clicked(opened: Open, size: tuple[int, int]) -> None:
    from textual.widgets._footer import FooterKey

    async with opened(ScriptedCases(), size=size) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, "HostsScreen"))
        keys = {k.action: k for k in pilot.app.screen.query(FooterKey)}
        paste = next(k for action, k in keys.items() if action == "paste")
        assert all(pilot.app.screen.region.contains_region(k.region) for k in keys.values())
        await pilot.click(paste)
        await until(pilot, lambda: on(pilot, "PasteScreen"))


async def test_the_line_without_the_screen_is_copied_after_saving(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = ScriptedCases(draft=Remembered(CLUSTER, "REVIEW"))
    async with opened(cases, size=(120, 40)) as pilot:
        await sees(pilot, "to do")
        await pilot.press("y")
        await until(pilot, lambda: on(pilot, "AskPath"))
        await pilot.press("enter")
        await sees(pilot, "copied")
        assert pilot.app.clipboard == f"kwizard apply {tmp_path / 'classic.yaml'}"
        await pilot.press("y")
        await until(pilot, lambda: on(pilot, "ReviewScreen"))


async def test_the_plan_by_host(opened: Open) -> None:
    async with opened(ScriptedCases(draft=Remembered(CLUSTER, "REVIEW"))) as pilot:
        await sees(pilot, "to do")
        await pilot.press("g")
        await pilot.pause()
        table = pilot.app.screen.query_one("#plan")
        headings = [str(k.value) for k in table.rows if str(k.value).startswith("heading")]  # type: ignore[attr-defined]
        assert headings == ["heading operator", *(f"heading {h.name}" for h in CLUSTER.hosts)]
