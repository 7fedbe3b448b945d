"""What the engine tells: screen, terminal, JSON lines and tests are readers of this one stream.

Text in events has passed `kwizard.text`: it holds no control characters but newline and tab.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The part all events share. `time` is aware, UTC."""

    name: ClassVar[str] = ""
    time: datetime
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """`due` and `total` count tasks (a step on a host)."""

    name: ClassVar[str] = "run.started"
    due: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent(Event):
    """`host` is "operator" for what is done on the operator's side."""

    phase: str
    step: str
    host: str
    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(StepEvent):
    """`attached`: a job of an earlier run is followed again, nothing was started."""

    name: ClassVar[str] = "step.started"
    title: str
    attached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(StepEvent):
    """Not run, and why: as wanted already; something it needs has failed (`blocked`); or a person
    decided so (`waived`), and what comes after it runs all the same."""

    name: ClassVar[str] = "step.skipped"
    reason: str
    blocked: bool = False
    waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(StepEvent):
    """One or more whole lines of a step's log, without the last newline. `said`: what kwizard
    itself wrote there, in the language of the run, for whoever shows it; the log has `text`."""

    name: ClassVar[str] = "log"
    text: str
    said: str = ""

    @property
    def shown(self) -> str:
        """What a person is shown of it."""
        return self.said or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(StepEvent):
    """`total` is 0 while unknown. `unit`: "bytes", "hosts", "pings". `source`: for a file on its
    way to a host, whom it comes from: another host's name, or "operator". `held`: a person paused
    what is sent and fetched, so that it stands."""

    name: ClassVar[str] = "progress"
    done: int
    total: int
    unit: str
    source: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(StepEvent):
    """Done. `seconds` from start (or attachment) to end."""

    name: ClassVar[str] = "step.finished"
    seconds: float
    exit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(StepEvent):
    """`exit` is None where there is no exit status (timeout, host lost). `hint`: what to do."""

    name: ClassVar[str] = "step.failed"
    exit: int | None
    reason: str
    hint: str
    log_tail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """The last event of a run. `exit` is what the command's exit status will be."""

    name: ClassVar[str] = "run.finished"
    status: Literal["done", "failed", "interrupted"]
    seconds: float
    exit: int = 0


_IF_SAID = ("job", "source", "held")
"""Left out of the JSON where they say nothing."""


def now() -> datetime:
    """The one clock of the event stream."""
    return datetime.now(UTC)


def to_json(event: Event) -> dict[str, Any]:
    """The event as docs/cli.md promises it: `time` (RFC 3339, UTC), `event`, `cluster`, rest."""
    out: dict[str, Any] = {
        "time": event.time.astimezone(UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "event": event.name,
        "cluster": event.cluster,
    }
    for f in fields(event):
        value = getattr(event, f.name)
        if f.name in ("time", "cluster", "said") or (f.name in _IF_SAID and not value):
            continue
        out[f.name] = round(value, 3) if isinstance(value, float) else value
    return out
