"""How kwizard begins: with which words, and without any."""

from __future__ import annotations

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
