"""Files of a release that lie around, known by their names alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kwizard.release.around import around


def put(path: Path, age: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    return path


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("kubernetes-server-linux-amd64.tar.gz", ("release", "tarball")),
        ("kubernetes.tar.gz", ("release", "tarball")),
        ("etcd-v3.6.16-linux-amd64.tar.gz", ("etcd", "binaries")),
        ("containerd-2.2.9-linux-amd64.tar.gz", ("runtime", "containerd")),
        ("containerd-static-2.2.9-linux-amd64.tar.gz", ("runtime", "containerd")),
        ("cni-plugins-linux-amd64-v1.9.1.tgz", ("runtime", "cni_plugins")),
        ("flannel-v0.26.7-linux-amd64.tar.gz", ("flannel", "binary")),
        ("flanneld", ("flannel", "binary")),
        ("flanneld-amd64", ("flannel", "binary")),
        ("coredns-image.tar", ("images", "coredns_archive")),
    ],
)
def test_a_file_is_known_by_the_name_it_is_published_under(
    tmp_path: Path, name: str, place: tuple[str, str]
) -> None:
    path = put(tmp_path / name)
    assert around([tmp_path]) == {place: (path,)}


@pytest.mark.parametrize(
    "name",
    ["kubernetes-client-linux-amd64.tar.gz", "cri-containerd-1.7.0-linux-amd64.tar.gz",
     "containerd-2.2.9-linux-amd64.tar.gz.sha256", "etcd-v3.6.16-darwin-amd64.zip", "notes.txt"],
)  # fmt: skip
def test_another_file_is_none(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    assert around([tmp_path]) == {}


def test_the_newest_comes_first_wherever_it_lies(tmp_path: Path) -> None:
    old = put(tmp_path / "a" / "etcd-v3.6.4-linux-amd64.tar.gz", age=500)
    new = put(tmp_path / "b" / "etcd-v3.6.16-linux-amd64.tar.gz")
    assert around([tmp_path / "a", tmp_path / "b"])["etcd", "binaries"] == (new, old)


def test_folders_that_are_not_there_and_folders_below_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "below" / "flanneld")
    (tmp_path / "kubernetes.tar.gz").mkdir()
    assert around([tmp_path, tmp_path / "nowhere"]) == {}
