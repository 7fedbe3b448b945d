"""How wide a text is, and where it may be broken into lines: Chinese between any two characters,
but no line begins with what closes, or ends with what opens (kinsoku)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CLOSING = "，。、；：！？…）】》」』〉”’％)]}"
OPENING = "（【《「『〈“‘([{"

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
)
_HAS_WIDE = re.compile(f"[{_WIDE}]")
_PIECE = re.compile(f"[{_WIDE}…“”‘’]\\s*|[^\\s{_WIDE}…“”‘’]+\\s*|\\s+")


def columns(text: str) -> int:
    """How many columns of a terminal it takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, width: int) -> str:
    """`text`, and blanks up to that many columns."""
    return text + " " * (width - columns(text))


def is_wide(text: str) -> bool:
    """Whether there is a character in it that fills two columns."""
    return not text.isascii() and _HAS_WIDE.search(text) is not None


def breaks(text: str, width: int, *, fold: bool = True) -> list[int]:
    """Where to break a line of text so that each piece takes at most `width` columns, blanks at its
    end not counted. What is too long for any line is cut where the line ends, with `fold`."""
    out: list[int] = []
    used = 0
    for start, end in _units(text):
        unit = text[start:end]
        bare = columns(unit.rstrip())
        if used + bare <= width:
            used += columns(unit)
            continue
        if start and used:
            out.append(start)
        used = 0
        if bare <= width or not fold:
            used = columns(unit)
            continue
        for at, character in enumerate(unit, start):
            wide = columns(character)
            if used and used + wide > width:
                out.append(at)
                used = 0
            used += wide
    return out


def folded(text: str, width: int) -> list[str]:
    """`text` in such lines."""
    ends = [*breaks(text, width), len(text)]
    return [text[a:b].rstrip() for a, b in zip([0, *ends], ends, strict=False)]


def _units(text: str) -> Iterator[tuple[int, int]]:
    """What stays together: a word with the blanks behind it, a Chinese character, and with both
    what opens before them and what closes behind them."""
    start = end = 0
    for piece in _PIECE.finditer(text):
        joined = text[piece.start()] in CLOSING or text[end - 1 : end] in tuple(OPENING)
        if end and not joined:
            yield start, end
            start = end
        end = piece.end()
    if end:
        yield start, end
