"""What is in a release tarball, told from its content: never from its name.

Nothing of it is run or unpacked to find out. A release is either kubernetes.tar.gz with the server
tarball nested inside (up to 1.4), or the server tarball itself.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from kwizard.cluster.model import Version
from kwizard.errors import ReleaseError
from kwizard.release.archive import BLOCK, Member, Visit, walk
from kwizard.release.part import no_space
from kwizard.release.program import Sight, architecture_of, version_of

BIN = "kubernetes/server/bin/"
_NESTED = re.compile(r"kubernetes/server/kubernetes-server-linux-([a-z0-9]+)\.tar\.gz")
_OTHER_KINDS = (
    ("kubernetes/client/bin/", "the client tarball: it holds kubectl alone"),
    ("kubernetes/node/bin/", "the node tarball: it lacks the control plane's programs"),
    ("cmd/kube-apiserver/", "the source code"),
    ("kubernetes/client/", "kubernetes.tar.gz of 1.5 or later, which holds no server programs"),
)
_MAIN = "kube-apiserver"
_SPEAKING = frozenset({_MAIN, "kubelet", "kubectl", "kube-proxy", "kube-scheduler"})


class Kind(StrEnum):
    """The two forms in which server programs are published."""

    FULL = "kubernetes.tar.gz"
    SERVER = "server tarball"


@dataclass(frozen=True, slots=True)
class Program:
    """A program in kubernetes/server/bin; `sha256` of what an unpacked one must be."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Tarball:
    """`architecture` as Go names it (amd64, arm64, ...), or "script" when kube-apiserver is a
    script: only a rehearsal takes that. `version` is None when neither the file kubernetes/version
    nor the programs tell. `nested` is the name of the server tarball inside, for FULL."""

    path: Path
    kind: Kind
    version: Version | None
    architecture: str
    programs: tuple[Program, ...]
    nested: str | None


def inspect(path: Path, architecture: str = "amd64") -> Tarball:
    """Read the tarball at `path`, once, to its end.

    Where several architectures are nested, `architecture` says which to look at. Raises
    ReleaseError when it is missing, damaged, cut off, dangerous, something else, or built for
    another architecture.
    """
    look = _Look(path.name, architecture)
    _read(path, look.visit)
    return look.result(path)


def programs(path: Path, architecture: str = "amd64") -> tuple[Program, ...]:
    """The server programs in a tarball of either form. Raises as `inspect` does."""
    return inspect(path, architecture).programs


def extract_nested(tarball: Tarball, target: Path) -> str:
    """Write the nested server tarball to `target`, whole or not at all; its sha256."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix=".nested.", dir=target.parent) as work:
        fresh = Path(work, target.name)

        def visit(member: Member, content: IO[bytes]) -> None:
            if member.name != tarball.nested:
                return
            with fresh.open("wb") as out:
                while block := content.read(BLOCK):
                    digest.update(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())

        free = shutil.disk_usage(target.parent).free
        if free < tarball.path.stat().st_size:
            raise no_space(target.parent, tarball.path.stat().st_size)
        _read(tarball.path, visit)
        fresh.replace(target)
    return digest.hexdigest()


def _read(path: Path, visit: Visit) -> None:
    try:
        with path.open("rb") as stream:
            walk(stream, path.name, visit)
    except FileNotFoundError as error:
        raise ReleaseError(
            f"there is no file {path}", remedy="check the path of the tarball"
        ) from error
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="check that it is a file, and that you may read it",
        ) from error


class _Look:
    """Gathers, in one pass, what tells a release tarball from anything else."""

    def __init__(self, name: str, architecture: str) -> None:
        self._name = name
        self._wanted = architecture
        self._version = ""
        self._nested: dict[str, str] = {}
        self._other: set[str] = set()
        self._inner: _Look | None = None
        self._programs: dict[str, tuple[int, Sight]] = {}

    def visit(self, member: Member, content: IO[bytes]) -> None:
        nested = _NESTED.fullmatch(member.name)
        if member.name == "kubernetes/version":
            self._version = content.read(64).decode("ascii", errors="replace").strip()
        elif nested:
            self._nested[nested[1]] = member.name
            if nested[1] == self._wanted:
                inner = _Look(f"{member.name.rsplit('/', 1)[-1]} in {self._name}", self._wanted)
                walk(content, inner._name, inner.visit)
                self._inner = inner
        elif member.name.startswith(BIN) and "/" not in member.name[len(BIN) :]:
            self._program(member, content)
        else:
            self._other.update(text for prefix, text in _OTHER_KINDS if prefix in member.name)

    def _program(self, member: Member, content: IO[bytes]) -> None:
        if not member.mode & 0o111:
            return  # docker images and their tags lie beside the programs
        name = member.name[len(BIN) :]
        sight = Sight(versions=name in _SPEAKING)
        while block := content.read(BLOCK):
            sight.feed(block)
        if architecture_of(sight.head) is not None:
            self._programs[name] = (member.size, sight)

    def result(self, path: Path) -> Tarball:
        """Everything together. Raises ReleaseError when it is not a release for this machine."""
        if self._inner is not None:
            inner = self._inner.result(path)
            version = _parsed(self._version) or inner.version
            return Tarball(
                *(path, Kind.FULL, version, inner.architecture, inner.programs),
                nested=self._nested[self._wanted],
            )
        if self._nested:
            raise self._wrong_architecture(", ".join(sorted(self._nested)))
        if _MAIN not in self._programs:
            raise self._something_else()
        architecture = architecture_of(self._programs[_MAIN][1].head) or ""
        if architecture not in (self._wanted, "script"):
            raise self._wrong_architecture(architecture)
        speaking = [sight for name, (_, sight) in self._programs.items() if name in _SPEAKING]
        version = _parsed(self._version) or _parsed(version_of(speaking) or "")
        listed = tuple(
            Program(name, size, sight.sha256)
            for name, (size, sight) in sorted(self._programs.items())
        )
        return Tarball(path, Kind.SERVER, version, architecture, listed, None)

    def _wrong_architecture(self, found: str) -> ReleaseError:
        return ReleaseError(
            f"{self._name} is for {found}, the hosts are {self._wanted}",
            remedy=f"get the release for linux-{self._wanted}",
        )

    def _something_else(self) -> ReleaseError:
        what = "no Kubernetes release: kube-apiserver is not in it"
        for _, text in _OTHER_KINDS:
            if text in self._other:
                what = text
                break
        return ReleaseError(
            f"{self._name} is {what}",
            remedy="what is needed is kubernetes-server-linux-<architecture>.tar.gz, or for "
            "versions up to 1.4 kubernetes.tar.gz",
        )


def _parsed(text: str) -> Version | None:
    try:
        return Version.parse(text)
    except ValueError:
        return None
