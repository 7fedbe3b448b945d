"""What stands in the way of an installation on a host, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, summarize_address_range

from kwizard.cluster.model import Backend, Cluster, EtcdMode, Host, RecipeName, Role, Supervisor
from kwizard.cluster.ranges import NoRoom, cluster_lease_range
from kwizard.errors import Problem
from kwizard.probes.hostfacts import HostFacts

# A server tarball of 1.19 is 119 MB and unpacks to 426 MB; 1.3's kubernetes.tar.gz is 1.4 GB.
LEAST_FREE = 1 << 30
GOOD_FREE = 4 << 30
LEAST_MEMORY = 900  # MiB: a control plane of 1.19 with etcd idles at about 1 GiB

# Who may hold a port when an installation is begun again. The kernel holds vxlan's: no process.
_OWNERS = {
    8080: {"kube-apiserver"},
    6443: {"kube-apiserver"},
    10251: {"kube-scheduler"},
    10252: {"kube-controller", "kube-controller-manager"},
    2379: {"etcd", "docker-proxy"},
    2380: {"etcd", "docker-proxy"},
    10250: {"kubelet"},
    10255: {"kubelet"},
    10256: {"kube-proxy"},
    8285: {"flanneld"},
    8472: {"flanneld", ""},
}
_OVERLAY_PREFIXES = ("lo", "docker", "br-", "veth", "flannel", "cni", "kube-")


def problems(
    facts: HostFacts,
    cluster: Cluster,
    host: Host,
    *,
    architecture: str | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with `host`, blocking problems first.

    `architecture` is that of the release's binaries when it is known. Nothing here
    compares hosts (clocks): one host's facts are all it sees. Of the modern recipe only what its
    own preflight does not look at; the app asks that as well.
    """
    found = [
        *_resources(facts, architecture),
        *_advice(facts, cluster, host),
        *_firewall(facts, cluster, host),
    ]
    if cluster.recipe is RecipeName.CLASSIC:
        found += [
            *_system(facts, cluster, host),
            *_addresses(facts, cluster, host),
            *_ports(facts, cluster, host),
        ]
    return tuple(sorted(found, key=lambda p: not p.blocks))


def held_against(cluster: Cluster, host: Host) -> tuple[object, ...]:
    """All of the cluster that `problems` holds facts of `host` against: while it is the same, so is
    what is wrong."""
    always = (cluster.recipe, host.address, cluster.firewall)
    if cluster.recipe is not RecipeName.CLASSIC:
        return always
    return (
        *always,
        cluster.version.minor_pair,
        cluster.supervisor,
        cluster.docker.install,
        cluster.network.backend,
        cluster.network.services,
        _leased(cluster),
        cluster.etcd.mode,
        sorted(host.roles),
        host in cluster.nodes,
    )


def _system(facts: HostFacts, cluster: Cluster, host: Host) -> Iterator[Problem]:
    if facts.root is False:
        yield Problem(
            "we are not root there", "log in as root, or as a user who may become root by sudo"
        )
    if facts.systemd is False and cluster.supervisor is Supervisor.SYSTEMD:
        yield Problem("systemd does not run there", "set `supervisor: nohup` in the cluster file")
    # flannel's udp backend is a program that reads packets from /dev/net/tun.
    if facts.tun is False and cluster.network.backend is Backend.UDP:
        yield Problem(
            "there is no /dev/net/tun, which flannel's udp backend needs",
            "load the tun module, or set `backend: vxlan`",
        )
    if facts.docker.installed is False and not cluster.docker.install:
        yield Problem("docker is not installed", "install it, or set `docker: {install: true}`")
    # The kubelet learnt of the unified hierarchy in 1.19.
    if host in cluster.nodes and facts.cgroup == 2 and cluster.version.minor_pair < (1, 19):
        yield Problem(
            f"the host has cgroup v2 only, which kubelet {cluster.version} does not know",
            "boot it with systemd.unified_cgroup_hierarchy=0, or install v1.19",
        )


def _advice(facts: HostFacts, cluster: Cluster, host: Host) -> Iterator[Problem]:
    swaps = cluster.recipe is RecipeName.CLASSIC and cluster.version.minor_pair >= (1, 8)
    if facts.swap and swaps and host in cluster.nodes:
        yield Problem(
            f"{facts.swap} MiB of swap are on; a kubelet refuses to start with swap by default",
            "turn it off with swapoff -a, and in /etc/fstab",
            blocks=False,
        )
    if facts.selinux == "enforcing":
        yield Problem(
            "SELinux enforces its policy; containers may be kept from host files",
            "watch for denials with ausearch -m avc, or set it to permissive",
            blocks=False,
        )


