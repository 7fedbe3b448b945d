"""Reading a .tar.gz of unknown origin as a stream: bounded, and to its very end.

One pass, no seeking, so that an archive inside another can be read the same way. Every way an
archive can be bad ends in one ReleaseError.
"""

from __future__ import annotations

import gzip
import posixpath
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, cast

from kwizard.errors import ReleaseError
from kwizard.text import clean

BLOCK = 1024 * 1024
MAX_MEMBERS = 200_000
MAX_MEMBER = 4 * 1024**3  # bytes; the biggest member of an official release is below 2 GiB
MAX_TOTAL = 16 * 1024**3  # bytes, unpacked
_BEGINNING = 512  # bytes that tell what a file is
_TRY_ANOTHER = "fetch it again, or use the official release tarball"


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in an archive. `name` is relative and has neither `.` nor `..` in it."""

    name: str
    size: int
    mode: int


Visit = Callable[[Member, IO[bytes]], None]


def walk(stream: IO[bytes], name: str, visit: Visit) -> None:
    """Call `visit(member, content)` for every regular file, in the archive's order.

    `content` may be read only during the call, and need not be. `name` is what errors call the
    archive. Raises ReleaseError: no gzip, no tar, cut off, damaged, members that lead outside or
    are devices, or a size no release has.
    """
    whole = _Whole(stream)
    try:
        with (
            gzip.GzipFile(fileobj=cast("IO[bytes]", whole), mode="rb") as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|", errorlevel=2) as tar,
        ):
            _members(tar, name, visit)
            # What follows the tar's own end is read too: a cut there means that bytes are missing.
            while unpacked.read(BLOCK):
                if unpacked.tell() > MAX_TOTAL + MAX_MEMBER:
                    raise _bomb(name)
            if unpacked.tell() <= tar.offset:
                raise ReleaseError(
                    f"{name} is cut off: the tar archive in it has no end", remedy=_TRY_ANOTHER
                )
    except (EOFError, tarfile.TarError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(name, whole, error) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise ReleaseError(
            f"{name} is no tar archive: {clean(str(error))[:200]}", remedy=_TRY_ANOTHER
        ) from error


def _members(tar: tarfile.TarFile, name: str, visit: Visit) -> None:
    total = 0
    for count, info in enumerate(tar, 1):
        path = _safe(info.name, name)
        total += info.size
        if count > MAX_MEMBERS or info.size > MAX_MEMBER or total > MAX_TOTAL:
            raise _bomb(name)
        if info.issym() or info.islnk():
            base = posixpath.dirname(path) if info.issym() else ""
            _safe(posixpath.join(base, info.linkname), name)
        elif info.isreg():
            content = tar.extractfile(info)
            assert content is not None
            visit(Member(path, info.size, info.mode), content)
        elif not info.isdir():
            raise ReleaseError(
                f"{name} holds {_shown(info.name)}, which is neither file, directory nor link",
                remedy="this is no release; do not unpack it",
            )
        # TarFile remembers every member; nobody asks again, and there may be very many.
        tar.members = []  # type: ignore[attr-defined]


def _safe(path: str, archive: str) -> str:
    plain = posixpath.normpath(path)
    if path.startswith("/") or plain == ".." or plain.startswith("../") or "\0" in path:
        raise ReleaseError(
            f"{archive} holds {_shown(path)}, which leads outside of where it is unpacked",
            remedy="this is no release; do not unpack it",
        )
    return plain


def _shown(path: str) -> str:
    return repr(clean(path)[:120])


def _bomb(name: str) -> ReleaseError:
    return ReleaseError(
        f"{name} unpacks to more than any release is: {MAX_MEMBER} bytes a file, {MAX_TOTAL} in "
        f"all, {MAX_MEMBERS} files",
        remedy="this is no release; do not unpack it",
    )


def _damaged(name: str, whole: _Whole, error: Exception) -> ReleaseError:
    count = whole.count
    while len(whole.first) < _BEGINNING and whole.read(_BEGINNING):
        pass
    first = whole.first
    if not first:
        return ReleaseError(f"{name} is empty", remedy=_TRY_ANOTHER)
    if not first.startswith(b"\x1f\x8b"[: len(first)]):
        looks = ""
        if first[257:262] == b"ustar":
            looks = ": it is a tar archive that is not compressed any more (compress it with gzip)"
        elif first.lstrip()[:1] == b"<":
            looks = ": it looks like a web page"
        return ReleaseError(f"{name} is no .tar.gz{looks}", remedy=_TRY_ANOTHER)
    if len(first) < 2 or isinstance(error, EOFError) or "unexpected end" in str(error):
        return ReleaseError(
            f"{name} is cut off: it ends in the middle, after {count} bytes",
            remedy="fetch it again: the download was not complete",
        )
    return ReleaseError(f"{name} is damaged: {clean(str(error))[:200]}", remedy=_TRY_ANOTHER)


class _Whole:
    """Counts what is read, and remembers how it began."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.first = b""
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size >= 0 else BLOCK)
        if len(self.first) < _BEGINNING:
            self.first += data[: _BEGINNING - len(self.first)]
        self.count += len(data)
        return data
