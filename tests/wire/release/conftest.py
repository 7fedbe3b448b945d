from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kwizard.lab.release.mirror import Mirror
from kwizard.release.download import Patience

SIZE = 3_000_000
IMPATIENT = Patience(attempts=4, connect=10.0, silence=20.0, pause=0.01, longest_pause=0.02)


@dataclass
class Told:
    """What a download said on its way."""

    notices: list[str] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)

    async def notice(self, text: str) -> None:
        self.notices.append(text)

    async def progress(self, done: int, total: int) -> None:
        self.steps.append((done, total))


@dataclass(frozen=True)
class Served:
    """One file on the mirror, with its sum beside it."""

    path: Path
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def replace(self, data: bytes) -> Served:
        """Other bytes under the same name, and their sum."""
        fresh = self.path.with_suffix(".fresh")
        fresh.write_bytes(data)
        fresh.replace(self.path)
        new = Served(self.path, data)
        Path(f"{self.path}.sha256").write_text(new.sha256)
        return new


def noise(seed: int, size: int = SIZE) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    root = tmp_path / "mirror"
    root.mkdir()
    with Mirror(root) as mirror:
        yield mirror


@pytest.fixture
def served(mirror: Mirror, tmp_path: Path) -> Served:
    return Served(tmp_path / "mirror" / "release.tar.gz", b"").replace(noise(1))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def url(mirror: Mirror, served: Served) -> str:
    return f"{mirror.url}/{served.path.name}"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "release.tar.gz"
