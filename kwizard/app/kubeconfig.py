"""The operator's kubeconfig of a cluster: where it is, and into another one when asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kwizard.app.certificates import ADMIN_KUBECONFIG
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.paths import cluster_dir
from kwizard.pki.store import write_secret

MAX_BYTES = 4 << 20
"""Of a kubeconfig that is merged into. A cluster takes about five kilobytes."""

_LISTS = ("clusters", "users", "contexts")


@dataclass(frozen=True, slots=True)
class Merged:
    """`context` is in `target` now. `backup` is what was there before; None when nothing was, or
    nothing had to change."""

    target: Path
    context: str
    backup: Path | None


def kubeconfig_of(name: str) -> Path:
    """The kubeconfig of cluster `name`, which opens everything. Raises InvalidInput where kwizard
    has none: it is not installed from here, or its recipe needs none."""
    path = cluster_dir(name) / ADMIN_KUBECONFIG
    if not path.is_file():
        raise InvalidInput(
            [
                Problem(
                    f"there is no kubeconfig of a cluster {name} here",
                    "it is made by kwizard apply, for a cluster of the modern recipe",
                )
            ]
        )
    return path


def usual() -> Path:
    """The kubeconfig kubectl takes: the first of `$KUBECONFIG`, else ~/.kube/config."""
    named = [p for p in os.environ.get("KUBECONFIG", "").split(os.pathsep) if p]
    return Path(named[0]) if named else Path.home() / ".kube" / "config"


def merge(name: str, target: Path) -> Merged:
    """Put the context of cluster `name` into `target` (0600), next to what is there.

    Which context is the current one stays as it is, if there is one. What was there before is kept
    beside it. Raises InvalidInput for a file that is no kubeconfig, or has a context of that name
    for another cluster; KwizardError for one that cannot be read or written.
    """
    target = target.expanduser().resolve()
    try:
        own = _parse(kubeconfig_of(name).read_bytes(), kubeconfig_of(name))
        before = target.read_bytes() if target.exists() else b""
        old = _parse(before, target) if before.strip() else {}
        new = _joined(old, own, target)
        if new == old:
            return Merged(target, name, None)
        backup = _beside(target) if before else None
        if backup is not None:
            write_secret(backup, before)
        write_secret(target, yaml.safe_dump(new, sort_keys=False, allow_unicode=True).encode())
    except OSError as error:
        raise KwizardError(
            f"{error.filename or target}: {error.strerror or error}",
            remedy="name another file, or use the cluster's own with kubectl --kubeconfig",
        ) from error
    return Merged(target, name, backup)


def _joined(old: Mapping[str, Any], own: Mapping[str, Any], target: Path) -> dict[str, Any]:
    """`old` with the entries of `own` in it, each in the place of an older one of its name."""
    out = {"apiVersion": "v1", "kind": "Config", **old}
    _ours(old, own, target)
    for key in _LISTS:
        entries = list(old.get(key) or [])
        for entry in own[key]:
            places = [i for i, e in enumerate(entries) if e["name"] == entry["name"]]
            if places:
                entries[places[0]] = entry
            else:
                entries.append(entry)
        out[key] = entries
    if not out.get("current-context"):
        out["current-context"] = own["current-context"]
    return out


def _ours(old: Mapping[str, Any], own: Mapping[str, Any], target: Path) -> None:
    """Another address or another authority may have come; with both it is another cluster."""
    (mine,) = own["clusters"]
    for entry in old.get("clusters") or []:
        if entry["name"] != mine["name"]:
            continue
        theirs = entry.get("cluster") or {}
        same = ("server", "certificate-authority-data")
        if not any(theirs.get(k) == mine["cluster"][k] for k in same):
            raise InvalidInput(
                [
                    Problem(
                        f"{target} has a cluster {mine['name']} already, which is another one"
                        f" ({theirs.get('server')})",
                        "rename it there, or merge into another file",
                    )
                ]
            )


def _parse(data: bytes, path: Path) -> dict[str, Any]:
    """A kubeconfig as kubectl writes it. Raises InvalidInput for anything else."""
    try:
        found = yaml.safe_load(data) if len(data) <= MAX_BYTES else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        found = None
    good = isinstance(found, dict) and all(
        isinstance(found.get(key) or [], list)
        and all(isinstance(e, dict) and "name" in e for e in found.get(key) or [])
        for key in _LISTS
    )
    if not good:
        raise InvalidInput([Problem(f"{path} is no kubeconfig", "name another file")])
    assert isinstance(found, dict)
    return found


def _beside(target: Path) -> Path:
    """A name for what was there before that nothing has yet."""
    number = 1
    while (path := target.with_name(f"{target.name}.before-kwizard-{number}")).exists():
        number += 1
    return path
