"""The files of the operator's machine that a cluster names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kwizard.cluster.finding import Path as Place
from kwizard.cluster.keys import SECTIONS, SSH_KEYS
from kwizard.cluster.model import Cluster


def files_of(cluster: Cluster) -> Iterator[tuple[Place, str]]:
    """Every file the cluster names, with its place: ("release", "tarball"), "/tmp/k.tar.gz"."""
    for index, host in enumerate(cluster.hosts):
        for key in SSH_KEYS.keys:
            value = getattr(host.ssh, key.name)
            if key.file and value is not None:
                yield ("hosts", index, "ssh", key.name), value
    for section in SECTIONS:
        for key in section.keys:
            value = getattr(getattr(cluster, section.name), key.name)
            if key.file and value is not None:
                yield (section.name, key.name), value


def resolve_paths(cluster: Cluster, folder: Path) -> Cluster:
    """`cluster` with absolute paths: `~` is the home directory, others begin at `folder`."""
    for place, value in files_of(cluster):
        change: dict[str, Any] = {str(place[-1]): _absolute(value, folder)}
        if place[0] == "hosts":
            index = int(place[1])
            host = cluster.hosts[index]
            hosts = list(cluster.hosts)
            hosts[index] = replace(host, ssh=replace(host.ssh, **change))
            cluster = replace(cluster, hosts=tuple(hosts))
        else:
            section = str(place[0])
            changed = replace(getattr(cluster, section), **change)
            cluster = replace(cluster, **{section: changed})
    return cluster


def _absolute(value: str, folder: Path) -> str:
    try:
        home = str(Path(value).expanduser())
    except RuntimeError:  # no such user, or nobody has a home here
        home = value
    return os.path.abspath(folder / home)  # noqa: PTH100 - resolve() would follow links
