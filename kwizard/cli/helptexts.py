"""Help texts, and what click itself says, in the language of the run."""

from __future__ import annotations

import inspect
import re
import unicodedata
from weakref import WeakKeyDictionary

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from kwizard.language import _, language

PARAGRAPH, BESIDE = 76, 44
"""Columns of a paragraph, and of what stands beside an option on 80 columns. click counts
characters and breaks at spaces: Chinese has other widths and no spaces."""


def click_speaks() -> None:
    """Let click say its own sentences in the language of the run. It takes them from gettext's
    files of the whole process; ours are read by `kwizard.language`."""
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        for name, ours in (("_", _), ("ngettext", _plural)):
            if hasattr(module, name):
                setattr(module, name, ours)
    formatting.term_len = columns  # type: ignore[attr-defined]  # a list's first column is padded by it


def columns(x: str) -> int:
    """How wide a text is on a terminal."""
    plain = click.unstyle(x)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain)


def _plural(one: str, many: str, count: int) -> str:
    """What click calls ngettext. click puts the values in itself."""
    if language() == "en":
        return one if count == 1 else many
    return _(one)  # Chinese has one form


_english: WeakKeyDictionary[click.Command | click.Option, str] = WeakKeyDictionary()


def english_help(command: click.Command) -> list[tuple[click.Command | click.Option, str]]:
    """The command and its options, each with what its source says, where it says something."""
    options = [p for p in command.params if isinstance(p, click.Option)]
    owners: list[click.Command | click.Option] = [command, *options]
    texts = [(o, _english.setdefault(o, o.help)) for o in owners if o.help]
    return [(owner, inspect.cleandoc(text)) for owner, text in texts]


def spoken(command: click.Command) -> click.Command:
    """`command` with its help texts, and those of its commands and options, in the language of the
    run."""
    for owner, english in english_help(command):
        said = _(english)
        width = PARAGRAPH if owner is command else BESIDE
        owner.help = english if language() == "en" else _folded(said, width)
        if isinstance(owner, click.Command):
            owner.short_help = None if language() == "en" else _first(said)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            spoken(inner)
    return command


def _first(text: str) -> str:
    """The first sentence, for a list of commands."""
    return re.split(r"(?<=。)|(?<=；)|\n", text, maxsplit=1)[0].rstrip("。；")


def _folded(text: str, width: int) -> str:
    """`text` in lines of that many columns; a backspace tells click to leave them so."""
    paragraphs = [" ".join(p.split()) for p in text.split("\n\n")]
    return "\n\n".join("\b\n" + "\n".join(fold(p, width)) for p in paragraphs)


def fold(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns. A word of Latin letters stays whole, and no line begins
    with what ends a sentence or a bracket."""
    lines, line, used = [], "", 0
    for piece in re.findall(r"[!-~]+|\s+|.", text):
        wide = columns(piece)
        if used + wide > width and piece not in "，。；：、！？）”":
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not piece.isspace():
            line += piece
            used += wide
    return [*lines, line.rstrip()]
