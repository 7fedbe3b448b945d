"""Which leases flannel may hand out, so that none of them cuts the hosts off from each other.

flannel gives every host a /24 of the pod range and every other host a route to it. When the pod
range contains the hosts' own network (the article's 10.0.0.0/16 contains 10.0.63.0/24), a lease of
just that /24 replaces the hosts' own route, and within seconds no host reaches another. SubnetMin
and SubnetMax in flannel's configuration keep leases away from there.

Facts of flannel, the same from 0.5 to 0.26: SubnetMin and SubnetMax are the first and the last
subnet that may be leased, both included, written by their network address; without them leasing
begins at the second subnet and ends with the last; a network of /22 or larger is cut into /24s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from kwizard.cluster.model import Backend, Cluster, FlannelStore, Version
from kwizard.cluster.roles import endpoint_host
from kwizard.errors import InvalidInput, Problem

DOCKER_DEFAULT = IPv4Network("172.17.0.0/16")
"""What docker0 has until docker is told otherwise."""

LAST_PLAIN = Version(0, 17, 0)
"""Up to this minor version flannel speaks the etcd v2 API, and the article's configuration stays
as it stands when nothing has to be added to it."""


@dataclass(frozen=True, slots=True)
class LeaseRange:
    """`first` and `last` are flannel's SubnetMin and SubnetMax; `leases` how many subnets that is.

    `avoided` are the networks for whose sake there are limits, as far as they are in the pod range.
    """

    first: IPv4Address
    last: IPv4Address
    leases: int
    avoided: tuple[IPv4Network, ...]


class NoRoom(InvalidInput):
    """The pod range has no subnet left that could be leased without harm."""


def lease_range(
    pods: IPv4Network,
    addresses: Iterable[IPv4Address],
    subnet_len: int = 24,
    *,
    on_link: Iterable[IPv4Network] = (),
    others: Iterable[IPv4Network] = (),
) -> LeaseRange | None:
    """The longest run of leases that touches no host, or None where flannel needs no limits.

    A host's network is taken to be the /24 around its address, unless `on_link` holds the network
    the address is really in. `others` are further networks to keep away from (the service range).
    docker's default network is avoided where the pod range is wider than it. Raises NoRoom.
    """
    further = [*others]
    if not pods.subnet_of(DOCKER_DEFAULT):  # inside docker's own it is docker that moves away
        further.append(DOCKER_DEFAULT)
    avoided = _inside(pods, [*further, *_host_networks(addresses, tuple(on_link))])
    if not avoided:
        return None
    size = 1 << (32 - subnet_len)
    base = int(pods.network_address)
    longest = max(
        _gaps(pods.num_addresses // size, base, size, avoided),
        key=lambda gap: gap[1] - gap[0],
        default=(0, 0),
    )
    start, end = longest
    if end <= start:
        names = ", ".join(str(n) for n in avoided)
        problem = Problem(
            f"the pod range {pods} has no room for leases beside {names}",
            remedy="give a pod range away from the hosts, such as 10.244.0.0/16",
        )
        raise NoRoom((problem,))
    return LeaseRange(
        first=IPv4Address(base + start * size),
        last=IPv4Address(base + (end - 1) * size),
        leases=end - start,
        avoided=avoided,
    )


def _host_networks(
    addresses: Iterable[IPv4Address], on_link: tuple[IPv4Network, ...]
) -> Iterator[IPv4Network]:
    yield from on_link
    for address in addresses:
        if not any(address in network for network in on_link):
            yield IPv4Network((address, 24), strict=False)


def _inside(pods: IPv4Network, networks: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """The parts of `networks` that lie in `pods`, each once, in order."""
    found = [pods if pods.subnet_of(n) else n for n in networks if n.overlaps(pods)]
    return tuple(collapse_addresses(found))


def _gaps(
    count: int, base: int, size: int, avoided: tuple[IPv4Network, ...]
) -> Iterator[tuple[int, int]]:
    """Runs [start, end) of subnet numbers between the avoided ones. Number 0 is never leased."""
    start = 1
    for network in avoided:
        yield start, (int(network.network_address) - base) // size
        start = max(start, (int(network.broadcast_address) - base) // size + 1)
    yield start, count


def known_addresses(cluster: Cluster) -> tuple[IPv4Address, ...]:
    """Every IPv4 address the cluster file names that hosts must go on reaching, each once: the
    hosts', the ones SSH uses, and those of an etcd that exists already."""
    texts = [
        *(str(h.address) for h in cluster.hosts),
        *(h.ssh.address or "" for h in cluster.hosts),
        *(_jump_host(h.ssh.jump) for h in cluster.hosts),
        *(endpoint_host(url) for url in cluster.etcd.endpoints),
    ]
    found = dict.fromkeys(a for a in map(_address, texts) if a is not None)
    return tuple(found)


def _jump_host(jump: str | None) -> str:
    return (jump or "").rpartition("@")[2].partition(":")[0]


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def cluster_lease_range(
    cluster: Cluster, *, on_link: Iterable[IPv4Network] = ()
) -> LeaseRange | None:
    """`lease_range` for a whole cluster; None where Kubernetes gives nodes their subnets, since it
    knows no limits. Raises NoRoom."""
    if cluster.flannel.store is FlannelStore.KUBERNETES:
        return None
    return lease_range(
        cluster.network.pods,
        known_addresses(cluster),
        on_link=on_link,
        others=(cluster.network.services,),
    )


def flannel_config(cluster: Cluster, *, on_link: Iterable[IPv4Network] = ()) -> str:
    """What goes under `<prefix>/config` in etcd, or into flanneld's own file where Kubernetes keeps
    the subnets: compact JSON, keys in flannel's own order.

    The article's `{"Network":"10.0.0.0/16"}` to the letter where nothing has to be added: no
    limits, udp, and a flannel of the article's kind. Otherwise the backend is always written, since
    what flannel does without it is nobody's promise. Raises NoRoom.
    """
    limits = cluster_lease_range(cluster, on_link=on_link)
    config: dict[str, object] = {"Network": str(cluster.network.pods)}
    if limits is not None:
        config["SubnetMin"] = str(limits.first)
        config["SubnetMax"] = str(limits.last)
    plain = cluster.flannel.version.minor_pair <= LAST_PLAIN.minor_pair
    if limits is not None or not plain or cluster.network.backend is not Backend.UDP:
        config["Backend"] = {"Type": cluster.network.backend.value}
    return json.dumps(config, separators=(",", ":"))
