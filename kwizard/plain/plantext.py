"""A plan as plain text, for terminals without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from kwizard.engine.plan import Finding, Plan, State
from kwizard.recipes.step import Image

MARKS = {State.DUE: "+", State.DONE: "=", State.UNKNOWN: "?"}


def as_text(plan: Plan, findings: Mapping[str, Finding]) -> str:
    """The plan for people: phases, steps, hosts, and why each is due or not."""
    lines = [f"{plan.cluster.name}: {plan.cluster.recipe} {plan.cluster.version}"]
    for phase, in_phase in groupby(plan.tasks, key=lambda t: t.step.phase):
        lines += ["", phase.label]
        for step, tasks in groupby(in_phase, key=lambda t: t.step):
            lines.append(f"  {step.id}: {step.title}")
            for command in step.shows:
                first, *more = command.split("\n")
                lines += [f"      # {first}", *(f"        {line}" for line in more)]
            by_finding: dict[Finding, list[str]] = {}
            for task in tasks:
                by_finding.setdefault(findings[task.id], []).append(task.host_label)
            for finding, hosts in by_finding.items():
                where = ", ".join(hosts)
                lines.append(f"    {MARKS[finding.state]} {where}: {_words(finding)}")
    if plan.images:
        lines += ["", "Images"]
        lines += [f"  {i.name}: {i.purpose}, {_whence(i)}" for i in plan.images]
    due = sum(f.state is State.DUE for f in findings.values())
    done = sum(f.state is State.DONE for f in findings.values())
    lines += ["", f"{len(plan.tasks)} tasks: {due} due, {done} as wanted already"]
    return "\n".join(lines) + "\n"


def _whence(image: Image) -> str:
    return f"from {image.archive}" if image.archive else "pulled from its registry by each host"


def _words(finding: Finding) -> str:
    return f"{finding.state}, {finding.reason}" if finding.reason else finding.state
