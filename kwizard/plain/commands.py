"""Everything kwizard had done: when, on which host, what, and how it ended; and each with its
script."""

from __future__ import annotations

from collections.abc import Sequence

from kwizard.engine.plan import Plan
from kwizard.language import _, _n, told
from kwizard.plain.talk import Talk
from kwizard.remote.looked import Look
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import duration
from kwizard.tui.model import Command

Entry = Command | Look


def entries(talk: Talk) -> list[Entry]:
    """Steps, and what was run only to look, in the order they were begun."""
    both: list[Entry] = [*talk.model.commands, *talk.cases.looked().kept]
    return sorted(both, key=lambda e: e.time)


def listed(found: Sequence[Entry]) -> list[str]:
    """A line for each, numbered from 1."""
    return [f"  {number}  {_line(entry)}" for number, entry in enumerate(found, 1)]


def told_so_far(talk: Talk) -> None:
    """The list, while something else goes on."""
    found = entries(talk)
    count = _n("{count} command", "{count} commands", len(found))
    talk.ask.say("", _("{commands} so far:", commands=count), *listed(found))


async def ask_commands(talk: Talk, plan: Plan | None) -> None:
    """Tell the list; then the very script of any of them."""
    found = entries(talk)
    told_so_far(talk)

    def there(answer: str) -> str | None:
        if answer.isdecimal() and len(answer) < 9 and 1 <= int(answer) <= len(found):
            return None
        return _("there is no such number; take one out of the list")

    while found:
        answer = await talk.ask.text(
            _("Number of the one whose script you want to read"), check=there, optional=True
        )
        if not answer:
            return
        script = _script(found[int(answer) - 1], plan)
        talk.ask.say("", *(script.split("\n") if script else [_("This step runs no script.")]))


def _script(entry: Entry, plan: Plan | None) -> str:
    if isinstance(entry, Look):
        return entry.script
    tasks = plan.tasks if plan is not None else ()
    wanted = (entry.step, entry.host)
    return next((t.script for t in tasks if (t.step.id, t.host_label) == wanted), "")


def _line(entry: Entry) -> str:
    time = f"{entry.time.astimezone():%H:%M:%S}"
    if isinstance(entry, Look):
        often = f" ×{entry.times}" if entry.times > 1 else ""
        what = _("look{often}: {what}", often=often, what=entry.title)
    else:
        what = f"{entry.step}: {told(entry.title)}"
    return _(
        "{time} on {host}: {what}, {how}",
        time=time,
        host=host_named(entry.host),
        what=what,
        how=_how(entry),
    )


def _how(entry: Entry) -> str:
    if not entry.ended:
        return _("running")
    took = duration(entry.seconds)
    if entry.ended.lstrip("-").isdigit():
        return _("exit {status} after {time}", status=entry.ended, time=took)
    return _("{how} after {time}", how=_(entry.ended), time=took)
