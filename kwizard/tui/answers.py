"""Answers as text: what a form shows of a cluster, and what it makes of what was typed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Any

from kwizard.cluster.finding import Path as Place
from kwizard.cluster.keys import SECTIONS, TOP, Key, Kind
from kwizard.cluster.model import Cluster, EtcdMode
from kwizard.cluster.values import halves
from kwizard.language import _
from kwizard.tui.paths import file_path

YES, NO = "yes", "no"
DOWNLOAD, MIRROR, TARBALL = "download", "mirror", "tarball"
HOSTS, BUNDLE = "hosts", "bundle"
"""Where the programs of a release come from."""

_KEYS: dict[Place, Key] = {(key.name,): key for key in TOP} | {
    (section.name, key.name): key for section in SECTIONS for key in section.keys
}


def ident_of(place: Place) -> str:
    """The id of the control for a key: ("etcd", "mode") is asked by #etcd-mode."""
    return "-".join(map(str, place)).replace("_", "-")


def text_of(cluster: Cluster, place: Place) -> str:
    """The answer as a form shows it: `yes` and `no` for flags, lists separated by spaces."""
    value: Any = cluster
    for name in place:
        value = getattr(value, str(name))
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value.value if isinstance(value, Enum) else value)


def with_text(cluster: Cluster, place: Place, text: str) -> Cluster:
    """`cluster` with that answer. An empty one is no answer, where one may be left out.

    Raises ValueError with a sentence for what cannot be such a value.
    """
    key = _KEYS[place]
    value = _read(key, text.strip())
    if len(place) == 1:
        return replace(cluster, **{key.name: value})
    name = str(place[0])
    section = getattr(cluster, name)
    if value is None and getattr(type(section)(), key.name) is not None:
        raise ValueError(_("nothing is given yet"))
    change: dict[str, Any] = {key.name: value}
    if place == ("etcd", "mode") and value is not EtcdMode.EXISTING:
        change |= {"endpoints": (), "ca": None, "cert": None, "key": None}
    return replace(cluster, **{name: replace(section, **change)})


def complaint(error: ValueError) -> str:
    """What was wrong with a text, without the half that says what to do in a file."""
    message, remedy = halves(str(error))
    return message or remedy


def _read(key: Key, text: str) -> Any:  # noqa: ANN401 - as many types as the model has
    if key.kind is Kind.FLAG:
        return text == YES
    if key.many:
        return tuple(key.read(word) for word in _words(text))
    if not text:
        if key.name in ("version", "name"):
            raise ValueError(_("nothing is given yet"))
        return None
    if key.file:
        return file_path(text)
    return key.read(text)


def _words(text: str) -> Iterable[str]:
    return text.replace(",", " ").split()


def source_of(cluster: Cluster) -> str:
    """Which of them a cluster file has; a bundle is in none."""
    if cluster.release.tarball:
        return TARBALL
    if cluster.release.on_hosts:
        return HOSTS
    return MIRROR if cluster.release.mirror else DOWNLOAD
