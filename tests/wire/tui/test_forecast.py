"""How much longer a run takes: only from what is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kwizard.engine import events as ev
from kwizard.engine.plan import Plan
from kwizard.tui.forecast import Forecast
from kwizard.tui.model import Row, RunModel

from .scripted import CLUSTER, NOW, Story, plan_of

PLAN = plan_of(CLUSTER)
TEN = {t.id: 10.0 for t in PLAN.tasks}


def model_of(plan: Plan, *events: ev.Event) -> RunModel:
    rows = [(Row(t.step.id, t.step.phase, t.step.title), t.host_label) for t in plan.tasks]
    model = RunModel.of(rows, {})
    for event in events:
        model.apply(event)
    return model


def test_steps_of_different_hosts_count_side_by_side_and_others_one_after_the_other() -> None:
    assert Forecast(PLAN, TEN).left(model_of(PLAN), NOW) == 10 * len(
        {t.step.id for t in PLAN.tasks}
    )


def test_one_unknown_step_that_is_still_to_do_means_no_figure() -> None:
    known = {k: v for k, v in TEN.items() if k != "nodes/kubelet@boba"}
    forecast = Forecast(PLAN, known)
    assert forecast.left(model_of(PLAN), NOW) is None
    story = Story()
    model = model_of(PLAN, story.begin(), story.finished("nodes/kubelet", "boba"))
    assert forecast.left(model, NOW) is not None


def test_what_is_over_and_what_has_run_for_a_while_is_taken_off() -> None:
    story = Story()
    begun = story.started("verify/cluster", "operator")
    done = story.whole(last="verify/cluster")
    model = model_of(PLAN, story.begin(), *done, begun)
    forecast = Forecast(PLAN, TEN)
    assert forecast.left(model, begun.time + timedelta(seconds=4)) == pytest.approx(6)
    assert forecast.left(model, begun.time + timedelta(seconds=40)) == 0


def test_skipped_by_a_person_takes_no_time() -> None:
    story = Story()
    skipped = [
        story.skipped(t.step.id, t.host_label, "skipped by you", waived=True) for t in PLAN.tasks
    ]
    assert Forecast(PLAN, {}).left(model_of(PLAN, *skipped), datetime.now(UTC)) == 0
