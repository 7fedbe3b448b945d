"""The files an installation needs, on this machine: found, fetched, checked, ready to be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kwizard.cluster.model import Cluster, Version
from kwizard.errors import ReleaseError
from kwizard.paths import cache_home
from kwizard.release import parcels
from kwizard.release.catalog import Location, locate, nests_server_programs
from kwizard.release.part import Checksum
from kwizard.release.recall import recall, sha256_of
from kwizard.release.tarball import Kind, Program, Tarball, extract_nested, inspect
from kwizard.release.telling import Notice, Progress, no_notice, no_progress


@dataclass(frozen=True, slots=True)
class Obtained:
    """The server tarball, ready to be sent, and what is in it. `architecture` is "script" for the
    made-up release of a rehearsal: whoever installs on real hosts must refuse that. `source` is
    the file the operator brought, or the address it came from."""

    server_tarball: Path
    sha256: str
    version: Version
    architecture: str
    programs: tuple[Program, ...]
    source: str


async def obtain(
    cluster: Cluster, *, progress: Progress = no_progress, notice: Notice = no_notice
) -> Obtained:
    """Have the cluster's release on this machine, verified.

    The tarball named in the cluster file is used where it lies; else the release is downloaded
    (resumed, with its checksum) into kwizard's cache. Raises ReleaseError, with a remedy, when it
    cannot be had or is not what the cluster file says.
    """
    release = cluster.release
    if release.on_hosts:
        raise ReleaseError(
            f"the release {cluster.version} is to come from hosts that have it, not over this"
            " machine",
            remedy="take `on_hosts:` out of the cluster file to have it here",
        )
    if release.tarball is not None:
        path, source = await _brought(cluster), release.tarball
    else:
        from kwizard.release.download import fetch  # and with it all of httpx

        place = locate(cluster.version, release.mirror)
        path, source = _cached(place), place.url
        # A sum in the cluster file stands above all others.
        own = release.sha256
        await fetch(
            place.url,
            path,
            sha256=own or place.sha256,
            sha512=None if own else place.sha512,
            progress=progress,
            notice=notice,
        )
    return await _prepared(cluster, path, source, notice)


async def look(cluster: Cluster) -> Obtained | None:
    """What is here of the cluster's release already; None when it must be downloaded first, or is
    to come from hosts.

    Uses no network. Raises ReleaseError as `obtain` does for a tarball that is not right.
    """
    release = cluster.release
    if release.on_hosts:
        return None
    if release.tarball is not None:
        return await _prepared(cluster, await _brought(cluster), release.tarball, no_notice)
    place = locate(cluster.version, release.mirror)
    path = _cached(place)
    if not path.exists():
        return None
    own = Checksum.of(sha256=release.sha256)
    if own is not None and await asyncio.to_thread(sha256_of, path) != own.value:
        return None
    return await _prepared(cluster, path, place.url, no_notice)


def published(cluster: Cluster) -> Checksum | None:
    """The sum of the server tarball as the cluster file or the catalog has it, known without the
    network; None where it is not, or where the release holds that tarball inside another one. With
    `release.on_hosts` the file's sum is always the server tarball's."""
    release, nested = cluster.release, nests_server_programs(cluster.version)
    if release.tarball is not None or (nested and not release.on_hosts):
        return None
    own = release.sha256
    if nested:
        return Checksum.of(sha256=own)
    place = locate(cluster.version, release.mirror)
    return Checksum.of(sha256=own or place.sha256, sha512=None if own else place.sha512)


async def resolve(cluster: Cluster, artifact: str) -> tuple[Path, str]:
    """The local file for an artifact of `kwizard.recipes.step.Place`, and its sha256.

    `release` must have been obtained before. Raises ReleaseError naming the key of the cluster
    file that is missing or wrong, KeyError for an artifact there is not.
    """
    if artifact == "release":
        obtained = await look(cluster)
        if obtained is None:
            raise ReleaseError(
                f"the release {cluster.version} is not on this machine yet",
                remedy="run `kwizard fetch` with the cluster file, or name a tarball you have as "
                "`release: tarball:`",
            )
        return obtained.server_tarball, obtained.sha256
    section, name, prepare = ARTIFACTS[artifact]
    key, value = f"{section}: {name}:", getattr(getattr(cluster, section), name)
    if value is None:
        raise ReleaseError(
            f"the cluster file does not say where the {artifact} is",
            remedy=f"set `{key}` to a file on this machine",
        )
    path = _existing(value, key)
    return await asyncio.to_thread(_prepare, path, key, prepare)


Prepare = Callable[[Path, Path], Path]
"""Makes of the file the operator named the file that is sent; the second is a directory for it."""


ARTIFACTS: Mapping[str, tuple[str, str, Prepare]] = MappingProxyType(
    {
        "flannel": ("flannel", "binary", parcels.flanneld),
        "etcd-binaries": ("etcd", "binaries", parcels.etcd_binaries),
        "etcd-archive": ("etcd", "archive", parcels.image_archive),
        "containerd": ("runtime", "containerd", parcels.tarball),
        "cni-plugins": ("runtime", "cni_plugins", parcels.tarball),
        "pause-image": ("images", "pause_archive", parcels.image_archive),
        "coredns-image": ("images", "coredns_archive", parcels.image_archive),
        "pause-archive": ("docker", "pause_archive", parcels.image_archive),
    }
)
"""Besides the release: by artifact, the section and key of the cluster file that name its file."""


def _prepare(path: Path, key: str, prepare: Prepare) -> tuple[Path, str]:
    try:
        sent = prepare(path, cache_home() / "artifacts")
        return sent, sha256_of(sent)
    except ReleaseError as error:
        error.remedy = error.remedy or f"correct `{key}` in the cluster file"
        raise
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be used: {error.strerror or error}",
            remedy=f"see to it, or correct `{key}` in the cluster file",
        ) from error


def _existing(value: str, key: str) -> Path:
    path = Path(value).expanduser()
    if not path.exists():
        raise ReleaseError(
            f"there is no file {path}", remedy=f"correct `{key}` in the cluster file"
        )
    return path


def _cached(place: Location) -> Path:
    return cache_home() / "releases" / str(place.version) / place.file


async def _brought(cluster: Cluster) -> Path:
    """The tarball the cluster file names, its sum checked where the file has one."""
    assert cluster.release.tarball is not None
    path = _existing(cluster.release.tarball, "release: tarball:")
    wanted = Checksum.of(sha256=cluster.release.sha256)
    if wanted is None or not path.is_file():
        return path
    found = await asyncio.to_thread(sha256_of, path)
    if found != wanted.value:
        raise ReleaseError(
            f"{path} has sha256 {found}, the cluster file says {wanted.value}",
            remedy="fetch the tarball again, or correct `release: sha256:` in the cluster file",
        )
    return path


async def _prepared(cluster: Cluster, path: Path, source: str, notice: Notice) -> Obtained:
    tarball = await asyncio.to_thread(_inspected, path)
    version = tarball.version
    if version is None:
        await notice(f"{path.name} does not tell its version; taking it for {cluster.version}")
        version = cluster.version
    elif version != cluster.version:
        raise ReleaseError(
            f"{path} is {version}, the cluster file says {cluster.version}",
            remedy="correct `version:` in the cluster file, or use the other tarball",
        )
    server, sha256 = await asyncio.to_thread(server_tarball, path, cache_home() / "artifacts")
    return Obtained(server, sha256, version, tarball.architecture, tarball.programs, source)


def server_tarball(path: Path, cache: Path) -> tuple[Path, str]:
    """The server tarball of a release of either form, and its sha256: the file itself, or the
    nested one, put into a directory below `cache` the first time. Raises ReleaseError."""
    tarball = _inspected(path)
    if tarball.kind is Kind.SERVER:
        return path, sha256_of(path)
    assert tarball.nested is not None
    target = cache / sha256_of(path)[:16] / tarball.nested.rsplit("/", 1)[-1]
    target.parent.mkdir(parents=True, exist_ok=True)
    if not _is_whole(target):
        extract_nested(tarball, target)
    return target, sha256_of(target)


def _is_whole(target: Path) -> bool:
    try:
        _inspected(target)
    except ReleaseError:
        return False
    return True


def _inspected(path: Path) -> Tarball:
    """`inspect`, remembered."""
    if not path.is_file():
        return inspect(path)
    told: dict[str, Any] = recall(path, "tarball", lambda: _packed(inspect(path)))
    version = told["version"]
    return Tarball(
        path,
        Kind(told["kind"]),
        None if version is None else Version.parse(version),
        told["architecture"],
        tuple(Program(**p) for p in told["programs"]),
        told["nested"],
    )


def _packed(tarball: Tarball) -> dict[str, Any]:
    return {
        "kind": tarball.kind.value,
        "version": None if tarball.version is None else str(tarball.version),
        "architecture": tarball.architecture,
        "programs": [asdict(p) for p in tarball.programs],
        "nested": tarball.nested,
    }
