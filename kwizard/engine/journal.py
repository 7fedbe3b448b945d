"""The operator-side record of what was started and how it ended.

Append-only, one JSON object a line, fsynced, written under a lock that refuses a second writer.
The state is the fold of its lines. No secret is ever written here: scripts hold none, and only
their hashes are recorded.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from kwizard.errors import InvalidInput, JournalLocked, Problem

FORM = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last try at a task. `log_at` is the byte of the local log file where it began.

    `exit` is None while it runs, or when there was no exit status. One that was handed to its host
    with others counts as running, though the host may not have come to it yet. `waived`: not tried
    at all, a person skipped it; it is due again in the next run.
    """

    task: str
    key: str
    job: str
    time: datetime
    log_at: int = 0
    ended: bool = False
    exit: int | None = None
    reason: str = ""
    waived: bool = False

    @property
    def running(self) -> bool:
        """Started, and nothing was heard of its end."""
        return not self.ended

    @property
    def ok(self) -> bool:
        """Ended well."""
        return self.ended and self.exit == 0


@dataclass(frozen=True, slots=True)
class JournalState:
    """The fold of a journal: the last attempt at each task, and how the last run ended."""

    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    last_run: str = ""  # "", "running", "done", "failed", "interrupted"
    last_time: datetime | None = None
    last_task: str = ""

    def attempt(self, task_id: str) -> Attempt | None:
        """The last attempt at that task, or None."""
        return self.attempts.get(task_id)

    @property
    def waived(self) -> tuple[str, ...]:
        """The tasks a person skipped and nobody has done since."""
        return tuple(task for task, attempt in self.attempts.items() if attempt.waived)


def fold(records: Iterable[Mapping[str, Any]]) -> JournalState:  # noqa: C901 - a case a kind
    """The state after `records`. Records of kinds this version does not know change nothing."""
    state = JournalState()
    attempts: dict[str, Attempt] = {}
    for record in records:
        time = datetime.fromisoformat(record["time"])
        kind, task = record.get("kind"), str(record.get("task", ""))
        state = replace(state, last_time=time)
        match kind:
            case "run.started":
                state = replace(state, last_run="running")
            case "run.finished":
                state = replace(state, last_run=str(record.get("status", "")))
            case "task.handed" | "task.started":
                attempts[task] = Attempt(
                    task,
                    str(record["key"]),
                    str(record.get("job", "")),
                    time,
                    log_at=int(record.get("log_at", 0)),
                )
                if kind == "task.started":
                    state = replace(state, last_task=task)
            case "task.taken_back" if task in attempts:
                attempts[task] = replace(attempts[task], ended=True, reason="not begun")
            case "task.ended" if task in attempts:
                exit_status = record.get("exit")
                attempts[task] = replace(
                    attempts[task],
                    ended=True,
                    reason=str(record.get("reason", "")),
                    exit=exit_status if isinstance(exit_status, int) else None,
                )
                state = replace(state, last_task=task)
            case "task.waived":
                attempts[task] = Attempt(
                    task,
                    str(record.get("key", "")),
                    "",
                    time,
                    ended=True,
                    reason=str(record.get("reason", "")),
                    waived=True,
                )
            case "task.skipped" if not record.get("blocked") and task in attempts:
                if attempts[task].waived:  # somebody did it by hand since: it is as wanted
                    del attempts[task]
            case "reset":
                # What was done on these hosts is undone; with all of them it is as if never begun.
                hosts = set(record.get("hosts", ()))
                attempts = {t: a for t, a in attempts.items() if t.rpartition("@")[2] not in hosts}
                if record.get("all"):
                    attempts, state = {}, replace(state, last_run="", last_task="")
    return replace(state, attempts=attempts)


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a journal file; [] when there is none.

    A last line without its newline was cut off by a crash and is ignored. Raises InvalidInput for
    a damaged line before the end, with its number.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    *whole, _torn = data.split(b"\n")
    records = []
    for number, line in enumerate(whole, 1):
        try:
            record = json.loads(line)
            datetime.fromisoformat(record["time"])
        except (ValueError, KeyError, TypeError) as error:
            remedy = (
                "move the file away to start with an empty journal; the hosts are probed anyway"
            )
            raise InvalidInput(
                [Problem(f"damaged journal line: {error}", remedy, str(path), number)]
            ) from error
        records.append(record)
    return records


def state_of(path: Path) -> JournalState:
    """The state a journal file describes, read without taking the lock."""
    return fold(read(path))


class Journal:
    """A journal open for writing. A context manager; the lock ends with it, or with the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        self.state = JournalState()

    def __enter__(self) -> Self:
        """Take the lock and read what is there. Raises JournalLocked, InvalidInput."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.path.open("ab")
        self.path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise JournalLocked(
                f"another kwizard is working on this cluster ({self.path})",
                remedy="wait for it or end it; `kwizard monitor` can watch meanwhile",
            ) from error
        self._drop_torn_line(file)
        self._file = file
        self.state = fold(read(self.path))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def append(self, kind: str, **values: Any) -> None:  # noqa: ANN401
        """Write one record and wait until it is on the disk."""
        self.append_all([(kind, values)])

    def append_all(self, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Write several, each a kind and its values, and wait once until they are on the disk."""
        assert self._file is not None, "the journal is not open"
        time = datetime.now(UTC).isoformat()
        lines = [
            json.dumps({"v": FORM, "time": time, "kind": kind, **values}, ensure_ascii=False)
            for kind, values in records
        ]
        if not lines:
            return
        self._file.write("".join(f"{line}\n" for line in lines).encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _drop_torn_line(self, file: IO[bytes]) -> None:
        data = self.path.read_bytes()
        if data and not data.endswith(b"\n"):
            file.truncate(data.rfind(b"\n") + 1)
