"""Hosts: looked at, named, given their certificates, and etcd on those that hold it."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern import values
from kwizard.recipes.modern.kinds import READY, logs_of, place, script, wait
from kwizard.recipes.record import record_step
from kwizard.recipes.step import After, Operator, Phase, Step, every, names, same


def hosts_phase(cluster: Cluster) -> Iterator[Step]:
    """Hosts: looked at, named, given their certificates, and etcd on those that hold it."""
    everyone = names(cluster.hosts)
    yield script(
        "hosts/preflight",
        "Look whether the hosts can become a cluster",
        everyone,
        probe=False,  # it only looks; the host's own record says that it passed
        changes=False,
        timeout=120,
        hint="nothing was changed on any host; mend what is named and start again",
    )
    yield record_step(everyone)
    yield Step(
        id="hosts/authorities",
        phase=Phase.HOSTS,
        title="Have the cluster's certificates on this machine",
        action=Operator("certificates"),
        stamped=False,
        exclusive=False,
    )
    yield script(
        "hosts/names",
        "Write the hosts' names into /etc/hosts",
        everyone,
        *READY,
        asset="classic/hosts/names",
    )
    yield script(
        "hosts/firewall",
        "Open the needed ports in firewalld",
        everyone,
        *READY,
        asset="common/firewall",
        hint="firewall-cmd --get-active-zones shows which zone each interface is in",
    )
    yield script(
        "hosts/kernel",
        "Have the kernel pass on and filter what pods send",
        names(cluster.nodes),
        *READY,
        hint="'sysctl -p /etc/sysctl.d/90-kwizard.conf' on that host tells what is refused",
    )
    yield script(
        "hosts/certificates",
        "Give the host its certificates and keys",
        everyone,
        *READY,
        every("hosts/authorities"),
        files=("pki",),
        hint="look for room below /etc on that host",
    )
    yield from _etcd(cluster)


def _etcd(cluster: Cluster) -> Iterator[Step]:
    members = names(cluster.etcd_members)
    users = tuple(h.name for h in cluster.hosts if values.etcd_programs(cluster, h))
    needed: tuple[After, ...] = READY
    if cluster.etcd.binaries:
        yield place(
            "hosts/etcd-bring",
            "Bring the archive of etcd",
            users,
            *READY,
            artifact="etcd-binaries",
            target=values.ETCD_BINARIES,
            probe="hosts/etcd-binaries",
        )
        needed = (same("hosts/etcd-bring"),)
    yield script(
        "hosts/etcd-binaries",
        "Put etcd into /usr/local/bin",
        users,
        *needed,
        hint="etcd.binaries is a tarball with etcd and etcdctl for the hosts' architecture",
    )
    started: tuple[After, ...] = ()
    if members:
        started = (every("hosts/etcd"),)
        yield script(
            "hosts/etcd",
            "Start etcd",
            members,
            same("hosts/etcd-binaries"),
            same("hosts/certificates"),
            same("hosts/names"),
            hint=logs_of("etcd"),
        )
    yield wait(
        "hosts/etcd-healthy",
        "Wait until every member of etcd is healthy",
        names((cluster.control_plane,)),
        *started,
        every("hosts/firewall"),
        same("hosts/etcd-binaries"),
        same("hosts/certificates"),
        hint="a member that stays ill: its ports 2379 and 2380 are closed to the others, or"
        " /var/lib/etcd/kwizard holds the data of an older cluster"
        if members
        else "etcd.endpoints must be reached from there, and take etcd.cert; etcd.ca must be who"
        " signed what they show",
    )
    if not members:
        yield script(
            "hosts/etcd-claim",
            "Mark the etcd as this cluster's",
            names((cluster.control_plane,)),
            same("hosts/etcd-healthy"),
            hint="'etcdctl get --prefix --keys-only /' shows what that etcd holds",
        )
