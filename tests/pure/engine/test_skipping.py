"""What may be skipped, and what is said to rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest

from kwizard.app.planning import make_plan
from kwizard.cluster.model import Cluster, Host, Role, Version
from kwizard.engine.journal import Attempt, fold
from kwizard.engine.plan import State, check_waivers
from kwizard.engine.survey import Look, judge
from kwizard.errors import InvalidInput
from kwizard.recipes.step import Operator
from kwizard.tui.skipping import consequence, reminder

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CLUSTER = Cluster(
    name="pair",
    version=Version(1, 19, 16),
    hosts=tuple(
        Host(
            name=name,
            address=IPv4Address(f"10.0.63.{202 + i}"),
            roles=frozenset({Role.WORKER if i else Role.CONTROL_PLANE, Role.ETCD}),
        )
        for i, name in enumerate(("anakin", "boba", "c3po"))
    ),
)


def records(*kinds: tuple[str, Mapping[str, object]]):
    return fold(
        {"time": NOW.isoformat(), "kind": kind, "task": "a@x", "key": "k", **more}
        for kind, more in kinds
    )


def test_a_task_skipped_by_a_person_is_neither_done_nor_running():
    state = records(
        ("task.started", {}), ("task.ended", {"exit": 1}), ("task.waived", {"reason": "no time"})
    )
    attempt = state.attempt("a@x")
    assert attempt is not None
    assert (attempt.ok, attempt.running, attempt.reason) == (False, False, "no time")
    assert state.waived == ("a@x",)


def test_what_was_skipped_and_is_done_later_is_no_longer_called_skipped():
    waived = ("task.waived", {"reason": ""})
    assert records(waived, ("task.started", {}), ("task.ended", {"exit": 0})).waived == ()
    assert records(waived, ("task.skipped", {"reason": "as wanted", "blocked": False})).waived == ()
    assert records(waived, ("task.skipped", {"reason": "x", "blocked": True})).waived == ("a@x",)


def test_even_a_success_before_the_skip_does_not_make_it_done():
    state = records(
        ("task.started", {}), ("task.ended", {"exit": 0}), ("task.waived", {"reason": ""})
    )
    attempt = state.attempt("a@x")
    assert attempt is not None
    assert not attempt.ok


def test_the_next_survey_says_that_it_was_skipped():
    task = make_plan(CLUSTER).tasks[0]
    attempt = Attempt(task.id, task.key, "", NOW, ended=True, waived=True)
    finding = judge(task, Look(1, "not there", ""), attempt)
    assert finding.state is State.DUE
    assert finding.reason.startswith("skipped by you before")
    assert judge(task, Look(0, "there", task.record), attempt).state is State.DONE


def test_what_does_not_exist_is_refused_with_what_it_may_have_been():
    with pytest.raises(InvalidInput, match=r"etcd/start@anakin|hosts/.*@anakin"):
        check_waivers(make_plan(CLUSTER), ["hosts/etcd@anakinn"])


def test_work_on_the_operators_side_is_never_skipped():
    plan = make_plan(CLUSTER)
    operators = [t.id for t in plan.tasks if isinstance(t.step.action, Operator)]
    assert operators
    for task_id in operators:
        with pytest.raises(InvalidInput, match="cannot be skipped"):
            check_waivers(plan, [task_id])


def test_followers_are_all_that_rests_on_a_task_however_far():
    plan = make_plan(CLUSTER)
    for task in plan.tasks:
        expected, grown = {task.id}, True
        while grown:
            more = {t.id for t in plan.tasks if expected.intersection(t.after)} - expected
            grown = bool(more)
            expected |= more
        assert [t.id for t in plan.followers(task.id)] == [
            t.id for t in plan.tasks if t.id in expected - {task.id}
        ]


def test_the_consequence_counts_and_names_what_rests_on_it():
    plan = make_plan(CLUSTER)
    first, last = plan.tasks[0], plan.tasks[-1]
    assert consequence(plan, last) == "Nothing comes after it."
    said = consequence(plan, first)
    assert f"{len(plan.followers(first.id))} tasks rest on it" in said
    assert plan.followers(first.id)[0].step.id in said


def test_the_farewell_names_what_was_skipped_and_how_to_do_it_after_all():
    assert reminder([], "pair") == ""
    said = reminder([("nodes/kubelet", "boba")], "pair")
    assert "nodes/kubelet@boba" in said
    assert "kwizard resume pair" in said
