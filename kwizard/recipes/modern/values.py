"""What every template of the modern recipe may use besides `cluster` and `host`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from kwizard.cluster.model import Backend, Cluster, EtcdMode, FlannelStore, Host
from kwizard.cluster.ranges import cluster_lease_range, flannel_config
from kwizard.language import N_
from kwizard.pki import needs
from kwizard.recipes.modern import flags
from kwizard.recipes.modern.flags import api_url
from kwizard.recipes.modern.versions import row
from kwizard.recipes.render import Shell, quote, word
from kwizard.recipes.step import Image

__all__ = ["Listener", "api_url", "template_values"]

PLACE = "/var/lib/kwizard/artifacts"
RELEASE = f"{PLACE}/kubernetes-server.tar.gz"
ETCD_BINARIES = f"{PLACE}/etcd.tar.gz"
CONTAINERD = f"{PLACE}/containerd.tar.gz"
CNI_PLUGINS = f"{PLACE}/cni-plugins.tgz"
FLANNEL_BINARY = f"{PLACE}/flanneld"
PAUSE_ARCHIVE = f"{PLACE}/pause.tar"
COREDNS_ARCHIVE = f"{PLACE}/coredns.tar"

CNI_CONFIG = "/etc/cni/net.d/10-kwizard.conflist"
PLUGINS = ("bridge", "host-local", "loopback", "portmap")

#: The group a bootstrap token's holder is in: it may ask for a node's certificate, nothing else.
BOOTSTRAP_GROUP = "system:bootstrappers:kwizard"

#: The UDP port of each flannel backend; host-gw needs none.
FLANNEL_PORT = {Backend.UDP: 8285, Backend.VXLAN: 8472}
#: The interface each backend makes; host-gw makes none.
FLANNEL_INTERFACE = {Backend.UDP: "flannel0", Backend.VXLAN: "flannel.1"}
#: The bridge pods of a host are on.
BRIDGE = "cni0"


@dataclass(frozen=True, slots=True)
class Listener:
    """A port that one of our programs will listen on; `owner` is its process name. `outside`: other
    hosts must reach it, so a firewall has to let it through; else it is on the host's loopback."""

    protocol: str
    port: int
    owner: str
    outside: bool = False


def pause_image(cluster: Cluster) -> str:
    """What a pod's sandbox runs."""
    return full_name(cluster.images.pause or row(cluster.version).pause)


def coredns_image(cluster: Cluster) -> str:
    """The cluster's DNS server."""
    return full_name(cluster.images.coredns or row(cluster.version).coredns)


def images(cluster: Cluster) -> tuple[Image, ...]:
    """Everything that runs in a container once the cluster is installed. The pods that are pinged
    from run the image of the sandboxes, so they need none of their own."""
    return (
        Image(
            name=pause_image(cluster),
            purpose=N_("pods' sandboxes, and the pods to ping from"),
            archive=cluster.images.pause_archive,
        ),
        Image(
            name=coredns_image(cluster),
            purpose=N_("the cluster's DNS"),
            archive=cluster.images.coredns_archive,
        ),
    )


def full_name(image: str) -> str:
    """An image's name as containerd keeps it: with the registry and tag docker leaves unsaid."""
    name, _, digest = word(image).partition("@")
    first, slash, _ = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif not ("." in first or ":" in first or first == "localhost"):
        name = f"docker.io/{name}"
    if not digest and ":" not in name.rpartition("/")[2]:
        name += ":latest"
    return f"{name}@{digest}" if digest else name


