"""Network: what flannel may use, flanneld with the CNI's configuration, the cluster's DNS."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster, FlannelStore
from kwizard.recipes.modern import values
from kwizard.recipes.modern.kinds import READY, logs_of, place, script, wait
from kwizard.recipes.step import After, Retry, Step, every, names, same


def network_phase(cluster: Cluster) -> Iterator[Step]:
    """Network: what flannel may use, flanneld with the CNI's configuration, the cluster's DNS."""
    everyone = names(cluster.nodes)
    master = names((cluster.control_plane,))
    in_kube = cluster.flannel.store is FlannelStore.KUBERNETES
    if in_kube:
        yield script(
            "network/flannel-access",
            "Let flannel read and mark the nodes",
            master,
            same("control-plane/access"),
            files=("admin",),
            retry=Retry(attempts=3, delay=2),
        )
    else:
        yield script(
            "network/flannel-key",
            "Tell flannel its network, in etcd",
            master,
            every("hosts/etcd-healthy"),
        )
    # Where Kubernetes gives the subnet, there is one as soon as the node has registered itself.
    given = (
        (every("network/flannel-access"), same("nodes/kubelet"))
        if in_kube
        else (every("network/flannel-key"),)
    )
    brought: tuple[After, ...] = READY
    if cluster.flannel.binary:
        brought = (same("network/flannel-bring"),)
        yield place(
            "network/flannel-bring",
            "Bring flanneld to the host",
            everyone,
            *READY,
            artifact="flannel",
            target=values.FLANNEL_BINARY,
            probe="network/flannel-install",
        )
    yield script(
        "network/flannel-install",
        "Put flanneld into /usr/local/bin",
        everyone,
        *brought,
        hint="fetch flannel's release on another machine and name it as flannel.binary",
    )
    yield script(
        "network/flanneld",
        "Start flanneld",
        everyone,
        same("network/flannel-install"),
        same("hosts/certificates"),
        same("hosts/kernel"),
        hint=logs_of("flanneld"),
    )
    yield wait(
        "network/lease",
        "Wait for the host's subnet",
        everyone,
        same("network/flanneld"),
        *given,
        hint=logs_of("flanneld"),
    )
    yield script(
        "network/coredns",
        "Start the cluster's DNS",
        master,
        same("control-plane/access"),
        same("control-plane/ready"),
        every("nodes/pause"),
        every("nodes/coredns"),
        files=("admin",),
        retry=Retry(attempts=3, delay=2),
    )
