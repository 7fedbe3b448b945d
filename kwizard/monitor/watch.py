"""Snapshot after snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Literal

from kwizard.cluster.model import Cluster
from kwizard.monitor.snapshot import Snapshot, take
from kwizard.remote.host import ReadOnlyHost


async def watch(
    hosts: Mapping[str, ReadOnlyHost],
    cluster: Cluster,
    interval: float,
    *,
    matrix: Literal["light", "none"] = "light",
) -> AsyncGenerator[Snapshot, None]:
    """A snapshot at once, then one every `interval` seconds from beginning to beginning; at once
    again where taking it took longer. Ends when it is closed."""
    clock = asyncio.get_running_loop().time
    while True:
        begun = clock()
        yield await take(hosts, cluster, matrix=matrix)
        await asyncio.sleep(max(0.0, begun + interval - clock()))
