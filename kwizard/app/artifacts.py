"""The files a cluster's installation sends to hosts besides the release, looked into."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kwizard.app.planning import make_plan
from kwizard.cluster.files import files_of
from kwizard.cluster.finding import Path as Key
from kwizard.cluster.model import Cluster, RecipeName
from kwizard.engine.plan import Plan
from kwizard.errors import InvalidInput, ReleaseError
from kwizard.paths import cache_home
from kwizard.recipes.modern.values import coredns_image, full_name, pause_image
from kwizard.recipes.step import Place
from kwizard.release.around import around
from kwizard.release.parcels import images_in
from kwizard.release.store import resolve


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file to be sent: where it lies and its size in bytes, or why it will not do."""

    name: str
    path: Path | None = None
    size: int = 0
    error: ReleaseError | None = None


async def artifacts(cluster: Cluster) -> tuple[Artifact, ...]:
    """Every file the plan sends besides the release, opened and checked. Uses no network.

    Raises InvalidInput where there is no plan.
    """
    return tuple([await _artifact(cluster, name) for name in sent(make_plan(cluster))])


def sent(plan: Plan) -> tuple[str, ...]:
    """The artifacts a plan sends to hosts besides the release, in its order."""
    wanted = {
        task.step.action.artifact: None
        for task in plan.tasks
        if isinstance(task.step.action, Place) and task.step.action.artifact != "release"
    }
    return tuple(wanted)


async def _artifact(cluster: Cluster, name: str) -> Artifact:
    try:
        path, _sum = await located(cluster, name)
        return Artifact(name, path, path.stat().st_size)
    except ReleaseError as error:
        return Artifact(name, error=error)


async def located(cluster: Cluster, artifact: str) -> tuple[Path, str]:
    """The local file for an artifact and its sha256, as `kwizard.release.store.resolve` has it; an
    archive must hold the image the hosts will ask for, under that name. Raises ReleaseError."""
    path, checksum = await resolve(cluster, artifact)
    for kept in archives(cluster):
        if kept.artifact != artifact:
            continue
        inside = await asyncio.to_thread(images_in, path)
        if inside and not _among(kept.image, inside):
            section, key = kept.name_key
            raise ReleaseError(
                f"{path.name} holds {_few(inside)} and no image called {kept.image}",
                remedy=f"give `{section}: {key}:` the name of an image in it, or name another"
                " archive",
            )
    return path, checksum


def named_as_archived(cluster: Cluster) -> Cluster:
    """`cluster` with its images called what their archives call them: where an archive holds one
    image, and not the one that is asked for. Files that cannot be read change nothing."""
    for kept in archives(cluster):
        try:
            inside = images_in(Path(kept.file).expanduser())
        except (ReleaseError, OSError):
            continue
        if len(inside) == 1 and not _among(kept.image, inside):
            section, key = kept.name_key
            changed = replace(getattr(cluster, section), **{key: inside[0]})
            cluster = replace(cluster, **{section: changed})
    return cluster


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive the cluster file names: as which artifact it is sent, its path, the image that
    must be in it, and the key of the cluster file that names that."""

    artifact: str
    file: str
    image: str
    name_key: tuple[str, str]


def archives(cluster: Cluster) -> Iterable[Archived]:
    """The archives of images the cluster file names, for its recipe."""
    images, docker, etcd = cluster.images, cluster.docker, cluster.etcd
    if cluster.recipe is RecipeName.MODERN:
        if images.pause_archive is not None:
            key = ("images", "pause")
            yield Archived("pause-image", images.pause_archive, pause_image(cluster), key)
        if images.coredns_archive is not None:
            key = ("images", "coredns")
            yield Archived("coredns-image", images.coredns_archive, coredns_image(cluster), key)
        return
    if etcd.archive is not None:
        yield Archived("etcd-archive", etcd.archive, etcd.image, ("etcd", "image"))
    if docker.pause_archive is not None:
        name = docker.pause_image or ""
        yield Archived("pause-archive", docker.pause_archive, name, ("docker", "pause_image"))


def _among(image: str, inside: Iterable[str]) -> bool:
    """Whether that image is one of those, docker's short names and long ones being the same."""
    return _long(image) in map(_long, inside)


def _long(image: str) -> str:
    try:
        return full_name(image)
    except InvalidInput:
        return image


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def lying_around(cluster: Cluster, file: Path | None) -> dict[Key, tuple[Path, ...]]:
    """Files such an installation needs, by key of the cluster file, found where people keep them
    (`usual_folders`)."""
    return around(usual_folders(cluster, file))


def usual_folders(cluster: Cluster, file: Path | None) -> list[Path]:
    """Here, ~/Downloads, beside the cluster file and the files it names, kwizard's cache."""
    folders = [Path.cwd(), Path.home() / "Downloads"]
    folders += [file.parent] if file is not None else []
    folders += [Path(f).parent for place, f in files_of(cluster) if place[0] != "hosts"]
    folders += [cache_home(), cache_home() / "files"]
    return folders
