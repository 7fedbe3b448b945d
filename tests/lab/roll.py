"""Run by tests inside the lab's network: the docker restarts of the classic recipe, and no more.

    python -m tests.lab.roll CLUSTER_FILE STATE_FOLDER HOST...

The hosts have a /run/flannel/subnet.env that a test wrote; the steps are the recipe's own. Prints
the events as JSON lines.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from contextlib import aclosing
from pathlib import Path

from kwizard.app.planning import make_plan
from kwizard.app.session import Session
from kwizard.cluster.load import load
from kwizard.engine.actions import Tools
from kwizard.engine.events import to_json
from kwizard.engine.journal import Journal
from kwizard.engine.plan import Plan
from kwizard.engine.run import Run
from kwizard.engine.survey import survey
from kwizard.remote.credentials import NoCredentials

STEPS = ("network/docker-options", "network/docker-restart")


async def no_artifact(name: str) -> tuple[Path, str]:
    raise KeyError(name)


async def main(file: Path, folder: Path, hosts: list[str]) -> None:
    cluster = load(file).cluster
    kept = {t.id: t for t in make_plan(cluster).tasks if t.step.id in STEPS and t.host in hosts}
    plan = Plan(
        cluster,
        tuple(
            dataclasses.replace(t, after=tuple(a for a in t.after if a in kept))
            for t in kept.values()
        ),
    )
    async with Session.open(
        cluster, credentials=NoCredentials(), confirm_host_key=None, directory=folder
    ) as session:
        with Journal(session.journal) as journal:
            run = Run(
                plan,
                await survey(plan, session.hosts, journal.state),
                journal=journal,
                tools=Tools(session.hosts, no_artifact, {}),
                logs=session.logs,
            )
            async with aclosing(run.events()) as events:
                async for event in events:
                    print(json.dumps(to_json(event)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
