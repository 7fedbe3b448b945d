"""What a cluster file leads one to expect: nodes by name, daemons by role."""

from __future__ import annotations

from collections.abc import Mapping

from kwizard.cluster.model import Cluster, EtcdMode, Host, RecipeName, Role
from kwizard.probes.nodes import Nodes
from kwizard.probes.services import Service
from kwizard.recipes.modern import flags


def daemons(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """The daemons that should run on `host`."""
    if cluster.recipe is RecipeName.MODERN:
        return _modern(cluster, host)
    wanted: list[str] = []
    if Role.CONTROL_PLANE in host.roles:
        wanted += ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"]
    if host in cluster.nodes:
        wanted += ["kubelet", "kube-proxy"]
    if Role.ETCD in host.roles and cluster.etcd.mode is not EtcdMode.EXISTING:
        wanted.append("etcd")
    wanted += ["flanneld", "docker"]
    return tuple(dict.fromkeys(wanted))


def _modern(cluster: Cluster, host: Host) -> tuple[str, ...]:
    wanted: list[str] = []
    if Role.CONTROL_PLANE in host.roles:
        wanted += ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
    if host in cluster.nodes:
        wanted += ["kubelet", "kube-proxy", "flanneld", "containerd"]
        if flags.has_gateway(cluster):
            wanted.append(flags.GATEWAY)
    if host in cluster.etcd_members:
        wanted.append("etcd")
    return tuple(wanted)


def stopped_daemons(
    cluster: Cluster, services: Mapping[str, tuple[Service, ...]]
) -> tuple[str, ...]:
    """A sentence for each daemon that should run and does not, on the hosts that answered."""
    found = []
    for host in cluster.hosts:
        if host.name not in services:
            continue
        there = {s.name: s for s in services[host.name]}
        for name in daemons(cluster, host):
            service = there.get(name)
            if service is None:
                found.append(f"{host.name}: {name} does not run")
            elif not service.running:
                found.append(f"{host.name}: {name} does not run: {service.kind} {service.state}")
    return tuple(found)


def missing_nodes(cluster: Cluster, nodes: Nodes) -> tuple[str, ...]:
    """A sentence for each host that should be a node and is in no row, by name or by address."""
    known = {n.name for n in nodes.rows} | {n.internal_ip for n in nodes.rows}
    return tuple(
        f"{host.name}: is no node of the cluster yet"
        for host in cluster.nodes
        if host.name not in known and str(host.address) not in known
    )
