"""Release: fetched once, brought to the hosts that need it, unpacked into /usr/local/bin."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern import values
from kwizard.recipes.modern.kinds import READY, place, script
from kwizard.recipes.release import fetch
from kwizard.recipes.step import Step, every, same


def release_phase(cluster: Cluster) -> Iterator[Step]:
    """Release: fetched once, brought to the hosts that need it, unpacked into /usr/local/bin."""
    users = tuple(h.name for h in cluster.hosts if values.programs(cluster, h))
    yield fetch(cluster)
    yield place(
        "release/place",
        "Bring the release to the host",
        users,
        every("release/fetch"),
        *READY,
        artifact="release",
        target=values.RELEASE,
        probe="release/unpack",
    )
    yield script(
        "release/unpack",
        "Put the programs into /usr/local/bin",
        users,
        same("release/place"),
        timeout=900,
        hint="no space left: make room on the file system of /usr/local; another architecture or"
        " version: name the right tarball as release.tarball",
    )
