"""The modern recipe's steps, in the order a person would read them.

Starting is not waiting: every daemon is started as soon as its files are there, and starts again
until what it needs answers. What is waited for, once, are a few named conditions: etcd's quorum,
the API, leases, nodes. Nothing changes on any host before every host has passed preflight.
"""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster, Role
from kwizard.recipes.modern import values
from kwizard.recipes.modern.kinds import logs_of, place, script, wait
from kwizard.recipes.step import After, Operator, Phase, Retry, Step, every, names, same

_READY = every("hosts/preflight")


def hosts_phase(cluster: Cluster) -> Iterator[Step]:
    """Hosts: looked at, named, given their certificates, and etcd on those that hold it."""
    everyone = names(cluster.hosts)
    yield script(
        "hosts/preflight",
        "Look whether the hosts can become a cluster",
        everyone,
        probe=False,  # it only looks; the host's own record says that it passed
        timeout=120,
        hint="nothing was changed on any host; mend what is named and start again",
    )
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
        _READY,
        asset="classic/hosts/names",
    )
    yield script(
        "hosts/kernel",
        "Have the kernel pass on and filter what pods send",
        names(cluster.nodes),
        _READY,
        hint="'sysctl -p /etc/sysctl.d/90-kwizard.conf' on that host tells what is refused",
    )
    yield script(
        "hosts/certificates",
        "Give the host its certificates and keys",
        everyone,
        _READY,
        every("hosts/authorities"),
        files=("pki",),
        hint="look for room below /etc on that host",
    )
    yield from _etcd(cluster)


def _etcd(cluster: Cluster) -> Iterator[Step]:
    members = names(cluster.with_role(Role.ETCD))
    # The control plane gets etcdctl, which asks every member how it is.
    users = tuple(h.name for h in cluster.hosts if _uses_etcd(cluster, h.name))
    needed: tuple[After, ...] = (_READY,)
    if cluster.etcd.binaries:
        yield place(
            "hosts/etcd-bring",
            "Bring the archive of etcd",
            users,
            _READY,
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
        every("hosts/etcd"),
        same("hosts/etcd-binaries"),
        same("hosts/certificates"),
        hint="a member that stays ill: its ports 2379 and 2380 are closed to the others, or"
        " /var/lib/etcd/kwizard holds the data of an older cluster",
    )


def _uses_etcd(cluster: Cluster, name: str) -> bool:
    host = cluster.host(name)
    return Role.ETCD in host.roles or host == cluster.control_plane


def release_phase(cluster: Cluster) -> Iterator[Step]:
    """Release: fetched once, brought to the hosts that need it, unpacked into /usr/local/bin."""
    users = tuple(h.name for h in cluster.hosts if values.programs(cluster, h))
    yield Step(
        id="release/fetch",
        phase=Phase.RELEASE,
        title=f"Get the release {cluster.version}",
        action=Operator("fetch-release"),
        stamped=False,
        exclusive=False,
        timeout=24 * 3600,
        hint="a second run goes on at the byte where this one ended; a tarball fetched another way"
        " can be named as release.tarball",
    )
    yield place(
        "release/place",
        "Bring the release to the host",
        users,
        every("release/fetch"),
        _READY,
        artifact="release",
        target=values.RELEASE,
        probe="release/unpack",
    )
    yield script(
        "release/unpack",
        "Put the programs into /usr/local/bin",
        users,
        same("release/place"),
        timeout=900,
        hint="no space left: make room on the file system of /usr/local; another architecture or"
        " version: name the right tarball as release.tarball",
    )


def control_plane_phase(cluster: Cluster) -> Iterator[Step]:
    """Control plane: three daemons started together, then who may do what."""
    master = names((cluster.control_plane,))
    for daemon in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        yield script(
            f"control-plane/{daemon}",
            f"Start {daemon}",
            master,
            same("release/unpack"),
            same("hosts/certificates"),
            hint=logs_of(daemon),
        )
    yield wait(
        "control-plane/ready",
        "Wait until the API is ready",
        master,
        same("control-plane/kube-apiserver"),
        every("hosts/etcd"),
        hint=logs_of("kube-apiserver"),
    )
    yield script(
        "control-plane/access",
        "Say who may do what",
        master,
        same("control-plane/ready"),
        files=("admin",),
        retry=Retry(attempts=3, delay=2),
    )


def nodes_phase(cluster: Cluster) -> Iterator[Step]:
    """Nodes: containerd with the images the cluster itself needs, kubelet, kube-proxy."""
    nodes = names(cluster.nodes)
    needed: list[After] = [_READY]
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
                _READY,
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
    yield from _image("pause", "pods' sandboxes", cluster.images.pause_archive, nodes)
    yield from _image("coredns", "the cluster's DNS", cluster.images.coredns_archive, nodes)
    yield script(
        "nodes/kubelet",
        "Start the kubelet",
        nodes,
        same("release/unpack"),
        same("nodes/pause"),
        same("hosts/certificates"),
        same("hosts/names"),
        hint=logs_of("kubelet"),
    )
    yield script(
        "nodes/kube-proxy",
        "Start kube-proxy",
        nodes,
        same("release/unpack"),
        same("hosts/certificates"),
        same("hosts/kernel"),
        hint=logs_of("kube-proxy"),
    )


def _image(name: str, what: str, archive: str | None, nodes: tuple[str, ...]) -> Iterator[Step]:
    brought: tuple[After, ...] = ()
    if archive:
        brought = (same(f"nodes/{name}-bring"),)
        yield place(
            f"nodes/{name}-bring",
            f"Bring the image of {what}",
            nodes,
            _READY,
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
        retry=Retry(attempts=3, delay=5),
        timeout=1800,
        hint="where no registry can be reached, save the image elsewhere with 'docker save' and"
        f" name the file as images.{name}_archive",
    )


def network_phase(cluster: Cluster) -> Iterator[Step]:
    """Network: flannel's key in etcd, flanneld with the CNI's configuration, the cluster's DNS."""
    everyone = names(cluster.nodes)
    master = names((cluster.control_plane,))
    yield script(
        "network/flannel-key",
        "Tell flannel its network, in etcd",
        master,
        every("hosts/etcd-healthy"),
    )
    brought: tuple[After, ...] = (_READY,)
    if cluster.flannel.binary:
        brought = (same("network/flannel-bring"),)
        yield place(
            "network/flannel-bring",
            "Bring flanneld to the host",
            everyone,
            _READY,
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
        every("network/flannel-key"),
        hint=logs_of("flanneld"),
    )
    yield script(
        "network/coredns",
        "Start the cluster's DNS",
        master,
        same("control-plane/access"),
        every("nodes/coredns"),
        files=("admin",),
        retry=Retry(attempts=3, delay=2),
    )


def verify_phase(cluster: Cluster) -> Iterator[Step]:
    """Verify: a pod on every node to ping from, and what the cluster says of itself."""
    master = names((cluster.control_plane,))
    yield script(
        "verify/ping-pods",
        "Start a pod on every node to ping from",
        master,
        same("control-plane/access"),
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
            every("control-plane/kube-controller-manager"),
            every("control-plane/kube-scheduler"),
            every("hosts/etcd-healthy"),
        ),
        stamped=False,
        exclusive=False,
        timeout=900,
    )