def programs(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """What `host` needs out of the Kubernetes release."""
    out: list[str] = []
    if host in cluster.control_planes:
        out += ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"]
    if host in cluster.nodes:
        out += ["kubelet", "kube-proxy"]
    return tuple(out)


def etcd_programs(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """What `host` needs of etcd: a control plane asks the members, wherever they are, and the
    gateway to several of them is etcd's."""
    gateway = flags.has_gateway(cluster) and host in cluster.nodes
    if host in cluster.etcd_members or gateway:
        return ("etcd", "etcdctl")
    return ("etcdctl",) if host in cluster.control_planes else ()


def listeners(cluster: Cluster, host: Host) -> tuple[Listener, ...]:
    """Ports that must be free on `host`, or held by the program that is meant to hold them."""
    out: list[Listener] = []
    if host in cluster.control_planes:
        out += [
            Listener("tcp", 6443, "kube-apiserver", outside=True),
            Listener("tcp", 10257, "kube-controller-manager"),
            Listener("tcp", 10259, "kube-scheduler"),
        ]
    if flags.has_gateway(cluster) and host in cluster.nodes:
        out.append(Listener("tcp", flags.GATEWAY_PORT, flags.GATEWAY))
    if host in cluster.nodes:
        out += [Listener("tcp", 10248, "kubelet"), Listener("tcp", 10250, "kubelet", outside=True)]
        out += [Listener("tcp", port, "kube-proxy") for port in (10249, 10256)]
    if host in cluster.etcd_members:
        out += [Listener("tcp", port, "etcd", outside=True) for port in (2379, 2380)]
    if cluster.network.backend is Backend.UDP and host in cluster.nodes:
        out.append(Listener("udp", FLANNEL_PORT[Backend.UDP], "flanneld", outside=True))
    return tuple(out)


def opened_ports(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """What a firewall on `host` must let through from the other hosts, as firewalld writes it.

    vxlan's port is the kernel's, so it is in no list of listeners.
    """
    found = [f"{at.port}/{at.protocol}" for at in listeners(cluster, host) if at.outside]
    if cluster.network.backend is Backend.VXLAN and host in cluster.nodes:
        found.append(f"{FLANNEL_PORT[Backend.VXLAN]}/udp")
    return tuple(dict.fromkeys(found))


def trusted_interfaces(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """Interfaces whose packets firewalld must let through whatever they are: those of pods."""
    if host not in cluster.nodes:
        return ()
    made = FLANNEL_INTERFACE.get(cluster.network.backend)
    return (BRIDGE, made) if made else (BRIDGE,)


def trusted_sources(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """Senders whose packets it must let through where there is no overlay: pods of other hosts
    come in by the host's own interface then, and so does what those hosts send to pods here."""
    if host not in cluster.nodes or cluster.network.backend in FLANNEL_INTERFACE:
        return ()
    others = (str(other.address) for other in cluster.hosts if other != host)
    return (str(cluster.network.pods), *others)


def lease_bounds(cluster: Cluster) -> tuple[IPv4Address, IPv4Address]:
    """The lowest and the highest address any lease may hold."""
    limits = cluster_lease_range(cluster)
    if limits is None:
        return cluster.network.pods.network_address, cluster.network.pods.broadcast_address
    return limits.first, limits.last + 255


def etcd_held(cluster: Cluster) -> tuple[str, ...]:
    """Certificates that the API server reads at its start only: whom it trusts as etcd, where
    that is the operator's to change. What it shows there it reads at each connection."""
    return (f"{needs.ETCD_CA}.crt",) if cluster.etcd.mode is EtcdMode.EXISTING else ()


def template_values(cluster: Cluster) -> Mapping[str, Any]:
    """The names the templates use. Raises InvalidInput where the cluster file does not allow it."""

    def command(daemon: str, host: Host) -> Shell:
        return flags.COMMANDS[daemon](cluster, host)

    first, last = lease_bounds(cluster)
    return {
        "api": api_url(cluster),
        "own_api": partial(flags.own_api_url, cluster),
        "gateway": flags.GATEWAY if flags.has_gateway(cluster) else "",
        "failover": flags.failover(cluster),
        "peers": partial(flags.peers, cluster),
        "bin": flags.BIN,
        "pki": flags.PKI,
        "monitor": flags.MONITOR,
        "audit_policy": flags.AUDIT_POLICY,
        "audit_log": flags.AUDIT_LOG,
        "joins_by_token": flags.joins_by_token(cluster),
        "kubelet_pki": flags.KUBELET_PKI,
        "own_client": f"{flags.KUBELET_PKI}/kubelet-client-current.pem",
        "own_server": f"{flags.KUBELET_PKI}/kubelet-server-current.pem",
        "member": f"{flags.KUBELET_PKI}/kwizard-member",
        "bootstrap": flags.BOOTSTRAP,
        "bootstrap_group": BOOTSTRAP_GROUP,
        "command": command,
        "facts": row(cluster.version),
        "endpoints": ",".join(word(e) for e in flags.etcd_endpoints(cluster)),
        "etcd_programs": partial(etcd_programs, cluster),
        "etcd_data": flags.ETCD_DATA,
        "pki_files": partial(needs.files, cluster),
        "etcd_held": etcd_held(cluster),
        "monitor_group": needs.MONITOR_GROUP,
        "programs": partial(programs, cluster),
        "listeners": partial(listeners, cluster),
        "opened_ports": partial(opened_ports, cluster),
        "trusted_interfaces": partial(trusted_interfaces, cluster),
        "trusted_sources": partial(trusted_sources, cluster),
        "pause_image": pause_image(cluster),
        "coredns_image": coredns_image(cluster),
        "flannel_in_kube": cluster.flannel.store is FlannelStore.KUBERNETES,
        "flannel_file": flags.FLANNEL_CONFIG,
        "flanneld_user": needs.FLANNELD_USER,
        "flannel_key": word(f"{cluster.network.prefix.rstrip('/')}/config"),
        "flannel_config": quote(flannel_config(cluster)),
        "flannel_number": str(cluster.flannel.version).removeprefix("v"),
        "lease_first": first,
        "lease_last": last,
        "plugins": PLUGINS,
        "cni_config": CNI_CONFIG,
        "release_tarball": RELEASE,
        "etcd_binaries": ETCD_BINARIES,
        "containerd_tarball": CONTAINERD,
        "cni_tarball": CNI_PLUGINS,
        "flannel_binary": FLANNEL_BINARY,
        "pause_archive": PAUSE_ARCHIVE,
        "coredns_archive": COREDNS_ARCHIVE,
    }
