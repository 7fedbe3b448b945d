"""What differs between the Kubernetes minor versions the modern recipe installs: one row each.

Sources: each version's change log and its `kubeadm config images list` for images and etcd; the
configuration types' own documentation for API versions and defaults. Rows were tried on real hosts
where `tried` says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from kwizard.cluster.model import Version
from kwizard.errors import Problem

Minor = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Facts of one minor version.

    `etcd` and `containerd` are the versions it is released and tested with (any later patch will
    do). `refuses_cgroup_v1`: its kubelet ends on cgroup v1 unless `failCgroupV1: false` is set.
    `ipvs`: "there", or "deprecated". `pod_infra_flag`: the kubelet still takes the sandbox image as
    a flag; containerd's own setting is what counts in any case.
    """

    minor: Minor
    pause: str
    coredns: str
    etcd: Version
    containerd: Version
    kubelet_config: str = "kubelet.config.k8s.io/v1beta1"
    proxy_config: str = "kubeproxy.config.k8s.io/v1alpha1"
    refuses_cgroup_v1: bool
    ipvs: str
    pod_infra_flag: bool
    tried: bool = False


ROWS: tuple[Row, ...] = (
    Row(
        minor=(1, 34),
        pause="registry.k8s.io/pause:3.10.1",
        coredns="registry.k8s.io/coredns/coredns:v1.12.1",
        etcd=Version(3, 6, 4),
        containerd=Version(2, 1, 0),
        refuses_cgroup_v1=False,
        ipvs="there",
        pod_infra_flag=True,
    ),
    Row(
        minor=(1, 35),
        pause="registry.k8s.io/pause:3.10.1",
        coredns="registry.k8s.io/coredns/coredns:v1.13.1",
        etcd=Version(3, 6, 6),
        containerd=Version(2, 2, 0),
        refuses_cgroup_v1=True,
        ipvs="deprecated",
        pod_infra_flag=False,
    ),
    Row(
        minor=(1, 36),
        pause="registry.k8s.io/pause:3.10.2",
        coredns="registry.k8s.io/coredns/coredns:v1.13.1",
        etcd=Version(3, 6, 6),
        containerd=Version(2, 2, 0),
        refuses_cgroup_v1=True,
        ipvs="deprecated",
        pod_infra_flag=False,
        tried=True,
    ),
    Row(
        minor=(1, 37),
        pause="registry.k8s.io/pause:3.10.2",
        coredns="registry.k8s.io/coredns/coredns:v1.13.1",
        etcd=Version(3, 6, 6),
        containerd=Version(2, 2, 0),
        refuses_cgroup_v1=True,
        ipvs="deprecated",
        pod_infra_flag=False,
    ),
)
"""Oldest first."""

OLDEST, NEWEST = ROWS[0].minor, ROWS[-1].minor


def row(version: Version) -> Row:
    """The row of `version`; the newest one for a version after it (see `warning`).

    Raises KeyError for a version before the oldest.
    """
    minor = version.minor_pair
    if minor > NEWEST:
        return ROWS[-1]
    for known in ROWS:
        if known.minor == minor:
            return known
    raise KeyError(version)


def warning(version: Version) -> Problem | None:
    """What to know of a version newer than every row; None for a known one."""
    if version.minor_pair <= NEWEST:
        return None
    known = f"v{NEWEST[0]}.{NEWEST[1]}"
    return Problem(
        f"{version} is newer than what this kwizard knows: it is installed like {known}",
        "look into its change log for flags that were removed, or take a known version",
        blocks=False,
    )
