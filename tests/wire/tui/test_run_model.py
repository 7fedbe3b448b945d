from __future__ import annotations

from datetime import timedelta

import pytest

from kwizard.tui.model import LOG_LINES, LogBuffer, Mark, Row, RunModel
from kwizard.tui.widgets.progress_grid import words
from kwizard.tui.widgets.statusline import coming

from .scripted import HOSTS, NOW, STEPS, Story


def seeded() -> RunModel:
    rows = [
        (Row(ident, phase.value, title), host)
        for ident, phase, title, _, hosts in STEPS
        for host in hosts or ("operator",)
    ]
    return RunModel.of(rows, {("hosts/docker", "boba"): "docker 20.10 runs"})


def test_before_a_run_everything_waits_but_what_is_as_wanted() -> None:
    model = seeded()
    spot = model.spot("hosts/docker", "boba")
    assert spot is not None
    assert (spot.mark, spot.reason) == (Mark.KEPT, "docker 20.10 runs")
    assert model.counts() == (1, 31)
    assert [p.phase for p in model.phases()] == [
        "hosts", "release", "control-plane", "nodes", "network", "verify",
    ]  # fmt: skip


def test_a_whole_run_ends_with_every_spot_done_and_the_engines_own_time() -> None:
    model, story = seeded(), Story()
    for event in [story.begin(), *story.whole(), story.end()]:
        model.apply(event)
    assert model.status == "done"
    assert {s.mark for s in model.spots.values()} == {Mark.DONE}
    assert all(p.done for p in model.phases())
    assert model.elapsed(NOW + timedelta(days=1)) == 48.2


def test_a_failure_blocks_what_follows_and_a_second_run_forgets_both() -> None:
    model, story = seeded(), Story()
    model.apply(story.begin())
    model.apply(story.started("nodes/kubelet", "boba"))
    model.apply(story.failed("nodes/kubelet", "boba", "no route", "look at the route", "tail"))
    model.apply(story.skipped("nodes/proxy", "boba", "kubelet failed", blocked=True))
    model.apply(story.end("failed", 1))
    marks = {h: model.spots["nodes/proxy", h].mark for h in HOSTS}
    assert marks == {"anakin": Mark.WAITING, "boba": Mark.BLOCKED, "c3po": Mark.WAITING}
    assert model.current() == (Row("nodes/kubelet", "nodes", "kubelet"), "boba")
    assert [p.phase for p in model.phases() if p.failed] == ["nodes"]
    assert model.counts()[0] == 1, "what failed and what it blocks is not done"
    model.apply(story.begin())
    assert model.failures == []
    assert model.spots["nodes/kubelet", "boba"].mark is Mark.WAITING
    assert model.spots["nodes/proxy", "boba"].mark is Mark.WAITING


def test_what_ran_when_the_run_was_interrupted_is_not_called_done() -> None:
    model, story = seeded(), Story()
    for event in (story.begin(), story.started("network/flannel", "c3po")):
        model.apply(event)
    model.apply(story.end("interrupted", 3))
    assert model.spots["network/flannel", "c3po"].mark is Mark.WAITING
    assert (model.status, model.exit) == ("interrupted", 3)


def test_steps_nobody_announced_get_their_row() -> None:
    model, story = RunModel(), Story()
    model.apply(story.started("hosts/preflight", "boba"))
    assert model.rows == [Row("hosts/preflight", "hosts", "Look before touching")]
    assert model.hosts == ["boba"]


def test_a_log_keeps_its_end_and_knows_how_much_there_was() -> None:
    log = LogBuffer()
    log.add(str(n) for n in range(LOG_LINES + 10))
    assert log.total == LOG_LINES + 10
    assert log.kept[0] == "10"
    assert log.since(log.total - 2) == [str(LOG_LINES + 8), str(LOG_LINES + 9)]
    assert len(log.since(0)) == LOG_LINES
    assert log.since(log.total) == []


@pytest.mark.parametrize(
    ("done", "total", "unit", "shown"),
    [
        (50, 200, "bytes", "▸  25 %"),
        (3 << 20, 0, "bytes", "▸ 3.0 MiB"),
        (7, 0, "pings", "▸ 7 pings"),
        (0, 0, "bytes", "▸ 0 s"),
    ],
)
def test_progress_says_how_far(done: int, total: int, unit: str, shown: str) -> None:
    model, story = seeded(), Story()
    started = story.started("release/place", "boba")
    model.apply(started)
    model.apply(story.progress("release/place", "boba", done, total, unit))
    assert words(model.spots["release/place", "boba"], started.time) == shown


def test_a_file_that_is_passed_on_says_from_whom_how_fast_and_how_long() -> None:
    model, story = seeded(), Story()
    model.apply(story.started("release/place", "boba"))
    for done in (20, 30, 40):
        model.apply(story.progress("release/place", "boba", done << 20, 100 << 20, source="anakin"))
    spot = model.spots["release/place", "boba"]
    assert spot.rate is not None
    rate, left = f"{spot.rate / (1 << 20):.1f} MiB/s", f"{int((60 << 20) / spot.rate)} s left"
    assert coming(spot) == ["40 %", "from anakin", rate, left]
    model.apply(story.progress("release/place", "boba", 40 << 20, 100 << 20, source="operator"))
    assert coming(model.spots["release/place", "boba"]) == ["40 %", "from here"]


def test_lines_carry_their_step_while_two_run_on_one_host_and_not_otherwise() -> None:
    model, story = seeded(), Story()
    model.apply(story.begin())
    model.apply(story.started("nodes/kubelet", "boba"))
    model.apply(story.log("nodes/kubelet", "boba", "alone"))
    model.apply(story.started("nodes/proxy", "boba"))
    model.apply(story.log("nodes/kubelet", "boba", "one\ntwo"))
    model.apply(story.log("nodes/proxy", "boba", "three"))
    model.apply(story.finished("nodes/kubelet", "boba"))
    model.apply(story.log("nodes/proxy", "boba", "four"))
    kept = [line for line in model.logs["boba"].kept if not line.startswith("──")]
    assert kept == ["alone", "kubelet │ one", "kubelet │ two", "proxy │ three", "four"]


def test_every_attempt_is_a_command_with_its_own_end() -> None:
    model, story = seeded(), Story()
    model.apply(story.started("nodes/kubelet", "boba"))
    model.apply(story.started("nodes/kubelet", "boba"))  # the engine tries again
    model.apply(story.finished("nodes/kubelet", "boba", 3.0))
    model.apply(story.started("nodes/proxy", "boba", attached=True))
    model.apply(story.failed("nodes/proxy", "boba", "no", "", ""))
    model.apply(story.started("network/flannel", "boba"))
    ended = [(c.step, c.ended, c.seconds) for c in model.commands]
    assert ended == [
        ("nodes/kubelet", "tried again", 1.0),
        ("nodes/kubelet", "0", 3.0),
        ("nodes/proxy", "1", 1.0),
        ("network/flannel", "", 0.0),
    ]


def test_what_a_person_skipped_is_over_and_no_failure() -> None:
    model, story = seeded(), Story()
    model.apply(story.begin())
    model.apply(story.skipped("nodes/kubelet", "boba", "skipped by you", waived=True))
    assert model.waived() == [("nodes/kubelet", "boba")]
    assert model.spots["nodes/kubelet", "boba"].mark.over
    assert not any(p.failed for p in model.phases())
