"""Is the cluster as it should be? Asked of the hosts, changing nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from kwizard.app.session import Session
from kwizard.cluster.model import Cluster
from kwizard.monitor.snapshot import Snapshot, take
from kwizard.monitor.watch import watch as monitor_watch
from kwizard.remote.host import ReadOnlyHost


async def verify(session: Session) -> Snapshot:
    """Control plane, nodes and the whole ping matrix, from containers on every host."""
    return await take(session.hosts, session.cluster, matrix="full")


async def glance(hosts: Mapping[str, ReadOnlyHost], cluster: Cluster) -> Snapshot:
    """One snapshot for the monitor: it uses only what already runs, and creates nothing."""
    return await take(hosts, cluster, matrix="light")


def watch(
    hosts: Mapping[str, ReadOnlyHost], cluster: Cluster, interval: float
) -> AsyncIterator[Snapshot]:
    """Snapshots, one every `interval` seconds."""
    return monitor_watch(hosts, cluster, interval)
