"""All hosts of a cluster at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from kwizard.cluster.model import Cluster
from kwizard.remote.credentials import Credentials
from kwizard.remote.hostkeys import HostKeys
from kwizard.remote.login import Connector
from kwizard.remote.looked import Looked
from kwizard.remote.ssh import SSHHost
from kwizard.remote.target import USER_CONFIG, SSHConfig


def open_hosts(
    cluster: Cluster,
    *,
    host_keys: HostKeys,
    credentials: Credentials,
    ssh_config: SSHConfig = USER_CONFIG,
    agent: bool = True,
    patience: float = 120.0,
    looked: Looked | None = None,
) -> dict[str, SSHHost]:
    """A host object for each host, by name in file order. They share host keys, credentials,
    unlocked keys and jump hosts; nothing is connected yet. `looked` records what is run to look.
    Raises InvalidInput for a bad SSH config or jump host.
    """
    connector = Connector(host_keys, credentials, ssh_config=ssh_config, agent=agent)
    return {
        host.name: SSHHost(
            host,
            host_keys=host_keys,
            credentials=credentials,
            patience=patience,
            connector=connector,
            looked=looked,
        )
        for host in cluster.hosts
    }


async def close_all(hosts: Mapping[str, SSHHost]) -> None:
    """Close every connection. Jobs go on."""
    await asyncio.gather(*(host.close() for host in hosts.values()))
