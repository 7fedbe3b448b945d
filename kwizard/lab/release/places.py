"""Where built things are kept, and how a build becomes visible there: whole, or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab.release.pack import FULL, SERVER
from kwizard.lab.release.sources import (
    CNI,
    CONTAINERD,
    COREDNS,
    ETCD,
    FLANNEL,
    ProgramsSource,
    kubernetes_source,
)
from kwizard.paths import cache_home

_RECIPE = ".recipe"


def release_root() -> Path:
    """The directory of everything built; served as it is, it is a mirror: VERSION/TARBALL."""
    return cache_home() / "lab" / "release"


def tarball_path(version: str, *, nested: bool = True) -> Path:
    """Where the tarball of `version` is, or will be once built: kubernetes.tar.gz with the server
    tarball inside, or the server tarball alone. Raises InvalidInput for a version not known."""
    return release_root() / kubernetes_source(version).version / (FULL if nested else SERVER)


def flannel_path() -> Path:
    """Where the flanneld program is, or will be once built."""
    return release_root() / f"flannel-{FLANNEL.version}" / "flanneld"


def programs_folder(source: ProgramsSource) -> Path:
    """The directory of what is built from `source`."""
    return release_root() / f"{source.name}-{source.version}"


def etcd_path() -> Path:
    """Where etcd's tarball is, or will be once built."""
    return programs_folder(ETCD) / ETCD.archive


def containerd_path() -> Path:
    """Where containerd's tarball is, or will be once built."""
    return programs_folder(CONTAINERD) / CONTAINERD.archive


def cni_path() -> Path:
    """Where the CNI plugins' tarball is, or will be once built."""
    return programs_folder(CNI) / CNI.archive


def coredns_path() -> Path:
    """Where the coredns program is, or will be once built; its image is `coredns.image()`."""
    return programs_folder(COREDNS) / "coredns"


def is_built(folder: Path, digest: str) -> bool:
    """Whether `folder` was built from the recipe of that digest."""
    try:
        return (folder / _RECIPE).read_text(encoding="ascii").strip() == digest
    except OSError:
        return False


def build_into(folder: Path, digest: str, build: Callable[[Path, Path], None]) -> bool:
    """Have `build(result, scratch)` fill two empty directories, and put the first at `folder`.

    Nothing is done when it is there already (False). A second process waits for the first. An
    interrupted or failed build leaves nothing behind; what an older recipe made is replaced.
    """
    root = folder.parent
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"{root} cannot be made: {error.strerror}", remedy="set KWIZARD_CACHE_HOME"
        ) from error
    with _locked(root / f".{folder.name}.lock"):
        if is_built(folder, digest):
            return False
        prefix = f".{folder.name}.build."
        for left_over in root.glob(f"{prefix}*"):  # of a build that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=root) as work:
            result, scratch = Path(work, "result"), Path(work, "scratch")
            result.mkdir()
            scratch.mkdir()
            build(result, scratch)
            (result / _RECIPE).write_text(digest, encoding="ascii")
            if folder.exists():
                folder.rename(Path(work, "old"))
            result.rename(folder)
            shutil.rmtree(scratch, ignore_errors=True)
    return True


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
