"""A plan as plain text, for terminals without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from kwizard.engine.plan import Finding, Plan, State
from kwizard.language import N_, _, told
from kwizard.recipes.step import Image
from kwizard.tui.hostnames import host_named, hosts_named

MARKS = {State.DUE: "+", State.DONE: "=", State.UNKNOWN: "?"}
WORDS = {State.DUE: N_("due"), State.DONE: N_("done"), State.UNKNOWN: N_("unknown")}


def as_text(plan: Plan, findings: Mapping[str, Finding]) -> str:
    """The plan for people: phases, steps, hosts, and why each is due or not."""
    lines = [f"{plan.cluster.name}: {plan.cluster.recipe} {plan.cluster.version}"]
    for phase, in_phase in groupby(plan.tasks, key=lambda t: t.step.phase):
        lines += ["", _(phase.label)]
        for step, tasks in groupby(in_phase, key=lambda t: t.step):
            lines.append(f"  {step.id}: {told(step.title)}")
            for command in step.shows:
                first, *more = command.split("\n")
                lines += [f"      # {first}", *(f"        {line}" for line in more)]
            by_finding: dict[Finding, list[str]] = {}
            for task in tasks:
                by_finding.setdefault(findings[task.id], []).append(task.host_label)
            for finding, hosts in by_finding.items():
                where = hosts_named(hosts)
                lines.append(f"    {MARKS[finding.state]} {where}: {_words(finding)}")
    if plan.images:
        lines += ["", _("Images")]
        lines += [f"  {_image(i)}" for i in plan.images]
    due = sum(f.state is State.DUE for f in findings.values())
    done = sum(f.state is State.DONE for f in findings.values())
    said = _(
        "{count} tasks: {due} due, {done} as wanted already",
        count=len(plan.tasks),
        due=due,
        done=done,
    )
    lines += ["", said]
    return "\n".join(lines) + "\n"


def by_host(plan: Plan, findings: Mapping[str, Finding]) -> str:
    """The same plan, each host's own steps together in their order."""
    lines = [f"{plan.cluster.name}: {plan.cluster.recipe} {plan.cluster.version}"]
    for host in (None, *(h.name for h in plan.cluster.hosts)):
        tasks = [t for t in plan.tasks if t.host == host]
        due = sum(findings[t.id].state is State.DUE for t in tasks)
        if not tasks:
            continue
        values = {"host": host_named(tasks[0].host_label), "due": due, "count": len(tasks)}
        lines += ["", _("{host}: {due} of {count} steps to do", **values)]
        for task in tasks:
            finding = findings[task.id]
            step = f"{task.step.id}: {told(task.step.title)}"
            lines.append(f"  {MARKS[finding.state]} {step}: {_words(finding)}")
    return "\n".join(lines) + "\n"


def _image(image: Image) -> str:
    values = {"name": told(image.name), "purpose": told(image.purpose), "whence": _whence(image)}
    return _("{name}: {purpose}, {whence}", **values)


def _whence(image: Image) -> str:
    if image.archive:
        return _("from {archive}", archive=image.archive)
    return _("pulled from its registry by each host")


def _words(finding: Finding) -> str:
    state = _(WORDS[finding.state])
    if not finding.reason:
        return state
    return _("{state}, {reason}", state=state, reason=told(finding.reason))
