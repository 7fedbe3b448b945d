"""What a run looks like so far: a fold over the engine's events, without any widget.

`RunModel.apply` is the only way in. Screens read it and compare `revision` to know whether there is
something new to draw. Memory is bounded: of each host's log the last `LOG_LINES` lines are kept,
the whole log is on disk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Literal

from kwizard.engine.events import (
    Event,
    Log,
    Progress,
    RunFinished,
    RunStarted,
    StepEvent,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)
from kwizard.language import N_, _, told
from kwizard.tui.pace import Pace

LOG_LINES = 5000
COMMANDS = 5000


class Mark(StrEnum):
    """Where a step on a host stands."""

    WAITING = N_("waiting")
    RUNNING = N_("running")
    DONE = N_("done")
    KEPT = N_("as wanted")
    FAILED = N_("failed")
    BLOCKED = N_("blocked")
    WAIVED = N_("skipped")

    @property
    def over(self) -> bool:
        """Nothing more will happen to it in this run."""
        return self not in (Mark.WAITING, Mark.RUNNING)

    @property
    def settled(self) -> bool:
        """It is as wanted, or a person decided to go on without it."""
        return self in (Mark.DONE, Mark.KEPT, Mark.WAIVED)


@dataclass(frozen=True, slots=True)
class Spot:
    """One step on one host. `seconds` is how long it took; `reason` why it was skipped or failed;
    `done`/`total`/`unit` its progress (`total` 0: unknown). For a file that is brought: `source`,
    whom it comes from; `rate` in bytes a second and `left` in seconds, None while unknown; `held`,
    whether a pause holds it up."""

    mark: Mark = Mark.WAITING
    since: datetime | None = None
    seconds: float = 0.0
    reason: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    source: str = ""
    rate: float | None = None
    left: float | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One step, as a line of the table."""

    step: str
    phase: str
    title: str


