"""Help texts, and what click itself says, in the language of the run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from weakref import WeakKeyDictionary

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from kwizard.folding import columns, folded
from kwizard.language import N_, _, language

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
    for kind, name in KINDS:
        setattr(kind, "name", property(_named(name)))  # noqa: B010 - click has it as a plain text
    # Made while modules are read, when the language is not known yet.
    setattr(click.Path, "name", property(_path_name, lambda _kind, _name: None))  # noqa: B010
    click.Context.formatter_class = Written
    formatting.term_len = _styled_columns  # type: ignore[attr-defined]  # a list's first column is padded by it


KINDS = (
    (types.StringParamType, N_("text")),
    (types.IntParamType, N_("integer")),
    (types.FloatParamType, N_("float")),
    (types.IntRange, N_("integer range")),
    (types.FloatRange, N_("float range")),
)
"""What click calls kinds of values, in lists of options and in sentences about what is none."""
REQUIRED = N_("required")  # what click says of an option that must be given


class Written(click.HelpFormatter):
    """Headings with the colon of the language of the run."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how a command is called."""
        if prefix is None and language() != "en":
            prefix = _("Usage:")  # its colon is as wide as a colon and the blank behind it
        super().write_usage(prog, args, prefix)

    def write_heading(self, heading: str) -> None:
        """What stands above a list."""
        self.write(" " * self.current_indent + _("{heading}:", heading=heading) + "\n")


def _path_name(kind: click.Path) -> str:
    if kind.file_okay and not kind.dir_okay:
        return _("file")
    return _("directory") if kind.dir_okay and not kind.file_okay else _("path")


def _named(name: str) -> Callable[[object], str]:
    return lambda _kind: _(name)


def _styled_columns(x: str) -> int:
    """How wide a text is on a terminal, its colours not counted."""
    return columns(click.unstyle(x))


def punctuated(message: str) -> str:
    """Click puts full stops, and blanks between sentences, itself; Chinese has its own."""
    if language() == "en":
        return message
    return re.sub(r"[.。](?: |$)", "。", message)


def _plural(one: str, many: str, count: int) -> str:
    """What click calls ngettext. click puts the values in itself."""
    if language() == "en":
        return one if count == 1 else many
    return _(one)  # Chinese has one form


_defaults: WeakKeyDictionary[click.Option, str] = WeakKeyDictionary()
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
        if isinstance(owner, click.Option) and isinstance(owner.show_default, str):
            owner.show_default = _(_defaults.setdefault(owner, owner.show_default))
        owner.help = english if language() == "en" else _folded(said, width)
        if isinstance(owner, click.Command):
            owner.options_metavar = _("[OPTIONS]")
            if isinstance(owner, click.Group):
                owner.subcommand_metavar = _("COMMAND [ARGS]...")
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
    return "\n\n".join("\b\n" + "\n".join(folded(p, width)) for p in paragraphs)
