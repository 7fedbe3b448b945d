"""A ready cluster file for a lab: the article's cluster on the lab's hosts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kwizard.cluster.dump import dump
from kwizard.cluster.model import (
    SSH,
    Backend,
    Cluster,
    Docker,
    Etcd,
    EtcdMode,
    Flannel,
    Host,
    Network,
    Release,
    Role,
    Supervisor,
    Version,
)
from kwizard.lab import images
from kwizard.lab.layout import Layout, Seat
from kwizard.lab.machine import Report
from kwizard.lab.release import flannel_path, tarball_path
from kwizard.lab.release.sources import FLANNEL

VERSION = "v1.19.16"
"""The last minor version with what the classic recipe needs: the insecure port, and docker."""


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
    """The cluster `name` on `seats`: the first is the control plane, the first three have etcd
    (the first alone where there are but two), the others work.

    `second`: log in by the second network. `host_keys`: the public key of each host, by name: we
    made these hosts, so nobody has to be asked. Pod and service ranges are the article's. The
    release and flannel are named where `kwizard lab release` puts them, built or not.
    """
    quorum = 3 if len(seats) >= 3 else 1
    hosts = []
    for number, seat in enumerate(seats):
        roles = {Role.CONTROL_PLANE} if number == 0 else {Role.WORKER}
        if number < quorum:
            roles.add(Role.ETCD)
        address = str(seat.second_address) if second else None
        ssh = SSH(address=address, user=user, identity=str(key), host_key=host_keys.get(seat.name))
        hosts.append(Host(name=seat.name, address=seat.address, roles=frozenset(roles), ssh=ssh))
    return Cluster(
        name=name,
        version=Version.parse(version),
        hosts=tuple(hosts),
        supervisor=Supervisor(supervisor),
        control_plane_is_node=len(seats) == 1,
        network=Network(backend=Backend(backend)),
        etcd=Etcd(mode=EtcdMode.DOCKER, image=etcd.name, archive=str(etcd.archive)),
        flannel=Flannel(version=Version.parse(FLANNEL.version), binary=str(flannel_path())),
        release=Release(tarball=str(tarball_path(version))),
        docker=Docker(pause_image=pause.name, pause_archive=str(pause.archive)),
    )


def write(
    layout: Layout,
    seats: tuple[Seat, ...],
    report: Report,
    *,
    file: Path | None = None,
    version: str = VERSION,
    user: str = "root",
    supervisor: str = "systemd",
    backend: str = "udp",
    second: bool = False,
    host_keys: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write the cluster file to `file` (default: in the lab's directory) and return its path.

    Makes the images it names where they are missing. Raises LabError when they cannot be made.
    """
    cluster = describe(
        layout.name,
        seats,
        layout.key,
        images.etcd(report),
        images.pause(report),
        version=version,
        user=user,
        supervisor=supervisor,
        backend=backend,
        second=second,
        host_keys=host_keys,
    )
    target = (file or layout.cluster_file).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dump(cluster), encoding="utf-8")
    return target
