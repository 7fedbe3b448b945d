"""The checks before an installation, changing nothing."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

from kwizard.app.planning import make_plan
from kwizard.app.session import Session
from kwizard.cluster.model import RecipeName
from kwizard.engine.plan import Task
from kwizard.errors import KwizardError, Problem
from kwizard.probes.facts import HostFacts, facts_script, parse_facts, problems
from kwizard.text import clean

SKEW = 30.0  # seconds from the median clock; certificates and etcd leases mind more than that


PREFLIGHT = "hosts/preflight"
OBSTACLE = "obstacle: "  # how the preflight scripts begin a line that blocks


@dataclass(frozen=True, slots=True)
class HostCheck:
    """What a look at one host gave: its facts, or why there are none, and what is wrong."""

    facts: HostFacts | None
    error: KwizardError | None
    problems: tuple[Problem, ...]

    @property
    def blocks(self) -> bool:
        """True when an installation should not begin."""
        return self.error is not None or any(p.blocks for p in self.problems)


async def checkup(session: Session) -> dict[str, HostCheck]:
    """Facts and problems of every host, in file order: from one exchange each, and for the modern
    recipe a second one, in which its own preflight is asked. Raises InvalidInput where the cluster
    file has no plan."""
    preflights = await _preflights(session)
    looks = await asyncio.gather(*(_look(session, name) for name in session.hosts))
    facts = dict(zip(session.hosts, looks, strict=True))
    skews = _skews({n: f for n, f in facts.items() if isinstance(f, tuple)})
    out = {}
    for name, look in facts.items():
        if isinstance(look, KwizardError):
            out[name] = HostCheck(None, look, ())
            continue
        found = list(problems(look[0], session.cluster, session.cluster.host(name)))
        found += preflights.get(name, ())
        found.sort(key=lambda p: not p.blocks)
        if abs(skews.get(name, 0.0)) > SKEW:
            found.append(
                Problem(
                    f"{name}: its clock is {skews[name]:+.0f} s off the others",
                    "set the clocks (chrony, systemd-timesyncd) before installing",
                    blocks=False,
                )
            )
        out[name] = HostCheck(look[0], None, tuple(found))
    return out


async def _preflights(session: Session) -> dict[str, tuple[Problem, ...]]:
    """By host, what the installation's own first step would stop at: so nobody is told "ready" by
    one and refused by the other."""
    if session.cluster.recipe is not RecipeName.MODERN:
        return {}
    tasks = make_plan(session.cluster, session.directory).of_step(PREFLIGHT)
    found = await asyncio.gather(*(_obstacles(session, t) for t in tasks))
    return {t.host or "": problems for t, problems in zip(tasks, found, strict=True)}


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


async def _look(session: Session, name: str) -> tuple[HostFacts, float] | KwizardError:
    try:
        output = await session.hosts[name].look(facts_script(session.cluster))
    except KwizardError as error:
        return error
    except TimeoutError:
        return KwizardError("no answer in time", host=name)
    return parse_facts(output), time.time()


def _skews(looks: Mapping[str, tuple[HostFacts, float]]) -> dict[str, float]:
    offsets = {n: f.clock - at for n, (f, at) in looks.items() if f.clock}
    if len(offsets) < 2:
        return {}
    middle = statistics.median(offsets.values())
    return {n: o - middle for n, o in offsets.items()}
