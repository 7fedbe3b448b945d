"""Where lines may be broken: by columns, and never before what closes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwizard.folding import CLOSING, OPENING, breaks, columns, folded, is_wide

PARTS = ["主机", "（经典）", "校验。", "“包”，", "etcd "]
WORDS = st.text("主机上的发行包，。；：！？）（“”《》 kubernetes.tar-1,", max_size=80)


def test_lines_are_folded_by_columns_between_characters_and_at_blanks() -> None:
    lines = folded("从断点字节继续，kwizard bundle create 会校验。", 14)
    assert lines == ["从断点字节继", "续，kwizard", "bundle create", "会校验。"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("每台主机都会校验。", 16, ["每台主机都会校", "验。"]),  # no full stop on a line of its own
        ("名称（经典）", 6, ["名称", "（经", "典）"]),
        ("选择“安装包”。", 10, ["选择“安装", "包”。"]),
        ("文件 kubernetes.tar.gz）在", 12, ["文件", "kubernetes.t", "ar.gz）在"]),
        ("短", 1, ["短"]),
        ("", 5, [""]),
    ],
)
def test_no_line_begins_with_what_closes_or_ends_with_what_opens(
    text: str, width: int, lines: list[str]
) -> None:
    assert folded(text, width) == lines


@given(text=WORDS, width=st.integers(12, 40))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    at = [0, *breaks(text, width), len(text)]
    assert at == sorted(at)
    pieces = [text[a:b] for a, b in pairwise(at)]
    assert "".join(pieces) == text
    for piece in pieces:
        assert columns(piece.rstrip()) <= width


@given(words=st.lists(st.sampled_from(PARTS)), width=st.integers(10, 40))
def test_whatever_the_width_no_line_begins_or_ends_wrongly(words: list[str], width: int) -> None:
    for line in folded("".join(words), width):
        assert line[:1] == "" or line[0] not in CLOSING
        assert line[-1:] == "" or line[-1] not in OPENING


def test_what_is_wide() -> None:
    assert is_wide("主机")
    assert is_wide("done）")
    assert not is_wide("✓ done … “so” ─")
    assert columns("主机 ok") == 7
