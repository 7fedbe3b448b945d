"""The operator's side of a file that is brought to several hosts: what it sees, one JSON line each.

Run inside the lab's network, with the settings in $SETTINGS.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kwizard.app.holders import holders
from kwizard.cluster.model import SSH, Cluster, Host, Role, Version
from kwizard.engine.bringing import Bringing
from kwizard.engine.plan import build
from kwizard.recipes.step import Phase, Place, RecipeSteps, Step, names
from kwizard.release.part import Checksum
from kwizard.remote.host import Placement
from kwizard.remote.hostkeys import HostKeys, UnknownKey
from kwizard.remote.pool import close_all, open_hosts
from tests.lab.operator_side import Answers


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def yes(_key: UnknownKey) -> bool:
    return True


def release_step(cluster: Cluster, target: str) -> Step:
    return Step(
        id="release/place",
        phase=Phase.RELEASE,
        title="",
        action=Place("release", target),
        hosts=names(cluster.hosts),
    )


async def main() -> None:
    given = json.loads(os.environ["SETTINGS"])
    cluster = Cluster(
        name="passing",
        version=Version(1, 36, 3),
        hosts=tuple(
            Host(
                name=name,
                address=IPv4Address(address),
                roles=frozenset(Role),
                ssh=SSH(address=ssh, user=given["user"], identity=given["key"]),
            )
            for name, address, ssh in given["hosts"]
        ),
    )
    hosts = open_hosts(
        cluster,
        host_keys=HostKeys(Path(given["known_hosts"]), yes),
        credentials=Answers(given["password"]),
        ssh_config=None,
        agent=False,
    )
    source = Path(given["source"])
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    file = Placement(
        target=given["target"], size=source.stat().st_size, sha256=digest, source=source
    )
    if not given["here"]:  # only its published sum is known
        plan = build(RecipeSteps(cluster, (release_step(cluster, given["target"]),), {}))
        sha512 = hashlib.sha512(source.read_bytes()).hexdigest()
        found = await holders(plan, hosts, Checksum("sha512", sha512, "published"))
        assert found is not None
        say(holders=found.hosts)
        file = replace(file, size=found.file.size, sha256=found.file.sha256, source=None)
    bringing = Bringing(
        hosts, {h.name: h.address for h in cluster.hosts}, keepers=lambda _t: given["keepers"]
    )

    async def one(name: str) -> tuple[str, str]:
        async def told(text: str) -> None:
            say(host=name, said=text)

        came = await bringing.bring(
            hosts[name],
            file,
            source=lambda giver: say(host=name, source=giver),
            progress=lambda done, _total: say(host=name, done=done),
            say=told,
        )
        return name, came

    try:
        came = await asyncio.gather(*map(one, given["wanting"]))
    finally:
        await bringing.aclose()
        await close_all(hosts)
    say(came=dict(came))


asyncio.run(main())
