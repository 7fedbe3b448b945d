"""Chinese lines on the screen: broken where Chinese may be broken."""

from __future__ import annotations

from rich._wrap import divide_line
from textual import content

from kwizard.folding import breaks, is_wide


def divided(text: str, width: int, fold: bool = True) -> list[int]:
    """What Textual asks for the ends of lines. It knows words between blanks alone, and cuts a
    Chinese sentence in the middle, before its full stop too."""
    return breaks(text, width, fold=fold) if is_wide(text) else divide_line(text, width, fold)


def fold_chinese() -> None:
    """Have Textual break lines so, wherever it shows a text. There is no setting for it: this is
    the one function all its texts are broken by."""
    content.divide_line = divided  # type: ignore[attr-defined]
