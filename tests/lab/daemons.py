"""The daemons of a modern cluster, as systemd knows them."""

from __future__ import annotations

from typing import NamedTuple

from tests.lab.site import NAMES, Site

UNITS = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-api-gateway",
    "containerd",
    "kubelet",
    "kube-proxy",
    "flanneld",
)


Daemon = tuple[str, str]
"""Its host and its name."""


class Start(NamedTuple):
    """The present start of a daemon: systemd's id of it, and how often since it was told to start
    the daemon has ended by itself and was started again."""

    id: str
    restarts: int


def invocations(site: Site) -> dict[Daemon, Start]:
    """The present start of each daemon that runs."""
    found = {}
    for host in NAMES:
        units = " ".join(f"{unit}.service" for unit in UNITS)
        shown = site.on(host, f"systemctl show -p Id,ActiveState,InvocationID,NRestarts {units}")
        for block in shown.strip().split("\n\n"):
            said = dict(line.split("=", 1) for line in block.splitlines())
            if said["ActiveState"] == "active":
                found[host, said["Id"].removesuffix(".service")] = Start(
                    said["InvocationID"], int(said["NRestarts"])
                )
    return found


def started_again(before: dict[Daemon, Start], now: dict[Daemon, Start]) -> set[Daemon]:
    """Those that ran before and do not, or not in the same start."""
    return {d for d in before if d not in now or now[d].id != before[d].id}


def told_to_start_again(before: dict[Daemon, Start], now: dict[Daemon, Start]) -> set[Daemon]:
    """The same, without those that ended by themselves, as a controller manager does that could not
    renew its lease in time."""
    return {
        d
        for d in started_again(before, now)
        if d not in now or now[d].restarts <= before[d].restarts
    }
