"""Fifty hosts on the install page: all of them counted, the one that matters in sight."""

from __future__ import annotations

import asyncio

from kwizard.tui.app import KwizardApp
from kwizard.tui.model import RunModel

from .conftest import Open, sees, until
from .scripted import ScriptedCases, Story

HOSTS = [f"node{n:02}" for n in range(50)]
STEP = "hosts/docker"


async def test_the_column_that_counts_and_the_cursor_at_the_failure(opened: Open) -> None:
    story, go = Story(), asyncio.Event()
    events = [story.begin()]
    events += [story.started(STEP, host) for host in HOSTS]
    events += [story.finished(STEP, host) for host in HOSTS[:40]]
    failed = story.failed(STEP, "node41", "no room", "", "")
    cases = ScriptedCases(runs=[[*events, go, failed, story.end("failed", 1)]])
    async with opened(cases, start="resume", name="classic") as pilot:
        app = pilot.app
        assert isinstance(app, KwizardApp)
        await sees(pilot, "▸10 ·3 ✓40", "53 HOSTS", "of 54")  # with the three of the plan
        go.set()
        await until(pilot, lambda: app.run_model.status == "failed")
        await pilot.press("escape")
        await sees(
            pilot, "✗ failed", "NODE41", "✗1 ·12 ✓40"
        )  # what ran when it ended is not called done


def test_a_frame_without_news_draws_only_what_runs() -> None:
    model, story = RunModel(), Story()
    for host in HOSTS:
        model.apply(story.started(STEP, host))
        model.apply(story.finished(STEP, host))
    model.apply(story.started(STEP, "node07"))
    assert {h: s for h, s in model.running.items() if s} == {"node07": [STEP]}
