"""The checks before an installation, changing nothing."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

from kwizard.app.session import Session
from kwizard.errors import KwizardError, Problem
from kwizard.probes.facts import HostFacts, facts_script, parse_facts, problems

SKEW = 30.0  # seconds from the median clock; certificates and etcd leases mind more than that


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
    """Facts and problems of every host, in file order, from one exchange each."""
    looks = await asyncio.gather(*(_look(session, name) for name in session.hosts))
    facts = dict(zip(session.hosts, looks, strict=True))
    skews = _skews({n: f for n, f in facts.items() if isinstance(f, tuple)})
    out = {}
    for name, look in facts.items():
        if isinstance(look, KwizardError):
            out[name] = HostCheck(None, look, ())
            continue
        found = list(problems(look[0], session.cluster, session.cluster.host(name)))
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
