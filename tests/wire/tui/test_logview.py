"""The log pane: follows, stops following, folds, stays small."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kwizard.tui.model import LOG_LINES, LogBuffer
from kwizard.tui.widgets.logview import LogView, fold

from .conftest import sees, text_of, until


class Bench(App[int]):
    CSS = "LogView { height: 10; border-top: solid white; }"

    def __init__(self) -> None:
        super().__init__()
        self.buffer = LogBuffer()

    def compose(self) -> ComposeResult:
        yield LogView("anakin", self.buffer)


@asynccontextmanager
async def bench() -> AsyncIterator[tuple[Pilot[int], LogBuffer, LogView]]:
    app = Bench()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        view = app.query_one(LogView)
        view.focus()
        yield pilot, app.buffer, view


async def test_it_follows_until_someone_scrolls_up_and_then_counts() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(f"line {n}" for n in range(50))
        view.pull()
        await pilot.pause()
        await sees(pilot, "line 49")
        await pilot.press("up", "up")
        await pilot.pause()
        buffer.add(f"more {n}" for n in range(7))
        view.pull()
        await pilot.pause()
        await sees(pilot, "7 new lines", without=["more 6"])
        await pilot.press("end")
        await pilot.pause()
        await sees(pilot, "more 6", without=["new lines"])


async def test_scrolling_back_down_follows_again() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(f"line {n}" for n in range(30))
        view.pull()
        await pilot.pause()
        await pilot.press("up")
        await pilot.pause()
        assert not view.follow
        await pilot.press("down")
        await pilot.pause()
        assert view.follow


async def test_long_and_wide_lines_are_folded_not_cut() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(["x" * 100, "网" * 30])
        view.pull()
        await pilot.pause()
        await until(pilot, lambda: text_of(pilot).count("x") == 100)
        await until(pilot, lambda: text_of(pilot).count("网") == 30)


async def test_memory_is_bounded_and_the_end_is_what_stays() -> None:
    async with bench() as (pilot, buffer, view):
        for batch in range(5):
            buffer.add(f"{batch}-{n}" for n in range(LOG_LINES))
            view.pull()
        await pilot.pause()
        assert len(buffer.kept) == LOG_LINES
        assert view.virtual_size.height <= 2 * LOG_LINES
        await sees(pilot, f"4-{LOG_LINES - 1}")


async def test_another_width_folds_anew_and_keeps_the_end_in_sight() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(["y" * 60] * 20)
        buffer.add(["the end"])
        view.pull()
        await pilot.pause()
        before = view.virtual_size.height
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert view.virtual_size.height < before
        await sees(pilot, "the end")


async def test_find_goes_from_place_to_place_and_round_the_ends() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add("needle here" if n % 20 == 5 else f"line {n}" for n in range(100))
        view.pull()
        await pilot.pause()
        assert view.find("NEEDLE")
        await pilot.pause()
        await sees(pilot, "“needle” 5 of 5", "needle here")
        for by, said in ((1, "1 of 5"), (1, "2 of 5"), (-1, "1 of 5"), (-1, "5 of 5")):
            assert view.seek(by)
            await pilot.pause()
            await sees(pilot, said, "needle here")
        assert not view.find("nowhere")
        await pilot.pause()
        await sees(pilot, "“nowhere” is not in it")


async def test_what_was_found_stays_in_sight_while_lines_come() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(["the needle", *(f"line {n}" for n in range(50))])
        view.pull()
        await pilot.pause()
        view.find("needle")
        buffer.add(f"more {n}" for n in range(50))
        view.pull()
        await pilot.pause()
        await sees(pilot, "the needle")


async def test_a_filter_shows_only_such_lines_also_of_those_that_come_later() -> None:
    async with bench() as (pilot, buffer, view):
        buffer.add(["good 1", "bad 1", "good 2"])
        view.pull()
        view.only("Good")
        buffer.add(["bad 2", "good 3"])
        view.pull()
        await sees(pilot, "good 1", "good 2", "good 3", without=["bad"])
        assert view.find("3")
        assert not view.find("bad")
        assert view.clear_search()
        await pilot.pause()
        await sees(pilot, "bad 2")
        assert not view.clear_search()


def test_a_line_is_folded_after_a_word_and_loses_nothing() -> None:
    said = "2 of etcd's other members are healthy, 2 are needed"
    assert fold(said, 24) == ["2 of etcd's other ", "members are healthy, 2 ", "are needed"]
    assert fold("x" * 50, 24) == ["x" * 24, "x" * 24, "xx"]
    assert fold("", 24) == [""]
    tagged = "etcd │ the other members of etcd are healthy"
    assert fold(tagged, 24) == ["etcd │ the other ", "members of etcd are ", "healthy"]
    assert fold("网络" * 7, 24) == ["网络" * 6, "网络"]
    assert fold("网络", 1) == ["网", "络"], "too narrow, and all of it is there"
    assert "".join(fold(f"{said} /var/lib/kwizard/jobs/{'a' * 40}", 24)).startswith(said)
