"""The checks before an installation, changing nothing."""

from __future__ import annotations

import asyncio
import hashlib
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kwizard.app.holders import lacking
from kwizard.app.session import Session
from kwizard.cluster.model import Cluster, RecipeName, Role
from kwizard.engine.plan import Task, build
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.probes.facts import HostFacts, facts_script, parse_facts, problems
from kwizard.probes.problems import held_against
from kwizard.recipes import steps_for
from kwizard.remote.host import Output
from kwizard.text import clean

SKEW = 30.0  # seconds from the median clock; certificates and etcd leases mind more than that
PREFLIGHT = "hosts/preflight"
OBSTACLE = "obstacle: "  # how the preflight scripts begin a line that blocks


@dataclass(frozen=True, slots=True)
class HostCheck:
    """What a look at one host gave: its facts, or why there are none, and what is wrong. `ahead` is
    by how many seconds its clock is before this machine's."""

    facts: HostFacts | None
    error: KwizardError | None
    problems: tuple[Problem, ...]
    ahead: float | None = None

    @property
    def blocks(self) -> bool:
        """True when an installation should not begin."""
        return self.error is not None or any(p.blocks for p in self.problems)


async def checkup(session: Session) -> dict[str, HostCheck]:
    """Facts and problems of every host, in file order: from one exchange each, and for the modern
    recipe a second one, in which its own preflight is asked. Raises InvalidInput where the cluster
    file has no plan."""
    asked = preflights(session)
    looks = await asyncio.gather(*(examine(session, n, asked.get(n)) for n in session.hosts))
    found = dict(zip(session.hosts, looks, strict=True))
    found |= skewed(found)
    return found | await _without_release(session, found)


async def _without_release(
    session: Session, checks: Mapping[str, HostCheck]
) -> dict[str, HostCheck]:
    """Those that would wait in vain for their release, where it is to come from hosts."""
    if (found := await lacking(session)) is None:
        return {}
    names, error = found
    problem = Problem(error.message, error.remedy)
    return {n: replace(checks[n], problems=(problem, *checks[n].problems)) for n in names}


async def examine(session: Session, name: str, preflight: Task | None = None) -> HostCheck:
    """The same of one host; clocks are compared by `skewed` when all are there."""
    try:
        output = await session.hosts[name].look(facts_script(session.cluster))
    except KwizardError as error:
        return HostCheck(None, error, ())
    except TimeoutError:
        return HostCheck(None, KwizardError("no answer in time", host=name), ())
    facts = parse_facts(output)
    # Afterwards: a host that does not answer is not waited for twice.
    obstacles = await _obstacles(session, preflight) if preflight is not None else ()
    found = [*problems(facts, session.cluster, session.cluster.host(name)), *obstacles]
    found.sort(key=lambda p: not p.blocks)
    return HostCheck(facts, None, tuple(found), ahead(facts, output))


def ahead(facts: HostFacts, output: Output) -> float | None:
    """By how many seconds the host's clock is before this machine's. It told its time, in whole
    seconds, somewhere between what was sent and what came back: while it may be the same, it is."""
    if facts.clock is None or output.sent is None or output.came is None:
        return None
    spent = max(0, (facts.clock_after or facts.clock) - facts.clock - 1)
    least, most = facts.clock - (output.came - spent), facts.clock + 1 - output.sent
    return 0.0 if least <= 0 <= most else (least + most) / 2


def preflights(session: Session) -> dict[str, Task]:
    """By host, what the installation's own first step would stop at: so nobody is told "ready" by
    one and refused by the other. Raises InvalidInput where the cluster file has no plan."""
    return _preflights(session.cluster)


def rests_on(cluster: Cluster) -> dict[str, str]:
    """By host, a sum of all in the cluster file that a look at it rests on: what is run there, and
    what the answers are held against."""
    try:
        asked = _preflights(cluster)
    except InvalidInput:
        asked = {}
    facts = facts_script(cluster)
    out = {}
    for host in cluster.hosts:
        preflight = asked[host.name].script if host.name in asked else ""
        whole = repr((host.ssh, facts, preflight, held_against(cluster, host)))
        out[host.name] = hashlib.sha256(whole.encode()).hexdigest()
    return out


def _preflights(cluster: Cluster) -> dict[str, Task]:
    # While hosts are still being entered there may be none to control them yet.
    if cluster.recipe is not RecipeName.MODERN or not cluster.with_role(Role.CONTROL_PLANE):
        return {}
    recipe = steps_for(cluster)
    first = tuple(replace(s, after=()) for s in recipe.steps if s.id == PREFLIGHT)
    return {t.host or "": t for t in build(replace(recipe, steps=first)).tasks}


def skewed(checks: Mapping[str, HostCheck]) -> dict[str, HostCheck]:
    """Those whose clock is off the others', with that problem."""
    ahead = {n: c.ahead for n, c in checks.items() if c.ahead is not None}
    if len(ahead) < 2:
        return {}
    middle = statistics.median(ahead.values())
    return {
        name: replace(
            checks[name],
            problems=(
                *checks[name].problems,
                Problem(
                    f"{name}: its clock is {seconds - middle:+.0f} s off the others",
                    "set the clocks (chrony, systemd-timesyncd) before installing",
                    blocks=False,
                ),
            ),
        )
        for name, seconds in ahead.items()
        if abs(seconds - middle) > SKEW
    }


async def _obstacles(session: Session, task: Task) -> tuple[Problem, ...]:
    try:
        output = await session.hosts[task.host or ""].look(task.script, timeout=60)
    except (KwizardError, TimeoutError):
        return ()  # the look at the facts tells why
    lines = clean(output.stdout.decode(errors="replace")).splitlines()
    told = [line.removeprefix(OBSTACLE) for line in lines if line.startswith(OBSTACLE)]
    if not told and output.exit != 0:
        said = clean(output.stderr.decode(errors="replace")).strip()
        told = [said or f"its checks ended with exit {output.exit}"]
    return tuple(Problem(text) for text in told)
