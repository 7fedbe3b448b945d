"""Snapshots of a cluster, healthy and not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

from kwizard.monitor.snapshot import Snapshot
from kwizard.probes.components import Component
from kwizard.probes.diagnosis import Diagnosis
from kwizard.probes.matrix import Cell, Matrix, Target
from kwizard.probes.nodes import Node
from kwizard.probes.services import Service
from kwizard.remote.looked import Looked

TIME = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
HOSTS = ("anakin", "boba", "c3po")


def matrix(*dead: tuple[str, str]) -> Matrix:
    """27 pings; those of `dead`, (source, target), are not answered."""
    targets = []
    for i, host in enumerate(HOSTS):
        targets += [
            Target(name=host, kind="host", host=host, address=IPv4Address(f"10.0.63.{202 + i}")),
            Target(
                name=f"{host}/gateway",
                kind="gateway",
                host=host,
                address=IPv4Address(f"10.0.{70 + i}.1"),
            ),
            Target(
                name=f"{host}/container",
                kind="container",
                host=host,
                address=IPv4Address(f"10.0.{70 + i}.2"),
            ),
        ]
    cells = [
        Cell(
            source=s,
            target=t.name,
            sent=4,
            received=0,
            error="no answer",
            output=(
                f"PING {t.address} ({t.address}) 56(84) bytes of data.\n\n"
                f"--- {t.address} ping statistics ---\n"
                "4 packets transmitted, 0 received, 100% packet loss, time 3060ms"
            ),
        )
        if (s, t.name) in dead
        else Cell(
            source=s,
            target=t.name,
            sent=4,
            received=4,
            rtt_ms=0.05 if t.host == s else 0.31 + 0.04 * j,
        )
        for s in HOSTS
        for j, t in enumerate(targets)
    ]
    return Matrix(sources=HOSTS, targets=tuple(targets), cells=tuple(cells))


def looked() -> Looked:
    """What was run to look: a survey, a wait, and a host that did not answer."""
    record = Looked()
    survey = "# Look which of 14 steps are as wanted on this host. Changes nothing.\nexit 0\n"
    waits = "# Waits until etcd has its quorum.\netcdctl cluster-health\n"
    for host, script, ended in (
        ("anakin", survey, "0"),
        *[("anakin", waits, status) for status in "110"],
        ("boba", survey, ""),
    ):
        with record.look(host, script) as look:
            look.ended = ended
    for number, look in enumerate(record.kept):
        look.time, look.seconds = TIME + timedelta(seconds=number), 0.4
    return record


def uneven() -> Matrix:
    """Cells of every grade."""
    whole = matrix()
    other: dict[tuple[str, str], dict[str, Any]] = {
        ("anakin", "boba"): {"received": 3},
        ("anakin", "c3po/gateway"): {"received": 2, "rtt_ms": 0.52},
        ("anakin", "c3po/container"): {"received": 0, "rtt_ms": None, "error": "no answer"},
        ("boba", "anakin"): {"rtt_ms": 2.61},
        ("boba", "anakin/gateway"): {"rtt_ms": 18.4},
        ("c3po", "boba/container"): {"sent": 0, "received": 0, "rtt_ms": None},
    }
    cells = (replace(c, **other.get((c.source, c.target), {})) for c in whole.cells)
    return replace(whole, cells=tuple(cells))


def highly_available() -> Snapshot:
    """Three control planes; componentstatus knows of one, and is wrong about another."""
    refused = 'Get "https://127.0.0.1:10257/healthz": dial tcp: connect: connection refused'
    stopped = Component(name="kube-scheduler-c3po", status="Unhealthy", error="connection refused")
    rows = [
        Component(name=f"{part}-{host}", status="Healthy", message="ok")
        for part in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
        for host in HOSTS
    ]
    return replace(
        snapshot(),
        components=tuple(stopped if row.name == stopped.name else row for row in rows),
        listed=(
            Component(name="controller-manager", status="Unhealthy", message=refused),
            *(Component(name=f"etcd-{n}", status="Healthy", message="ok") for n in range(3)),
            Component(name="scheduler", status="Healthy", message="ok"),
        ),
        listed_by="anakin",
    )


def components(*, scheduler: bool = True) -> tuple[Component, ...]:
    down = 'Get "http://127.0.0.1:10251/healthz": dial tcp 127.0.0.1:10251: connection refused'
    return (
        Component(name="controller-manager", status="Healthy", message="ok"),
        Component(name="etcd-0", status="Healthy", message='{"health":"true"}'),
        Component(
            name="scheduler",
            status="Healthy" if scheduler else "Unhealthy",
            message="ok" if scheduler else down,
        ),
    )


NODES = tuple(
    Node(name=h, status="Ready", age="1h", version="v1.19.16", internal_ip=f"10.0.63.{203 + i}")
    for i, h in enumerate(HOSTS[1:])
)

SERVICES = {
    host: (
        Service(name="docker", kind="unit", running=True, state="active (running)"),
        Service(name="etcd", kind="container", running=True, state="running"),
        Service(name="flanneld", kind="unit", running=True, state="active (running)"),
        *(
            Service(name=name, kind="unit", running=True, state="active (running)")
            for name in (
                ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")
                if host == "anakin"
                else ("kubelet", "kube-proxy")
            )
        ),
    )
    for host in HOSTS
}


def snapshot(*dead: tuple[str, str], scheduler: bool = True) -> Snapshot:
    found = (
        (
            Diagnosis(
                cause="udp port 8285 of c3po is closed: flannel's packets do not arrive",
                weight="red",
                hosts=("c3po",),
                cells=dead,
                evidence_command="firewall-cmd --zone=dmz --list-ports",
                evidence="c3po: 8080/tcp",
                remedy="open 8285/udp in the zone of its interface",
            ),
        )
        if dead
        else ()
    )
    return Snapshot(
        time=TIME,
        cluster="classic",
        services=SERVICES,
        components=components(scheduler=scheduler),
        nodes=NODES,
        matrix=matrix(*dead),
        diagnoses=found,
    )
