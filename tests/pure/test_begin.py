"""How kwizard begins: with which words, and without any."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from kwizard.cli.main import asked_for, main


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ([], None),
        (["--lang"], None),
        (["--lang", "zh"], "zh"),
        (["--lang=zh", "plan"], "zh"),
        (["-v", "--lang", "zh"], "zh"),
        (["--lang", "klingon"], None),
        (["plan", "--lang", "zh"], None),
    ],
)
def test_the_language_is_known_before_anything_is_parsed(words: list[str], language: str | None):
    assert asked_for(words) == language


def test_without_a_word_and_a_terminal_it_says_what_works_without_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["kwizard"])
    assert main() == 2
    assert "kwizard apply FILE" in capsys.readouterr().err


def test_garbage_is_looked_for_again_once_the_command_was_read():
    """It is not while modules are read, which would be told by a program that ever grows."""
    told = (
        "import atexit, gc, sys; from kwizard.__main__ import start;"
        "atexit.register(lambda: print(gc.isenabled()));"
        "sys.argv = ['kwizard', 'plan', '--offline', 'sample_hosts.yaml']; sys.exit(start())"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "True"
    assert gc.isenabled()
