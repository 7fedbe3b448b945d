from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

from kwizard.tui import screens, taste
from kwizard.tui.screens.page import HELP, Page

from .conftest import Open, sees, until
from .scripted import ScriptedCases

for module in pkgutil.iter_modules(screens.__path__):
    importlib.import_module(f"{screens.__name__}.{module.name}")


def leaves(page: type[Page]) -> list[type[Page]]:
    below = page.__subclasses__()
    return [leaf for sub in below for leaf in leaves(sub)] if below else [page]


PAGES = [page for page in leaves(Page) if not inspect.isabstract(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.__name__)
def test_every_page_has_its_help(page: type[Page]) -> None:
    text = (HELP / f"{page.help_name}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")


async def test_the_palette_offers_the_actions_of_the_page(opened: Open) -> None:
    async with opened(ScriptedCases(), size=(100, 90)) as pilot:
        await pilot.press("enter")
        await sees(pilot, "Cluster name")
        await pilot.press("ctrl+p")
        offered = ("Add", "Paste", "Import", "Check", "Colours: paper")
        await sees(pilot, *offered)
        await pilot.press(*"paste")
        await sees(pilot, "Paste", without=["Colours: paper"])
        await pilot.press("enter")
        await sees(pilot, "Take them in")


async def test_the_colours_chosen_in_the_palette_are_there_the_next_time(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        assert pilot.app.theme == "kwizard-slate"
        await pilot.press("ctrl+p", *"colours paper")
        await sees(pilot, "for light terminals")
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app.theme == "kwizard-paper")
    async with opened(ScriptedCases()) as pilot:
        assert pilot.app.theme == "kwizard-paper"


def test_other_colours_than_there_are_begin_with_slate(tmp_path: Path) -> None:
    taste.remember("of my own")
    assert taste.chosen() == "kwizard-slate"


def test_every_help_page_is_there_in_chinese() -> None:
    english = {file.name for file in HELP.glob("*.md")}
    assert {file.name for file in (HELP / "zh").glob("*.md")} == english
