"""Making of the files an operator has the files that are sent: flanneld, etcd, image archives."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import stat
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from kwizard.errors import ReleaseError
from kwizard.release.archive import Member, walk
from kwizard.release.program import HEAD, architecture_of
from kwizard.release.recall import recall, sha256_of

_GZIP = b"\x1f\x8b"
_LARGEST_PROGRAM = 512 * 1024**2  # bytes
_ETCD = ("etcd", "etcdctl")
_LARGEST_MANIFEST = 1024**2  # bytes
_MOST_NAMES = 50
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,250}")


def flanneld(path: Path, cache: Path) -> Path:
    """A flanneld program as it is; out of flannel's release tarball the flanneld in it.

    Raises ReleaseError when it is neither, or for another machine than linux-amd64.
    """
    _regular(path)
    if _beginning(path)[:2] != _GZIP:
        _for_hosts(path, _beginning(path))
        return path
    target = _place(cache, [path], "flanneld")
    if not target.exists():
        taken = _take(path, ("flanneld",))
        _for_hosts(path, taken["flanneld"][:HEAD])
        _write(target, taken["flanneld"], mode=0o755)
    return target


def etcd_binaries(path: Path, cache: Path) -> Path:
    """A .tar.gz with etcd and etcdctl below one directory, as etcd's releases are, made of such a
    tarball, one of another layout, or a directory with the two programs. Raises ReleaseError."""
    sources = [_program_in(path, name) for name in _ETCD] if path.is_dir() else [path]
    for source in sources:
        _regular(source)
    target = _place(cache, sources, "etcd.tar.gz")
    if not target.exists():
        if path.is_dir():
            found = {source.name: source.read_bytes() for source in sources}
        else:
            found = _take(path, _ETCD)
        for name, data in found.items():
            _for_hosts(path / name, data[:HEAD])
        _write(target, _pack({f"etcd/{name}": data for name, data in found.items()}), mode=0o644)
    return target


def tarball(path: Path, _cache: Path) -> Path:
    """A gzipped tarball of programs as it is; the host takes out what it needs. Raises ReleaseError
    when it is none."""
    _regular(path)
    if _beginning(path)[:2] != _GZIP:
        raise ReleaseError(f"{path} is no .tar.gz", remedy="name the tarball as it was released")
    return path


def image_archive(path: Path, _cache: Path) -> Path:
    """A docker archive (`docker save`), gzipped or not, as it is. Raises ReleaseError when it has
    no manifest.json or repositories file."""
    _regular(path)
    if not recall(path, "image", lambda: _is_image(path)):
        raise ReleaseError(
            f"{path} is no docker archive: it has neither manifest.json nor repositories",
            remedy="make it with `docker save IMAGE -o FILE`",
        )
    return path


def images_in(path: Path) -> tuple[str, ...]:
    """The names of the images in a docker archive, with their tags, as its manifest.json has them;
    none where it has no such file or names none. Raises ReleaseError when it is no archive."""
    _regular(path)
    return tuple(recall(path, "image names", lambda: _image_names(path)))


def _image_names(path: Path) -> list[str]:
    try:
        with tarfile.open(path, mode="r|*") as tar:
            for member in tar:
                if member.name == "manifest.json" and member.size <= _LARGEST_MANIFEST:
                    stream = tar.extractfile(member)
                    return _tags(json.load(stream)) if stream is not None else []
    except (tarfile.TarError, EOFError, OSError, ValueError, RecursionError) as error:
        raise ReleaseError(
            f"{path} is no docker archive: {error}",
            remedy="make it with `docker save IMAGE -o FILE`",
        ) from error
    return []


def _tags(manifest: object) -> list[str]:
    """RepoTags of every image in a manifest, whoever wrote it."""
    found: list[str] = []
    for image in manifest if isinstance(manifest, list) else ():
        tags = image.get("RepoTags") if isinstance(image, dict) else None
        found += [t for t in tags or () if isinstance(t, str) and _IMAGE.fullmatch(t)]
    return found[:_MOST_NAMES]


def _is_image(path: Path) -> bool:
    try:
        with tarfile.open(path, mode="r|*") as tar:
            return any(m.name in ("manifest.json", "repositories") for m in tar)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ReleaseError(
            f"{path} is no docker archive: {error}",
            remedy="make it with `docker save IMAGE -o FILE`",
        ) from error


def _take(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """The programs of those names in a .tar.gz, wherever in it they lie."""
    found: dict[str, bytes] = {}

    def visit(member: Member, content: IO[bytes]) -> None:
        name = member.name.rsplit("/", 1)[-1]
        if name in names and name not in found:
            if member.size > _LARGEST_PROGRAM:
                raise ReleaseError(f"{name} in {path.name} is bigger than any such program")
            found[name] = content.read()

    with path.open("rb") as stream:
        walk(stream, path.name, visit)
    if missing := [name for name in names if name not in found]:
        raise ReleaseError(f"{path} does not hold {' and '.join(missing)}")
    return found


def _program_in(directory: Path, name: str) -> Path:
    file = directory / name
    if not file.is_file():
        raise ReleaseError(f"there is no {name} in {directory}")
    if file.stat().st_size > _LARGEST_PROGRAM:
        raise ReleaseError(f"{file} is bigger than any such program")
    return file


def _for_hosts(path: Path, head: bytes, wanted: str = "amd64") -> None:
    found = architecture_of(head)
    if found is None:
        raise ReleaseError(f"{path} is no program for Linux")
    if found not in (wanted, "script"):
        raise ReleaseError(f"{path} is for {found}, the hosts are {wanted}")


def _regular(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise ReleaseError(f"{path} is not a file")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _place(cache: Path, sources: list[Path], name: str) -> Path:
    """A path that changes with what the sources hold."""
    sums = "".join(sha256_of(source) for source in sources)
    return cache / hashlib.sha256(sums.encode()).hexdigest()[:16] / name


def _pack(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same files."""
    out = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=out, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for name, data in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.mode, member.size = 0o755, len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def _write(target: Path, data: bytes, mode: int) -> None:
    """Whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new.", dir=target.parent) as work:
        fresh = Path(work, target.name)
        fresh.write_bytes(data)
        fresh.chmod(mode)
        fresh.replace(target)
