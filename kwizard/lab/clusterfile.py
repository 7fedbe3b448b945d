"""A ready cluster file for a lab: the article's cluster on the lab's hosts, or a current one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from kwizard.cluster.defaults import default_of
from kwizard.cluster.dump import dump
from kwizard.cluster.model import (
    SSH,
    Backend,
    Cluster,
    Docker,
    Etcd,
    EtcdMode,
    Flannel,
    FlannelStore,
    Host,
    Images,
    Kubelet,
    Network,
    Proxy,
    ProxyMode,
    RecipeName,
    Release,
    Role,
    Runtime,
    Supervisor,
    Version,
)
from kwizard.lab import images
from kwizard.lab.layout import Layout, Seat
from kwizard.lab.machine import Report
from kwizard.lab.release import (
    cni_path,
    containerd_path,
    coredns_image,
    etcd_path,
    flannel_path,
    tarball_path,
)
from kwizard.lab.release.sources import FLANNEL

VERSION = "v1.19.16"
"""The last minor version with what the classic recipe needs: the insecure port, and docker."""

MODERN_VERSION = "v1.36.3"
"""What the modern recipe is tried with."""


def describe(
    name: str,
    seats: tuple[Seat, ...],
    key: Path,
    etcd: images.Image,
    pause: images.Image,
    *,
    version: str = VERSION,
    user: str = "root",
    supervisor: str = "systemd",
    backend: str = "udp",
    second: bool = False,
    host_keys: Mapping[str, str] = MappingProxyType({}),
) -> Cluster:
    """The article's cluster `name` on `seats`: the first is the control plane, the first three have
    etcd (the first alone where there are but two), the others work.

    `second`: log in by the second network. `host_keys`: the public key of each host, by name: we
    made these hosts, so nobody has to be asked. Pod and service ranges are the article's. The
    release and flannel are named where `kwizard lab release` puts them, built or not.
    """
    return Cluster(
        name=name,
        version=Version.parse(version),
        hosts=_hosts(seats, key, user, second, host_keys),
        supervisor=Supervisor(supervisor),
        control_plane_is_node=len(seats) == 1,
        network=Network(backend=Backend(backend)),
        etcd=Etcd(mode=EtcdMode.DOCKER, image=etcd.name, archive=str(etcd.archive)),
        flannel=Flannel(version=Version.parse(FLANNEL.version), binary=str(flannel_path())),
        release=Release(tarball=str(tarball_path(version))),
        docker=Docker(pause_image=pause.name, pause_archive=str(pause.archive)),
    )


def describe_modern(
    name: str,
    seats: tuple[Seat, ...],
    key: Path,
    pause: images.Image,
    *,
    version: str = MODERN_VERSION,
    user: str = "root",
    backend: str = "vxlan",
    proxy: str = "iptables",
    control_planes: int = 1,
    store: str = "kubernetes",
    second: bool = False,
    host_keys: Mapping[str, str] = MappingProxyType({}),
) -> Cluster:
    """A current cluster on the same seats with the same roles, but that the first `control_planes`
    are control planes; pods run there too.

    cgroup v1 is allowed: a lab's hosts have what their machine has. Everything else as `describe`.
    """
    network = default_of(RecipeName.MODERN, "network", Network)
    assert isinstance(network, Network)
    return Cluster(
        name=name,
        recipe=RecipeName.MODERN,
        version=Version.parse(version),
        hosts=_hosts(seats, key, user, second, host_keys, control_planes),
        control_plane_is_node=True,
        network=replace(network, backend=Backend(backend)),
        etcd=Etcd(mode=EtcdMode.SYSTEMD, binaries=str(etcd_path())),
        flannel=Flannel(
            version=Version.parse(FLANNEL.version),
            binary=str(flannel_path()),
            store=FlannelStore(store),
        ),
        release=Release(tarball=str(tarball_path(version))),
        runtime=Runtime(containerd=str(containerd_path()), cni_plugins=str(cni_path())),
        images=Images(
            pause=pause.name,
            pause_archive=str(pause.archive),
            coredns=coredns_image().name,
            coredns_archive=str(coredns_image().archive),
        ),
        kubelet=Kubelet(allow_cgroup_v1=True),
        proxy=Proxy(mode=ProxyMode(proxy)),
    )


def _hosts(
    seats: tuple[Seat, ...],
    key: Path,
    user: str,
    second: bool,
    host_keys: Mapping[str, str],
    control_planes: int = 1,
) -> tuple[Host, ...]:
    quorum = 3 if len(seats) >= 3 else 1
    hosts = []
    for number, seat in enumerate(seats):
        roles = {Role.CONTROL_PLANE} if number < control_planes else {Role.WORKER}
        if number < quorum:
            roles.add(Role.ETCD)
        address = str(seat.second_address) if second else None
        ssh = SSH(address=address, user=user, identity=str(key), host_key=host_keys.get(seat.name))
        hosts.append(Host(name=seat.name, address=seat.address, roles=frozenset(roles), ssh=ssh))
    return tuple(hosts)


def write(
    layout: Layout,
    seats: tuple[Seat, ...],
    report: Report,
    *,
    file: Path | None = None,
    recipe: str = "classic",
    version: str | None = None,
    user: str = "root",
    supervisor: str = "systemd",
    backend: str | None = None,
    proxy: str = "iptables",
    control_planes: int = 1,
    store: str = "kubernetes",
    second: bool = False,
    host_keys: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write the cluster file to `file` (default: in the lab's directory) and return its path.

    Without `version` and `backend` the recipe's own are taken; `supervisor` is for the classic one,
    `proxy`, `control_planes` and `store` (flannel's) for the modern one. Makes the images it names
    where they are missing. Raises LabError when they cannot be made.
    """
    if RecipeName(recipe) is RecipeName.MODERN:
        cluster = describe_modern(
            layout.name,
            seats,
            layout.key,
            images.pause(report),
            version=version or MODERN_VERSION,
            user=user,
            backend=backend or "vxlan",
            proxy=proxy,
            control_planes=control_planes,
            store=store,
            second=second,
            host_keys=host_keys,
        )
    else:
        cluster = describe(
            layout.name,
            seats,
            layout.key,
            images.etcd(report),
            images.pause(report),
            version=version or VERSION,
            user=user,
            supervisor=supervisor,
            backend=backend or "udp",
            second=second,
            host_keys=host_keys,
        )
    target = (file or layout.cluster_file).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dump(cluster), encoding="utf-8")
    return target
