"""The screen's door for foreign text: cleaned, and never read as markup."""

from __future__ import annotations

from string import Formatter

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from kwizard.folding import folded, is_wide
from kwizard.text import clean


def shown(text: str) -> str:
    """`text` cleaned. Logs are read as a terminal would show them, where a lone carriage return
    begins the line anew; here it may not take away our own words before it."""
    return clean(text.replace("\r\n", "\n").replace("\r", " "))


def plain(text: str, style: str = "") -> Content:
    """`text` for a Textual widget (Static, titles, options)."""
    return Content.styled(shown(text), style) if style else Content(shown(text))


def cell(text: str, style: str = "") -> Text:
    """`text` for a table cell: one line, which ends in "…" where its column is too narrow."""
    one = " ".join(shown(text).split("\n"))
    return Text(one, style=style, no_wrap=True, overflow="ellipsis", end="")


def cell_lines(text: str) -> Text:
    """`text` for the terminal itself, several lines."""
    return Text(shown(text))


def brief(text: str, style: str = "", width: int = 60) -> Content:
    """`text` as one line at most `width` cells wide, for places that must not grow."""
    one = plain(" ".join(shown(text[: 8 * width]).split()), style)
    return one.truncate(width, ellipsis=True)


def phrase(template: str, **parts: Content) -> Content:
    """A sentence whose `{names}` are filled with styled parts. `template` is translated already."""
    out: list[Content] = []
    for text, name, _format, _conversion in Formatter().parse(template):
        out.append(Content(text))
        if name:
            out.append(parts[name])
    return Content("").join(out)


def padded(text: str, width: int) -> str:
    """`text` with spaces behind it up to `width` cells; a Chinese character fills two."""
    return text + " " * max(0, width - cell_len(text))


def hung(what: str, value: str, width: int, room: int) -> Content:
    """`what`, padded to `width` cells, and `value` beside it: folded at its words into `room` cells
    in all, the lines after the first below the beginning of `value`."""
    out, line = [], ""
    words = " ".join(shown(value).split())
    for word in folded(words, room - width - 2) if is_wide(words) else words.split():
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > room - width - 2:
            out.append(line)
            longer = word
        line = longer
    out.append(line)
    return Content.assemble(
        plain(padded(shown(what), width) + "  ", "$muted"),
        plain(("\n" + " " * (width + 2)).join(out)),
    )


def lines(*parts: Content | str) -> Content:
    """Parts below one another. A str is taken as foreign text."""
    return Content("\n").join([p if isinstance(p, Content) else plain(p) for p in parts])
