"""Nodes: containerd with the images the cluster itself needs, kubelet, kube-proxy."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster
from kwizard.recipes.modern import flags, values
from kwizard.recipes.modern.flags import joins_by_token
from kwizard.recipes.modern.kinds import READY, logs_of, place, script
from kwizard.recipes.step import After, Retry, Step, every, names, same


def nodes_phase(cluster: Cluster) -> Iterator[Step]:
    """Nodes: containerd with the images the cluster itself needs, kubelet, kube-proxy."""
    nodes, by_token = names(cluster.nodes), joins_by_token(cluster)
    needed: list[After] = [*READY]
    for key, artifact, target, title in (
        ("containerd", "containerd", values.CONTAINERD, "Bring the archive of containerd"),
        ("cni_plugins", "cni-plugins", values.CNI_PLUGINS, "Bring the archive of the CNI plugins"),
    ):
        if getattr(cluster.runtime, key):
            step_id = f"nodes/{artifact}-bring"
            yield place(
                step_id,
                title,
                nodes,
                *READY,
                artifact=artifact,
                target=target,
                probe="nodes/runtime",
            )
            needed.append(same(step_id))
    yield script(
        "nodes/runtime",
        "Put containerd and the CNI plugins in their places",
        nodes,
        *needed,
        hint="runtime.containerd and runtime.cni_plugins are tarballs for the hosts' architecture",
    )
    yield script(
        "nodes/containerd",
        "Start containerd",
        nodes,
        same("nodes/runtime"),
        same("hosts/kernel"),
        hint=logs_of("containerd"),
    )
    # No node waits for images: the line is for what comes before them, and so are the processors,
    # which they keep busy where they are unpacked.
    later = (same("nodes/kubelet"), every("control-plane/ready"))
    yield from _image("pause", "pods' sandboxes", cluster.images.pause_archive, nodes, later)
    yield from _image("coredns", "the cluster's DNS", cluster.images.coredns_archive, nodes, later)
    ways: tuple[After, ...] = ()
    if flags.has_gateway(cluster):
        # A gateway passes to any server that takes connections, also to one that is not ready yet.
        ways = (same("nodes/api-gateway"), every("control-plane/ready"))
        yield script(
            "nodes/api-gateway",
            "Start the host's own way to every API server",
            nodes,
            same("hosts/etcd-binaries"),
            hint=logs_of(flags.GATEWAY),
        )
    if by_token:
        yield script(
            "nodes/token",
            "Let kubelets ask for a certificate",
            names((cluster.control_plane,)),
            same("control-plane/ready"),
            same("control-plane/kube-controller-manager"),  # it waits for its first work
            files=("admin", "token"),
            on_demand=True,  # whether a host has joined, only the host itself can tell
            probe=False,
            retry=Retry(attempts=3, delay=2),
        )
    yield script(
        "nodes/kubelet",
        "Start the kubelet",
        nodes,
        same("release/unpack"),
        same("nodes/containerd"),
        same("hosts/certificates"),
        same("hosts/names"),
        *ways,
        # Refused once, a kubelet asks for its certificate again only after 2 s, 4 s, 8 s...
        *((every("control-plane/access"), every("nodes/token")) if by_token else ()),
        files=("token",) if by_token else (),
        hint=logs_of("kubelet"),
    )
    if by_token:
        yield from _certified(cluster, nodes)
    if any(h.labels or h.taints for h in cluster.nodes):
        yield script(
            "nodes/marks",
            "Give nodes their labels and taints",
            names((cluster.control_plane,)),
            same("control-plane/access"),
            every("nodes/kubelet"),
            files=("admin",),
            retry=Retry(attempts=3, delay=2),
        )
    yield script(
        "nodes/kube-proxy",
        "Start kube-proxy",
        nodes,
        same("release/unpack"),
        same("hosts/certificates"),
        same("hosts/kernel"),
        *ways,
        hint=logs_of("kube-proxy"),
    )


def _certified(cluster: Cluster, nodes: tuple[str, ...]) -> Iterator[Step]:
    """The certificates kubelets answer with: the controller manager approves none of them itself,
    since it cannot know which names and addresses are a host's."""
    yield script(
        "nodes/serving",
        "Approve the certificates kubelets answer with",
        names((cluster.control_plane,)),
        same("control-plane/access"),
        every("nodes/kubelet"),
        files=("admin",),
        on_demand=True,
        hint="'kubectl describe csr' shows what was asked for; " + logs_of("kubelet"),
    )
    yield script(
        "nodes/joined",
        "Take the token away from the host",
        nodes,
        every("nodes/serving"),
        hint=logs_of("kubelet"),
    )


def _image(
    name: str, what: str, archive: str | None, nodes: tuple[str, ...], later: tuple[After, ...] = ()
) -> Iterator[Step]:
    brought: tuple[After, ...] = ()
    if archive:
        brought = (same(f"nodes/{name}-bring"),)
        yield place(
            f"nodes/{name}-bring",
            f"Bring the image of {what}",
            nodes,
            *READY,
            *later,
            artifact=f"{name}-image",
            target=values.PAUSE_ARCHIVE if name == "pause" else values.COREDNS_ARCHIVE,
            probe=f"nodes/{name}",
        )
    yield script(
        f"nodes/{name}",
        f"Give containerd the image of {what}",
        nodes,
        same("nodes/containerd"),
        *brought,
        *later,
        retry=Retry(attempts=3, delay=5),
        timeout=1800,
        hint="where no registry can be reached, save the image elsewhere with 'docker save' and"
        f" name the file as images.{name}_archive",
    )
