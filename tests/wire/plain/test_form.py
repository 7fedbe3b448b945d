"""The rows of the pages, asked for by lines."""

from __future__ import annotations

from typing import cast

from kwizard.cluster.check import findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import RecipeName, Version
from kwizard.plain.form import mistake
from kwizard.plain.questions import Questions
from kwizard.plain.talk import Talk
from kwizard.tui.draft import Draft
from kwizard.tui.rows import option_rows
from tests.wire.tui.scripted import CLUSTER, ScriptedCases

MODERN = with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3))


def talk() -> Talk:
    return Talk(cast("Questions", None), ScriptedCases(rules=findings), Draft(MODERN))


def test_further_names_of_the_api_are_asked_for_and_each_is_held_against_its_form() -> None:
    place = ("apiserver", "names")
    assert place in [row.place for row in option_rows() if row.shown(MODERN)]
    wrong = mistake(talk(), place, "api.example.com https://b.example.com")
    assert wrong is not None
    assert "without https:// and port" in wrong
    assert mistake(talk(), place, "api.example.com 203.0.113.7") is None
    assert mistake(talk(), place, "") is None  # it may be left out
