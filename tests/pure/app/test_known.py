"""What this machine knows of its clusters, out of their journals."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.app.clusters import known, save
from kwizard.engine.journal import Journal
from kwizard.paths import cluster_dir
from tests.wire.tui.scripted import CLUSTER


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    save(CLUSTER)
    return cluster_dir(CLUSTER.name) / "journal.jsonl"


def run(journal: Path, *records: tuple[str, dict[str, object]]) -> None:
    with Journal(journal) as opened:
        opened.append("run.started", due=1, phase="")
        for kind, values in records:
            opened.append(kind, **values)
        opened.append("run.finished", status="done")


def waived(host: str) -> tuple[str, dict[str, object]]:
    return "task.waived", {"task": f"hosts/names@{host}", "key": "k", "reason": "skipped by you"}


def test_a_cluster_says_what_a_person_skipped_until_it_is_done(journal: Path) -> None:
    run(journal, waived("boba"), waived("c3po"))
    (cluster,) = known()
    assert cluster.status == "done"
    assert cluster.waived == (("hosts/names", "boba"), ("hosts/names", "c3po"))
    run(
        journal,
        ("task.started", {"task": "hosts/names@boba", "key": "k", "job": "j"}),
        ("task.ended", {"task": "hosts/names@boba", "key": "k", "job": "j", "exit": 0}),
        ("task.skipped", {"task": "hosts/names@c3po", "reason": "as wanted", "blocked": False}),
    )
    (cluster,) = known()
    assert cluster.waived == ()
