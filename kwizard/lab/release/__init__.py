"""Release tarballs for the lab, from programs really built, and a mirror that serves them."""

from kwizard.lab.release.coredns import build_coredns
from kwizard.lab.release.coredns import image as coredns_image
from kwizard.lab.release.flannel import build_flannel
from kwizard.lab.release.gotool import Building
from kwizard.lab.release.kubernetes import build_release
from kwizard.lab.release.places import (
    cni_path,
    containerd_path,
    coredns_path,
    etcd_path,
    flannel_path,
    release_root,
    tarball_path,
)
from kwizard.lab.release.programs import build_cni, build_containerd, build_etcd

BUILDERS = {
    "etcd": build_etcd,
    "containerd": build_containerd,
    "cni": build_cni,
    "coredns": build_coredns,
    "flannel": build_flannel,
}
"""What `kwizard lab release NAME` builds, other than Kubernetes: each takes a report, and gives the
path of a tarball (etcd, containerd, cni) or of a program (coredns, flannel)."""

__all__ = [
    "BUILDERS",
    "Building",
    "build_cni",
    "build_containerd",
    "build_coredns",
    "build_etcd",
    "build_flannel",
    "build_release",
    "cni_path",
    "containerd_path",
    "coredns_image",
    "coredns_path",
    "etcd_path",
    "flannel_path",
    "release_root",
    "tarball_path",
]
