"""The daemons of a modern cluster, as systemd knows them."""

from __future__ import annotations

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


def invocations(site: Site) -> dict[tuple[str, str], str]:
    """systemd's id of the present start of each daemon that runs, by host and name."""
    found = {}
    for host in NAMES:
        units = " ".join(f"{unit}.service" for unit in UNITS)
        shown = site.on(host, f"systemctl show -p Id,ActiveState,InvocationID {units}")
        for block in shown.strip().split("\n\n"):
            said = dict(line.split("=", 1) for line in block.splitlines())
            if said["ActiveState"] == "active":
                found[host, said["Id"].removesuffix(".service")] = said["InvocationID"]
    return found


def started_again(
    before: dict[tuple[str, str], str], now: dict[tuple[str, str], str]
) -> set[tuple[str, str]]:
    """Those that ran before and do not, or not in the same start."""
    return {daemon for daemon in before if now.get(daemon) != before[daemon]}
