"""Verify: a pod on every node to ping from, and what the cluster says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern.flags import has_gateway, joins_by_token
from kwizard.recipes.modern.kinds import logs_of, script, wait
from kwizard.recipes.step import Operator, Phase, Retry, Step, every, names, same


def verify_phase(cluster: Cluster) -> Iterator[Step]:
    """Verify: a pod on every node to ping from, and what the cluster says of itself."""
    master = names((cluster.control_plane,))
    yield script(
        "verify/ping-pods",
        "Start a pod on every node to ping from",
        master,
        same("control-plane/access"),
        same("control-plane/ready"),  # before, namespaces may be missing
        every("nodes/pause"),
        files=("admin",),
        retry=Retry(attempts=3, delay=2),
    )
    yield wait(
        "verify/nodes-ready",
        "Wait until every node is Ready",
        master,
        same("control-plane/access"),
        every("nodes/kubelet"),
        every("network/lease"),
        deadline=180,
        hint="'kubectl describe node' tells what a node lacks; " + logs_of("kubelet"),
    )
    yield wait(
        "verify/pods-ready",
        "Wait until DNS and the pods to ping from run",
        master,
        same("verify/nodes-ready"),
        same("verify/ping-pods"),
        same("network/coredns"),
        every("nodes/kube-proxy"),
        deadline=180,
        hint="'kubectl -n kube-system describe pods' tells what a pod waits for",
    )
    yield Step(
        id="verify/network",
        phase=Phase.VERIFY,
        title="Ping everything from everywhere",
        action=Operator("verify"),
        after=(
            every("verify/pods-ready"),
            every("control-plane/ready"),
            every("control-plane/kube-controller-manager"),
            every("control-plane/kube-scheduler"),
            every("hosts/etcd-healthy"),
            *((every("nodes/joined"),) if joins_by_token(cluster) else ()),
            *((every("nodes/marks"),) if any(h.labels or h.taints for h in cluster.nodes) else ()),
        ),
        # Several API servers and members of etcd that start together may be too busy to answer.
        retry=Retry(attempts=3, delay=5) if has_gateway(cluster) else Retry(),
        stamped=False,
        exclusive=False,
        timeout=900,
    )
