"""What was found out about big files, kept so that they need not be read again.

A finding holds as long as the file's size, inode and times are the same: its change time cannot be
set by hand, so an edited file does not pass for the old one.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kwizard.paths import cache_home
from kwizard.release.part import file_sums

_MOST = 400  # findings kept; the oldest go


def recall(path: Path, what: str, find_out: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
    """`find_out()`, or what it returned for this very file before. Its result must be JSON.

    Findings are dropped, never wrong, when the place they are kept in cannot be read or written.
    Raises OSError when `path` cannot be looked at, and whatever `find_out` raises.
    """
    key = f"{what} {path.resolve()}"
    state = _state(path)
    kept = _load().get(key)
    if isinstance(kept, dict) and kept.get("state") == state:
        return kept.get("value")
    value = find_out()
    if _state(path) == state:
        findings = _load()
        findings.pop(key, None)
        findings[key] = {"state": state, "value": value}
        _store(dict(list(findings.items())[-_MOST:]))
    return value


def sha256_of(path: Path) -> str:
    """The sum of a file, read only when it has changed since the last time. Raises OSError."""
    return str(recall(path, "sha256", lambda: file_sums(path)[0]))


def _state(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]


def _file() -> Path:
    return cache_home() / "findings.json"


def _load() -> dict[str, Any]:
    try:
        told = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _store(findings: dict[str, Any]) -> None:
    file = _file()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=".findings.", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(findings, stream)
            Path(fresh).replace(file)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
