"""Clusters the modern recipe's tests are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kwizard.cluster.defaults import default_of
from kwizard.cluster.model import (
    ApiServer,
    Backend,
    Cluster,
    Etcd,
    EtcdMode,
    Flannel,
    FlannelStore,
    Images,
    Join,
    Kubelet,
    Network,
    Proxy,
    ProxyMode,
    RecipeName,
    Role,
    Runtime,
    Version,
)
from tests.pure.recipes.clusters import ANAKIN, BOBA, C3PO

WORKER = frozenset({Role.WORKER})

MARKED = replace(
    BOBA,
    labels=("disk=ssd", "example.com/room="),
    taints=("dedicated=db:NoSchedule", "old:NoExecute"),
)


def network(**changes: Any) -> Network:
    """The modern recipe's own ranges."""
    default = default_of(RecipeName.MODERN, "network", Network)
    assert isinstance(default, Network)
    return replace(default, **changes)


def current(**changes: Any) -> Cluster:
    """v1.36.3 on the article's hosts, everything brought by the operator."""
    cluster = Cluster(
        name="current",
        recipe=RecipeName.MODERN,
        version=Version(1, 36, 3),
        hosts=(ANAKIN, BOBA, C3PO),
        network=network(),
        etcd=Etcd(mode=EtcdMode.SYSTEMD, binaries="/b/etcd.tar.gz"),
        flannel=KUBE,
        runtime=Runtime(containerd="/b/containerd.tar.gz", cni_plugins="/b/cni.tgz"),
        images=Images(
            pause="lab/pause:1",
            pause_archive="/b/pause.tar",
            coredns="lab/coredns:1.15.0",
            coredns_archive="/b/coredns.tar",
        ),
    )
    return replace(cluster, **changes)


def highly_available(**changes: Any) -> Cluster:
    """The same with a control plane and a member of etcd on each of the three hosts."""
    roles = frozenset({Role.CONTROL_PLANE, Role.ETCD})
    hosts = tuple(replace(h, roles=roles) for h in (ANAKIN, BOBA, C3PO))
    return current(hosts=hosts, control_plane_is_node=True, **changes)


GIVEN = Etcd(
    mode=EtcdMode.EXISTING,
    endpoints=("https://10.0.9.1:2379", "https://10.0.9.2:2379", "https://10.0.9.3:2379"),
    binaries="/b/etcd.tar.gz",
    ca="/b/ca.crt",
    cert="/b/client.crt",
    key="/b/client.key",
)
"""An etcd that exists already, with TLS."""

KUBE = Flannel(version=Version(0, 26, 7), binary="/b/flanneld", store=FlannelStore.KUBERNETES)
"""Kubernetes gives nodes their subnets, as by default."""

IN_ETCD = replace(KUBE, store=FlannelStore.ETCD)
"""flannel leases them in etcd, the article's way."""


def modern_variants() -> list[tuple[str, Cluster]]:
    """One cluster for each combination that changes a script."""
    bare = replace(ANAKIN, roles=frozenset({Role.CONTROL_PLANE}))
    return [
        ("current", current()),
        ("node", current(control_plane_is_node=True, kubelet=Kubelet(allow_cgroup_v1=True))),
        (
            "old",
            current(
                version=Version(1, 34, 4), network=network(backend=Backend.UDP), flannel=IN_ETCD
            ),
        ),
        ("newer", current(version=Version(1, 99, 0), network=network(backend=Backend.HOST_GW))),
        (
            "nft",
            current(
                proxy=Proxy(mode=ProxyMode.NFTABLES),
                kubelet=Kubelet(join=Join.CERTIFICATES),
                apiserver=ApiServer(audit=False, encrypt_secrets=True),
            ),
        ),
        ("ha", highly_available()),
        (
            "ha-worker",
            current(
                hosts=(ANAKIN, replace(BOBA, roles=ANAKIN.roles), replace(C3PO, roles=WORKER)),
            ),
        ),
        ("marked", current(hosts=(ANAKIN, MARKED, C3PO))),
        ("in-etcd", current(flannel=IN_ETCD)),
        ("in-etcd-ha", highly_available(flannel=IN_ETCD)),
        ("given", current(etcd=GIVEN)),
        ("apart", current(hosts=(bare, BOBA, replace(C3PO, roles=frozenset({Role.ETCD}))))),
        (
            "unbrought",
            current(
                etcd=Etcd(mode=EtcdMode.SYSTEMD),
                flannel=replace(KUBE, binary=None),
                runtime=Runtime(),
                images=Images(),
            ),
        ),
    ]
