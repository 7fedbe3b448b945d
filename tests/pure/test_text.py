from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwizard.text import LineReader, clean, decode, tail


@given(st.binary())
def test_nothing_that_acts_on_a_terminal_is_left(data):
    for character in decode(data):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs"), character
        assert character not in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u2028\ufeff"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mred\x1b[0m b", "ared b"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jx", "x"),
        ("\x1bPq#0\x1b\\y", "y"),
        ("10%\r20%\r30%", "30%"),
        ("windows\r\nline", "windows\nline"),
        ("[/etc/kubernetes] [bold]", "[/etc/kubernetes] [bold]"),
        ("中文 etcd集群", "中文 etcd集群"),
        ("back\x08space", "backspace"),
        ("\x1b", ""),
    ],
)
def test_clean(raw, shown):
    assert clean(raw) == shown


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_were_cut(pieces, size):
    whole = b"".join(pieces)
    one, many = LineReader(), LineReader()
    expected = one.feed(whole) + one.close()
    got = [x for i in range(0, len(whole), size) for x in many.feed(whole[i : i + size])]
    assert got + many.close() == expected


def test_a_line_without_end_is_broken_at_the_limit():
    reader = LineReader(max_line=10)
    lines = [x for _ in range(5) for x in reader.feed(b"abcdefgh")] + reader.close()
    assert "".join(lines) == "abcdefgh" * 5
    assert max(map(len, lines)) == 10


def test_tail_is_short_and_narrow():
    text = "\n".join(f"line {i} " + "x" * 1000 for i in range(100))
    assert len(tail(text).split("\n")) == 12
    assert max(map(len, tail(text).split("\n"))) == 400
