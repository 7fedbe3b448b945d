"""The release on hosts that have it already, where it does not come from the operator's machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from kwizard.app.planning import make_plan, survey
from kwizard.app.session import Session
from kwizard.cluster.model import Cluster
from kwizard.engine.actions import Held
from kwizard.engine.plan import Plan, State
from kwizard.errors import KwizardError, ReleaseError
from kwizard.recipes.step import Place
from kwizard.release.part import Checksum
from kwizard.release.store import published
from kwizard.remote.host import Found, Host

PLACED = "release"
"""What the plans call the server tarball."""


@dataclass(frozen=True, slots=True)
class Holders:
    """The file itself, and the `hosts` that have it at `target`."""

    file: Held
    target: str
    hosts: tuple[str, ...]


async def holders(plan: Plan, hosts: Mapping[str, Host], wanted: Checksum) -> Holders | None:
    """The hosts on which the server tarball lies whole, from an earlier installation: the very file
    with the sum that was published for it. None where there is none. A host that does not answer
    has none."""
    target, found = await _lying(plan, hosts)
    having = {n: file for n, file in found.items() if _is(file, wanted)}
    if not having:
        return None
    one = next(iter(having.values()))
    # By sha512 all of them are the same file; by sha256 as well.
    return Holders(Held(one.size, one.sha256), target, tuple(having))


@dataclass(frozen=True, slots=True)
class OnHosts:
    """What was found of a release on hosts: those that have it, and by which `algorithm` of its
    known sum; "" where no sum of it is known, so that nobody can tell. `away` did not answer;
    `others` have a file in its place that is not known to be it, each with its sha256."""

    hosts: tuple[str, ...]
    algorithm: str
    away: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()

    @property
    def unknown(self) -> str:
        """The sha256 of what lies there, the same on all hosts that have something, where no sum is
        known: a person may know it to be right. "" where there is no such one."""
        sums = {sha256 for _name, sha256 in self.others}
        return sums.pop() if len(sums) == 1 and not self.algorithm else ""


async def on_hosts(cluster: Cluster, hosts: Mapping[str, Host]) -> OnHosts:
    """Which hosts have the release of a `cluster` that names no tarball. They are asked where
    something can be told: its sum, or for somebody who wants it from there what lies there. Raises
    InvalidInput where there is no plan."""
    wanted = published(cluster)
    if wanted is None and not cluster.release.on_hosts:
        return OnHosts((), "")
    _target, found = await _lying(make_plan(cluster), hosts)
    having = {n: f for n, f in found.items() if wanted is not None and _is(f, wanted)}
    others = tuple((n, f.sha256) for n, f in found.items() if n not in having)
    return OnHosts(tuple(having), wanted.algorithm if wanted else "", others=others)


async def lacking(session: Session) -> tuple[tuple[str, ...], ReleaseError] | None:
    """The hosts an installation would leave without their release, and why: it is to come from
    hosts, and none has it. None where nothing stands in the way."""
    cluster = session.cluster
    if not cluster.release.on_hosts:
        return None
    found = await on_hosts(cluster, session.hosts)
    if found.hosts:
        return None
    plan = make_plan(cluster, session.directory)
    findings = await survey(session, plan)
    wanting = tuple(
        task.host_label
        for task in plan.tasks
        if isinstance(task.step.action, Place)
        and task.step.action.artifact == PLACED
        and findings[task.id].state is State.DUE
    )
    return (wanting, nobody_has_it(cluster, found)) if wanting else None


def nobody_has_it(cluster: Cluster, found: OnHosts) -> ReleaseError:
    """Why a release that is to come from hosts comes from none, and what to do."""
    version = cluster.version
    having: dict[str, list[str]] = {}
    for name, sha256 in found.others:
        having.setdefault(sha256, []).append(name)
    lying = "; ".join(f"sha256 {sha256}: {', '.join(on)}" for sha256, on in having.items())
    if not lying:
        return ReleaseError(
            f"no host has the release {version} in its place",
            remedy="take `on_hosts:` out of the cluster file, and it is downloaded; or name a"
            " tarball you have as `release: tarball:`",
        )
    if found.algorithm:
        return ReleaseError(
            f"no host has the release {version} by its {found.algorithm}; what lies in its place is"
            f" another file: {lying}",
            remedy="take `on_hosts:` out of the cluster file, and it is downloaded; or correct"
            " `release: sha256:`",
        )
    return ReleaseError(
        f"no sum of the release {version} is known to hold the hosts' copies against; there lie:"
        f" {lying}",
        remedy="if you know that sum to be right, give it as `release: sha256:`",
    )


def _is(file: Found, wanted: Checksum) -> bool:
    return bool(getattr(file, wanted.algorithm) == wanted.value)


async def _lying(plan: Plan, hosts: Mapping[str, Host]) -> tuple[str, dict[str, Found]]:
    """The server tarball's place, and by host what lies there; nothing where the plan has none."""
    places = [t.step.action for t in plan.tasks if isinstance(t.step.action, Place)]
    target = next((p.target for p in places if p.artifact == PLACED), None)
    if target is None:
        return "", {}
    found = await asyncio.gather(*(_sums(h, target) for h in hosts.values()))
    return target, {n: f for n, f in zip(hosts, found, strict=True) if f is not None}


async def _sums(host: Host, path: str) -> Found | None:
    if host.passing is None:
        return None
    try:
        return await host.passing.sums(path)
    except (KwizardError, TimeoutError):
        return None
