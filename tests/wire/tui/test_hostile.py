"""Text of hosts can neither move the cursor nor be markup, wherever it is shown."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content
from textual.pilot import Pilot

from kwizard.app.clusters import KnownCluster
from kwizard.engine.plan import Finding, State
from kwizard.errors import KwizardError, Problem
from kwizard.probes.components import Component
from kwizard.probes.nodes import Node
from kwizard.text import clean
from kwizard.tui.plain import cell, lines, plain
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.usecases import HostReport, KeyQuestion, PasswordQuestion
from kwizard.tui.widgets.logview import fold

from .conftest import Open, focused, sees, text_of, until
from .pictures import snapshot
from .scripted import CLUSTER, NOW, ScriptedCases, Story, plan_of

HOSTILE = {
    "markup": "[/etc/kubernetes] [bold]x[/] [",
    "link": "[@click=app.exit(9)]press me[/]",
    "csi": "\x1b[2J\x1b[31mred\x1b[0m",
    "osc": "\x1b]0;owned\x07title",
    "c1": "\x9b2J\x9d0;owned\x9cafter",
    "bidi": "abc\u202edcba\u2066x",
    "wide": "网络性能不好 " * 30,
    "nul": "a\x00b\x08\x08c\rd",
    "long": "x" * 5000,
}
everything = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def harmless(shown: str) -> bool:
    return all(c == "\n" or (c.isprintable() and c == clean(c)) for c in shown)


async def test_in_logs_and_in_the_pane_of_a_failure(opened: Open) -> None:
    story, seen = Story(), asyncio.Event()
    run = [story.begin(), story.started("hosts/preflight", "anakin")]
    run += [story.log("hosts/preflight", "anakin", text) for text in HOSTILE.values()]
    worst = "\n".join(HOSTILE.values())
    end = [story.failed("hosts/preflight", "anakin", worst, worst, worst), story.end("failed", 1)]
    async with opened(
        ScriptedCases(runs=[[*run, seen, *end]]), start="resume", name="classic"
    ) as pilot:
        await sees(pilot, "▸ 0 s")
        assert harmless(text_of(pilot))
        await pilot.press("l", "z")
        for _ in range(20):  # page through all of it
            await pilot.press("pageup")
            await pilot.pause()
            assert harmless(text_of(pilot))
        seen.set()
        await sees(pilot, "hosts/preflight on anakin failed")
        assert harmless(text_of(pilot))
        assert focused(pilot) == "retry"
        assert pilot.app.return_value is None


async def asked(pilot: Pilot[int], cases: ScriptedCases, number: int, cursor: str) -> None:
    """Wait for the question after `number` answers, its cursor on `cursor`."""
    await until(pilot, lambda: len(cases.answers) == number and focused(pilot) == cursor)


async def test_in_dialogs(opened: Open) -> None:
    keys = tuple(KeyQuestion(text, text, text, text) for text in HOSTILE.values())
    passwords = tuple(PasswordQuestion(t, t, "sudo", again=True) for t in HOSTILE.values())
    cases = ScriptedCases(questions=(*keys, *passwords))
    async with opened(cases) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: focused(pilot) == "hosts")
        await pilot.press("k")
        for number in range(len(keys)):
            await asked(pilot, cases, number, "refuse")
            assert harmless(text_of(pilot))
            await sees(pilot, "It is the same")  # never pushed off the screen
            await pilot.press("enter")
        for number in range(len(keys), len(cases.questions)):
            await asked(pilot, cases, number, "password")
            assert harmless(text_of(pilot))
            await sees(pilot, "Go on")
            await pilot.press("escape")
        await until(pilot, lambda: len(cases.answers) == len(cases.questions))


async def test_in_findings_problems_and_errors(opened: Open) -> None:
    worst = "\n".join(HOSTILE.values())
    cases = ScriptedCases(
        reports=(HostReport("anakin", ((worst[:30], worst),), (Problem(worst, worst),)),),
        found=tuple(Problem(text, text, blocks=False) for text in HOSTILE.values()),
        survey_error=KwizardError(worst, remedy=worst, host=worst),
    )
    async with opened(cases) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: focused(pilot) == "hosts")
        assert harmless(text_of(pilot))
        await pilot.press("k")
        await sees(pilot, "✗ blocked")
        assert harmless(text_of(pilot))
        await pilot.press("f2")
        await until(pilot, lambda: focused(pilot) == "ok")
        assert harmless(text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: focused(pilot) == "hosts")
        for _page in ("release", "options", "review"):
            page = pilot.app.screen
            await pilot.click("#next")
            await until(pilot, lambda page=page: pilot.app.screen is not page)  # type: ignore[misc]
        await sees(pilot, "That did not work")
        assert harmless(text_of(pilot))


async def test_in_what_the_monitor_shows(opened: Open) -> None:
    worst = "\n".join(HOSTILE.values())
    texts = list(HOSTILE.values())
    picture = replace(
        snapshot(("anakin", "c3po/container")),
        components=tuple(
            Component(name=f"c{n}", status="Unhealthy", error=t) for n, t in enumerate(texts)
        ),
        nodes=tuple(
            Node(name=f"n{n}{clean(t)[:20]}", status="NotReady", version=t)
            for n, t in enumerate(texts)
        ),
        nodes_error=worst,
        problems={"boba": worst},
        faults=(worst,),
    )
    async with opened(
        ScriptedCases(pictures=(picture,)), start="monitor", name="classic", size=(120, 40)
    ) as pilot:
        await sees(pilot, "✗ Not well")
        assert harmless(text_of(pilot))


@everything
def test_at_the_door(text: str) -> None:
    assert plain(text).plain == clean(text.replace("\r", " "))
    assert plain(f"ours: {text}").plain.startswith("ours: ")
    assert isinstance(lines(text, plain(text, "bold")), Content)
    assert "\n" not in cell(text).plain
    assert harmless(cell(text).plain.replace("\t", " "))


async def test_in_what_is_known_of_clusters(opened: Open) -> None:
    known = tuple(
        KnownCluster(f"c{n}", Path(clean(text)[:60] or "x"), "unfinished", "p", text, text, NOW)
        for n, text in enumerate(HOSTILE.values())
    )
    async with opened(ScriptedCases(known_clusters=known)) as pilot:
        for _ in known:
            await sees(pilot, "It stopped at")
            assert harmless(text_of(pilot))
            await pilot.press("down")


async def test_in_the_reasons_of_a_plan_and_its_scripts(opened: Open) -> None:
    texts = list(HOSTILE.values())
    tasks = plan_of(CLUSTER).tasks
    cases = ScriptedCases(
        findings={t.id: Finding(State.DUE, texts[n % len(texts)]) for n, t in enumerate(tasks)}
    )
    async with opened(cases, size=(120, 40)) as pilot:
        await pilot.press("enter", "tab", "enter", "up", "enter", "up", "enter")
        await sees(pilot, "to do")
        for _ in texts:
            assert harmless(text_of(pilot))
            await pilot.press("down")
        worst = replace(tasks[0], script="\n".join(texts), probe="\n".join(texts))
        await pilot.app.push_screen(ScriptScreen(worst))
        await sees(pilot, "sha256")
        assert harmless(text_of(pilot))


@given(st.text(max_size=200))
def test_no_text_at_all_gets_through(text: str) -> None:
    for shown in (plain(text).plain, cell(text).plain, "\n".join(fold(text, 20))):
        assert clean(shown) == shown
        assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
