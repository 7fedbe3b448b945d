"""The files a cluster's installation sends to hosts besides the release, looked into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kwizard.app.planning import make_plan
from kwizard.cluster.files import files_of
from kwizard.cluster.finding import Path as Key
from kwizard.cluster.model import Cluster
from kwizard.errors import ReleaseError
from kwizard.paths import cache_home
from kwizard.recipes.step import Place
from kwizard.release.around import around
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
    wanted = {
        task.step.action.artifact: None
        for task in make_plan(cluster).tasks
        if isinstance(task.step.action, Place) and task.step.action.artifact != "release"
    }
    return tuple([await _artifact(cluster, name) for name in wanted])


async def _artifact(cluster: Cluster, name: str) -> Artifact:
    try:
        path, _sum = await resolve(cluster, name)
        return Artifact(name, path, path.stat().st_size)
    except ReleaseError as error:
        return Artifact(name, error=error)


def lying_around(cluster: Cluster, file: Path | None) -> dict[Key, tuple[Path, ...]]:
    """Files such an installation needs, by key of the cluster file, found where people keep them:
    here, in ~/Downloads, beside the cluster file and the files it names, in kwizard's cache."""
    folders = [Path.cwd(), Path.home() / "Downloads"]
    folders += [file.parent] if file is not None else []
    folders += [Path(f).parent for place, f in files_of(cluster) if place[0] != "hosts"]
    folders += [cache_home(), cache_home() / "files"]
    return around(folders)