def _resources(facts: HostFacts, architecture: str | None) -> Iterator[Problem]:
    known = ("amd64", "arm64", "arm", "386", "ppc64le", "s390x")
    if architecture and facts.architecture and facts.architecture != architecture:
        yield Problem(
            f"the host is {facts.architecture}, the release is for {architecture}",
            f"give a release for {facts.architecture}, or leave this host out",
        )
    elif facts.architecture and facts.architecture not in known:
        yield Problem(
            f"no release is made for the architecture {facts.architecture}", "leave this host out"
        )
    for mount, disk in {d.mount: d for d in facts.disks if d.free < GOOD_FREE}.items():
        paths = ", ".join(d.path for d in facts.disks if d.mount == mount)
        yield Problem(
            f"{disk.free / (1 << 30):.1f} GiB are free for {paths} (on {mount}); "
            f"the release and its unpacked binaries want {GOOD_FREE >> 30} GiB",
            f"free some space on {mount}",
            blocks=disk.free < LEAST_FREE,
        )
    if facts.memory is not None and facts.memory < LEAST_MEMORY:
        yield Problem(
            f"the host has {facts.memory} MiB of memory", "give it 1 GiB or more", blocks=False
        )


def _addresses(facts: HostFacts, cluster: Cluster, host: Host) -> Iterator[Problem]:
    if facts.interfaces is None:
        yield Problem(
            "the host's addresses are not known: it has no `ip` program",
            "install iproute2",
            blocks=False,
        )
        return
    if facts.interface_of(host.address) is None:
        held = ", ".join(
            f"{a.ip} ({i.name})" for i in facts.interfaces if i.name != "lo" for a in i.addresses
        )
        yield Problem(
            f"no interface of the host has {host.address}; it has {held or 'none'}",
            "correct `address` in the cluster file: the other hosts reach it by that",
        )
    if facts.default_interface is None:
        yield Problem(
            "the host has no default route; kube-apiserver does not start without one, unless it "
            "is told its address",
            "add a default route, if only to a router that leads nowhere",
            blocks=False,
        )
    leased = _leased(cluster)
    for interface in facts.interfaces:
        if interface.name.startswith(_OVERLAY_PREFIXES):
            continue
        for held_address in interface.addresses:
            network = held_address.network
            if network.prefixlen < 32 and any(network.overlaps(n) for n in leased):
                yield Problem(
                    f"flannel's leases overlap the network {network} on {interface.name}: one "
                    "unlucky lease would cut the host off",
                    "give a pod range away from it, such as 10.244.0.0/16",
                )
            if network.overlaps(cluster.network.services):
                yield Problem(
                    f"the service range {cluster.network.services} overlaps the network {network} "
                    f"on {interface.name}",
                    "give a service range that is used nowhere else",
                )


def _leased(cluster: Cluster) -> tuple[IPv4Network, ...]:
    """What flannel may lease out, from the cluster file alone: what the recipe will configure."""
    try:
        limits = cluster_lease_range(cluster)
    except NoRoom:
        return ()  # the cluster file's own validation reports it
    if limits is None:
        return (cluster.network.pods,)
    last = IPv4Network((limits.last, 24), strict=False).broadcast_address
    return tuple(summarize_address_range(limits.first, last))


def _ports(facts: HostFacts, cluster: Cluster, host: Host) -> Iterator[Problem]:
    wanted: list[int] = [8285] if cluster.network.backend is Backend.UDP else [8472]
    if Role.CONTROL_PLANE in host.roles:
        wanted += [8080, 6443, 10251, 10252, 10256]
    if Role.ETCD in host.roles and cluster.etcd.mode is not EtcdMode.EXISTING:
        wanted += [2379, 2380]
    if host in cluster.nodes:
        wanted += [10250, 10255, 10256]
    told: set[tuple[int, str]] = set()
    for port in facts.ports:
        owners = _OWNERS[port.port]
        udp = port.port in (8285, 8472)
        if port.port not in wanted or (port.protocol == "udp") is not udp:
            continue
        if port.process in owners or (port.port, port.process) in told:
            continue
        told.add((port.port, port.process))
        ours = min(owners - {"", "docker-proxy"})
        yield Problem(
            f"port {port.port}/{port.protocol} is already taken by "
            f"{port.process or 'a process the host does not name'}; {ours} needs it",
            f"see who it is with ss -lnp 'sport = :{port.port}', and stop or move it",
            blocks=bool(port.process),
        )


def _firewall(facts: HostFacts, cluster: Cluster, host: Host) -> Iterator[Problem]:
    interface = facts.interface_of(host.address)
    if not facts.firewall.running or interface is None:
        return
    zone = facts.firewall.zone_for(interface.name)
    wanted = cluster.firewall.zone
    if wanted and zone is not None and zone.name != wanted and not cluster.firewall.move_interface:
        yield Problem(
            f"firewalld has {interface.name} in zone {zone.name}; ports opened in zone {wanted} "
            "would have no effect on it",
            "set `firewall: {move_interface: true}`, or leave `zone` out to use the zone it is in",
            blocks=False,
        )
