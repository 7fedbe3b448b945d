"""What is wrong with a cluster's ranges: their size, their overlaps, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from kwizard.cluster.finding import Finding, Path, error, listed, private, warning
from kwizard.cluster.model import Cluster, FlannelStore
from kwizard.cluster.ranges import DOCKER_DEFAULT, NoRoom, cluster_lease_range, known_addresses

_PODS: Path = ("network", "pods")
_SERVICES: Path = ("network", "services")
_DNS: Path = ("network", "dns")


def findings(cluster: Cluster) -> Iterator[Finding]:
    """All findings about the network's ranges."""
    yield from _sizes(cluster)
    yield from _dns(cluster)
    yield from _overlaps(cluster)
    if _usable(cluster):
        yield from _leases(cluster)


def _usable(cluster: Cluster) -> bool:
    """Whether the pod range is one that leases can be thought about at all."""
    pods = cluster.network.pods
    return 8 <= pods.prefixlen <= 22 and not pods.overlaps(cluster.network.services)


def _sizes(cluster: Cluster) -> Iterator[Finding]:
    net = cluster.network
    if not 8 <= net.pods.prefixlen <= 22:
        yield error(
            f"the pod range {net.pods} is too {'small' if net.pods.prefixlen > 22 else 'large'}: "
            "every host takes a /24 of it",
            "give a range between /8 and /22, such as 10.244.0.0/16",
            _PODS,
        )
    if not 12 <= net.services.prefixlen <= 29:
        yield error(
            f"the service range {net.services} is of a size the apiserver refuses",
            "give a range between /12 and /29, such as 10.254.0.0/16",
            _SERVICES,
        )
    for path, network in ((_PODS, net.pods), (_SERVICES, net.services)):
        if network.is_loopback or network.is_multicast or network.is_link_local:
            yield error(
                f"network.{path[1]} {network} is no range for the addresses of a network",
                private(()),
                path,
            )
        elif network.is_global:
            yield warning(
                f"network.{path[1]} {network} is public address space: the machines that really "
                "have these addresses cannot be reached from the cluster",
                private([network.network_address]),
                path,
            )


def _dns(cluster: Cluster) -> Iterator[Finding]:
    dns, services = cluster.network.dns, cluster.network.services
    if dns not in services:
        yield error(
            f"the cluster DNS address {dns} is outside the service range {services}",
            f"take an address of that range, such as {_dns_in(services)}",
            _DNS,
            _SERVICES,
        )
    elif services.prefixlen <= 29 and dns in (services[0], services[1], services[-1]):
        yield error(
            f"the cluster DNS address {dns} is taken: the first address of the service range is "
            "the apiserver's, and the ends of the range are nobody's",
            f"take another one, such as {_dns_in(services)}",
            _DNS,
            _SERVICES,
        )


def _dns_in(services: IPv4Network) -> IPv4Address:
    """The tenth address, as is common; the second one of a tiny range."""
    return services[10] if services.prefixlen < 28 else services[min(2, services.num_addresses - 1)]


def _overlaps(cluster: Cluster) -> Iterator[Finding]:
    net = cluster.network
    if net.pods.overlaps(net.services):
        yield error(
            f"the pod range {net.pods} and the service range {net.services} overlap",
            "give ranges that have nothing in common, such as 10.244.0.0/16 and 10.254.0.0/16",
            _PODS,
            _SERVICES,
        )
    inside = _inside(cluster, net.services)
    if inside:
        yield error(
            f"the service range {net.services} contains addresses of hosts: {listed(list(inside))}",
            "give a service range away from the hosts, such as 10.254.0.0/16",
            _SERVICES,
        )


def _leases(cluster: Cluster) -> Iterator[Finding]:
    """What becomes of flannel's leases where the pod range contains something it should not."""
    pods = cluster.network.pods
    if cluster.flannel.store is FlannelStore.KUBERNETES:
        yield from _node_ranges(cluster)
        return
    try:
        limits = cluster_lease_range(cluster)
    except NoRoom as no_room:
        yield Finding(no_room.problems[0], (_PODS,))
        return
    leases = limits.leases if limits else pods.num_addresses // 256 - 1
    if leases < len(cluster.hosts):
        yield error(
            f"the pod range {pods} has room for {leases} leases, but there are "
            f"{len(cluster.hosts)} hosts",
            "give a larger range, or one away from the hosts, such as 10.244.0.0/16",
            _PODS,
        )
    elif limits is not None:
        kept = f"leases will be kept between SubnetMin {limits.first} and SubnetMax {limits.last}"
        inside = _inside(cluster, pods)
        if inside:
            message = (
                f"the pod range {pods} contains addresses of hosts "
                f"({listed(list(inside))}): were flannel to lease their network to a host, all "
                f"hosts would lose each other within seconds; {kept}. Machines with other "
                f"addresses of {pods} may become unreachable from the hosts"
            )
        else:
            message = (
                f"the pod range {pods} touches {listed([str(n) for n in limits.avoided])}, which "
                f"hosts or docker use ({DOCKER_DEFAULT} is docker's own network); {kept}"
            )
        yield warning(
            message,
            "a pod range away from the hosts, such as 10.244.0.0/16, needs no limits",
            _PODS,
        )


def _node_ranges(cluster: Cluster) -> Iterator[Finding]:
    """The same where Kubernetes gives each node its /24, from the first one on, with no limits."""
    pods = cluster.network.pods
    if pods.num_addresses // 256 < len(cluster.nodes):
        yield error(
            f"the pod range {pods} has room for {pods.num_addresses // 256} nodes, but there are "
            f"{len(cluster.nodes)}",
            "give a larger range, such as 10.244.0.0/16",
            _PODS,
        )
    near = [IPv4Network((address, 24), strict=False) for address in known_addresses(cluster)]
    touched = [str(network) for network in dict.fromkeys(near) if network.overlaps(pods)]
    if touched:
        yield error(
            f"the pod range {pods} contains addresses of hosts (in {listed(touched)}), and "
            "Kubernetes, which gives nodes their subnets (flannel.store), cannot be told to keep "
            "away from them",
            "give a pod range away from the hosts, such as 10.244.0.0/16, or set store: etcd",
            _PODS,
            ("flannel", "store"),
        )


def _inside(cluster: Cluster, network: IPv4Network) -> tuple[str, ...]:
    """Known addresses in `network`, each with its host's name."""
    names = {h.ssh_address: h.name for h in cluster.hosts}
    names |= {str(h.address): h.name for h in cluster.hosts}
    found = (str(a) for a in known_addresses(cluster) if a in network)
    return tuple(f"{names.get(a, '')} {a}".strip() for a in found)
