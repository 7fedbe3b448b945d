"""A problem of a cluster, and the values it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from kwizard import text
from kwizard.errors import Problem

Path = tuple[str | int, ...]
"""Where something stands in a cluster file: ("network", "dns") or ("hosts", 2, "ssh", "port")."""


def within(place: Path, key: Path) -> bool:
    """Whether `place` is that key's, or inside of it: one of the values of a list."""
    return place[: len(key)] == key


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and what it rests on: the first path is the one to mend. When one of them could
    not be read from a file, the problem is not certain and the loader keeps it back."""

    problem: Problem
    about: tuple[Path, ...]


def error(message: str, remedy: str, *about: Path) -> Finding:
    """A finding that forbids the cluster."""
    return Finding(Problem(_line(message), remedy), about)


def warning(message: str, remedy: str, *about: Path) -> Finding:
    """A finding the operator should know of."""
    return Finding(Problem(_line(message), remedy, blocks=False), about)


def _line(message: str) -> str:
    """What came from a file is foreign: names in a message may be anything."""
    return text.clean(message).replace("\n", " ")


def listed(names: Sequence[str]) -> str:
    """Names for a sentence: the first four, and how many more."""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def private(addresses: Iterable[IPv4Address]) -> str:
    """The remedy for public addresses: which ones are private."""
    if any(a in IPv4Network("172.0.0.0/8") for a in addresses):
        return "of 172.x only 172.16.0.0 to 172.31.255.255 is private"
    return "private are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16"
