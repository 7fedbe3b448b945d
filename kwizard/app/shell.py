"""A shell on a host, for the person at the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kwizard.app.session import pinned
from kwizard.cluster.model import Cluster
from kwizard.paths import cluster_dir
from kwizard.remote.hostkeys import HostKeys
from kwizard.remote.openssh import command_line
from kwizard.remote.target import USER_CONFIG, SSHConfig, resolve


@dataclass(frozen=True, slots=True)
class ShellLine:
    """What to run for a shell on `host`, and who one is there."""

    host: str
    user: str
    argv: tuple[str, ...]


def shell_line(
    cluster: Cluster,
    host: str,
    *,
    ssh_config: SSHConfig = USER_CONFIG,
    directory: Path | None = None,
) -> ShellLine:
    """An interactive `ssh` to a host of `cluster` as kwizard itself reaches it.

    `directory` is the cluster's own. Asks no host; a password is asked for by ssh itself. Raises
    KwizardError where there is no ssh program, InvalidInput for an SSH config that does not parse.
    """
    where = directory or cluster_dir(cluster.name)
    machine = cluster.host(host)
    target = resolve(host, machine.ssh_address, machine.ssh, config=ssh_config)
    keys = HostKeys(where / "known_hosts", pinned=pinned(cluster))
    return ShellLine(host, target.user, command_line(target, keys, where))
