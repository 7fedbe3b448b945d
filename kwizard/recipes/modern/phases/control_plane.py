"""Control plane: three daemons on each of its hosts, all started together; then who may do what."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern.kinds import logs_of, script, wait
from kwizard.recipes.step import Step, every, names, same


def control_plane_phase(cluster: Cluster) -> Iterator[Step]:
    """Control plane: three daemons on each of its hosts, then, once, who may do what.

    Controller manager and scheduler end when the API does not answer at their start. Started when
    it does, they begin at once, and leave the processors to it before.
    """
    masters = names(cluster.control_planes)
    # Before every member of etcd was started it would only wait; and a kubelet beside it, which is
    # started after one that is just starting, with it. An etcd that was there already must be known
    # to hold no other cluster first.
    etcd = every("hosts/etcd" if cluster.etcd_members else "hosts/etcd-claim")
    needed = (same("release/unpack"), same("hosts/certificates"))
    yield script(
        "control-plane/kube-apiserver",
        "Start kube-apiserver",
        masters,
        *needed,
        etcd,
        hint=logs_of("kube-apiserver"),
    )
    yield wait(
        "control-plane/answers",
        "Wait until the API answers",
        masters,
        same("control-plane/kube-apiserver"),
        hint=logs_of("kube-apiserver"),
    )
    # Kubelets are served as soon as it answers; its own roles and namespaces come after that.
    yield wait(
        "control-plane/ready",
        "Wait until the API is ready",
        masters,
        same("control-plane/answers"),
        hint=logs_of("kube-apiserver"),
    )
    for daemon in ("kube-controller-manager", "kube-scheduler"):
        yield script(
            f"control-plane/{daemon}",
            f"Start {daemon}",
            masters,
            *needed,
            same("control-plane/ready"),
            hint=logs_of(daemon),
        )
    yield script(
        "control-plane/access",
        "Say who may do what",
        names((cluster.control_plane,)),
        same("control-plane/answers"),
        files=("admin",),
    )
