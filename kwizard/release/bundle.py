"""A bundle: everything an installation without a network needs, in one file.

It is a plain tar archive (what is in it is compressed already), so that `tar -tf` shows it. First
comes `kwizard-bundle.json`, which says what it is for and names every file with size and sha256;
then the files, in that order and nothing else. A bundle may have come over a stick from anywhere:
it is read header by header, and whatever its list did not promise is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from kwizard.errors import ReleaseError
from kwizard.release.part import no_space
from kwizard.release.recall import sha256_of
from kwizard.text import clean

FORMAT = 1
MANIFEST = "kwizard-bundle.json"
_BLOCK = 1024 * 1024
_UNIT = tarfile.BLOCKSIZE
_LARGEST_MANIFEST = 64 * 1024  # bytes
_LARGEST_FILE = 4 * 1024**3  # bytes, as in a release tarball
_MOST_FILES = 32
_MOST_SETTINGS = 32
_KEY = re.compile(r"[a-z][a-z0-9_]{0,15}\.[a-z][a-z0-9_]{0,15}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")
_SUM = re.compile(r"[0-9a-f]{64}")
_AGAIN = "make it again with `kwizard bundle create`, or copy it here again"

Progress = Callable[[int, int], None]
"""Called with the bytes done and those there are in all."""


def no_progress(_done: int, _total: int) -> None:
    """For who does not watch."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file in a bundle: the key of the cluster file it is for (`release.tarball`), its name, its
    size in bytes and its sum."""

    key: str
    file: str
    size: int
    sha256: str

    @property
    def member(self) -> str:
        """Its name in the archive."""
        return f"{self.key}/{self.file}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says of itself. `settings`: values of the cluster file that go with its files,
    by key (`images.pause`: the name the image has in its archive)."""

    recipe: str
    version: str
    architecture: str
    items: tuple[Item, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(item.size for item in self.items)

    def text(self) -> bytes:
        """The manifest, the same bytes for the same bundle; its last value sums up the rest."""
        told: dict[str, object] = {
            "kwizard-bundle": FORMAT,
            "recipe": self.recipe,
            "version": self.version,
            "architecture": self.architecture,
            "settings": dict(sorted(self.settings.items())),
            "files": [
                {"key": i.key, "file": i.file, "size": i.size, "sha256": i.sha256}
                for i in self.items
            ],
        }
        told["sha256"] = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        return json.dumps(told, indent=1).encode() + b"\n"


def item(key: str, source: Path) -> Item:
    """The entry for the file at `source`. Raises OSError."""
    name = re.sub(r"[^A-Za-z0-9._+-]", "_", source.name)[-60:].lstrip("._+-") or "file"
    return Item(key, name, source.stat().st_size, sha256_of(source))


def write(
    target: Path, bundle: Bundle, sources: Mapping[str, Path], progress: Progress = no_progress
) -> None:
    """Write a bundle of `sources` (by key) to `target`, whole or not at all.

    Raises ReleaseError when a file changed meanwhile, or there is no space.
    """
    try:
        if shutil.disk_usage(target.parent).free < bundle.size:
            raise no_space(target.parent, bundle.size)
        with tempfile.TemporaryDirectory(prefix=".bundle.", dir=target.parent) as work:
            fresh = Path(work, target.name)
            with fresh.open("wb") as out:
                _write(out, bundle, sources, progress)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(target)
    except OSError as error:
        raise ReleaseError(
            f"the bundle cannot be written: {error.filename or target}: {error.strerror or error}",
            remedy="name a place where you may write, with room for it",
        ) from error


def _write(out: IO[bytes], bundle: Bundle, sources: Mapping[str, Path], progress: Progress) -> None:
    manifest = bundle.text()
    out.write(_header(MANIFEST, len(manifest)) + manifest + _padding(len(manifest)))
    done = 0
    for entry in bundle.items:
        out.write(_header(entry.member, entry.size))
        source = sources[entry.key]
        digest, left = hashlib.sha256(), entry.size
        with source.open("rb") as stream:
            while left and (block := stream.read(min(_BLOCK, left))):
                digest.update(block)
                out.write(block)
                left -= len(block)
                done += len(block)
                progress(done, bundle.size)
        if left or digest.hexdigest() != entry.sha256:
            raise ReleaseError(
                f"{source} changed while it was read",
                remedy="wait until it is complete, and run this again",
            )
        out.write(_padding(entry.size))
    out.write(bytes(2 * _UNIT))


def read(path: Path) -> Bundle:
    """What the bundle at `path` says of itself; its files are not looked at.

    Raises ReleaseError when it is no bundle, or one of a later format.
    """
    with _opened(path) as stream:
        return _manifest(stream, path)


def verify(path: Path, progress: Progress = no_progress) -> Bundle:
    """Read the whole bundle at `path` and hold every file against its sum. Raises ReleaseError."""
    bundle, _places = _through(path, None, progress)
    return bundle


def unpack(path: Path, folder: Path, progress: Progress = no_progress) -> dict[str, Path]:
    """The files of the bundle at `path`, by key, verified, in a directory of their own in `folder`.

    What a former call has put there is used again. Raises ReleaseError when the bundle is damaged,
    cut off, or holds what it does not promise; then nothing of a bad file stays.
    """
    try:
        return _through(path, folder, progress)[1]
    except OSError as error:
        raise ReleaseError(
            f"{error.filename or folder}: {error.strerror or error}",
            remedy="see to it that this place can be written, and run this again",
        ) from error


def _through(path: Path, folder: Path | None, progress: Progress) -> tuple[Bundle, dict[str, Path]]:
    """Go through the bundle once; with a `folder` its files are written below it."""
    places: dict[str, Path] = {}
    with _opened(path) as stream:
        bundle = _manifest(stream, path)
        if folder is not None:
            folder /= hashlib.sha256(bundle.text()).hexdigest()[:16]
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < bundle.size:
                missing = [i for i in bundle.items if not _there(folder / i.member, i)]
                if missing:
                    raise no_space(folder, sum(i.size for i in missing))
        done = 0
        for entry in bundle.items:
            _expect(stream, path, entry.member, entry.size)
            target = None if folder is None else folder / entry.member
            if target is not None:
                places[entry.key] = target
            if target is not None and _there(target, entry):
                stream.seek(entry.size, os.SEEK_CUR)
                progress(done + entry.size, bundle.size)
            else:
                _content(stream, path, entry, target, _further(progress, done, bundle.size))
            done += entry.size
            _skip_padding(stream, path, entry.size)
        if stream.read(2 * _UNIT) != bytes(2 * _UNIT) or stream.read(1):
            raise ReleaseError(
                f"{path.name} does not end where it should: it is cut off, or holds more than it "
                "says",
                remedy=_AGAIN,
            )
    return bundle, places


def _further(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    return lambda more: progress(done + more, total)


def _there(target: Path, entry: Item) -> bool:
    """Whether a former call has put the file there, and it is still the same."""
    try:
        return target.stat().st_size == entry.size and sha256_of(target) == entry.sha256
    except OSError:
        return False


def _content(
    stream: IO[bytes], path: Path, entry: Item, target: Path | None, told: Callable[[int], None]
) -> None:
    if target is None:
        _copy(stream, path, entry, None, told)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new.", dir=target.parent) as work:
        fresh = Path(work, target.name)
        with fresh.open("wb") as out:
            _copy(stream, path, entry, out, told)
        fresh.chmod(0o644)
        fresh.replace(target)


def _copy(
    stream: IO[bytes],
    path: Path,
    entry: Item,
    out: IO[bytes] | None,
    told: Callable[[int], None],
) -> None:
    digest, left = hashlib.sha256(), entry.size
    while left:
        block = stream.read(min(_BLOCK, left))
        if not block:
            raise _cut_off(path)
        digest.update(block)
        if out is not None:
            out.write(block)
        left -= len(block)
        told(entry.size - left)
    if digest.hexdigest() != entry.sha256:
        raise ReleaseError(
            f"{entry.file} in {path.name} is damaged: its sha256 is {digest.hexdigest()}, the "
            f"bundle says {entry.sha256}",
            remedy=_AGAIN,
        )


def _manifest(stream: IO[bytes], path: Path) -> Bundle:
    size = _expect(stream, path, MANIFEST, None)
    if size > _LARGEST_MANIFEST:
        raise _no_bundle(path, "its list of files is too long")
    data = stream.read(size)
    if len(data) != size:
        raise _cut_off(path)
    _skip_padding(stream, path, size)
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _no_bundle(path, f"its list of files cannot be read: {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("kwizard-bundle"), int):
        raise _no_bundle(path, "its list of files is none")
    if told["kwizard-bundle"] != FORMAT:
        raise ReleaseError(
            f"{path.name} is a bundle of format {told['kwizard-bundle']}; this kwizard reads "
            f"format {FORMAT}",
            remedy="use the kwizard it was made with, or a later one",
        )
    try:
        bundle = _parsed(told)
    except (KeyError, TypeError, ValueError) as error:
        raise _no_bundle(path, f"its list of files is wrong: {error}") from error
    if bundle.text() != data:
        raise _no_bundle(path, "its list of files is damaged, or was changed by hand")
    return bundle


def _parsed(told: Mapping[str, Any]) -> Bundle:
    files, settings = told["files"], told["settings"]
    if not isinstance(files, list) or not 0 < len(files) <= _MOST_FILES:
        raise ValueError("no files, or too many")
    if not isinstance(settings, dict) or len(settings) > _MOST_SETTINGS:
        raise ValueError("settings")
    items = tuple(
        Item(
            key=_matching(_KEY, entry["key"]),
            file=_matching(_FILE, entry["file"]),
            size=_size(entry["size"]),
            sha256=_matching(_SUM, entry["sha256"]),
        )
        for entry in files
    )
    if len({i.key for i in items}) != len(items):
        raise ValueError("a key stands twice")
    words = recipe, version, architecture = (
        told["recipe"],
        told["version"],
        told["architecture"],
    )
    for word in (*words, *settings.values()):
        if not isinstance(word, str) or len(word) > 300 or clean(word) != word:
            raise ValueError("a value is no plain text")
    named = {_matching(_KEY, key): value for key, value in settings.items()}
    return Bundle(recipe, version, architecture, items, named)


def _matching(pattern: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError(f"{str(text)[:80]!r}")
    return text


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_FILE:
        raise ValueError(f"a size of {str(value)[:40]!r}")
    return value


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.USTAR_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _UNIT)


def _skip_padding(stream: IO[bytes], path: Path, size: int) -> None:
    if len(stream.read(-size % _UNIT)) != -size % _UNIT:
        raise _cut_off(path)


def _expect(stream: IO[bytes], path: Path, name: str, size: int | None) -> int:
    """Read one header, which must be that of a plain file `name`; its size."""
    block = stream.read(_UNIT)
    if len(block) < _UNIT:
        raise _cut_off(path) if size is not None else _no_bundle(path, "it is too short")
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError as error:
        raise _no_bundle(path, "it is no tar archive, or damaged") from error
    if not info.isreg() or info.name != name or size not in (None, info.size):
        found = clean(info.name)[:80]
        raise _no_bundle(path, f"where {name} should be, there is {found!r}")
    return info.size


def _opened(path: Path) -> IO[bytes]:
    if not path.is_file():
        raise ReleaseError(f"there is no file {path}", remedy="check the path of the bundle")
    try:
        return path.open("rb")
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be read: {error.strerror or error}", remedy="check its permissions"
        ) from error


def _cut_off(path: Path) -> ReleaseError:
    return ReleaseError(f"{path.name} is cut off: it ends in the middle", remedy=_AGAIN)


def _no_bundle(path: Path, why: str) -> ReleaseError:
    return ReleaseError(
        f"{path.name} is no bundle of kwizard: {clean(why)[:300]}",
        remedy="a bundle is made with `kwizard bundle create FILE -o OUT`",
    )
