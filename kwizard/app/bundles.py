"""Bundles: make one of what a cluster needs, and install from one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kwizard.app.artifacts import archives, located, sent
from kwizard.app.planning import make_plan
from kwizard.cluster.dump import dump
from kwizard.cluster.load import loads
from kwizard.cluster.model import Cluster, EtcdMode, RecipeName, Version
from kwizard.engine.plan import Plan
from kwizard.errors import InvalidInput, Problem, ReleaseError
from kwizard.paths import cache_home
from kwizard.release import bundle as bundles
from kwizard.release.around import tars
from kwizard.release.bundle import Bundle
from kwizard.release.store import ARTIFACTS, obtain
from kwizard.release.telling import Notice, Progress, no_notice, no_progress

RELEASE = "release.tarball"
_FILES = frozenset({RELEASE, *(f"{section}.{key}" for section, key, _make in ARTIFACTS.values())})
_SETTINGS = frozenset(
    {"flannel.version", "images.pause", "images.coredns", "etcd.image", "docker.pause_image"}
)


async def create(
    cluster: Cluster,
    target: Path,
    *,
    fetched: Progress = no_progress,
    notice: Notice = no_notice,
    written: bundles.Progress = bundles.no_progress,
) -> Bundle:
    """Write a bundle of all that an installation of `cluster` needs to `target`.

    The release is fetched where it is not here. Raises InvalidInput naming what hosts would still
    have to get elsewhere, ReleaseError for a file that will not do.
    """
    plan = make_plan(cluster)
    if lacking := list(_lacking(plan)):
        raise InvalidInput(lacking)
    release = await obtain(cluster, progress=fetched, notice=notice)
    sources = {RELEASE: release.server_tarball}
    for artifact in sent(plan):
        section, key, _make = ARTIFACTS[artifact]
        sources[f"{section}.{key}"], _sum = await located(cluster, artifact)
    made = Bundle(
        recipe=cluster.recipe.value,
        version=str(cluster.version),
        architecture=release.architecture,
        items=tuple(bundles.item(key, source) for key, source in sources.items()),
        settings=dict(sorted(_settings(plan))),
    )
    bundles.write(target, made, sources, written)
    return made


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose files are here: the file it came in, what it says of itself, and by key of the
    cluster file where each of its files lies, verified."""

    path: Path
    bundle: Bundle
    places: Mapping[str, Path]

    def into(self, cluster: Cluster) -> Cluster:
        """`cluster` with these files instead of those it names. Raises InvalidInput when the bundle
        is for another recipe or version, or holds values that are none."""
        fitting(cluster, self.bundle, self.path)
        for key, place in self.places.items():
            cluster = _with(cluster, key, str(place))
        release = replace(cluster.release, mirror=None, on_hosts=False, sha256=None)
        cluster = replace(cluster, release=release)
        name = self.path.name
        try:
            for key, value in self.bundle.settings.items():
                cluster = _with(cluster, key, value)
        except ValueError as error:
            raise InvalidInput([Problem(f"in {name} {error}", "make the bundle again")]) from error
        # The values came from outside: they pass the same door as those of a cluster file.
        return loads(dump(cluster), f"the cluster file with what {name} holds").cluster


def opened(path: Path, progress: bundles.Progress = bundles.no_progress) -> Opened:
    """Unpack the bundle at `path` into kwizard's cache, verified; what a former call has put there
    is used again. Raises ReleaseError when it is damaged."""
    return _unpacked(path, bundles.read(path), progress)


def _unpacked(path: Path, bundle: Bundle, progress: bundles.Progress) -> Opened:
    return Opened(path, bundle, bundles.unpack(path, cache_home() / "bundles", progress))


