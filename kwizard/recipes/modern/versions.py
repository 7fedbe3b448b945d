"""What differs between the Kubernetes minor versions the modern recipe installs: one row each.

Sources: cmd/kubeadm/app/constants/constants.go and pkg/kubelet/apis/config/v1beta1/defaults.go of
v1.34.4, v1.35.4, v1.36.3 and v1.37.2. tests/lab/test_versions.py holds each row and every flag of
the recipe against the source and the programs of the release it names, and installs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kwizard.cluster.model import Version

Minor = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Facts of one minor version.

    `pause`, `coredns` and `etcd` are what its kubeadm takes; `containerd` the oldest that will do.
    `refuses_cgroup_v1`: its kubelet ends on cgroup v1 unless `failCgroupV1: false` is set.
    `ipvs_deprecated`: kube-proxy's third mode is on its way out (this recipe never offers it).
    `tried`: the release of that minor that was installed on real hosts; None where none was.
    """

    minor: Minor
    pause: str
    coredns: str
    etcd: Version
    containerd: Version
    kubelet_config: str = "kubelet.config.k8s.io/v1beta1"
    proxy_config: str = "kubeproxy.config.k8s.io/v1alpha1"
    refuses_cgroup_v1: bool
    ipvs_deprecated: bool
    tried: Version | None = None


ROWS: tuple[Row, ...] = (
    Row(
        minor=(1, 34),
        pause="registry.k8s.io/pause:3.10.1",
        coredns="registry.k8s.io/coredns/coredns:v1.12.1",
        etcd=Version(3, 6, 5),
        containerd=Version(2, 0, 0),
        refuses_cgroup_v1=False,
        ipvs_deprecated=False,
        tried=Version(1, 34, 4),
    ),
    Row(
        minor=(1, 35),
        pause="registry.k8s.io/pause:3.10.1",
        coredns="registry.k8s.io/coredns/coredns:v1.13.1",
        etcd=Version(3, 6, 6),
        containerd=Version(2, 0, 0),
        refuses_cgroup_v1=True,
        ipvs_deprecated=True,
        tried=Version(1, 35, 4),
    ),
    Row(
        minor=(1, 36),
        pause="registry.k8s.io/pause:3.10.2",
        coredns="registry.k8s.io/coredns/coredns:v1.14.2",
        etcd=Version(3, 6, 8),
        containerd=Version(2, 0, 0),
        refuses_cgroup_v1=True,
        ipvs_deprecated=True,
        tried=Version(1, 36, 3),
    ),
    Row(
        minor=(1, 37),
        pause="registry.k8s.io/pause:3.10.2",
        coredns="registry.k8s.io/coredns/coredns:v1.14.6",
        etcd=Version(3, 7, 0),
        containerd=Version(2, 0, 0),
        refuses_cgroup_v1=True,
        ipvs_deprecated=True,
        tried=Version(1, 37, 2),
    ),
)
"""Oldest first."""

SUGGESTED = Version(1, 36, 3)
"""The release a new cluster begins with: the one that all tests of this recipe are made with."""

TRIED = tuple(r.tried for r in reversed(ROWS) if r.tried)
"""The releases that were installed on real hosts, newest first."""

OLDEST, NEWEST = ROWS[0].minor, ROWS[-1].minor


def row(version: Version) -> Row:
    """The row of `version`; the newest one for a version after it, of which the cluster file's
    reader warns.

    Raises KeyError for a version before the oldest.
    """
    minor = version.minor_pair
    if minor > NEWEST:
        return ROWS[-1]
    for known in ROWS:
        if known.minor == minor:
            return known
    raise KeyError(version)
