"""A real terminal is lent to a shell and taken back."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.lab.terminal import Terminal

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here"),
    pytest.mark.timeout(300),
]


def test_the_terminal_is_lent_and_taken_back() -> None:
    command = [sys.executable, "-m", "tests.wire.tui.lending"]
    with Terminal(command, {**os.environ, "LC_ALL": "C.UTF-8"}) as terminal:
        terminal.until("master/apiserver on anakin failed", 60)
        terminal.keys("s")
        shown = terminal.until(r"there\$", 60)
        assert "To anakin as operator; `exit` comes back to kwizard." in shown
        assert "sudo -i" in shown
        terminal.type("echo $((6*7)) is mine; sleep 100")
        terminal.keys("Enter")
        terminal.until("42 is mine")
        terminal.keys("C-c")  # for the shell, not for kwizard
        terminal.type("exit 3")
        terminal.keys("Enter")
        shown = terminal.until("You are back from anakin", 60)
        assert "master/apiserver on anakin failed" in shown
        terminal.keys("Escape")
        terminal.until("✗ failed", 60)
