"""Secret files beside a script: what the host remembers of them, and what becomes due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kwizard.engine.journal import Attempt
from kwizard.engine.plan import State, Task, build
from kwizard.engine.survey import Look, judge
from kwizard.recipes import steps_for
from tests.pure.recipes.modern_clusters import current

TASK = "hosts/certificates@boba"


def task(public: str) -> Task:
    return build(steps_for(current()), lambda _bundle, _host: public).task(TASK)


@pytest.mark.parametrize(
    ("kept", "state"),
    [
        (task("as it is").record, State.DONE),
        (task("another one").record, State.DUE),
        (task("as it is").sha256, State.DUE),
        ("", State.DUE),
    ],
    ids=["these", "other certificates", "the script alone", "none"],
)
def test_only_the_record_of_script_and_certificates_makes_it_done(kept: str, state: State):
    found = judge(task("as it is"), Look(0, "28 files are there", kept), None)
    assert found.state is state


def test_a_journal_that_remembers_other_certificates_does_not_help():
    before = task("another one")
    attempt = Attempt(TASK, before.key, "job", datetime(2026, 1, 1, tzinfo=UTC), ended=True, exit=0)
    assert judge(task("as it is"), Look(0, "", before.record), attempt).state is State.DUE


def test_a_step_without_secret_files_is_known_by_its_script():
    plain = build(steps_for(current()), lambda _bundle, _host: "x").task("hosts/kernel@boba")
    assert plain.record == plain.sha256
