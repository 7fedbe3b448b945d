"""The answers given so far. Pure: every change gives a new cluster, and says what it touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kwizard.cluster.model import Cluster, Host, Role
from kwizard.cluster.roles import with_default_roles
from kwizard.tui.usecases import HostReport, ReleaseReport


@dataclass(slots=True)
class Draft:
    """A cluster in the making, and what was found out about it. `file`: where it was saved."""

    cluster: Cluster
    file: Path | None = None
    checks: dict[str, HostReport] = field(default_factory=dict)
    release: ReleaseReport | None = None

    def put(self, host: Host, instead_of: str | None = None) -> None:
        """Add `host`, or put it in the place of the one named `instead_of`."""
        hosts = list(self.cluster.hosts)
        for index, old in enumerate(hosts):
            if old.name == instead_of:
                hosts[index] = host
                break
        else:
            hosts.append(host)
        self._hosts(hosts)
        self.checks.pop(host.name, None)

    def remove(self, name: str) -> None:
        """Take a host out."""
        self._hosts(h for h in self.cluster.hosts if h.name != name)
        self.checks.pop(name, None)

    def merge(self, hosts: Iterable[Host]) -> int:
        """Take pasted hosts in: a name already there is replaced, its roles and login kept. Where
        no host has roles they get the usual ones; beside others, new ones become workers. Returns
        how many came."""
        known = {h.name: h for h in self.cluster.hosts}
        count = 0
        for host in hosts:
            old = known.get(host.name)
            if old is not None and not host.roles:
                host = replace(host, roles=old.roles, ssh=old.ssh)  # noqa: PLW2901
            self.put(host, host.name)
            count += 1
        hosts = with_default_roles(self.cluster.hosts, self.cluster.etcd)
        self._hosts(h if h.roles else replace(h, roles=frozenset({Role.WORKER})) for h in hosts)
        return count

    def toggle(self, name: str, role: Role) -> None:
        """Give a role, or take it away."""
        host = self.cluster.host(name)
        self.put(replace(host, roles=host.roles ^ {role}), name)

    def take(self, cluster: Cluster) -> None:
        """Begin again from a cluster that was read."""
        self.cluster, self.file, self.release = cluster, None, None
        self.checks.clear()

    def change(self, cluster: Cluster) -> None:
        """The same hosts with other options."""
        self.cluster = cluster

    def _hosts(self, hosts: Iterable[Host]) -> None:
        self.cluster = replace(self.cluster, hosts=tuple(hosts))


def file_path(text: str | None) -> str | None:
    """What a person typed for a file of this machine, absolute, `~` being the home directory."""
    if not text:
        return None
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError:  # ~nobody
        return text
