"""What another answer would change on the hosts, in lines of styled words; nothing here knows
Textual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kwizard.app.preview import Change
from kwizard.language import _, _n, told

MOST_LINES = 8  # lines of one step that are shown; the review shows all
MOST_HOSTS = 4

Words = tuple[tuple[str, str], ...]
"""A line: its words, each with its style."""


def differing(title: str, changes: Sequence[Change], *, one_sided: bool) -> Iterator[Words]:
    """What differs, step by step: the hosts, then lines with the file each stands in. One-sided,
    only the lines as they would be."""
    if not changes:
        yield (title, "bold"), (" ", ""), (_("nothing on any host."), "")
        return
    yield ((title, "bold"),)
    for change in changes:
        mark, colour = {"new": ("+", "$success"), "gone": ("-", "$error")}.get(
            change.what, ("~", "$accent")
        )
        hosts = ", ".join(change.hosts[:MOST_HOSTS])
        if len(change.hosts) > MOST_HOSTS:
            more = len(change.hosts) - MOST_HOSTS
            hosts += _n(" and {count} more", " and {count} more", more)
        yield (f"{mark} ", colour), (told(change.title), ""), ("  ", ""), (hosts, "$muted")
        lines = [line for line in change.lines if line.sign == "+" or not one_sided]
        file = ""
        for line in lines[:MOST_LINES]:
            if line.file != file:
                file = line.file
                if file:
                    yield ((f"    {file}", "$secondary"),)
            style = "$success" if line.sign == "+" else "$error"
            yield ("    ", ""), (f"{line.sign} {line.text}", style)
        if len(lines) > MOST_LINES:
            more = len(lines) - MOST_LINES
            said = _n("and {count} more line", "and {count} more lines", more)
            yield ((f"    {said}", "$muted"),)
