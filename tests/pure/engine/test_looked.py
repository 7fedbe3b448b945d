"""The record of what was run on hosts to look: whole, counted, bounded."""

from __future__ import annotations

import asyncio

import pytest

from kwizard.remote.looked import BROKEN_OFF, NO_ANSWER, Looked


def look(record: Looked, script: str, host: str = "anakin", status: int | None = 0) -> None:
    with record.look(host, script) as found:
        if status is not None:
            found.ended = str(status)


def test_the_same_look_again_and_again_is_one_row_that_counts() -> None:
    record = Looked()
    for status in (1, 1, 0):
        look(record, "wait", status=status)
    look(record, "wait", host="boba")
    look(record, "other")
    assert [(k.host, k.script, k.times, k.ended) for k in record.kept] == [
        ("anakin", "wait", 3, "0"),
        ("boba", "wait", 1, "0"),
        ("anakin", "other", 1, "0"),
    ]


def test_one_that_goes_on_has_no_end_and_one_without_an_answer_says_so() -> None:
    record = Looked()
    with record.look("anakin", "a"):
        assert record.kept[0].ended == ""
    assert record.kept[0].ended == NO_ANSWER
    with pytest.raises(asyncio.CancelledError), record.look("anakin", "b"):
        raise asyncio.CancelledError
    assert record.kept[1].ended == BROKEN_OFF


def test_only_the_last_ones_are_kept() -> None:
    record = Looked(most=3)
    for number in range(5):
        look(record, f"look {number}")
    assert [k.script for k in record.kept] == ["look 2", "look 3", "look 4"]
    look(record, "look 0")  # it was forgotten: a row of its own
    assert [(k.script, k.times) for k in record.kept][-1] == ("look 0", 1)
    small = Looked(limit=100)
    for number in range(9):
        look(small, f"{number}" * 40)
    assert len(small.kept) == 2


@pytest.mark.parametrize(
    ("script", "title"),
    [
        ("# Pings every target.\nset -u\n", "Pings every target."),
        ("PLACE_TARGET=/x\n# Looks what is there.\n", "Looks what is there."),
        ("\nid -u\n", "id -u"),
        ("", ""),
        ("# " + "x" * 300, "x" * 119 + "…"),
    ],
)
def test_its_title_is_what_the_script_says_of_itself(script: str, title: str) -> None:
    record = Looked()
    look(record, script)
    assert record.kept[0].title == title


def test_each_change_is_a_revision() -> None:
    record = Looked()
    look(record, "a")
    before = record.revision
    look(record, "a")
    assert record.revision == before + 2
