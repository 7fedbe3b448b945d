"""The plain wizard on a terminal that can do nothing but print, over pretend hosts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kwizard.app.planning import make_plan, to_json
from kwizard.cli import main
from kwizard.cluster.load import load
from kwizard.engine.survey import unknown
from kwizard.rehearsal import NoRehearsal, Rehearsal

from .dumb import DumbTerminal


@pytest.fixture(autouse=True)
async def rehearsals_work_here() -> None:
    try:
        async with Rehearsal(1, speed=0):
            pass
    except NoRehearsal as error:
        pytest.skip(f"{error.message}: {error.log_tail}")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "KWIZARD_STATE_HOME": str(tmp_path / "state"),
        "KWIZARD_CACHE_HOME": str(tmp_path / "cache"),
    }


def to_review(terminal: DumbTerminal) -> None:
    """From the first question to the review, taking what is offered; both keys are trusted."""
    terminal.answer(r"What \[1\]: ")
    terminal.answer(r"Cluster name \[rehearsal\]: ", "practice")
    terminal.answer(r"Hosts \[1\]: ", "check")
    for _ in range(2):
        terminal.answer(r"Is that the key of \w+\? yes or no \[no\]: ", "yes")
    assert terminal.until(r"Hosts \[1\]: ").count(": ready") == 2
    terminal.press(b"\n")
    terminal.answer(r"Recipe \[2\]: ")
    terminal.answer(r"Version \[v1\.19\.16\]: ", "v1.19")
    terminal.answer(r"v1\.19' is no version(.|\n)*Version \[v1\.19\.16\]: ")
    terminal.answer(r"Programs from \[3\]: ")
    terminal.answer(r"Tarball \[.*\]: ")
    terminal.answer(r"sha256 .* \[none\]: ")
    terminal.answer(r"no network\? yes or no \[yes\]: ", "no")
    terminal.answer(r"Supervisor \[2\]: ")
    terminal.answer(r"Control plane is node \[1\]: ")
    terminal.answer(r"etcd \[1\]: ")
    terminal.answer(r"Overlay \[1\]: ", "vxlan")
    terminal.answer(r"Pod range \[10\.0\.0\.0/16\]: ", "10.244.0.1/16")
    terminal.answer(r"write it as 10\.244\.0\.0/16(.|\n)*Pod range ", "10.244.0.0/16")
    terminal.answer(r"Service range \[.*\]: ")
    terminal.answer(r"Cluster DNS \[.*\]: ")
    terminal.answer(r"Domain \[cluster\.local\]: ", "?")
    terminal.answer(r"Domain \[cluster\.local\]: ")
    terminal.answer(r"Install docker \[2\]: ")
    terminal.answer(r"Firewall zone \[none\]: ")
    terminal.answer(r"Move interface there \[1\]: ")


@pytest.mark.timeout(240)
def test_a_new_cluster_from_the_first_question_to_the_last(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "saved.yaml"
    arguments = ["-m", "kwizard", "demo", "--plain", "--speed", "0", "--hosts", "2"]
    with DumbTerminal(arguments, environment) as terminal:
        to_review(terminal)
        review = terminal.until(r"What next: ")
        assert "hosts/names" in review
        assert "anakin, boba: due" in review
        terminal.press(b"read\n")
        terminal.answer(r"STEP@HOST \[none\]: ", "hosts/names@boba")
        assert "set -eu" in terminal.until(r"What next: ")
        terminal.press(b"save\n")
        terminal.answer(r"Save as \[.*\]: ", str(file))
        terminal.answer(r"What next: ", "install")
        run = terminal.until(r"What next \[1\]: ", 120)
        assert "anakin: hosts/names: done" in run
        assert "all is well" in run
        assert "4 of 4 pings" in run or "pings answered" in run
        assert "kubectl -s http://10.0.63.202:8080 get nodes" in run
        terminal.press(b"ping\n")
        terminal.answer(r"From \[1\]: ", "boba")
        terminal.answer(r"To \[1\]: ", "anakin")
        assert "packets transmitted" in terminal.until(r"What next \[1\]: ")
        terminal.press(b"\n")
        assert terminal.end() == 0
        assert "nothing was installed anywhere" in terminal.seen.decode()
        assert b"\x1b" not in terminal.seen  # not one escape sequence
        assert b"\t" not in terminal.seen

    # The same answers replay without a question: the saved file gives the very plan.
    cluster = load(file).cluster
    assert cluster.name == "practice"
    assert str(cluster.network.pods) == "10.244.0.0/16"
    plan = make_plan(cluster)
    assert main(["plan", "--offline", "--json", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["steps"] == to_json(plan, unknown(plan, "the hosts were not asked"))["steps"]
    script = next(s for s in told["steps"] if s["id"] == "hosts/names" and s["host"] == "boba")
    assert script["script_sha256"] == plan.task("hosts/names@boba").sha256
    seen = terminal.seen.decode().replace("\r\n", "\n")
    assert plan.task("hosts/names@boba").script in seen  # what was read is what would run


@pytest.mark.timeout(240)
def test_what_fails_is_said_with_a_way_on_and_retried(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    arguments = ["-m", "tests.wire.plain.stage", str(tmp_path / "state"), "hosts/names", "boba"]
    with DumbTerminal(arguments, environment) as terminal:
        to_review(terminal)
        terminal.answer(r"What next: ", "install")
        failed = terminal.until(r"What now \[1\]: ", 120)
        assert "This failed:" in failed
        assert "hosts/names on boba: " in failed
        terminal.press(b"report\n")
        report = tmp_path / "report.tar.gz"
        terminal.answer(r"Write the report to \[.*\]: ", str(report))
        terminal.answer(r"What now \[1\]: ", "skip")
        skipping = terminal.until(r"Skip hosts/names@boba\? yes or no \[no\]: ")
        assert "tasks rest on it" in skipping
        terminal.press(b"no\n")
        terminal.answer(r"What now \[1\]: ", "retry")
        again = terminal.until(r"What next \[1\]: ", 120)
        assert "boba: hosts/names: done" in again
        assert "anakin: hosts/names: as wanted already" in again
        assert "all is well" in again
        terminal.press(b"\x04")  # Ctrl+D leaves everywhere
        assert terminal.end() == 0
        assert report.is_file()
        assert b"\x1b" not in terminal.seen


def test_a_password_is_not_shown_while_it_is_typed(tmp_path: Path) -> None:
    script = (
        "import asyncio\n"
        "from kwizard.plain.questions import Questions\n"
        "from kwizard.plain.terminal import LineTerminal\n"
        "ask = Questions(LineTerminal())\n"
        "said = asyncio.run(ask.secret('Password'))\n"
        "print('letters:', len(said))\n"
        "print('after:', asyncio.run(ask.text('Open')))\n"
    )
    file = tmp_path / "ask.py"
    file.write_text(script)
    with DumbTerminal([str(file)], {"PYTHONPATH": ":".join(sys.path)}) as terminal:
        terminal.answer(r"Password .*: ", "hunter2")
        terminal.until("letters: 7")
        terminal.answer("Open: ", "shown")
        assert terminal.end() == 0
    assert b"hunter2" not in terminal.seen
    assert terminal.seen.count(b"shown") == 3  # in the prompt, echoed, printed


def test_without_a_terminal_it_says_how_to_run_without_one(tmp_path: Path) -> None:
    assert main(["--plain"]) == 2


@pytest.mark.timeout(240)
def test_what_is_sent_is_paused_by_a_line_and_other_lines_answer_the_next_question(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    arguments = ["-m", "tests.wire.plain.stage", str(tmp_path / "state")]
    with DumbTerminal(arguments, environment) as terminal:
        to_review(terminal)
        terminal.answer(r"What next: ", "install")
        terminal.answer(r"p and Enter pauses", "p")
        terminal.until(r"Paused: nothing is sent or fetched from here")
        terminal.answer(r"Steps on the hosts go on", "p")
        terminal.answer(r"It goes on\.", "again")  # typed ahead
        asked = terminal.until(r"What next \[1\]: again", 120)
        assert "all is well" in asked
        assert "all is well" in terminal.until(r"What next \[1\]: ")
        terminal.press(b"\n")
        assert terminal.end() == 0
