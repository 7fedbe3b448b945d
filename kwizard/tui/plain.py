"""The screen's door for foreign text: cleaned, and never read as markup."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from kwizard.text import clean


def plain(text: str, style: str = "") -> Content:
    """`text` for a Textual widget (Static, titles, options)."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


def cell(text: str, style: str = "") -> Text:
    """`text` for a table cell: one line."""
    return Text(" ".join(clean(text).split("\n")), style=style, no_wrap=True, end="")


def cell_lines(text: str) -> Text:
    """`text` for the terminal itself, several lines."""
    return Text(clean(text))


def brief(text: str, style: str = "", width: int = 60) -> Content:
    """`text` as one line at most `width` cells wide, for places that must not grow."""
    one = plain(" ".join(clean(text[: 8 * width]).split()), style)
    return one.truncate(width, ellipsis=True)


def lines(*parts: Content | str) -> Content:
    """Parts below one another. A str is taken as foreign text."""
    return Content("\n").join([p if isinstance(p, Content) else plain(p) for p in parts])


def duration(seconds: float) -> str:
    """Seconds as a person reads them: `7 s`, `3 m 05 s`, `2 h 10 m`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} m"


def ago(seconds: float) -> str:
    """How long ago, roughly: `just now`, `5 minutes ago`, `2 days ago`."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"


def size(count: int) -> str:
    """Bytes with a binary unit: `12 B`, `3.4 MiB`."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError
