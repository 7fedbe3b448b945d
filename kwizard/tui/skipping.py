"""What it means to skip a step, in sentences; nothing here knows Textual."""

from __future__ import annotations

from collections.abc import Sequence

from kwizard.engine.plan import Plan, Task
from kwizard.language import _, _n
from kwizard.tui.hostnames import hosts_named

NAMED = 4  # steps that are named; the rest is counted


def consequence(plan: Plan, task: Task) -> str:
    """What comes after `task` and would run as if it had been done."""
    after = plan.followers(task.id)
    if not after:
        return _("Nothing comes after it.")
    where: dict[str, list[str]] = {}
    for later in after:
        where.setdefault(later.step.id, []).append(later.host_label)
    named = [f"{step} ({_few(hosts)})" for step, hosts in list(where.items())[:NAMED]]
    names, more = ", ".join(named), len(where) - NAMED
    if more > 0:
        names += _n(" and {count} more", " and {count} more", more)
    return _n(
        "{count} task rests on it and will run as if it were done: {names}.",
        "{count} tasks rest on it and will run as if it were done: {names}.",
        len(after),
        names=names,
    )


def lasting() -> str:
    """What a skip is not."""
    return _("It is skipped this once, written down as skipped by you, and due in the next run.")


def left_out(waived: Sequence[tuple[str, str]]) -> list[str]:
    """What was skipped, as (step, host): a line a step, with its hosts."""
    where: dict[str, list[str]] = {}
    for step, host in waived:
        where.setdefault(step, []).append(host)
    lines = [
        _("{step} on {hosts}", step=step, hosts=_few(hosts))
        for step, hosts in list(where.items())[:NAMED]
    ]
    if (more := len(where) - NAMED) > 0:
        lines.append(_("and {count} more", count=more))
    return lines


def reminder(waived: Sequence[tuple[str, str]], name: str) -> str:
    """For the terminal after a run: what was skipped, as (step, host), and how it is done after
    all; empty when nothing was."""
    if not waived:
        return ""
    tasks = ", ".join(f"{step}@{host}" for step, host in waived)
    said = _("Skipped by you, not done: {tasks}. To do it after all:", tasks=tasks)
    return f"{said}\n  kwizard resume {name}"


def _few(hosts: list[str]) -> str:
    if len(hosts) <= 3:
        return hosts_named(hosts)
    return _("{count} hosts", count=len(hosts))