@dataclass(slots=True)
class Command:
    """Something kwizard had done on a host, or did itself. `ended` is "" while it goes on, then
    how it ended, in a word or as an exit status; `seconds` how long it took."""

    time: datetime
    step: str
    host: str
    title: str
    job: str
    attached: bool = False
    ended: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class LogBuffer:
    """The end of one host's log. `total` counts every line that ever came."""

    total: int = 0
    kept: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES))

    def add(self, lines: Iterable[str]) -> None:
        """Append whole lines."""
        new = list(lines)
        self.kept.extend(new)
        self.total += len(new)

    def since(self, seen: int) -> list[str]:
        """The lines after the first `seen` ones, as far as they are still kept."""
        new = min(self.total - seen, len(self.kept))
        return list(islice(self.kept, len(self.kept) - new, None)) if new > 0 else []


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase in the strip: how many of its tasks are as they should be, and what is notable about
    it. `blocked`: something before it failed, so that it could not begin or go on."""

    phase: str
    over: int
    total: int
    running: bool
    failed: bool
    blocked: bool = False

    @property
    def done(self) -> bool:
        """All over, nothing failed."""
        return self.over == self.total


Status = Literal["idle", "running", "done", "failed", "interrupted"]


@dataclass(slots=True)
class RunModel:
    """The state of a run. Make one from a plan's rows, then `apply` each event."""

    rows: list[Row] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    spots: dict[tuple[str, str], Spot] = field(default_factory=dict)
    logs: dict[str, LogBuffer] = field(default_factory=dict)
    failures: list[StepFailed] = field(default_factory=list)
    commands: deque[Command] = field(default_factory=lambda: deque(maxlen=COMMANDS))
    running: dict[str, list[str]] = field(default_factory=dict)
    status: Status = "idle"
    started: datetime | None = None
    seconds: float = 0.0
    exit: int = 0
    due: int = 0
    revision: int = 0
    paused: bool = False
    _paces: dict[tuple[str, str, str], Pace] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[Row, str]], kept: Mapping[tuple[str, str], str]) -> RunModel:
        """A run that has not begun: (row, host) pairs in reading order; `kept` gives, by (step,
        host), the reason why nothing has to be done there."""
        model = cls()
        for row, host in rows:
            model._know(row, host)
            reason = kept.get((row.step, host))
            if reason is not None:
                model.spots[row.step, host] = Spot(Mark.KEPT, reason=reason)
        return model

    def apply(self, event: Event) -> None:
        """Take one event in. Unknown kinds are ignored: an older screen, a newer engine."""
        self.revision += 1
        match event:
            case RunStarted():
                self.status, self.started, self.due = "running", event.time, event.due
                self.failures.clear()
                self._forget_failures()
            case RunFinished():
                self.running.clear()
                self.paused = False
                self.status, self.seconds = event.status, event.seconds
                self.exit = event.exit
                self._settle()
            case StepStarted():
                self._started(event)
            case StepSkipped():
                self._skipped(event)
            case StepFinished():
                self._put(event, Spot(Mark.DONE, seconds=event.seconds))
                self._over(event, str(event.exit), event.seconds)
                title, took = self._title(event.step), event.seconds
                self._say(
                    event, "── " + _("{step}: done in {seconds:.1f} s", step=title, seconds=took)
                )
            case StepFailed():
                self._put(event, Spot(Mark.FAILED, reason=event.reason))
                self.failures.append(event)
                self._over(event, _("failed") if event.exit is None else str(event.exit))
                title, why = self._title(event.step), told(event.reason)
                self._say(event, "── " + _("{step}: failed: {reason}", step=title, reason=why))
            case Progress():
                self._progress(event)
            case Log():
                self._log(event.host).add(self._told(event))
            case _:
                pass

    def spot(self, step: str, host: str) -> Spot | None:
        """How the step stands on the host; None when it is not for that host."""
        return self.spots.get((step, host))

    def phases(self) -> list[PhaseView]:
        """The phases in order, each with its counts."""
        out = []
        for phase in dict.fromkeys(r.phase for r in self.rows):
            steps = {r.step for r in self.rows if r.phase == phase}
            marks = [s.mark for (step, _), s in self.spots.items() if step in steps]
            out.append(
                PhaseView(
                    phase,
                    sum(m.settled for m in marks),
                    len(marks),
                    Mark.RUNNING in marks,
                    Mark.FAILED in marks,
                    Mark.BLOCKED in marks,
                )
            )
        return out

    def counts(self) -> tuple[int, int]:
        """(tasks that need nothing more, all tasks)."""
        return sum(s.mark.settled for s in self.spots.values()), len(self.spots)

    def elapsed(self, now: datetime) -> float:
        """Seconds since the run began; once it has ended, how long it took."""
        if self.started is None:
            return 0.0
        if self.status == "running":
            return max(0.0, (now - self.started).total_seconds())
        return self.seconds

    def hold(self, paused: bool) -> None:
        """Note that a person paused what is sent and fetched, or lets it go on."""
        self.paused = paused
        self.revision += 1

    def at_work(self) -> tuple[int, int]:
        """(tasks that go on now, tasks that a pause holds up)."""
        running = [s for s in self.spots.values() if s.mark is Mark.RUNNING]
        held = sum(s.held for s in running)
        return len(running) - held, held

    def waived(self) -> list[tuple[str, str]]:
        """What a person skipped, as (step, host)."""
        return [key for key, spot in self.spots.items() if spot.mark is Mark.WAIVED]

    def current(self) -> tuple[Row, str] | None:
        """The first step that runs now, or that failed, and its host."""
        for mark in (Mark.RUNNING, Mark.FAILED):
            for row in self.rows:
                for host in self.hosts:
                    spot = self.spots.get((row.step, host))
                    if spot is not None and spot.mark is mark:
                        return row, host
        return None

    def _know(self, row: Row, host: str) -> None:
        if all(r.step != row.step for r in self.rows):
            self.rows.append(row)
        if host not in self.hosts:
            self.hosts.append(host)
        self.spots.setdefault((row.step, host), Spot())
        self._log(host)

    def _progress(self, event: Progress) -> None:
        old = self.spots.get((event.step, event.host), Spot(Mark.RUNNING, event.time))
        if event.held:
            self._paces.pop((event.step, event.host, event.source), None)
            held = replace(old, unit=event.unit, rate=None, left=None, held=True)
            self._put(event, replace(held, done=event.done, total=event.total))
            return
        pace = self._paces.setdefault((event.step, event.host, event.source), Pace())
        pace.saw(event.time.timestamp(), event.done)
        spot = replace(old, done=event.done, total=event.total, unit=event.unit, held=False)
        if event.unit == "bytes":
            left = pace.left(event.total)
            spot = replace(spot, source=event.source, rate=pace.rate, left=left)
        self._put(event, spot)

    def _started(self, event: StepStarted) -> None:
        self._know(Row(event.step, event.phase, event.title), event.host)
        self.spots[event.step, event.host] = Spot(Mark.RUNNING, since=event.time)
        self._over(event, _("tried again"))  # an attempt that failed and is followed by another one
        here = self.running.setdefault(event.host, [])
        here.append(event.step)
        self.commands.append(
            Command(event.time, event.step, event.host, event.title, event.job, event.attached)
        )
        title = told(event.title)
        said = (
            _("{step}: followed again", step=title)
            if event.attached
            else _("{step}: started", step=title)
        )
        self._say(event, f"── {said}")

    def _skipped(self, event: StepSkipped) -> None:
        if event.waived:
            self._over(event, _("skipped"))
            self._say(event, f"── {event.step}: {told(event.reason)}")
        mark = Mark.BLOCKED if event.blocked else Mark.WAIVED if event.waived else Mark.KEPT
        self._put(event, Spot(mark, reason=event.reason))

    def _over(self, event: StepEvent, how: str, seconds: float | None = None) -> None:
        """Note in the list of commands how what runs as that step on that host has ended."""
        here = self.running.get(event.host, [])
        if event.step not in here:
            return
        here.remove(event.step)
        for command in reversed(self.commands):
            if (command.step, command.host, command.ended) == (event.step, event.host, ""):
                command.ended = how
                took = (event.time - command.time).total_seconds()
                command.seconds = max(0.0, took) if seconds is None else seconds
                return

    def _told(self, event: Log) -> list[str]:
        """The lines of a log; before each the step's name while several run on that host."""
        lines = event.shown.split("\n")
        if len(self.running.get(event.host, ())) < 2:
            return lines
        name = event.step.rpartition("/")[2]
        return [f"{name} │ {line}" for line in lines]

    def _title(self, step: str) -> str:
        """What a step is called."""
        return next((told(row.title) for row in self.rows if row.step == step), step)

    def _put(self, event: StepEvent, spot: Spot) -> None:
        self._know(Row(event.step, event.phase, event.step), event.host)
        self.spots[event.step, event.host] = spot

    def _log(self, host: str) -> LogBuffer:
        return self.logs.setdefault(host, LogBuffer())

    def _say(self, event: StepEvent, line: str) -> None:
        self._log(event.host).add([line])

    def _forget_failures(self) -> None:
        for key, spot in self.spots.items():
            if spot.mark in (Mark.FAILED, Mark.BLOCKED, Mark.RUNNING):
                self.spots[key] = Spot()

    def _settle(self) -> None:
        if self.status == "done":
            return
        for key, spot in self.spots.items():
            if spot.mark is Mark.RUNNING:
                self.spots[key] = replace(spot, mark=Mark.WAITING, since=None, held=False)
