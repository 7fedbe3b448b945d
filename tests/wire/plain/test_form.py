"""The rows of the pages, asked for by lines."""

from __future__ import annotations

from typing import cast

from kwizard.app.preview import Change, Line
from kwizard.cluster.check import findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import RecipeName, Version
from kwizard.engine.plan import Finding, State
from kwizard.errors import Problem
from kwizard.plain.form import ask_row, mistake
from kwizard.plain.questions import Questions
from kwizard.plain.review import review
from kwizard.plain.talk import Talk
from kwizard.plain.terminal import Terminal
from kwizard.tui.draft import Draft
from kwizard.tui.rows import option_rows
from tests.wire.tui.scripted import CLUSTER, ScriptedCases, plan_of

from .paper import Paper

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


CHANGE = Change(
    "network/flannel",
    "Start flanneld",
    ("anakin", "boba"),
    "changed",
    (Line("-", "Type: vxlan", "/etc/net.json"), Line("+", "Type: udp", "/etc/net.json")),
)


async def test_a_question_mark_tells_the_answers_and_what_each_other_would_change() -> None:
    overlay = next(row for row in option_rows() if row.place == ("network", "backend"))
    paper = Paper("?", "udp")
    cases = ScriptedCases(rules=findings, changes=(CHANGE,))
    speaking = Talk(Questions(cast("Terminal", paper)), cases, Draft(MODERN))
    await ask_row(speaking, overlay)
    assert speaking.draft.cluster.network.backend == "udp"
    _first, again = paper.said.split("Answer with the number, the word")
    assert "With udp instead:\n~ Start flanneld  anakin, boba\n    /etc/net.json" in again
    assert "    - Type: vxlan\n    + Type: udp" in again
    assert "With host-gw instead:" in again
    assert "With vxlan instead:" not in again  # that is the present one
    assert paper.said.count("The kernel carries packets") == 2


async def test_a_question_mark_tells_of_a_line_where_its_answer_stands() -> None:
    domain = next(row for row in option_rows() if row.place == ("network", "domain"))
    paper = Paper("?", "")
    cases = ScriptedCases(rules=findings, changes=(CHANGE,))
    await ask_row(Talk(Questions(cast("Terminal", paper)), cases, Draft(MODERN)), domain)
    assert "The ending of service names" in paper.said
    assert "Where it stands:\n~ Start flanneld" in paper.said
    assert "- Type: vxlan" not in paper.said  # only as it would be


async def test_the_review_tells_what_is_in_the_way_and_the_plan_by_host() -> None:
    paper = Paper("by host", "quit")
    port = Problem("port 10250 is held by nginx", "stop it, or move it to another port")
    some = {t.id: Finding(State.DUE, "no such unit") for t in plan_of(CLUSTER).tasks}
    cases = ScriptedCases(findings=some, obstructed={"boba": [port], "c3po": [port]})
    await review(Talk(Questions(cast("Terminal", paper)), cases, Draft(CLUSTER)))
    looked, by_host = paper.said.split("What next: ")[:2]
    assert "Error: boba, c3po: port 10250 is held by nginx" in looked
    assert "What to do: stop it, or move it" in looked
    assert "boba: 9 of 9 steps to do" in by_host
    mine = by_host.partition("boba: 9 of 9")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(mine) == 9
    assert mine[0] == "  + hosts/preflight: Look before touching: due, no such unit"
