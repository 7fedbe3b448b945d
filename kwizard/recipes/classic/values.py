"""What every template of the classic recipe may use besides `cluster` and `host`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from typing import Any
from urllib.parse import urlsplit

from kwizard.cluster.model import Backend, Cluster, EtcdMode, Host, Role, Version
from kwizard.cluster.ranges import cluster_lease_range, flannel_config, known_addresses
from kwizard.recipes.classic import flags
from kwizard.recipes.render import Shell, quote, word

#: The server tarball on a host.
RELEASE = "/var/lib/kwizard/release/kubernetes-server.tar.gz"
ETCD_ARCHIVE = "/var/lib/kwizard/etcd/image.tar"
ETCD_BINARIES = "/var/lib/kwizard/etcd/binaries"
PAUSE_ARCHIVE = "/var/lib/kwizard/pause/image.tar"
FLANNEL_BINARY = "/var/lib/kwizard/flannel/flannel"

#: The first flannel that speaks etcd's v3 API, and no other.
FIRST_FLANNEL_V3 = Version(0, 18, 0)
#: The first Kubernetes that stores in etcd's v3 API unless told otherwise.
FIRST_KUBERNETES_V3 = (1, 6)

#: etcd took the v2 API out in 3.6.
FIRST_ETCD_WITHOUT_V2 = (3, 6)
#: The first kubelet that can do with the unified hierarchy alone.
FIRST_KUBELET_CGROUP_V2 = (1, 19)

#: UDP port of each flannel backend; host-gw needs none.
FLANNEL_PORT = {Backend.UDP: 8285, Backend.VXLAN: 8472}
#: The interface each backend makes; host-gw makes none.
FLANNEL_INTERFACE = {Backend.UDP: "flannel0", Backend.VXLAN: "flannel.1"}


@dataclass(frozen=True, slots=True)
class Listener:
    """A port that one of our programs will listen on; `owner` is its process name."""

    protocol: str
    port: int
    owner: str


def flannel_api(cluster: Cluster) -> int:
    """Which etcd API this flannel speaks: 2 or 3."""
    return 2 if cluster.flannel.version < FIRST_FLANNEL_V3 else 3


def needs_v2(cluster: Cluster) -> bool:
    """Whether flannel or Kubernetes uses etcd's v2 API."""
    return flannel_api(cluster) == 2 or cluster.version.minor_pair < FIRST_KUBERNETES_V3


def needs_v3(cluster: Cluster) -> bool:
    """Whether flannel or Kubernetes uses etcd's v3 API."""
    return flannel_api(cluster) == 3 or cluster.version.minor_pair >= FIRST_KUBERNETES_V3


