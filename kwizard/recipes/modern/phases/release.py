"""Release: fetched once, brought to the hosts that need it, unpacked into /usr/local/bin."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern import values
from kwizard.recipes.modern.kinds import READY, place, script
from kwizard.recipes.step import Operator, Phase, Step, every, same


def release_phase(cluster: Cluster) -> Iterator[Step]:
    """Release: fetched once, brought to the hosts that need it, unpacked into /usr/local/bin."""
    users = tuple(h.name for h in cluster.hosts if values.programs(cluster, h))
    yield Step(
        id="release/fetch",
        phase=Phase.RELEASE,
        title=f"Get the release {cluster.version}",
        action=Operator("fetch-release"),
        stamped=False,
        exclusive=False,
        timeout=24 * 3600,
        hint="a second run goes on at the byte where this one ended; a tarball fetched another way"
        " can be named as release.tarball",
    )
    yield place(
        "release/place",
        "Bring the release to the host",
        users,
        every("release/fetch"),
        READY,
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
