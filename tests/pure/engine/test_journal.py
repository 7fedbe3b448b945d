from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwizard.engine.journal import Journal, fold, read, state_of
from kwizard.errors import InvalidInput, JournalLocked

TIME = datetime(2026, 1, 2, tzinfo=UTC).isoformat()
TASKS = st.sampled_from(["a@x", "a@y", "b@x"])
STARTED = st.builds(
    lambda t, k: {"time": TIME, "kind": "task.started", "task": t, "key": k, "job": "j"},
    TASKS,
    st.sampled_from(["k1", "k2"]),
)
ENDED = st.builds(
    lambda t, e: {"time": TIME, "kind": "task.ended", "task": t, "key": "k1", "exit": e},
    TASKS,
    st.sampled_from([0, 1, None]),
)
OTHER = st.sampled_from(
    [{"time": TIME, "kind": "task.skipped", "task": "a@x"}, {"time": TIME, "kind": "of the future"}]
)
RECORDS = st.lists(STARTED | ENDED | OTHER)


@given(RECORDS)
def test_an_attempt_is_what_its_last_records_say(records):
    state = fold(records)
    for task in ("a@x", "a@y", "b@x"):
        mine = [r for r in records if r.get("task") == task and r["kind"] != "task.skipped"]
        starts = [i for i, r in enumerate(mine) if r["kind"] == "task.started"]
        attempt = state.attempt(task)
        if not starts:
            assert attempt is None
            continue
        ends = [r for r in mine[starts[-1] :] if r["kind"] == "task.ended"]
        assert attempt is not None
        assert attempt.running == (not ends)
        assert attempt.key == mine[starts[-1]]["key"]
        assert attempt.ok == bool(ends and ends[-1]["exit"] == 0)


def test_a_second_writer_is_refused(tmp_path: Path):
    with Journal(tmp_path / "j"), pytest.raises(JournalLocked), Journal(tmp_path / "j"):
        pass


def test_a_line_cut_off_by_a_crash_is_dropped_and_the_next_one_whole(tmp_path: Path):
    path = tmp_path / "j"
    with Journal(path) as journal:
        journal.append("task.started", task="a@x", key="k", job="j1")
    with path.open("ab") as file:
        file.write(b'{"time": "2026-01-0')
    state = state_of(path).attempt("a@x")
    assert state is not None
    assert state.running
    with Journal(path) as journal:
        journal.append("task.ended", task="a@x", key="k", exit=0)
    assert [r["kind"] for r in read(path)] == ["task.started", "task.ended"]


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path):
    path = tmp_path / "j"
    path.write_text('{"time": "%s", "kind": "run.started"}\n{broken\n{}\n' % TIME)  # noqa: UP031
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert caught.value.problems[0].line == 2


def test_the_journal_is_private(tmp_path: Path):
    with Journal(tmp_path / "j") as journal:
        journal.append("run.started")
    assert (tmp_path / "j").stat().st_mode & 0o077 == 0


def test_after_a_reset_nothing_is_claimed_of_a_host():
    def record(kind: str, **more: object) -> dict[str, object]:
        return {"time": TIME, "kind": kind, **more}

    done = [
        record("run.started"),
        *(record("task.started", task=t, key="k") for t in ("a@x", "a@y", "b@operator")),
        *(record("task.ended", task=t, key="k", exit=0) for t in ("a@x", "a@y", "b@operator")),
        record("run.finished", status="done"),
    ]
    one = fold([*done, record("reset", hosts=["x"], all=False)])
    assert set(one.attempts) == {"a@y", "b@operator"}
    assert one.last_run == "done"
    every = fold([*done, record("reset", hosts=["x", "y"], all=True)])
    assert every.attempts == {}
    assert every.last_run == ""