def programs(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """What `host` needs out of the release, in the order a person would name it."""
    out: list[str] = []
    if host == cluster.control_plane:
        out += ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
    if host in cluster.nodes:
        out += ["kubelet"]
    return (*out, "kube-proxy", "kubectl") if out else ()


def opened_ports(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """What a firewall on `host` must let through from the other hosts, as firewalld writes it.

    etcd in docker is absent on purpose: docker's own rules pass published ports on before
    firewalld's are asked.
    """
    out: list[str] = []
    if host == cluster.control_plane:
        out.append("8080/tcp")
    if host in cluster.nodes:
        out.append("10250/tcp")
    if cluster.network.backend in FLANNEL_PORT:
        out.append(f"{FLANNEL_PORT[cluster.network.backend]}/udp")
    if cluster.etcd.mode is EtcdMode.SYSTEMD and Role.ETCD in host.roles:
        out += ["2379/tcp", "2380/tcp"]
    return tuple(out)


def trusted_interfaces(cluster: Cluster, host: Host) -> tuple[str, ...]:  # noqa: ARG001
    """Interfaces whose packets firewalld must let through whatever they are."""
    made = FLANNEL_INTERFACE.get(cluster.network.backend)
    return (made,) if made else ()


def trusted_sources(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """Senders whose packets it must let through where there is no such interface. Packets of
    containers carry their host's address: docker sees to that."""
    if cluster.network.backend in FLANNEL_INTERFACE:
        return ()
    return tuple(str(other.address) for other in cluster.hosts if other != host)


def listeners(cluster: Cluster, host: Host) -> tuple[Listener, ...]:
    """Ports that must be free on `host`, or held by the program that is meant to hold them."""
    out: list[Listener] = []
    if host == cluster.control_plane:
        out += [
            Listener("tcp", 8080, "kube-apiserver"),
            Listener("tcp", 6443, "kube-apiserver"),
            Listener("tcp", 10252, "kube-controller-manager"),
            Listener("tcp", 10251, "kube-scheduler"),
        ]
    if host in cluster.nodes:
        out += [Listener("tcp", 10250, "kubelet"), Listener("tcp", 10248, "kubelet")]
    if programs(cluster, host):
        out.append(Listener("tcp", 10249, "kube-proxy"))
    if cluster.etcd.mode is not EtcdMode.EXISTING and Role.ETCD in host.roles:
        owner = "docker-proxy" if cluster.etcd.mode is EtcdMode.DOCKER else "etcd"
        out += [Listener("tcp", 2379, owner), Listener("tcp", 2380, owner)]
    if cluster.network.backend is Backend.UDP:
        out.append(Listener("udp", FLANNEL_PORT[Backend.UDP], "flanneld"))
    return tuple(out)


def other_endpoints(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """The client URLs of etcd without those that are on `host` itself."""
    own = {str(host.address), host.name, "localhost", "127.0.0.1"}
    return tuple(e for e in flags.etcd_endpoints(cluster) if urlsplit(e).hostname not in own)


def etcd_keeper(cluster: Cluster) -> Host:
    """The host whose etcdctl writes flannel's key: one with a member, or the control plane."""
    return (*cluster.with_role(Role.ETCD), cluster.control_plane)[0]


def flannel_key(cluster: Cluster) -> str:
    """The name of flannel's key. The v2 API does not care for a leading slash, and the article
    writes none; to the v3 API a key with it is another key, and flannel asks for it as written in
    its prefix."""
    key = f"{cluster.network.prefix.rstrip('/')}/config"
    return word(key.removeprefix("/") if flannel_api(cluster) == 2 else key)


def lease_bounds(cluster: Cluster) -> tuple[IPv4Address, IPv4Address]:
    """The lowest and the highest address any lease may hold."""
    limits = cluster_lease_range(cluster)
    if limits is None:
        return cluster.network.pods.network_address, cluster.network.pods.broadcast_address
    return limits.first, limits.last + 255


def lethal_leases(cluster: Cluster) -> tuple[str, ...]:
    """Keys of flannel, with their prefix, for the leases that contain an address hosts must go on
    reaching: in etcd, any of them would cut hosts off."""
    pods = cluster.network.pods
    subnets = {
        IPv4Network((address, 24), strict=False)
        for address in known_addresses(cluster)
        if address in pods
    }
    directory = flannel_key(cluster).removesuffix("config") + "subnets/"
    return tuple(f"{directory}{subnet.network_address}-24" for subnet in sorted(subnets))


def etcd_conflict(cluster: Cluster) -> str:
    """Why the etcd that would be started cannot serve what needs it, "" when nothing is known
    against it. The image's tag is all that tells before it runs."""
    match = re.search(r":v?(\d+)\.(\d+)", cluster.etcd.image)
    if cluster.etcd.mode is not EtcdMode.DOCKER or match is None:
        return ""
    version = (int(match[1]), int(match[2]))
    if needs_v2(cluster) and version >= FIRST_ETCD_WITHOUT_V2:
        return (
            f"etcd {version[0]}.{version[1]} no longer speaks the v2 API, which"
            f" {v2_reason(cluster)} needs: take an etcd up to 3.5 or a newer flannel"
        )
    if needs_v3(cluster) and version < (3, 0):
        return (
            f"etcd {version[0]}.{version[1]} does not speak the v3 API yet, which"
            f" {v3_reason(cluster)} needs: take an etcd from 3.0 on"
        )
    return ""


def v2_reason(cluster: Cluster) -> str:
    """Who needs etcd's v2 API, to be followed by "needs"."""
    if flannel_api(cluster) == 2:
        return f"flannel {cluster.flannel.version} (any up to 0.17)"
    return f"Kubernetes {cluster.version} (any up to 1.5)"


def v3_reason(cluster: Cluster) -> str:
    """Who needs etcd's v3 API, to be followed by "needs"."""
    if flannel_api(cluster) == 3:
        return f"flannel {cluster.flannel.version} (any from 0.18 on)"
    return f"Kubernetes {cluster.version} (any from 1.6 on)"


def template_values(cluster: Cluster) -> Mapping[str, Any]:
    """The names the templates use. Raises InvalidInput where the cluster file does not allow it."""

    def command(component: flags.Component, host: Host) -> Shell:
        return flags.wrapped((component, *flags.arguments(cluster, component, host)))

    def has(component: flags.Component, flag: str) -> bool:
        return flags.exists(component, flag, cluster.version)

    minor = cluster.version.minor_pair
    first, last = lease_bounds(cluster)
    # From 1.6 to 1.19 the kubelet asks the metadata address of a cloud for registry passwords when
    # it starts, and waits 5 s for an answer that no other machine gives.
    cloud = ("Environment=AWS_EC2_METADATA_DISABLED=true",) if minor >= (1, 6) else ()
    return {
        "api": flags.api_url(cluster),
        "command": command,
        "has": has,
        "has_cgroup_v2": minor >= FIRST_KUBELET_CGROUP_V2,
        "kubelet_settings": (*cloud, "KillMode=process"),
        "kubeconfig": flags.KUBECONFIG,
        "endpoints": tuple(word(e) for e in flags.etcd_endpoints(cluster)),
        "other_endpoints": partial(other_endpoints, cluster),
        "etcd_command": lambda host: flags.wrapped(flags.etcd_arguments(cluster, host)),
        "etcd_line": lambda host: flags.wrapped(("etcd", *flags.etcd_arguments(cluster, host))),
        "etcd_settings": ("Environment=ETCD_ENABLE_V2=true",) if needs_v2(cluster) else (),
        "etcd_conflict": etcd_conflict(cluster),
        "needs_v2": needs_v2(cluster),
        "needs_v3": needs_v3(cluster),
        "v2_reason": v2_reason(cluster),
        "v3_reason": v3_reason(cluster),
        "flannel_line": lambda host: flags.wrapped(
            ("flanneld", *flags.flannel_arguments(cluster, host))
        ),
        "flannel_api": flannel_api(cluster),
        "flannel_number": str(cluster.flannel.version).removeprefix("v"),
        "flannel_key": flannel_key(cluster),
        "flannel_config": quote(flannel_config(cluster)),
        "flannel_interface": FLANNEL_INTERFACE.get(cluster.network.backend, ""),
        "trusted_interfaces": partial(trusted_interfaces, cluster),
        "trusted_sources": partial(trusted_sources, cluster),
        "limits": cluster_lease_range(cluster),
        "lease_first": first,
        "lease_last": last,
        "lethal": lethal_leases(cluster),
        "programs": partial(programs, cluster),
        "opened_ports": partial(opened_ports, cluster),
        "listeners": partial(listeners, cluster),
        "release_tarball": RELEASE,
        "etcd_archive": ETCD_ARCHIVE,
        "etcd_binaries": ETCD_BINARIES,
        "pause_archive": PAUSE_ARCHIVE,
        "flannel_binary": FLANNEL_BINARY,
    }
