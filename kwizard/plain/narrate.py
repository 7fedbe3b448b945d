"""The event stream as plain lines, for terminals without a screen and for log files."""

from __future__ import annotations

from collections.abc import Callable

from kwizard.engine import events as ev
from kwizard.folding import padded
from kwizard.language import N_, _, told
from kwizard.tui.hostnames import host_named

UNITS = (N_("bytes"), N_("hosts"), N_("pings"))
ENDS = {
    "done": N_("{cluster}: done after {seconds} s"),
    "failed": N_("{cluster}: failed after {seconds} s"),
    "interrupted": N_("{cluster}: interrupted after {seconds} s"),
}


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
                values = {"cluster": event.cluster, "due": event.due, "total": event.total}
                self._line(_("{cluster}: {due} of {total} tasks are due", **values))
            case ev.StepStarted():
                title = told(event.title)
                if event.attached:
                    title = _("{title} (found running, followed again)", title=title)
                self._step(event, "..", title)
            case ev.StepSkipped():
                self._skipped(event)
            case ev.Log() if self._logs:
                for line in event.shown.split("\n"):
                    self._line(f"   {_host(event)} | {line}")
            case ev.Progress():
                self._progress(event)
            case ev.StepFinished():
                self._step(event, "ok", _("{seconds} s", seconds=f"{event.seconds:.1f}"))
            case ev.StepFailed():
                self._failed(event)
            case ev.RunFinished():
                seconds = f"{event.seconds:.1f}"
                self._line(_(ENDS[event.status], cluster=event.cluster, seconds=seconds))
                self._remind()

    def _failed(self, event: ev.StepFailed) -> None:
        self._step(event, "XX", _("failed: {reason}", reason=told(event.reason)))
        for line in event.log_tail.splitlines():
            self._line(f"   {_host(event)} | {line}")
        if event.hint:
            self._line("   " + _("what to do: {remedy}", remedy=told(event.hint)))

    def _skipped(self, event: ev.StepSkipped) -> None:
        mark = "!!" if event.blocked else ">>" if event.waived else "=="
        self._step(event, mark, told(event.reason))
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
                values = {"done": event.done, "total": event.total, "unit": _(event.unit)}
                said = _("{done} of {total} {unit}", **values)
                if event.source:
                    said = _(
                        "{done} of {total} {unit} from {host}",
                        **values,
                        host=host_named(event.source),
                    )
                self._step(event, "..", said)

    def _step(self, event: ev.StepEvent, mark: str, text: str) -> None:
        self._line(f"{mark} {_host(event)} {event.step:<38} {text}")


def _host(event: ev.StepEvent) -> str:
    """The column of the host."""
    return padded(host_named(event.host), 12)


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
        said = _("{how}, {what}", how=word, what=text) if word and text else word or text
        self._line(
            _("{host}: {step}: {what}", host=host_named(event.host), step=event.step, what=said)
        )
