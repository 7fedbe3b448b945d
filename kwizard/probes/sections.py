"""Reading what a probe printed. Nothing here raises on foreign text, and nothing grows without end.

The scripts print sections (assets/probes/section.inc.sh): `@name`, lines behind a `|`, and `=N`,
the exit status of the command. Whatever does not look like that is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from kwizard.remote.host import Output
from kwizard.text import clean, decode

MAX_SECTIONS = 500
MAX_LINES = 200_000

_NAME = re.compile(r"@([A-Za-z0-9._/-]{1,80})")
_NUMBER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Section:
    """What one command said. `status` is None when the script ended before it did."""

    lines: tuple[str, ...] = ()
    status: int | None = None

    @property
    def ok(self) -> bool:
        """The command was there and ended with 0."""
        return self.status == 0

    @property
    def text(self) -> str:
        """All lines as one text, without blank lines at the end."""
        return "\n".join(self.lines).rstrip()

    @property
    def first(self) -> str:
        """The first line that is not blank, at most 200 characters."""
        return next((short(line) for line in self.lines if line.strip()), "")


class Sections:
    """The sections of one exchange, by name. A name that was not printed is an empty section."""

    def __init__(self, sections: Mapping[str, Section]) -> None:
        self._sections = dict(sections)

    def __getitem__(self, name: str) -> Section:
        return self._sections.get(name, _NOTHING)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def under(self, prefix: str) -> dict[str, Section]:
        """Sections whose names begin with `prefix`, by the rest of their names, in order."""
        return {k[len(prefix) :]: v for k, v in self._sections.items() if k.startswith(prefix)}


_NOTHING = Section()


def read(output: Output) -> Sections:
    """The sections in what a host printed. Of two with one name the first counts.

    Lines are told apart before they are cleaned: a carriage return inside a quoted line would
    otherwise make a heading of its rest.
    """
    found: dict[str, Section] = {}
    name: str | None = None
    lines: list[str] = []
    for raw in output.stdout.split(b"\n", MAX_LINES)[:MAX_LINES]:
        if raw.startswith(b"|"):
            lines.append(decode(raw[1:]))
            continue
        line = raw.decode("ascii", errors="replace")
        if line.startswith("=") and name is not None:
            found.setdefault(name, Section(tuple(lines), number(line[1:])))
            name, lines = None, []
        elif (match := _NAME.fullmatch(line)) is not None and len(found) < MAX_SECTIONS:
            if name is not None:
                found.setdefault(name, Section(tuple(lines)))
            name, lines = match[1], []
    if name is not None:
        found.setdefault(name, Section(tuple(lines)))
    return Sections(found)


def short(value: object, width: int = 200) -> str:
    r"""A foreign value as one clean line of at most `width` characters; "" for what is no text.

    Needed after JSON was parsed too: `\u001b` in it is an escape character only then.
    """
    if not isinstance(value, str):
        return ""
    return " ".join(clean(value[: width * 4]).split())[:width]


def number(text: object) -> int | None:
    """A whole number of at most 18 digits, or None."""
    if isinstance(text, bool):
        return None
    if isinstance(text, int):
        return text if 0 <= text < 10**18 else None
    if isinstance(text, str) and _NUMBER.fullmatch(text.strip()) and text.isascii():
        return int(text)
    return None


def address(text: object) -> IPv4Address | None:
    """An IPv4 address, a prefix length behind it allowed, or None."""
    try:
        return IPv4Address(short(text, 50).split("/")[0])
    except AddressValueError:
        return None


def interface_address(text: object) -> IPv4Interface | None:
    """`10.0.63.202/24`, or None."""
    try:
        return IPv4Interface(short(text, 50))
    except ValueError:
        return None


def network(text: object) -> IPv4Network | None:
    """`10.0.0.0/16` (host bits allowed, as docker prints them), or None."""
    try:
        return IPv4Network(short(text, 50), strict=False)
    except ValueError:
        return None


def load_json(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Parsed JSON, or None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, Any]:
    """`value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object, most: int = 10_000) -> list[Any]:
    """`value` when it is a JSON list (its first `most` items), else an empty one."""
    return value[:most] if isinstance(value, list) else []


def settings(lines: tuple[str, ...], separator: str = "=") -> dict[str, str]:
    """`KEY=value` lines; quotes around a value are dropped, other lines passed over."""
    found: dict[str, str] = {}
    for line in lines[:1000]:
        key, mark, value = line.partition(separator)
        if mark and key.strip():
            found.setdefault(short(key, 100), short(value).strip("\"'"))
    return found
