"""Tarballs in the form of the official ones, the same bytes for the same programs."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

SERVER = "kubernetes-server-linux-amd64.tar.gz"
FULL = "kubernetes.tar.gz"


def server_tarball(bin_dir: Path, licence: Path, target: Path, mtime: int) -> None:
    """kubernetes/server/bin/PROGRAM, mode 0755, and the licence, as dl.k8s.io has it."""
    with _open(target, mtime, level=6) as tar:
        for folder in ("kubernetes", "kubernetes/server", "kubernetes/server/bin"):
            tar.folder(folder)
        for program in sorted(bin_dir.iterdir()):
            tar.file(f"kubernetes/server/bin/{program.name}", program, 0o755)
        tar.file("kubernetes/LICENSES/LICENSE", licence, 0o644)


def full_tarball(server: Path, version: str, licence: Path, target: Path, mtime: int) -> None:
    """kubernetes/version and the server tarball nested below kubernetes/server, as the releases
    up to 1.4 on GitHub had it. What those held besides (documentation, client programs, cluster
    scripts) has no part in an installation and is not made."""
    # What fills it is compressed already.
    with _open(target, mtime, level=1) as tar:
        tar.folder("kubernetes")
        tar.text("kubernetes/version", f"{version}\n")
        tar.file("kubernetes/LICENSE", licence, 0o644)
        tar.folder("kubernetes/server")
        tar.file(f"kubernetes/server/{SERVER}", server, 0o644)


def programs_tarball(
    bin_dir: Path, folder: str, licence: Path | None, target: Path, mtime: int
) -> None:
    """The programs, mode 0755, and the licence if any, in `folder`, or flat when that is empty: the
    form in which etcd, containerd and the CNI plugins are released."""
    prefix = f"{folder}/" if folder else ""
    with _open(target, mtime, level=6) as tar:
        if folder:
            tar.folder(folder)
        for program in sorted(bin_dir.iterdir()):
            tar.file(f"{prefix}{program.name}", program, 0o755)
        if licence is not None:
            tar.file(f"{prefix}LICENSE", licence, 0o644)


def write_sums(file: Path) -> None:
    """FILE.sha256 and FILE.sha512 beside it, bare hexadecimal as dl.k8s.io serves them."""
    for algorithm in ("sha256", "sha512"):
        with file.open("rb") as stream:
            value = hashlib.file_digest(stream, algorithm).hexdigest()
        Path(f"{file}.{algorithm}").write_text(value, encoding="ascii")


@contextlib.contextmanager
def _open(target: Path, mtime: int, level: int) -> Iterator[_Members]:
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=level, fileobj=raw, mtime=mtime) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        yield _Members(tar, mtime)


class _Members:
    """Adds members that all belong to root and bear one time."""

    def __init__(self, tar: tarfile.TarFile, mtime: int) -> None:
        self._tar = tar
        self._mtime = mtime

    def _member(self, name: str, mode: int) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.mode, member.mtime = mode, self._mtime
        member.uname = member.gname = "root"
        return member

    def folder(self, name: str) -> None:
        member = self._member(name, 0o755)
        member.type = tarfile.DIRTYPE
        self._tar.addfile(member)

    def file(self, name: str, source: Path, mode: int) -> None:
        member = self._member(name, mode)
        member.size = source.stat().st_size
        with source.open("rb") as stream:
            self._tar.addfile(member, stream)

    def text(self, name: str, text: str) -> None:
        member = self._member(name, 0o644)
        member.size = len(text.encode())
        self._tar.addfile(member, io.BytesIO(text.encode()))
