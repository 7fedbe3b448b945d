"""The ways on after a failure, and the monitor, on a terminal that can do nothing but print."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from kwizard.plain.during import actions
from kwizard.plain.monitor import actions as monitored

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


def test_logs_are_searched_read_and_saved_after_a_failure(tmp_path: Path) -> None:
    with scene(tmp_path, "failure") as terminal:
        terminal.answer(r"What now \[1\]: ", "logs")
        terminal.answer(r"Logs \[1\]: ", "find")
        terminal.answer(r"Words to look for \[none\]: ", "WELL ON boba")
        found = terminal.answer(r"Logs \[1\]: ", "read")
        assert "lines have “WELL ON boba” in them" in found
        assert "boba: all is well on boba" in found
        assert "anakin: " not in found
        terminal.answer(r"Of which host \[1\]: ", "c3po")
        end = terminal.answer(r"Logs \[1\]: ", "save")
        assert "The end of the log of c3po:" in end
        assert "all is well on c3po" in end
        terminal.answer(r"Of which host \[1\]: ", "anakin")
        terminal.answer(r"Save the log to \[.*classic-anakin.log\]: ", str(tmp_path / "a.log"))
        said = terminal.answer(r"Logs \[1\]: ", "")
        assert f"The log of anakin (7 steps) is in {tmp_path}/a.log" in said.replace("\r\n", "")
        terminal.answer(r"What now \[1\]: ", "quit")
        assert terminal.end() == 1


def test_every_command_is_listed_with_its_script_after_a_failure(tmp_path: Path) -> None:
    with scene(tmp_path, "failure") as terminal:
        terminal.answer(r"What now \[1\]: ", "commands")
        told = terminal.answer(r"script you want to read \[none\]: ", "999")
        assert "on boba: hosts/docker: Docker is installed and runs, exit 0 after" in told
        assert "on anakin: master/scheduler: kube-scheduler, exit 1 after" in told
        number = next(x for x in told.splitlines() if "master/scheduler" in x).split()[0]
        assert "there is no such number" in terminal.answer(r"read \[none\]: ", number)
        assert "systemctl enable --now kube-apiserver" in terminal.answer(r"read \[none\]: ", "")
        terminal.answer(r"What now \[1\]: ", "quit")
        assert terminal.end() == 1


def test_while_it_is_installed_letters_tell_where_it_is_and_leave_it_alone(tmp_path: Path) -> None:
    with scene(tmp_path, "working") as terminal:
        terminal.until(r"\? and Enter tells what else can be typed")
        terminal.until("anakin: master/scheduler: kube-scheduler")
        terminal.press(b"?\n")
        told = terminal.until("what runs on the hosts goes on")
        assert [key for key, _what in actions() if f"  {key}  " not in told] == []
        terminal.press(b"s\n")
        where = terminal.until("c3po: nothing runs now")
        assert "tasks are done." in where
        assert "anakin: kube-scheduler" in where
        terminal.press(b"l\n")
        terminal.until("Type l and the name of one of these: anakin, ")
        terminal.press(b"l anakin\n")
        terminal.until("The end of the log of anakin:(.|\n)*  no such flag")
        terminal.press(b"/such FLAG\n")
        terminal.until("1 line has “such FLAG” in it(.|\n)*anakin: no such flag")
        terminal.press(b"c\n")
        terminal.until("commands so far:(.|\n)*master/scheduler: kube-scheduler, running")
        terminal.press(b"q\n")
        terminal.until("q and Enter again leaves it alone")
        terminal.press(b"s\n")  # another word: it was not meant
        terminal.until("c3po: nothing runs now")
        terminal.press(b"q\n")
        terminal.until("q and Enter again leaves it alone")
        terminal.press(b"q\n")
        terminal.until(r"What was started on the hosts goes on\.")
        terminal.answer(r"What now \[1\]: ", "quit")
        terminal.until("To come back: kwizard resume classic")
        assert terminal.end() == 3


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


def test_the_monitor_tells_only_what_has_the_words_in_it_until_the_filter_ends(
    tmp_path: Path,
) -> None:
    with scene(tmp_path, "filtered") as terminal:
        assert "/WORDS only what has them in it" in terminal.until("\nall is well")
        terminal.press(b"?\n")
        told = terminal.until("  q  end it")
        assert [key for key, _what in monitored() if f"  {key}  " not in told] == []
        terminal.press(b"/ BOBA\n")
        part = terminal.until("\nall is well")
        assert "only rows with: BOBA" in part
        assert "boba/container" in part
        assert "c3po/container" not in part
        assert "etcd-0" not in part
        terminal.process.send_signal(signal.SIGUSR1)  # the scheduler and a ping to c3po fail
        change = terminal.until("all in all: not everything is as it should be")
        assert not re.search("scheduler|ping from|8285", change)
        terminal.press(b"\n")
        again = terminal.until("not everything is as it should be")  # the cluster, not the part
        assert "only rows with: BOBA" in again
        assert "scheduler" not in again
        terminal.press(b"/scheduler\n")
        part = terminal.until("not everything is as it should be")
        assert "Unhealthy" in part
        assert "controller-manager" not in part
        assert "PING" not in part
        terminal.press(b"/no such thing\n")
        terminal.until("Nothing has that in it")
        terminal.press(b"/\n")
        whole = terminal.until("what to do: open 8285/udp")
        assert "only rows with" not in whole
        assert "controller-manager" in whole
        terminal.press(b"q\n")
        assert terminal.end() == 0


def test_what_an_unfiltered_row_comes_to_is_told_though_it_no_longer_passes(
    tmp_path: Path,
) -> None:
    with scene(tmp_path, "filtered") as terminal:
        terminal.until("\nall is well")
        terminal.press(b"/ok\n")
        terminal.until("only rows with: ok(.|\n)*all is well")
        terminal.process.send_signal(signal.SIGUSR1)
        change = terminal.until("all in all: not everything")
        assert "component scheduler: Unhealthy" in change  # it said ok before


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
