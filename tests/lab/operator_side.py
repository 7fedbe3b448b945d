"""The operator's side of the lab tests of kwizard.remote, as a program of its own.

It runs inside the lab's network: `python -m tests.lab.operator_side COMMAND ARGUMENT...` with
$SETTINGS as JSON (name, address, user, key, password, known_hosts), and prints one JSON object a
line.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kwizard.cluster.model import SSH, Host
from kwizard.errors import KwizardError
from kwizard.remote import login
from kwizard.remote.host import Job, JobEnd
from kwizard.remote.hostkeys import HostKeys, UnknownKey
from kwizard.remote.patience import Patience
from kwizard.remote.ssh import SSHHost

LOST: list[Exception] = []
"""Connections lost since the last progress."""


class Answers:
    """The lab's password, for sudo alone."""

    def __init__(self, password: str) -> None:
        self._password = password

    async def login_password(self, host: str, user: str) -> str | None:
        return None

    async def key_passphrase(self, path: Path) -> str | None:
        return None

    async def sudo_password(self, host: str, user: str) -> str | None:
        return self._password


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def confirm(unknown: UnknownKey) -> bool:
    tell(confirm=unknown.fingerprint)
    return True


async def look(host: SSHHost, script: str) -> None:
    output = await host.look(script)
    tell(exit=output.exit, out=output.stdout.decode(), err=output.stderr.decode())


async def launch(host: SSHHost, job_id: str, script: str) -> None:
    tell(started=await host.launch(Job(job_id, script, files={"secret": b"hidden"})))


async def follow(host: SSHHost, job_id: str, offset: str = "0") -> None:
    async for piece in host.follow(job_id, int(offset)):
        if isinstance(piece, JobEnd):
            tell(outcome=piece.outcome, exit=piece.exit)
        else:
            tell(offset=piece.offset, data=base64.b64encode(piece.data).decode())


async def run(host: SSHHost, job_id: str, script: str) -> None:
    await launch(host, job_id, script)
    await follow(host, job_id)


async def cancel(host: SSHHost, job_id: str) -> None:
    await host.cancel(job_id)


async def upload(host: SSHHost, source: str, target: str) -> None:
    digest = await asyncio.to_thread(lambda: hashlib.sha256(Path(source).read_bytes()).hexdigest())
    begun = time.perf_counter()

    def progress(done: int, total: int) -> None:
        if LOST or done % (4 << 20) == 0 or done == total:
            LOST.clear()
            tell(done=done, total=total)

    await host.upload(Path(source), target, sha256=digest, progress=progress)
    tell(seconds=time.perf_counter() - begun)


async def main(settings: dict[str, str], command: str, *arguments: str) -> None:
    login._KEEPALIVE_SECONDS = 1
    wait = Patience.wait

    async def tell_and_wait(self: Patience, error: Exception, *, reached: bool) -> None:
        tell(lost=str(error))
        LOST.append(error)
        await wait(self, error, reached=reached)

    Patience.wait = tell_and_wait  # type: ignore[method-assign]
    host = SSHHost(
        Host(
            name=settings["name"],
            address=IPv4Address(settings["address"]),
            ssh=SSH(user=settings["user"], identity=settings["key"]),
        ),
        host_keys=HostKeys(Path(settings["known_hosts"]), confirm),
        credentials=Answers(settings["password"]),
        ssh_config=None,
        agent=False,
        patience=90,
    )
    commands = {
        "look": look, "launch": launch, "follow": follow, "run": run, "cancel": cancel,
        "upload": upload,
    }  # fmt: skip
    try:
        await commands[command](host, *arguments)  # type: ignore[operator]
    except KwizardError as error:
        tell(error=type(error).__name__, message=str(error), remedy=error.remedy)
    finally:
        await host.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(os.environ["SETTINGS"]), *sys.argv[1:]))
