"""Which file of which release holds the server programs, where it is, and what its sum is."""

from __future__ import annotations

from dataclasses import dataclass

from kwizard.cluster.model import Version
from kwizard.release.sums import SHA256, SHA512

FULL = "kubernetes.tar.gz"
SERVER = "kubernetes-server-linux-{architecture}.tar.gz"

GITHUB = "https://github.com/kubernetes/kubernetes/releases/download"
DL = "https://dl.k8s.io"

CLASSIC_OLDEST = Version(1, 3, 0)
CLASSIC_END = Version(1, 20, 0)
"""The classic recipe knows versions from the first of these up to, not including, the second: the
first whose API server has no insecure port."""


@dataclass(frozen=True, slots=True)
class Location:
    """A file to download. A sum is None where the catalog does not hold it: then the server has it
    beside the file, as `<url>.sha512` or `<url>.sha256`."""

    version: Version
    file: str
    url: str
    sha256: str | None
    sha512: str | None


def nests_server_programs(version: Version) -> bool:
    """Up to 1.4 the server tarball came inside kubernetes.tar.gz; from 1.5 on it is a file apart,
    and kubernetes.tar.gz holds none."""
    return version < Version(1, 5, 0)


def locate(version: Version, mirror: str | None = None, architecture: str = "amd64") -> Location:
    """Where to get `version`. `mirror` is a base URL that replaces the official one: below it a
    mirror has `<version>/<file>`, as both official places do. Known sums hold for mirrors too."""
    nested = nests_server_programs(version)
    file = FULL if nested else SERVER.format(architecture=architecture)
    base = (mirror or (GITHUB if nested else DL)).rstrip("/")
    key = f"{version}/{file}"
    return Location(version, file, f"{base}/{key}", SHA256.get(key), SHA512.get(key))


def known_to_classic(version: Version) -> bool:
    """Whether the classic recipe can install it."""
    return CLASSIC_OLDEST <= version < CLASSIC_END
