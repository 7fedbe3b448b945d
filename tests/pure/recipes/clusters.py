"""Clusters the recipe's tests are made of: the article's hosts, and what can differ about them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from kwizard.cluster.model import (
    Backend,
    Cluster,
    Docker,
    Etcd,
    EtcdMode,
    Firewall,
    Flannel,
    Host,
    Network,
    Role,
    Supervisor,
    Version,
)

ANAKIN = Host(
    name="anakin",
    address=IPv4Address("10.0.63.202"),
    roles=frozenset({Role.CONTROL_PLANE, Role.ETCD}),
)
BOBA = Host(
    name="boba", address=IPv4Address("10.0.63.203"), roles=frozenset({Role.WORKER, Role.ETCD})
)
C3PO = Host(
    name="c3po", address=IPv4Address("10.0.63.204"), roles=frozenset({Role.WORKER, Role.ETCD})
)
ENDPOINTS = tuple(f"http://10.0.63.{n}:2379" for n in (202, 203, 204))


def article(**changes: Any) -> Cluster:
    """The article's cluster: v1.3.5, nohup, udp. `changes` are fields of Cluster."""
    cluster = Cluster(
        name="article",
        version=Version(1, 3, 5),
        hosts=(ANAKIN, BOBA, C3PO),
        supervisor=Supervisor.NOHUP,
    )
    return replace(cluster, **changes)


def later(**changes: Any) -> Cluster:
    """The same hosts with v1.19.16, systemd and a flannel that speaks the v3 API."""
    return article(
        **{
            "version": Version(1, 19, 16),
            "supervisor": Supervisor.SYSTEMD,
            "flannel": Flannel(version=Version(0, 26, 7)),
            **changes,
        }
    )


def variants() -> list[tuple[str, Cluster]]:
    """One cluster for each combination that changes a script."""
    etcds = [
        Etcd(),
        Etcd(archive="/images/etcd.tar"),
        Etcd(mode=EtcdMode.SYSTEMD, binaries="/images/etcd.tar.gz"),
        Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS),
    ]
    alone = replace(ANAKIN, roles=frozenset(Role))
    out = [
        (f"alone-{backend}", later(hosts=(alone,), network=Network(backend=backend)))
        for backend in Backend
    ]
    for version in (Version(1, 3, 5), Version(1, 9, 11), Version(1, 19, 16)):
        for supervisor in Supervisor:
            for backend in Backend:
                for number, etcd in enumerate(etcds):
                    plain = number == 0
                    out.append(
                        (
                            f"{version}-{supervisor}-{backend}-{etcd.mode}-{number}",
                            article(
                                version=version,
                                supervisor=supervisor,
                                network=Network(backend=backend),
                                etcd=etcd,
                                control_plane_is_node=not plain,
                                docker=Docker()
                                if plain
                                else Docker(
                                    install=False,
                                    pause_image="lab/pause:3.2",
                                    pause_archive="/images/pause.tar",
                                ),
                                flannel=Flannel()
                                if plain
                                else Flannel(version=Version(0, 26, 7), binary="/images/flanneld"),
                                firewall=Firewall()
                                if plain
                                else Firewall(zone="dmz", move_interface=number % 2 == 0),
                            ),
                        )
                    )
    return out