def adopt(
    cluster: Cluster, path: Path, progress: bundles.Progress = bundles.no_progress
) -> Cluster:
    """`cluster` with the files of the bundle at `path` instead of those it names.

    They are unpacked into kwizard's cache, verified. Raises InvalidInput when the bundle is for
    another recipe or version, ReleaseError when it is damaged.
    """
    bundle = bundles.read(path)
    fitting(cluster, bundle, path)  # before its files are unpacked
    return _unpacked(path, bundle, progress).into(cluster)


def version_of(bundle: Bundle, cluster: Cluster) -> Version | None:
    """The bundle's version, where the cluster has another one and the same recipe: it is the bundle
    that was chosen on purpose. None where there is nothing to change."""
    try:
        version = Version.parse(bundle.version)
    except ValueError:
        return None
    same = bundle.recipe == cluster.recipe.value
    return version if same and version != cluster.version else None


def lying_around(cluster: Cluster, folders: Iterable[Path]) -> tuple[Path, ...]:
    """Bundles in `folders` that are for this recipe and version, the newest first. Of a file no
    more is read than what it says of itself."""
    found = []
    for path in tars(folders):
        try:
            fitting(cluster, bundles.read(path), path)
        except (ReleaseError, InvalidInput, OSError):
            continue
        found.append(path)
    return tuple(found)


def left_to_hosts(cluster: Cluster) -> tuple[str, ...]:
    """Keys of the cluster file that name no file: the hosts have it, or get it themselves."""
    wanted = ["flannel.binary"]
    if cluster.etcd.mode is EtcdMode.SYSTEMD:
        wanted.append("etcd.binaries")
    if cluster.recipe is RecipeName.MODERN:
        wanted += ["runtime.containerd", "runtime.cni_plugins"]
    return tuple(key for key in wanted if _value(cluster, key) is None)


def fitting(cluster: Cluster, bundle: Bundle, path: Path) -> None:
    """Raise InvalidInput with every reason why that bundle is not for that cluster."""
    problems = []
    if bundle.recipe != cluster.recipe.value:
        problems.append(
            Problem(
                f"{path.name} is for the recipe {bundle.recipe}, the cluster file is "
                f"{cluster.recipe.value}",
                "use the other bundle, or the cluster file it was made for",
            )
        )
    if bundle.version != str(cluster.version):
        problems.append(
            Problem(
                f"{path.name} holds Kubernetes {bundle.version}, the cluster file wants "
                f"{cluster.version}",
                "correct `version:` in the cluster file, or use the other bundle",
            )
        )
    unknown = sorted({i.key for i in bundle.items} - _FILES | set(bundle.settings) - _SETTINGS)
    if unknown:
        problems.append(
            Problem(
                f"{path.name} holds what this kwizard does not know: {', '.join(unknown)}",
                "use the kwizard it was made with, or a later one",
            )
        )
    if problems:
        raise InvalidInput(problems)


def _with(cluster: Cluster, key: str, value: str) -> Cluster:
    """`cluster` with one text of the cluster file changed. Raises ValueError for a version that
    is none."""
    section, name = key.split(".")
    old = getattr(cluster, section)
    made = type(cluster.version).parse(value) if name == "version" else value
    return replace(cluster, **{section: replace(old, **{name: made})})


def _value(cluster: Cluster, key: str) -> object:
    section, name = key.split(".")
    return getattr(getattr(cluster, section), name)


def _lacking(plan: Plan) -> Iterator[Problem]:
    """What hosts would get from elsewhere, so that no file could hold all."""
    for image in plan.images:
        if image.archive is None:
            yield Problem(
                f"the image {image.name} ({image.purpose}) would be pulled from its registry",
                "name an archive of it in the cluster file (`docker save` makes one)",
            )


def _settings(plan: Plan) -> Iterator[tuple[str, str]]:
    cluster, wanted = plan.cluster, sent(plan)
    if "flannel" in wanted:
        yield "flannel.version", str(cluster.flannel.version)
    for kept in archives(cluster):
        if kept.artifact in wanted and kept.image:
            yield ".".join(kept.name_key), kept.image
