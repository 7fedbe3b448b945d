"""The part of a file that has arrived, and what is known about the whole it belongs to."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Self

from kwizard.errors import ReleaseError

_BLOCK = 1024 * 1024
_HEX_LENGTH = {"sha256": 64, "sha512": 128}


@dataclass(frozen=True, slots=True)
class Checksum:
    """`value` is lower case hexadecimal; `source` says in words where it is from."""

    algorithm: str
    value: str
    source: str

    @classmethod
    def of(cls, *, sha256: str | None = None, sha512: str | None = None) -> Self | None:
        """The stronger of what is given. Raises ReleaseError for what is no sum."""
        for algorithm, value in (("sha512", sha512), ("sha256", sha256)):
            if value is not None:
                return cls(algorithm, _checked(algorithm, value), "the sum that was given")
        return None

    @classmethod
    def parse(cls, algorithm: str, text: str, source: str) -> Self | None:
        """What a `.sha256` or `.sha512` file says: the bare sum, or sum and name as `sha256sum`
        prints them. None when it holds neither (a web page, for instance)."""
        words = text.split()
        word = words[0].lower() if words else ""
        return cls(algorithm, word, source) if _is_sum(algorithm, word) else None


def _is_sum(algorithm: str, text: str) -> bool:
    return len(text) == _HEX_LENGTH[algorithm] and all(c in "0123456789abcdef" for c in text)


def _checked(algorithm: str, text: str) -> str:
    value = text.strip().lower()
    if not _is_sum(algorithm, value):
        raise ReleaseError(
            f"{text[:80]!r} is no {algorithm} sum",
            remedy=f"it has {_HEX_LENGTH[algorithm]} hexadecimal digits",
        )
    return value


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one content of a URL from the next. `length` in bytes, None while unknown."""

    etag: str | None = None
    last_modified: str | None = None
    length: int | None = None

    @property
    def condition(self) -> str | None:
        """For If-Range: a strong entity tag, else the date. A weak tag promises no equal bytes."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified


class Part:
    """`<target>.part` and the small files beside it. Writes reach the kernel at once, so a killed
    process loses nothing it was told of."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = Path(f"{target}.part")
        self._about = Path(f"{target}.part.json")
        self._verified = Path(f"{target}.verified.json")
        self._file: BinaryIO | None = None
        self._url = ""
        self.size = 0
        self.validators = Validators()

    def open(self, url: str) -> int:
        """Take up what is there of `url`; anything else is dropped. The bytes that are here."""
        self._url = url
        with _clear_errors(self.path):
            self._file = self.path.open("ab", buffering=0)
            self.size = self._file.seek(0, os.SEEK_END)
            about = _read_json(self._about)
            if self.size and about.get("url") == url:
                self.validators = Validators(
                    _text(about.get("etag")),
                    _text(about.get("last_modified")),
                    length if isinstance(length := about.get("length"), int) else None,
                )
            else:
                self.restart()
        return self.size

    def learn(self, validators: Validators) -> None:
        """Record what the server said of the file, before any byte of it is kept."""
        if validators != self.validators or not self._about.exists():
            self.validators = validators
            _write_json(self._about, {"url": self._url, **asdict(validators)})

    def write(self, data: bytes) -> None:
        """Add to the end. Raises ReleaseError when the disk is full."""
        assert self._file is not None
        with _clear_errors(self.path):
            view = memoryview(data)
            while view:
                written = self._file.write(view)
                self.size += written
                view = view[written:]

    def restart(self) -> None:
        """Drop what has arrived, and what was known."""
        assert self._file is not None
        self._file.truncate(0)
        self.size = 0
        self.validators = Validators()
        self._about.unlink(missing_ok=True)

    def hashes(self, algorithm: str) -> tuple[str, str]:
        """(sha256, sum of `algorithm`) of what lies on the disk."""
        return file_sums(self.path, algorithm)

    def hash_target(self, algorithm: str) -> tuple[str, str]:
        """The same of the target."""
        return file_sums(self.target, algorithm)

    def finish(self, checksum: Checksum) -> None:
        """The part is right: it becomes the target."""
        assert self._file is not None
        with _clear_errors(self.path):
            os.fsync(self._file.fileno())
            about = {"url": self._url, "algorithm": checksum.algorithm, "value": checksum.value}
            _write_json(self._verified, about)
            self.path.replace(self.target)
        self._about.unlink(missing_ok=True)

    def discard(self) -> None:
        """The part is wrong: nothing of it stays."""
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file. An empty part is not left behind."""
        if self._file is not None:
            self._file.close()
            self._file = None
            if self.size == 0:
                self.discard()

    def verified_sum(self, url: str) -> Checksum | None:
        """The sum the target was verified with when it was fetched from `url`."""
        about = _read_json(self._verified)
        algorithm, value = about.get("algorithm"), about.get("value")
        if about.get("url") != url or algorithm not in _HEX_LENGTH or not isinstance(value, str):
            return None
        return Checksum(str(algorithm), value, "recorded when it was fetched")


def file_sums(path: Path, algorithm: str = "sha256") -> tuple[str, str]:
    """(sha256, sum of `algorithm`) of a file, read once in blocks. Raises OSError."""
    sha256 = hashlib.sha256()
    other = sha256 if algorithm == "sha256" else hashlib.new(algorithm)
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK):
            sha256.update(block)
            if other is not sha256:
                other.update(block)
    return sha256.hexdigest(), other.hexdigest()


@contextlib.contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the only right to fetch `target`. Raises ReleaseError when another process has it."""
    path = Path(f"{target}.lock")
    with _clear_errors(path):
        file = path.open("a+", encoding="ascii")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(20).strip()
            who = f" (process {holder})" if holder.isdecimal() else ""
            raise ReleaseError(
                f"{target.name} is being fetched already by another kwizard{who}",
                remedy="wait for it, or end it and run this again: it goes on at the same byte",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space(path.parent) from error
        raise ReleaseError(
            f"{path} cannot be written: {error.strerror}",
            remedy="see to its directory, or set KWIZARD_CACHE_HOME to another one",
        ) from error


def no_space(directory: Path, needed: int | None = None) -> ReleaseError:
    """The error for a full disk; `needed` is how many more bytes must fit."""
    return ReleaseError(
        f"no space left in {directory}: {needed:,} more bytes are needed"
        if needed is not None
        else f"no space left in {directory}",
        remedy="make room, or set KWIZARD_CACHE_HOME to a bigger disk; what has arrived is kept",
    )


def _read_json(path: Path) -> dict[str, object]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write_json(path: Path, value: Mapping[str, object]) -> None:
    fresh = Path(f"{path}.new")
    with _clear_errors(path):
        fresh.write_text(json.dumps(value), encoding="utf-8")
        fresh.replace(path)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
