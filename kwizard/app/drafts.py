"""The cluster somebody is still thinking about: kept on disk, so that a restart finds it again.

It may be incomplete, so it is no cluster file; like one it holds no secret.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, fields, replace
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from kwizard.cluster.defaults import default_of
from kwizard.cluster.keys import HOST, SECTIONS, SSH_KEYS, TOP, Key, Kind
from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Version
from kwizard.paths import state_home

MOST = 4 << 20  # bytes of a draft that are read
FORM = 1


@dataclass(frozen=True, slots=True)
class Remembered:
    """A draft: the answers, the page somebody was on, where the file was saved last, and the bundle
    its files are to come from."""

    cluster: Cluster
    page: str
    file: Path | None = None
    bundle: Path | None = None


def remember(draft: Remembered) -> None:
    """Keep it, in place of the one before. Where that cannot be done nothing is kept."""
    told = {
        "form": FORM,
        "page": draft.page,
        "file": str(draft.file) if draft.file else None,
        "bundle": str(draft.bundle) if draft.bundle else None,
        "cluster": _told(draft.cluster),
    }
    file = _file()
    part = file.with_name(f".{file.name}.part")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.touch(mode=0o600)
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(file)


def remembered() -> Remembered | None:
    """What was kept last; None when there is nothing, or nothing that can be read."""
    try:
        with _file().open("rb") as stream:
            told = json.loads(stream.read(MOST))
        if told["form"] != FORM:
            return None
        file, bundle = told["file"], told.get("bundle")
        return Remembered(
            _cluster(told["cluster"]),
            str(told["page"]),
            Path(file) if file else None,
            Path(bundle) if bundle else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def forget() -> None:
    """The installation began, or nobody wants it any more."""
    with contextlib.suppress(OSError):
        _file().unlink()


def _file() -> Path:
    return state_home() / "draft.json"


def _told(value: object) -> Any:  # noqa: ANN401 - JSON
    match value:
        case Cluster() | Host() | SSH():
            return {f.name: _told(getattr(value, f.name)) for f in fields(value)}
        case Enum():
            return value.value
        case bool() | int() | str() | None:
            return value
        case IPv4Address() | IPv4Network() | Version() | Path():
            return str(value)
        case frozenset():
            return sorted(_told(x) for x in value)
        case tuple() | list():
            return [_told(x) for x in value]
    return {f.name: _told(getattr(value, f.name)) for f in fields(value)}  # type: ignore[arg-type]


def _cluster(told: dict[str, Any]) -> Cluster:
    recipe = RecipeName(told["recipe"])
    top = {k.name: _read(k, told[k.name]) for k in TOP if k.name in told}
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        found = told.get(section.name)
        value: Any = default_of(recipe, section.name, section.make)
        if isinstance(found, dict):
            value = replace(value, **_keys(section.keys, found))
        sections[section.name] = value
    hosts = tuple(_host(h) for h in told["hosts"])
    return Cluster(hosts=hosts, **top, **sections)


def _host(told: dict[str, Any]) -> Host:
    keys = _keys(HOST, told)
    keys["roles"] = frozenset(keys.get("roles", ()))
    return Host(**keys, ssh=SSH(**_keys(SSH_KEYS.keys, told["ssh"])))


def _keys(keys: tuple[Key, ...], told: dict[str, Any]) -> dict[str, Any]:
    return {k.name: _read(k, told[k.name]) for k in keys if k.name in told}


def _read(key: Key, value: Any) -> Any:  # noqa: ANN401 - as many types as the model has
    """A value as the model has it. Raises ValueError for what nobody can have answered."""
    if value is None:
        return None
    if key.many:
        return tuple(key.read(str(x)) for x in value)
    if key.kind is Kind.FLAG:
        return value is True
    return key.read(str(value))
