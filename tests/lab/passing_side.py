"""The operator's side of a file that is brought to several hosts: what it sees, one JSON line each.

Run inside the lab's network, with the settings in $SETTINGS.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kwizard.cluster.model import SSH, Cluster, Host, Role, Version
from kwizard.engine.bringing import Bringing
from kwizard.remote.host import Placement
from kwizard.remote.hostkeys import HostKeys, UnknownKey
from kwizard.remote.pool import close_all, open_hosts
from tests.lab.operator_side import Answers


def say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def yes(_key: UnknownKey) -> bool:
    return True


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
