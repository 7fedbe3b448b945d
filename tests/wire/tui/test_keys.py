"""Keys: which ones the last line shows, what Enter does in a form, what is said of a character that
is not taken, and the order in which all actions are listed."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from kwizard.cluster.model import RecipeName
from kwizard.engine.plan import Finding, State
from kwizard.tui.widgets.form import what_can_be_typed

from .conftest import Open, focused, text_of, until
from .scripted import CLUSTER, ScriptedCases, Story, plan_of
from .test_walk import app_of, on, to_install, to_review

NARROW, WIDE = (80, 24), (120, 40)


def last_line(pilot: Pilot[int]) -> str:
    return text_of(pilot).rstrip("\n").splitlines()[-1]


async def to_hosts(pilot: Pilot[int]) -> None:
    await pilot.press("enter")
    await until(pilot, lambda: on(pilot, "HostsScreen") and "a Add" in last_line(pilot))


async def to_release(pilot: Pilot[int]) -> None:
    await to_hosts(pilot)
    await pilot.click("#next")
    await until(pilot, lambda: on(pilot, "ReleaseScreen") and focused(pilot) == "recipe")


async def test_a_question_shows_its_own_keys_and_not_those_of_the_page(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_hosts(pilot)
        await pilot.press("i")
        await until(pilot, lambda: "esc Cancel" in last_line(pilot))
        assert "Paste" not in last_line(pilot)


async def test_where_there_is_room_the_key_that_lists_every_action_is_shown(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_hosts(pilot)
        await until(pilot, lambda: "^p Actions" in last_line(pilot))
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: "^p" not in last_line(pilot))
        await until(pilot, lambda: "del Remove" in last_line(pilot))
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "^p Actions" in last_line(pilot))


async def test_keys_that_would_not_fit_stand_closer_together(opened: Open) -> None:
    async with opened(ScriptedCases(), size=(73, 24)) as pilot:
        await to_hosts(pilot)
        await until(pilot, lambda: "k Check  c" in last_line(pilot))
        await pilot.resize_terminal(68, 24)
        await until(pilot, lambda: "k Check c" in last_line(pilot))
        await until(pilot, lambda: "del Remove" in last_line(pilot))


async def test_the_list_of_actions_begins_with_those_of_the_page(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_hosts(pilot)
        app = app_of(pilot)
        titles = [c.title for c in app.get_system_commands(app.screen)]
        assert titles[:3] == ["Help", "Add", "Paste"]
        assert titles.index("Remove") < titles.index("Colours: slate") < titles.index("Cursor down")
        assert sorted(titles) == sorted(set(titles))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "key: del" in text_of(pilot))
        seen = text_of(pilot)
        assert seen.index("key: a") < seen.index("key: del")


async def test_enter_leaves_an_answer_as_it_is_and_goes_on(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_release(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: focused(pilot) == "version")
        await pilot.press("enter")
        await until(pilot, lambda: focused(pilot) == "source")
        assert app_of(pilot).draft.cluster.recipe is CLUSTER.recipe
        await pilot.press("up", "up", "left")
        await until(pilot, lambda: app_of(pilot).draft.cluster.recipe is not CLUSTER.recipe)


async def test_a_line_says_which_characters_it_takes(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_release(pilot)
        await pilot.press("enter", "x")
        await until(pilot, lambda: "here stand only v 0-9 ." in text_of(pilot))
        assert app_of(pilot).draft.cluster.version == CLUSTER.version


def test_what_can_be_typed_is_read_off_the_pattern() -> None:
    assert what_can_be_typed(r"[a-z0-9.-]*") == "here stand only a-z 0-9 . -"
    assert what_can_be_typed(r"v?[0-9.]*") == "here stand only v 0-9 ."
    assert what_can_be_typed(r"[0-9]{0,5}") == "here stand only 0-9, at most 5"
    assert what_can_be_typed(r"\S*") == "no blanks can stand here"


async def test_a_note_takes_the_place_of_the_one_before_and_leaves_with_a_question(
    opened: Open,
) -> None:
    story = Story()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()]])
    async with opened(cases, start="resume", name="classic", size=WIDE) as pilot:
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        await pilot.press("n")
        await until(pilot, lambda: "Nothing is looked for yet" in text_of(pilot))
        await pilot.press("r")
        await until(pilot, lambda: "there is nothing to try again" in text_of(pilot))
        await until(pilot, lambda: "Nothing is looked for yet" not in text_of(pilot))
        await pilot.press("w")
        await until(pilot, lambda: "esc Cancel" in last_line(pilot))
        await until(pilot, lambda: "there is nothing to try again" not in text_of(pilot))


async def test_q_leaves_from_a_page_of_answers_and_is_a_letter_in_a_line(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        await to_hosts(pilot)
        app = app_of(pilot)
        app.screen.query_one("#name").focus()
        await until(pilot, lambda: focused(pilot) == "name")
        await pilot.press("q")
        await until(pilot, lambda: app.draft.cluster.name.endswith("q"))
        await pilot.press("tab", "q")
        await until(pilot, lambda: app.return_value == 0)


async def test_a_source_that_is_not_named_is_asked_for(opened: Open) -> None:
    async with opened(ScriptedCases(), size=WIDE) as pilot:
        await to_release(pilot)
        source = {"download": 0, "mirror": 1, "tarball": 2}
        app = app_of(pilot)
        for name in ("mirror", "tarball"):
            app.screen.query_one("#source").index = source[name]  # type: ignore[attr-defined]
            await until(pilot, lambda name=name: name.title() in text_of(pilot))  # type: ignore[misc]
            app.screen.query_one(f"#release-{name}").value = ""  # type: ignore[attr-defined]
            await pilot.click("#next")
            await until(pilot, lambda name=name: focused(pilot) == f"release-{name}")  # type: ignore[misc]
            assert on(pilot, "ReleaseScreen")


async def test_what_was_found_before_a_run_is_looked_at_again_after_it(opened: Open) -> None:
    story = Story()
    tasks = plan_of(CLUSTER).tasks
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()]])
    async with opened(cases, size=WIDE) as pilot:
        await to_install(pilot)
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        cases.findings = {t.id: Finding(State.DONE, "as wanted") for t in tasks}
        await pilot.press("escape")
        await until(pilot, lambda: on(pilot, "ReviewScreen"))
        await until(pilot, lambda: "nothing would change" in text_of(pilot))


async def test_steps_nothing_is_known_of_are_counted_apart(opened: Open) -> None:
    tasks = plan_of(CLUSTER).tasks
    found = {t.id: Finding(State.UNKNOWN, "no answer") for t in tasks}
    found[tasks[0].id] = Finding(State.DUE, "not there")
    async with opened(ScriptedCases(findings=found), size=WIDE) as pilot:
        await to_review(pilot, then="could not be looked at")
        await until(
            pilot,
            lambda: f"1 of {len(tasks)} steps to do; {len(tasks) - 1} could" in text_of(pilot),
        )


def test_the_recipes_name_the_versions_they_know() -> None:
    from kwizard.tui.live import LiveUseCases
    from kwizard.tui.rows import version_note

    known = LiveUseCases().versions(RecipeName.CLASSIC)
    assert version_note(RecipeName.CLASSIC, known[0], known[-1]) == "v1.3.5 up to v1.19"
    assert version_note(RecipeName.MODERN, known[0], known[-1]) == "v1.34 up to v1.37"


async def test_ctrl_c_copies_what_is_selected_and_leaves_where_nothing_is(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        await to_hosts(pilot)
        app = app_of(pilot)
        await pilot.press("i", *"abc")
        await until(pilot, lambda: focused(pilot) == "path" and "abc" in text_of(pilot))
        await pilot.press("shift+home", "ctrl+c")
        await until(pilot, lambda: app.clipboard == "abc")
        assert app.return_value is None
        await pilot.press("end", "ctrl+c")
        await until(pilot, lambda: app.return_value == 0)


async def test_ctrl_c_asks_once_in_the_middle_of_a_run_behind_a_dialog_too(opened: Open) -> None:
    cases = ScriptedCases(runs=[[Story().begin(), asyncio.Event()]])
    async with opened(cases, start="resume", name="classic") as pilot:
        await until(pilot, lambda: "▸ installing" in text_of(pilot))
        await pilot.press("c")
        await until(pilot, lambda: "esc Close" in last_line(pilot))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Leave now?" in text_of(pilot))
        await pilot.press("enter")  # Stay
        await until(pilot, lambda: "esc Close" in last_line(pilot))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Leave now?" in text_of(pilot))
        await pilot.press("right", "enter")
        await until(pilot, lambda: app_of(pilot).return_value == 3)


async def test_the_trail_and_the_band_are_whole_in_the_smallest_window(opened: Open) -> None:
    async with opened(ScriptedCases(rehearsal=True), size=(60, 16)) as pilot:
        await to_hosts(pilot)
        await until(pilot, lambda: "○ Install ○ Verify" in text_of(pilot))
        await until(pilot, lambda: "REHEARSAL   nothing is installed anywhere" in text_of(pilot))
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "○ Install ─ ○ Verify" in text_of(pilot))
        await until(pilot, lambda: "pretend hosts on this machine" in text_of(pilot))
