"""Text of hosts can neither move the cursor nor be markup, wherever it is shown."""

from __future__ import annotations

import asyncio

import pytest
from textual.content import Content

from kwizard.errors import KwizardError, Problem
from kwizard.text import clean
from kwizard.tui.plain import cell, lines, plain
from kwizard.tui.usecases import HostReport, KeyQuestion, PasswordQuestion

from .conftest import Open, text_of, until
from .pictures import snapshot
from .scripted import ScriptedCases, Story

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


@everything
async def test_in_logs_and_in_the_pane_of_a_failure(opened: Open, text: str) -> None:
    story, seen = Story(), asyncio.Event()
    cases = ScriptedCases(
        runs=[
            [
                story.begin(),
                story.started("hosts/preflight", "anakin"),
                story.log("hosts/preflight", "anakin", text),
                seen,
                story.failed("hosts/preflight", "anakin", text, text, text),
                story.end("failed", 1),
            ]
        ]
    )
    async with opened(cases, start="resume", name="classic") as pilot:
        await until(pilot, lambda: "▸ 0 s" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("l", "z")
        await pilot.pause()
        assert harmless(text_of(pilot))
        seen.set()
        await until(pilot, lambda: "hosts/preflight on anakin failed" in text_of(pilot))
        assert harmless(text_of(pilot))
        assert pilot.app.return_value is None


@everything
async def test_in_dialogs_tables_and_findings(opened: Open, text: str) -> None:
    cases = ScriptedCases(
        questions=(
            KeyQuestion(text, text, text, text),
            PasswordQuestion(text, text, "sudo", again=True),
        ),
        reports=(HostReport("anakin", ((text[:30], text),), (Problem(text, text),)),),
        found=(Problem(text, text, blocks=False),),
        survey_error=KwizardError(text, remedy=text, host=text),
    )
    async with opened(cases) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Cluster name" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("k")
        await until(pilot, lambda: "It is the same" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "was not accepted" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "✗ blocked" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("f2")
        await until(pilot, lambda: "What to know" in text_of(pilot))
        assert harmless(text_of(pilot))
        await pilot.press("enter", "tab", "enter", "up", "enter", "up", "enter")
        await until(pilot, lambda: "That did not work" in text_of(pilot))
        assert harmless(text_of(pilot))


@everything
async def test_in_what_the_monitor_shows(opened: Open, text: str) -> None:
    from dataclasses import replace

    from kwizard.probes.components import Component
    from kwizard.probes.nodes import Node

    picture = replace(
        snapshot(("anakin", "c3po/container")),
        components=(Component(name="scheduler", status="Unhealthy", error=text),),
        nodes=(Node(name=clean(text)[:63] or "x", status="NotReady", version=text),),
        nodes_error=text,
        problems={"boba": text},
        faults=(text,),
    )
    async with opened(
        ScriptedCases(pictures=(picture,)), start="monitor", name="classic", size=(120, 40)
    ) as pilot:
        await until(pilot, lambda: "✗ Not well" in text_of(pilot))
        assert harmless(text_of(pilot))


@everything
def test_at_the_door(text: str) -> None:
    assert plain(text).plain == clean(text)
    assert isinstance(lines(text, plain(text, "bold")), Content)
    assert "\n" not in cell(text).plain
    assert harmless(cell(text).plain.replace("\t", " "))
