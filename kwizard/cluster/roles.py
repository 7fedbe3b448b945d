"""Which roles hosts get when nobody gave any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from kwizard.cluster.model import Etcd, EtcdMode, Host, Role

ORDER = (Role.CONTROL_PLANE, Role.WORKER, Role.ETCD)


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles as they are always written: control-plane, worker, etcd."""
    wanted = frozenset(roles)
    return tuple(r for r in ORDER if r in wanted)


def with_default_roles(hosts: Sequence[Host], etcd: Etcd | None = None) -> tuple[Host, ...]:
    """As the article has it: the first host is the control plane, the others are workers, and all
    of them are etcd members. Where etcd exists already, only hosts that its endpoints name are.

    Hosts of which any has a role are returned as they are.
    """
    if any(host.roles for host in hosts):
        return tuple(hosts)
    members = _members(hosts, etcd)
    return tuple(
        replace(
            host,
            roles=frozenset(
                {Role.WORKER if index else Role.CONTROL_PLANE}
                | ({Role.ETCD} if host.name in members else set())
            ),
        )
        for index, host in enumerate(hosts)
    )


def _members(hosts: Sequence[Host], etcd: Etcd | None) -> set[str]:
    if etcd is None or etcd.mode is not EtcdMode.EXISTING:
        return {host.name for host in hosts}
    named = {endpoint_host(url) for url in etcd.endpoints}
    if named & {"localhost", "127.0.0.1"}:  # the article's own: a member on every host
        return {host.name for host in hosts}
    return {h.name for h in hosts if named & {h.name, str(h.address), h.ssh_address}}


def endpoint_host(url: str) -> str:
    """The host part of an etcd endpoint; empty when it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
