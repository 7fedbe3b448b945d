"""Release tarballs for the lab, from programs really built, and a mirror that serves them."""

from kwizard.lab.release.flannel import build_flannel
from kwizard.lab.release.gotool import Building
from kwizard.lab.release.kubernetes import build_release
from kwizard.lab.release.places import flannel_path, release_root, tarball_path

__all__ = [
    "Building",
    "build_flannel",
    "build_release",
    "flannel_path",
    "release_root",
    "tarball_path",
]
