"""Templates of shell to the shell a host runs: the one place where a value meets a script.

A cluster file is written by somebody, so nothing out of it may act in a shell. Two things hold
that: templates quote with the `q` filter, and whatever a template prints without it must consist
of characters that mean nothing to a shell, or rendering fails. So a forgotten filter is an error
here and never a command there. Further filters: `words` joins items that need no quoting, `own`
marks a text that stands in the template itself as shell.
"""

from __future__ import annotations

import os
import pickle
import re
import shlex
import stat
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    UndefinedError,
)
from jinja2.bccache import Bucket

from kwizard.assets_dir import assets_dir
from kwizard.cluster.model import Cluster, Host
from kwizard.errors import InvalidInput, Problem
from kwizard.paths import cache_home

# No white space, no quotes, nothing that starts an expansion, a comment, a pattern or a pipe.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=,-]*")


class Shell(str):
    """Text that is shell already: quoted, or written by us."""

    __slots__ = ()


def quote(value: object) -> Shell:
    """`value` as exactly one word of a POSIX shell. A NUL cannot be one: InvalidInput."""
    text = str(value)
    if "\0" in text:
        raise InvalidInput(f"a NUL character cannot be part of a command: {text!r}")
    return Shell(shlex.quote(text))


def word(value: object) -> str:
    """`value` as text, when it is a word that needs no quoting in a shell or a systemd unit.

    Raises InvalidInput otherwise. `%` and `$` act in units, so neither passes.
    """
    text = str(value)
    if not text or "%" in text or _PLAIN.fullmatch(text) is None:
        raise InvalidInput(
            [
                Problem(
                    f"{text!r} cannot stand on a command line",
                    "use letters, digits and the characters _ . / : @ + = , - only",
                )
            ]
        )
    return text


def render(asset: str, *, cluster: Cluster, host: Host | None, values: Mapping[str, Any]) -> str:
    """The text of assets/<asset> for `host` (None: the operator), byte for byte as it is run.

    Templates see `cluster`, `host` and everything in `values`. Raises InvalidInput when a value
    could act in the shell, or when the template and the values do not fit each other.
    """
    try:
        template = _environment().get_template(asset)
        return template.render(cluster=cluster, host=host, **values)
    except TemplateNotFound as error:
        raise InvalidInput(f"there is no asset {error.name}") from error
    except UndefinedError as error:
        raise InvalidInput(f"{asset}: {error.message}") from error


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(assets_dir()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  (what is rendered is shell, not HTML)
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_checked,
        bytecode_cache=_compiled(),
    )
    environment.filters["q"] = quote
    environment.filters["own"] = Shell
    environment.filters["words"] = lambda items: Shell(" ".join(word(item) for item in items))
    environment.filters["count_words"] = lambda line: len(line.replace("\\\n", "").split())
    return environment


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, each good for its text and for what it was compiled with: this module.
    Where one cannot be read or kept, it is compiled anew the next time."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{jinja2.__version__}\n{_this()}\n{source}")


@cache
def _this() -> str:
    return Path(__file__).read_text(encoding="utf-8")


def _compiled() -> _Compiled | None:
    """Where templates are kept compiled, as Python keeps modules: every command needs many of them.
    Only in a folder that nobody else can write to, since it is code; else None."""
    folder = cache_home() / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError:
        return None
    private = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not (stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and private):
        return None
    return _Compiled(str(folder))


def _checked(value: object) -> object:
    """What Jinja2 calls for every printed expression, see the module's first lines."""
    if isinstance(value, (Shell, StrictUndefined)) or _PLAIN.fullmatch(str(value)):
        return value
    raise InvalidInput(
        [
            Problem(
                f"{str(value)!r} holds characters that act in a shell",
                "use letters, digits and plain punctuation only",
            )
        ]
    )
