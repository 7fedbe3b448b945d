"""Small release tarballs made in memory, good and bad."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
from collections.abc import Mapping

PROGRAMS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)
BIN = "kubernetes/server/bin"


def elf(name: str, version: str = "v1.19.16", machine: int = 62, *, big: bool = False) -> bytes:
    """A file that begins as a Linux program and has `version` stamped in as Go's linker does."""
    order = ">" if big else "<"
    head = b"\x7fELF" + bytes([2, 2 if big else 1, 1]) + bytes(9)
    head += struct.pack(order + "HH", 2, machine)
    body = f"{name} knows of v1.0.0".encode() + b"\x00" * 7 + version.encode() + b"\x00" * 9
    return head.ljust(64, b"\x00") + body


def tar(files: Mapping[str, bytes], mode: int = 0o755) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), mode
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def targz(files: Mapping[str, bytes], mode: int = 0o755) -> bytes:
    return gzip.compress(tar(files, mode), mtime=0)


def server(version: str = "v1.19.16", machine: int = 62, *, big: bool = False) -> bytes:
    return targz({f"{BIN}/{p}": elf(p, version, machine, big=big) for p in PROGRAMS})


def full(
    version: str = "v1.19.16", inner: bytes | None = None, architecture: str = "amd64"
) -> bytes:
    return targz(
        {
            "kubernetes/README.md": b"Kubernetes",
            "kubernetes/version": f"{version}\n".encode(),
            f"kubernetes/server/kubernetes-server-linux-{architecture}.tar.gz": inner
            or server(version),
        },
        mode=0o644,
    )


def with_member(member: tarfile.TarInfo) -> bytes:
    """A server tarball that holds one strange member as well."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        data = elf("kube-apiserver")
        good = tarfile.TarInfo(f"{BIN}/kube-apiserver")
        good.size, good.mode = len(data), 0o755
        archive.addfile(good, io.BytesIO(data))
        archive.addfile(member)
    return gzip.compress(out.getvalue(), mtime=0)


def special(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, link, size
    return with_member(member)
