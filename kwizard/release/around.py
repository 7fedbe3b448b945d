"""Files of a release that lie around on this machine: looked for by name where people keep them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from kwizard.cluster.finding import Path as Place

_MOST = 5000  # entries of one folder that are looked at
_DIGITS = r"v?\d+\.\d+\.\d+"

NAMES: Mapping[Place, re.Pattern[str]] = MappingProxyType(
    {
        place: re.compile(pattern)
        for place, pattern in (
            (("release", "tarball"), rf"kubernetes(-server-linux-\w+)?(-{_DIGITS})?\.tar\.gz"),
            (("etcd", "binaries"), rf"etcd-{_DIGITS}(-linux-\w+)?\.tar\.gz"),
            (("etcd", "archive"), r"etcd.*\.tar"),
            (
                ("runtime", "containerd"),
                rf"containerd(-static)?-{_DIGITS}(-linux-\w+)?\.tar\.gz",
            ),
            (("runtime", "cni_plugins"), rf"cni-plugins(-linux-\w+)?-{_DIGITS}\.(tgz|tar\.gz)"),
            (
                ("flannel", "binary"),
                rf"flannel-{_DIGITS}(-linux-\w+)?\.tar\.gz|flanneld(-\w+)?",
            ),
            (("images", "pause_archive"), r"pause.*\.tar(\.gz)?"),
            (("images", "coredns_archive"), r"coredns.*\.tar(\.gz)?"),
            (("docker", "pause_archive"), r"pause.*\.tar(\.gz)?"),
        )
    }
)
"""By key of the cluster file, what such a file is called. The form of the names is the one the
projects publish them under; an image archive has none of its own, so its name decides."""


def around(folders: Iterable[Path]) -> dict[Place, tuple[Path, ...]]:
    """By key of the cluster file, the files in `folders` (not below them) that have the name of
    one, the newest first. What cannot be read is passed over; no file is opened."""
    dated: dict[Place, dict[Path, float]] = {place: {} for place in NAMES}
    for folder in dict.fromkeys(folders):
        for name, path, changed in _files(folder):
            for place, pattern in NAMES.items():
                if pattern.fullmatch(name):
                    dated[place][path] = changed
    return {
        place: tuple(sorted(files, key=lambda p: (-files[p], p)))
        for place, files in dated.items()
        if files
    }


def tars(folders: Iterable[Path], most: int = 50) -> tuple[Path, ...]:
    """The `most` newest files called *.tar in `folders`. None is opened."""
    dated = {
        path: changed
        for folder in dict.fromkeys(folders)
        for name, path, changed in _files(folder)
        if name.endswith(".tar")
    }
    return tuple(sorted(dated, key=lambda p: (-dated[p], p)))[:most]


def _files(folder: Path) -> Iterable[tuple[str, Path, float]]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST), entries, strict=False):
                if entry.is_file():
                    found.append((entry.name, Path(entry.path), entry.stat().st_mtime))
    except OSError:
        return found
    return found
