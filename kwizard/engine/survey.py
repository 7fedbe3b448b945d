"""Look before touching: all probes of a host in one read-only script, over one exchange."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kwizard.engine.journal import Attempt, JournalState
from kwizard.engine.plan import Finding, Plan, State, Task
from kwizard.errors import KwizardError
from kwizard.recipes.step import Operator, Script
from kwizard.remote.host import ReadOnlyHost
from kwizard.text import decode

PROBE_TIMEOUT = 60.0  # seconds for all probes of a host together
UNANSWERED = 75
"""Status of a probe that waited in vain for what it asks. The probes after it find `$unanswered`
set, so that not each of them has to wait."""
PROBE_LIMIT = 4 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Look:
    """What the probe of one task said: its exit status, last line, and the host's stamp."""

    exit: int
    line: str
    stamp: str


def combined(tasks: Sequence[Task], mark: str) -> str:
    """One script that runs the probes of `tasks`, each in a subshell of its own.

    `mark` is a word no host can guess; it frames each probe's output so that nothing a probe
    prints is taken for another one's verdict.
    """
    parts = [
        f"# Look which of {len(tasks)} steps are as wanted on this host. Changes nothing.\n",
        'steps="${KWIZARD_ROOT:-/var/lib/kwizard}/steps"\nunanswered=\n',
    ]
    for number, task in enumerate(tasks):
        body = task.probe or ("true\n" if task.step.stamped else "false\n")
        parts.append(
            f'stamp=; {{ read -r stamp <"$steps/{task.stamp}"; }} 2>/dev/null || :\n'
            f"printf '%s begin {number} %s\\n' {mark} \"$stamp\"\n"
            f"(\n{body}\n) </dev/null 2>&1\n"
            "ended=$?\n"
            f'[ "$ended" -ne {UNANSWERED} ] || unanswered=yes\n'
            f"printf '\\n%s end {number} %s\\n' {mark} \"$ended\"\n"
        )
    return "".join(parts)


def parse(text: str, mark: str, count: int) -> dict[int, Look]:
    """Read what `combined` made a host print. Probes that are missing or cut off are left out."""
    out: dict[int, Look] = {}
    frame = re.compile(
        rf"^{re.escape(mark)} begin (\d+) ?(\S*)[^\n]*\n(.*?)^{re.escape(mark)} end \1 (\d+)$",
        re.MULTILINE | re.DOTALL,
    )
    for match in frame.finditer(text):
        number = int(match[1])
        lines = [line for line in match[3].splitlines() if line.strip()]
        if number < count:
            out[number] = Look(int(match[4]), lines[-1].strip()[:300] if lines else "", match[2])
    return out


def judge(task: Task, look: Look | None, attempt: Attempt | None) -> Finding:
    """Is `task` due? Decided from its probe, the host's stamp and the journal."""
    finding = _judge(task, look, attempt)
    if finding.state is State.DUE and attempt is not None and attempt.waived:
        return Finding(State.DUE, f"skipped by you before; {finding.reason}")
    return finding


def _judge(task: Task, look: Look | None, attempt: Attempt | None) -> Finding:
    if look is None:
        return Finding(State.UNKNOWN, "the host did not answer the probe")
    if attempt is not None and attempt.running:
        return Finding(State.DUE, "started earlier, its end is not known yet")
    if task.step.on_demand:
        done = task.probe is None or look.exit == 0
        reason = look.line or ("nothing needs it" if done else "not as wanted")
        return Finding(State.DONE if done else State.DUE, reason)
    same = look.stamp == task.record
    finished = attempt is not None and attempt.ok and attempt.key == task.key
    if task.probe is None:
        # A host that was made anew has forgotten its stamps, whatever the journal remembers.
        stamped = isinstance(task.step.action, Script) and task.step.stamped
        if same if stamped else finished:
            return Finding(State.DONE, "done earlier, unchanged since")
        return Finding(State.DUE, "not done yet")
    if look.exit != 0:
        return Finding(State.DUE, look.line or "not as wanted")
    if isinstance(task.step.action, Script) and task.step.stamped and not same:
        return Finding(
            State.DUE,
            "applied with other contents before"
            if look.stamp
            else "there, but not set up by this step",
        )
    return Finding(State.DONE, look.line or "as wanted")


async def survey(
    plan: Plan, hosts: Mapping[str, ReadOnlyHost], journal: JournalState
) -> dict[str, Finding]:
    """The state of every task: one read-only exchange per host, all hosts at once.

    A host that cannot be reached makes its tasks UNKNOWN with the reason; nothing is raised for it.
    """
    per_host: dict[str, list[Task]] = {}
    for task in plan.tasks:
        if task.host is not None:
            per_host.setdefault(task.host, []).append(task)
    results = await asyncio.gather(
        *(_survey_host(hosts[name], tasks, journal) for name, tasks in per_host.items())
    )
    found = {k: v for result in results for k, v in result.items()}
    _judge_by_need(plan, found)
    return found


async def look_again(task: Task, host: ReadOnlyHost, journal: JournalState) -> Finding:
    """The state of one task now."""
    return (await _survey_host(host, [task], journal))[task.id]


async def _survey_host(
    host: ReadOnlyHost, tasks: Sequence[Task], journal: JournalState
) -> dict[str, Finding]:
    mark = f"kwizard-{secrets.token_hex(12)}"
    try:
        output = await host.look(combined(tasks, mark), timeout=PROBE_TIMEOUT, limit=PROBE_LIMIT)
    except (KwizardError, TimeoutError) as error:
        reason = str(error) or "no answer in time"
        return {t.id: Finding(State.UNKNOWN, reason) for t in tasks}
    looks = parse(decode(output.stdout), mark, len(tasks))
    return {t.id: judge(t, looks.get(n), journal.attempt(t.id)) for n, t in enumerate(tasks)}


def _judge_by_need(plan: Plan, found: dict[str, Finding]) -> None:
    """Work on the operator's side, and what is done on demand, is due when something that comes
    after it is; with nothing after it (the verification) it only looks, and is done every time."""
    after = plan.dependents()
    for task in plan.tasks:
        operator = isinstance(task.step.action, Operator)
        if not (operator or task.step.on_demand):
            continue
        later = [found[i] for i in after[task.id] if i in found]
        if any(f.state is not State.DONE for f in later):
            found[task.id] = Finding(State.DUE, "needed by a step that is due")
        elif not operator:
            continue  # as its probe says
        elif later:
            found[task.id] = Finding(State.DONE, "nothing needs it any more")
        else:
            found[task.id] = Finding(State.DUE, "looks only, and is done every time")


def unknown(plan: Plan, reason: str) -> dict[str, Finding]:
    """Findings for a plan made without asking the hosts."""
    return {t.id: Finding(State.UNKNOWN, reason) for t in plan.tasks}
