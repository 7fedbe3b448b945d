"""The event stream as plain lines, for terminals without a screen and for log files."""

from __future__ import annotations

from collections.abc import Callable

from kwizard.engine import events as ev
from kwizard.language import _


class Narrator:
    """Says one line for what begins and ends, and the log of each step behind its host's name
    (without it where `logs` is false: a failure brings the end of its log along all the same).

    Progress is told at each further tenth, so that a log file stays readable.
    """

    def __init__(self, say: Callable[[str], None], *, logs: bool = True) -> None:
        self._line = say
        self._logs = logs
        self._tenths: dict[tuple[str, str], int] = {}
        self._waived: list[str] = []

    def tell(self, event: ev.Event) -> None:
        """Write what `event` says."""
        match event:
            case ev.RunStarted():
                self._line(f"{event.cluster}: {event.due} of {event.total} tasks are due")
            case ev.StepStarted():
                again = " (found running, followed again)" if event.attached else ""
                self._step(event, "..", event.title + again)
            case ev.StepSkipped():
                self._skipped(event)
            case ev.Log() if self._logs:
                for line in event.text.split("\n"):
                    self._line(f"   {event.host:<12} | {line}")
            case ev.Progress():
                self._progress(event)
            case ev.StepFinished():
                self._step(event, "ok", f"{event.seconds:.1f} s")
            case ev.StepFailed():
                self._step(event, "XX", f"failed: {event.reason}")
                for line in event.log_tail.splitlines():
                    self._line(f"   {event.host:<12} | {line}")
                if event.hint:
                    self._line(f"   what to do: {event.hint}")
            case ev.RunFinished():
                self._line(f"{event.cluster}: {event.status} after {event.seconds:.1f} s")
                self._remind()

    def _skipped(self, event: ev.StepSkipped) -> None:
        mark = "!!" if event.blocked else ">>" if event.waived else "=="
        self._step(event, mark, event.reason)
        if event.waived:
            self._waived.append(f"{event.step}@{event.host}")

    def _remind(self) -> None:
        if self._waived:
            tasks = ", ".join(self._waived)
            self._line(_("skipped by you, and due in the next run: {tasks}", tasks=tasks))

    def _progress(self, event: ev.Progress) -> None:
        if event.total:
            tenth = event.done * 10 // event.total
            if self._tenths.get((event.step, event.host)) != tenth:
                self._tenths[event.step, event.host] = tenth
                source = f" from {event.source}" if event.source else ""
                self._step(event, "..", f"{event.done} of {event.total} {event.unit}{source}")

    def _step(self, event: ev.StepEvent, mark: str, text: str) -> None:
        self._line(f"{mark} {event.host:<12} {event.step:<38} {text}")


class Spoken(Narrator):
    """The same in words instead of marks and columns, for somebody who hears it."""

    def _step(self, event: ev.StepEvent, mark: str, text: str) -> None:
        word = {
            "..": "",
            "ok": _("done"),
            "XX": "",
            "!!": _("held up"),
            ">>": _("skipped"),
            "==": _("as wanted already"),
        }[mark]
        said = ", ".join(x for x in (word, text) if x)
        self._line(_("{host}: {step}: {what}", host=event.host, step=event.step, what=said))
