"""The ways on after a failure, and the monitor, on a terminal that can do nothing but print."""

from __future__ import annotations

from pathlib import Path

from .dumb import DumbTerminal


def scene(folder: Path, name: str, **environment: str) -> DumbTerminal:
    arguments = ["-m", "tests.wire.plain.scene", str(folder), name]
    return DumbTerminal(arguments, {"KWIZARD_LANG": "en", **environment})


def test_a_shell_on_the_host_that_failed_and_back(tmp_path: Path) -> None:
    with scene(tmp_path, "failure") as terminal:
        ways = terminal.answer(r"What now \[1\]: ", "shell")
        assert "master/scheduler on anakin: the script ended with exit status 1" in ways
        terminal.answer("anakin# ", "systemctl restart it")
        assert "systemctl restart it: done there" in terminal.until(r"Back in kwizard\.")
        terminal.answer(r"What now \[1\]: ", "quit")
        terminal.until("To come back: kwizard resume classic")
        assert terminal.end() == 1


def test_what_failed_is_skipped_with_its_consequence_and_the_rest_is_done(tmp_path: Path) -> None:
    with scene(tmp_path, "failure") as terminal:
        terminal.answer(r"What now \[1\]: ", "skip")
        asked = terminal.answer(r"Skip master/scheduler@anakin\? yes or no \[no\]: ", "no")
        assert "rest on it" in asked
        assert "due in the next run" in asked.replace("\r\n", " ")
        terminal.answer(r"What now \[1\]: ", "skip")
        terminal.answer(r"Skip master/scheduler@anakin\? yes or no \[no\]: ", "yes")
        told = terminal.until(r"What next \[1\]: ")
        assert "anakin: master/scheduler: skipped, " in told
        assert "skipped by you, and due in the next run: master/scheduler@anakin" in told
        assert "boba: nodes/kubelet: done" in told
        terminal.press(b"\n")
        terminal.until(r"waived: \['master/scheduler@anakin'\]")
        assert terminal.end() == 0


def test_the_script_and_the_whole_log_of_what_failed_are_there_to_read(tmp_path: Path) -> None:
    with scene(tmp_path, "failure") as terminal:
        terminal.answer(r"What now \[1\]: ", "log")
        log = terminal.answer(r"What now \[1\]: ", "script")
        assert "the first line of it" in log
        assert "master.scheduler@anakin.log" in log
        script = terminal.answer(r"What now \[1\]: ", "quit")
        assert "systemctl enable --now kube-apiserver" in script
        assert "Written to" in script
        assert terminal.end() == 1


def test_the_monitor_tells_all_then_what_changes_and_all_again_for_enter(tmp_path: Path) -> None:
    with scene(tmp_path, "monitor") as terminal:
        first = terminal.until("what to do: open 8285/udp")
        assert first.index("all is well") < first.index("component scheduler: Unhealthy")
        assert "ping from anakin to c3po/container: no answer" in first
        assert "likely cause: udp port 8285 of c3po is closed" in first
        assert "all in all: not everything is as it should be" in first
        assert "component etcd-0" not in first.partition("all is well")[2]  # only what changed
        terminal.press(b"\n")
        again = terminal.until("not everything is as it should be")
        assert "udp port 8285 of c3po is closed" in again
        terminal.press(b"q\n")
        assert terminal.end() == 0
        assert b"\x1b" not in terminal.seen


def test_a_monitor_that_loses_the_cluster_says_why_and_ends(tmp_path: Path) -> None:
    with scene(tmp_path, "lost") as terminal:
        said = terminal.until("look at its network")
        assert "That did not work: anakin: the connection ended" in said
        assert terminal.end() == 1


def test_a_failure_is_told_in_chinese(tmp_path: Path) -> None:
    with scene(tmp_path, "failure", KWIZARD_LANG="zh") as terminal:
        told = terminal.answer(r"\[1\]: ", "quit")
        assert "脚本以退出状态 1 结束" in told
        assert terminal.end() == 1


def test_the_monitor_is_told_in_chinese(tmp_path: Path) -> None:
    with scene(tmp_path, "monitor", KWIZARD_LANG="zh") as terminal:
        assert "一切正常" in terminal.until("并非一切正常")
        terminal.press(b"q\n")
        assert terminal.end() == 0
