"""What the tests of the screen rest on: waiting for what is shown, and never for time."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Button, Static

from .conftest import sees
from .steady import idle, settle

HERE = Path(__file__).parent


def bare(source: str) -> list[int]:
    """The lines that ask at once whether a text is on the screen."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.ops[0], ast.In)
        and ast.unparse(node.test.comparators[0]).startswith("text_of(")
    ]


def test_a_text_that_has_to_be_on_the_screen_is_waited_for() -> None:
    assert bare('assert "x" in text_of(pilot)\nawait sees(pilot, "x")') == [1]
    found = {file.name: bare(file.read_text()) for file in HERE.glob("*.py")}
    assert not {name: lines for name, lines in found.items() if lines}


class Late(App[int]):
    """Says something when it is let, and draws it at intervals that never come by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.said = "before"

    def compose(self) -> ComposeResult:
        yield Static("before")
        yield Button("again")

    def on_mount(self) -> None:
        self.screen.set_interval(1000, lambda: self.query_one(Static).update(self.said))

    def on_button_pressed(self) -> None:
        self.said += "!"


async def test_what_a_page_draws_at_intervals_is_drawn_before_it_is_looked_at() -> None:
    async with Late().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Late)
        app.said = "after"
        await sees(pilot, "after", without=["before"])
        await pilot.click(Button)
        await pilot.click(Button)  # however soon after the first
        await sees(pilot, "after!!")


async def test_what_never_comes_and_what_stays_fail_with_the_whole_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.wire.tui.conftest.LOOKS", 2)
    async with Late().run_test() as pilot:
        with pytest.raises(AssertionError, match=r"'never' is not there; [^^]*before[^^]*again"):
            await sees(pilot, "before", "never")
        with pytest.raises(AssertionError, match=r"'before' is still there; [^^]*again"):
            await sees(pilot, "again", without=["before"])


async def test_an_app_that_broke_down_fails_the_test_with_its_own_error() -> None:
    class Broken(Late):
        def on_button_pressed(self) -> None:
            raise ZeroDivisionError

    async def break_down() -> None:
        async with Broken().run_test() as pilot:
            await pilot.click(Button)
            await sees(pilot, "never")

    with pytest.raises(ZeroDivisionError):
        await break_down()


async def test_sleepers_wake_when_nobody_has_anything_to_do_any_more() -> None:
    done: list[str] = []

    async def work() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        done.append("work")

    async def sleep() -> None:
        await idle(1.0)
        done.append("sleep")

    tasks = [asyncio.create_task(part()) for part in (sleep, work, sleep)]
    await idle()
    await asyncio.gather(*tasks)
    assert done == ["work", "sleep", "sleep"]


async def test_a_screen_comes_to_rest_also_when_it_has_been_left() -> None:
    async with Late().run_test() as pilot:
        pilot.app.exit()
        await settle(pilot)
