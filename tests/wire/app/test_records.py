"""What runs leave on the operator's machine, and what is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kwizard.app.clusters import save
from kwizard.app.planning import make_plan
from kwizard.app.records import expected, log_file, save_log, save_script
from kwizard.cluster.model import Cluster
from kwizard.engine.plan import Plan
from tests.pure.engine.test_skipping import CLUSTER


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    save(CLUSTER)
    return make_plan(CLUSTER)


def journal(cluster: Cluster, *records: tuple[str, dict[str, Any]]) -> None:
    folder = save(cluster).parent
    time = datetime(2026, 1, 2, tzinfo=UTC).isoformat()
    lines = [json.dumps({"time": time, "kind": kind, **more}) for kind, more in records]
    (folder / "journal.jsonl").write_text("".join(f"{line}\n" for line in lines))


def ran(task: str, seconds: float, exit: int = 0) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("task.started", {"task": task, "key": "k"}),
        ("task.ended", {"task": task, "key": "k", "exit": exit, "seconds": seconds}),
    ]


RUN: tuple[str, dict[str, Any]] = ("run.started", {})


def test_nothing_is_expected_of_what_never_ran(plan: Plan):
    assert expected(plan) == {}


def test_the_same_host_counts_first_then_the_same_step_elsewhere(plan: Plan):
    step = plan.of_step("hosts/docker")[0].step.id
    journal(CLUSTER, RUN, *ran(f"{step}@anakin", 4), RUN, *ran(f"{step}@anakin", 8))
    journal(replace(CLUSTER, name="other"), RUN, *ran(f"{step}@boba", 60))
    found = expected(plan)
    assert found[f"{step}@anakin"] == 6
    assert found[f"{step}@boba"] == 8
    assert set(found) == {t.id for t in plan.of_step(step)}


def test_failures_and_jobs_that_were_only_followed_to_their_end_tell_nothing(plan: Plan):
    step = plan.of_step("hosts/docker")[0].step.id
    begun, ended = ran(f"{step}@anakin", 0.1)
    journal(CLUSTER, RUN, begun, RUN, ended, RUN, *ran(f"{step}@boba", 3, exit=1))
    assert expected(plan) == {}


def test_a_damaged_journal_of_another_cluster_is_passed_over(plan: Plan):
    folder = save(replace(CLUSTER, name="broken")).parent
    (folder / "journal.jsonl").write_text("no journal\n")
    step = plan.of_step("hosts/docker")[0].step.id
    journal(CLUSTER, RUN, *ran(f"{step}@anakin", 4))
    assert expected(plan)[f"{step}@anakin"] == 4


def test_all_logs_of_a_host_are_saved_whole_and_in_the_order_of_the_plan(
    plan: Plan, tmp_path: Path
):
    first, second = [t.step.id for t in plan.tasks if t.host == "boba"][:2]
    for step, text in ((second, "later\n"), (first, "x" * 100_000 + "\n")):
        file = log_file(CLUSTER, step, "boba")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert save_log(plan, "boba", tmp_path / "new" / "boba.log") == 2
    saved = (tmp_path / "new" / "boba.log").read_text()
    assert saved.index(first) < saved.index("x" * 100_000) < saved.index(second)
    assert saved.endswith("later\n")


def test_a_saved_script_is_the_very_script(plan: Plan):
    task = next(t for t in plan.tasks if t.script)
    assert save_script(plan, task).read_text() == task.script
