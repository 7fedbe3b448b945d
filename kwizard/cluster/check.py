"""What is wrong with a whole cluster: the rules that the loader and the screens share.

Pure: nothing is looked up on disk or on a host. Which versions a recipe really knows is the
recipe's own data; here stands only what the file alone can tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from kwizard.cluster import check_network, check_stores, values
from kwizard.cluster.finding import Finding, Path, error, listed, private, warning
from kwizard.cluster.model import Cluster, EtcdMode, Host, RecipeName, Role, Supervisor
from kwizard.errors import Problem

BELOW = {RecipeName.CLASSIC: (1, 20)}
"""The minor version a recipe ends before: from 1.20 on the apiserver has no insecure port."""

FROM = {RecipeName.MODERN: (1, 34)}
"""The minor version a recipe begins with."""

NEWEST = {RecipeName.MODERN: (1, 37)}
"""The newest minor version a recipe has facts of; a later one is installed like it."""

ONE_CONTROL_PLANE = frozenset({RecipeName.CLASSIC})
"""Recipes that know one control plane only."""


def check(cluster: Cluster) -> tuple[Problem, ...]:
    """Everything wrong with `cluster`, errors and warnings, without file and line."""
    return tuple(f.problem for f in findings(cluster))


def findings(cluster: Cluster) -> tuple[Finding, ...]:
    """Like `check`, with the place of each problem: for a form that marks its fields."""
    rules = (
        _forms,
        _version,
        _hosts,
        _nodes,
        _addresses,
        _roles,
        _etcd,
        check_stores.findings,
        check_network.findings,
        _places,
    )
    return tuple(finding for rule in rules for finding in rule(cluster))


def _at(index: int, *key: str) -> Path:
    return ("hosts", index, *key)


def _forms(cluster: Cluster) -> Iterator[Finding]:
    """Each single value against its form."""
    for path, value, check_value in _texts(cluster):
        problem = None if value is None else check_value(value)
        if problem is not None:
            yield _form(cluster, path, problem)
    for index, host in enumerate(cluster.hosts):
        problem = None if host.ssh.port is None else values.check_port(host.ssh.port)
        if problem is not None:
            yield _form(cluster, _at(index, "ssh", "port"), problem)


def _form(cluster: Cluster, path: Path, problem: str) -> Finding:
    message, remedy = values.halves(problem)
    return error(f"{key_of(path, cluster.hosts)}: {message}", remedy, path)


def key_of(path: Path, hosts: Sequence[Host]) -> str:
    """A path as a person reads it: `network.dns`, `host boba: ssh.port`."""
    keys = ".".join(str(p) for p in path if isinstance(p, str))
    if path[0] != "hosts" or len(path) < 2 or not isinstance(path[1], int):
        return keys
    host = hosts[path[1]].name if path[1] < len(hosts) else ""
    label = host if values.check_name(host) is None else str(path[1] + 1)
    return f"host {label}: {keys.removeprefix('hosts').removeprefix('.')}"


def _texts(cluster: Cluster) -> Iterator[tuple[Path, str | None, Callable[[str], str | None]]]:
    yield ("name",), cluster.name, values.check_name
    for i, host in enumerate(cluster.hosts):
        yield _at(i, "name"), host.name, values.check_name
        yield _at(i, "address"), str(host.address), values.check_address
        yield from ((_at(i, "labels"), label, values.check_label) for label in host.labels)
        yield from ((_at(i, "taints"), taint, values.check_taint) for taint in host.taints)
        yield _at(i, "ssh", "address"), host.ssh.address, values.check_reached
        yield _at(i, "ssh", "user"), host.ssh.user, values.check_login
        yield _at(i, "ssh", "identity"), host.ssh.identity, values.check_path
        yield _at(i, "ssh", "jump"), host.ssh.jump, values.check_jump
        yield _at(i, "ssh", "host_key"), host.ssh.host_key, values.check_host_key
    yield ("network", "dns"), str(cluster.network.dns), values.check_address
    yield ("network", "domain"), cluster.network.domain, values.check_domain
    yield ("network", "prefix"), cluster.network.prefix, values.check_prefix
    for i, url in enumerate(cluster.etcd.endpoints):
        yield ("etcd", "endpoints", i), url, values.check_endpoint
    yield ("etcd", "image"), cluster.etcd.image, values.check_image
    yield ("etcd", "archive"), cluster.etcd.archive, values.check_path
    yield ("etcd", "binaries"), cluster.etcd.binaries, values.check_path
    for key in check_stores.GIVEN:
        yield ("etcd", key), getattr(cluster.etcd, key), values.check_path
    for i, name in enumerate(cluster.apiserver.names):
        yield ("apiserver", "names", i), name, values.check_certified
    yield ("flannel", "binary"), cluster.flannel.binary, values.check_path
    yield ("release", "tarball"), cluster.release.tarball, values.check_path
    yield ("release", "mirror"), cluster.release.mirror, values.check_url
    yield ("release", "sha256"), cluster.release.sha256, values.check_sha256
    yield ("docker", "pause_image"), cluster.docker.pause_image, values.check_image
    yield ("docker", "pause_archive"), cluster.docker.pause_archive, values.check_path
    yield ("firewall", "zone"), cluster.firewall.zone, values.check_zone
    yield ("runtime", "containerd"), cluster.runtime.containerd, values.check_path
    yield ("runtime", "cni_plugins"), cluster.runtime.cni_plugins, values.check_path
    yield ("images", "pause"), cluster.images.pause, values.check_image
    yield ("images", "pause_archive"), cluster.images.pause_archive, values.check_path
    yield ("images", "coredns"), cluster.images.coredns, values.check_image
    yield ("images", "coredns_archive"), cluster.images.coredns_archive, values.check_path


def _version(cluster: Cluster) -> Iterator[Finding]:
    below, first = BELOW.get(cluster.recipe), FROM.get(cluster.recipe)
    if below is not None and cluster.version.minor_pair >= below:
        yield error(
            f"{cluster.version} cannot be installed by the {cluster.recipe} recipe: versions from "
            "1.20 on have no insecure port and need the modern recipe",
            "set recipe: modern, or give a version below v1.20, such as v1.19.16",
            ("version",),
            ("recipe",),
        )
    if first is not None and cluster.version.minor_pair < first:
        yield error(
            f"{cluster.version} is older than what the {cluster.recipe} recipe knows, which begins "
            f"with v{first[0]}.{first[1]}",
            f"give a version from v{first[0]}.{first[1]} on, such as v1.36.3",
            ("version",),
            ("recipe",),
        )
    newest = NEWEST.get(cluster.recipe)
    if newest is not None and cluster.version.minor_pair > newest:
        yield warning(
            f"{cluster.version} is newer than what this kwizard knows; it is installed like "
            f"v{newest[0]}.{newest[1]}",
            "look into its change log for flags that were removed, or take a known version",
            ("version",),
        )
    if cluster.recipe is RecipeName.MODERN and cluster.supervisor is not Supervisor.SYSTEMD:
        yield error(
            "the modern recipe starts everything by systemd",
            "remove the key supervisor",
            ("supervisor",),
            ("recipe",),
        )


def _hosts(cluster: Cluster) -> Iterator[Finding]:
    """No host twice: neither by name, nor by address, nor by where SSH goes."""
    if not cluster.hosts:
        yield error("there is no host", "list at least one under the key hosts", ("hosts",))
    yield from _twice(cluster, "name", lambda h: h.name or None, "name")
    yield from _twice(cluster, "address", lambda h: str(h.address), "address")
    yield from _twice(cluster, "SSH address", _reached, "ssh", "address")


def _nodes(cluster: Cluster) -> Iterator[Finding]:
    """Labels and taints: of nodes, and each key once."""
    for i, host in enumerate(cluster.hosts):
        for key, split in (("labels", "="), ("taints", ":")):
            marks = getattr(host, key)
            if marks and (cluster.recipe is not RecipeName.MODERN or host not in cluster.nodes):
                yield warning(
                    f"{host.name} has {key}, but "
                    + (
                        "is no node"
                        if cluster.recipe is RecipeName.MODERN
                        else f"the {cluster.recipe} recipe sets none"
                    ),
                    f"take the key {key} away",
                    _at(i, key),
                )
            names = [mark.partition(split)[0].partition("=")[0] for mark in marks]
            effects = [mark.rpartition(":")[2] if key == "taints" else "" for mark in marks]
            twice = {n for n, e in Counter(zip(names, effects, strict=True)).items() if e > 1}
            for name, _ in sorted(twice):
                yield error(
                    f"{host.name} has the {key[:-1]} {name} twice",
                    "keep one of them",
                    _at(i, key),
                )


def _reached(host: Host) -> str | None:
    """Where SSH goes, if that differs from the address; addresses are compared by themselves."""
    if host.ssh.address is None:
        return None
    port = f" port {host.ssh.port}" if host.ssh.port else ""
    jump = f" through {host.ssh.jump}" if host.ssh.jump else ""
    return f"{host.ssh.address}{port}{jump}"


def _twice(
    cluster: Cluster, what: str, of: Callable[[Host], str | None], *key: str
) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, host in enumerate(cluster.hosts):
        value = of(host)
        if value is None:
            continue
        other = first.setdefault(value, index)
        if other != index:
            names = "" if what == "name" else f" ({cluster.hosts[other].name}, {host.name})"
            yield error(
                f"hosts {other + 1} and {index + 1}{names} have the same {what} {value}",
                "no two hosts may share it",
                _at(index, *key),
                _at(other, *key),
            )


def _addresses(cluster: Cluster) -> Iterator[Finding]:
    public = [(i, h) for i, h in enumerate(cluster.hosts) if h.address.is_global]
    if public:
        open_to_all = (
            "; what this recipe opens on a host (apiserver, etcd) has no password"
            if cluster.recipe is RecipeName.CLASSIC
            else ""
        )
        yield warning(
            f"public addresses for hosts: {listed([f'{h.name} {h.address}' for _, h in public])}"
            f"{open_to_all}",
            private([h.address for _, h in public]),
            *(_at(i, "address") for i, _ in public),
        )
    outside = [(i, h) for i, h in enumerate(cluster.hosts) if _looks_private(h.ssh.address or "")]
    if outside:
        yield warning(
            "public addresses for SSH: "
            f"{listed([f'{h.name} {h.ssh.address}' for _, h in outside])}",
            private([IPv4Address(h.ssh.address or "") for _, h in outside]),
            *(_at(i, "ssh", "address") for i, _ in outside),
        )
    loop = [(i, h) for i, h in enumerate(cluster.hosts) if h.address.is_loopback]
    if loop:
        yield warning(
            f"the address of {listed([h.name for _, h in loop])} is a host's own loopback; "
            "no other host reaches it there",
            "give the address of the network the hosts share",
            *(_at(i, "address") for i, _ in loop),
        )


def _looks_private(address: str) -> bool:
    """172.x outside 172.16.0.0/12: SSH over a public address is common, this one is a slip."""
    try:
        found = IPv4Address(address)
    except ValueError:
        return False
    return found in IPv4Network("172.0.0.0/8") and found.is_global


def _roles(cluster: Cluster) -> Iterator[Finding]:
    hosts = cluster.hosts
    about = tuple(_at(i, "roles") for i in range(len(hosts)))
    if not hosts:
        return
    control = [i for i, h in enumerate(hosts) if Role.CONTROL_PLANE in h.roles]
    if not control:
        yield error(
            "no host is the control plane",
            "give one host the key roles with control-plane in it, such as "
            "roles: [control-plane, etcd]",
            ("hosts",),
            *about,
        )
    if len(control) > 1 and cluster.recipe in ONE_CONTROL_PLANE:
        yield error(
            f"{len(control)} hosts have the role control-plane "
            f"({listed([hosts[i].name for i in control])}); the {cluster.recipe} recipe has one",
            "leave control-plane in the roles of one host",
            *(_at(i, "roles") for i in control[1:]),
        )
    elif len(control) > 1:
        yield from _several(cluster, control)
    if control and not (cluster.control_plane_is_node or cluster.with_role(Role.WORKER)):
        yield error(
            "no host would run pods",
            "give a host the role worker, or set control_plane_is_node: true",
            ("hosts",),
            ("control_plane_is_node",),
            *about,
        )
    idle = [i for i, h in enumerate(hosts) if not h.roles]
    for i in idle if len(idle) < len(hosts) else ():
        yield warning(
            f"host {hosts[i].name} has no role, so nothing is installed there",
            "roles given on one host hold for all: give every host its own",
            _at(i, "roles"),
        )


def _several(cluster: Cluster, control: Sequence[int]) -> Iterator[Finding]:
    """Several control planes are there so that one may be lost."""
    members = len(cluster.with_role(Role.ETCD))
    about = tuple(_at(i, "roles") for i in range(len(cluster.hosts)))
    if cluster.etcd.mode is not EtcdMode.EXISTING and 0 < members < 3:
        yield warning(
            f"{len(control)} hosts are control planes, but etcd has {members} "
            f"member{'s' if members > 1 else ''}: with one of them the API stops all the same",
            "give three hosts the role etcd",
            *about,
        )
    if len(control) == 2:
        yield warning(
            "two hosts are control planes: when one is lost, nothing is left to lose",
            "give a third host the role control-plane",
            *about,
        )


def _etcd(cluster: Cluster) -> Iterator[Finding]:
    etcd = cluster.etcd
    existing = etcd.mode is EtcdMode.EXISTING
    modern = cluster.recipe is RecipeName.MODERN
    if modern and etcd.mode is EtcdMode.DOCKER:
        yield error(
            f"the modern recipe runs etcd as units of systemd, not in mode {etcd.mode}",
            "set mode: systemd, or existing for an etcd that is there already",
            ("etcd", "mode"),
            ("recipe",),
        )
    about = (("etcd", "mode"), ("etcd", "endpoints"))
    if existing and not etcd.endpoints:
        yield error(
            "etcd.mode is existing, but its endpoints are not given",
            f"add endpoints: [http{'s' if modern else ''}://10.0.63.202:2379], with one URL for "
            "each member",
            *about,
        )
    if etcd.endpoints and not existing:
        yield error(
            f"etcd.endpoints are given, but etcd.mode is {etcd.mode}: kwizard would start an etcd "
            "of its own",
            "set mode: existing, or remove the endpoints",
            ("etcd", "endpoints"),
            ("etcd", "mode"),
        )
    members = [i for i, h in enumerate(cluster.hosts) if Role.ETCD in h.roles]
    roles = tuple(_at(i, "roles") for i in range(len(cluster.hosts)))
    if cluster.hosts and not existing and not members:
        yield error(
            "no host has the role etcd",
            "add etcd to the roles of one host or, better, three",
            ("hosts",),
            ("etcd", "mode"),
            *roles,
        )
    count = len(set(etcd.endpoints)) if existing else len(members)
    if count and count % 2 == 0:
        yield warning(
            f"etcd has {count} members: an even number bears no more losses than {count - 1} would",
            "make it an odd number",
            *((("etcd", "endpoints"),) if existing else (("hosts",), *roles)),
        )
    for key, mode in (("archive", EtcdMode.DOCKER), ("binaries", EtcdMode.SYSTEMD)):
        if key == "binaries" and modern:
            continue  # etcdctl out of it asks the members, whoever started them
        if getattr(etcd, key) is not None and etcd.mode is not mode:
            yield warning(
                f"etcd.{key} is for mode {mode} and is not used with mode {etcd.mode}",
                f"set mode: {mode}, or remove the key",
                ("etcd", key),
                ("etcd", "mode"),
            )


def _places(cluster: Cluster) -> Iterator[Finding]:
    if cluster.firewall.move_interface and cluster.firewall.zone is None:
        yield error(
            "firewall.move_interface is true, but firewall.zone does not say where to",
            "add zone: dmz, or remove move_interface",
            ("firewall", "move_interface"),
            ("firewall", "zone"),
        )
    for key in ("tarball", "mirror") if cluster.release.on_hosts else ():
        if getattr(cluster.release, key) is not None:
            yield error(
                f"release.on_hosts is true, and release.{key} is given too",
                "remove the one that is not meant",
                ("release", "on_hosts"),
                ("release", key),
            )
    if cluster.release.tarball is not None and cluster.release.mirror is not None:
        yield warning(
            "release.tarball and release.mirror are both given; the tarball is used",
            "remove the one that is not meant",
            ("release", "mirror"),
            ("release", "tarball"),
        )
