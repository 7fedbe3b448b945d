"""The release on hosts that have it already, where it is not on the operator's machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from kwizard.app.planning import make_plan
from kwizard.cluster.model import Cluster
from kwizard.engine.actions import Held
from kwizard.engine.plan import Plan
from kwizard.errors import KwizardError
from kwizard.recipes.step import Place
from kwizard.release.part import Checksum
from kwizard.release.store import published
from kwizard.remote.host import Found, Host


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
    places = [t.step.action for t in plan.tasks if isinstance(t.step.action, Place)]
    target = next((p.target for p in places if p.artifact == "release"), None)
    if target is None:
        return None
    found = await asyncio.gather(*(_sums(h, target) for h in hosts.values()))
    having = {
        name: file
        for name, file in zip(hosts, found, strict=True)
        if file is not None and getattr(file, wanted.algorithm) == wanted.value
    }
    if not having:
        return None
    one = next(iter(having.values()))
    # By sha512 all of them are the same file; by sha256 as well.
    return Holders(Held(one.size, one.sha256), target, tuple(having))


@dataclass(frozen=True, slots=True)
class OnHosts:
    """What was found of a release on hosts: those that have it, and by which `algorithm` of its
    known sum; "" where no sum of it is known, so that nobody can tell. `away` did not answer."""

    hosts: tuple[str, ...]
    algorithm: str
    away: tuple[str, ...] = ()


async def on_hosts(cluster: Cluster, hosts: Mapping[str, Host]) -> OnHosts | None:
    """Which hosts have the release an installation of `cluster` would download; None where it would
    download none. Raises InvalidInput where there is no plan."""
    if cluster.release.tarball is not None:
        return None
    wanted = published(cluster)
    if wanted is None:
        return OnHosts((), "")
    found = await holders(make_plan(cluster), hosts, wanted)
    return OnHosts(found.hosts if found is not None else (), wanted.algorithm)


async def _sums(host: Host, path: str) -> Found | None:
    if host.passing is None:
        return None
    try:
        return await host.passing.sums(path)
    except (KwizardError, TimeoutError):
        return None
