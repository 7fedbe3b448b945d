"""Run on a pty by the tests: the plain wizard on use cases that follow a script.

python -m tests.wire.plain.scene FOLDER failure|working|monitor|filtered|lost
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from kwizard import language
from kwizard.app.shell import ShellLine
from kwizard.cluster.model import Cluster
from kwizard.errors import ConnectionLost
from kwizard.plain import plain
from tests.wire.tui.pictures import snapshot
from tests.wire.tui.scripted import CLUSTER, ScriptedCases, Story

FAILED = "master/scheduler"


class OnThisMachine(ScriptedCases):
    """A shell on a host is one of this machine, on the same terminal."""

    def shell(self, cluster: Cluster, host: str) -> ShellLine:
        super().shell(cluster, host)
        script = 'printf "%s# " "$0"; read -r line; echo "$line: done there"'
        return ShellLine(host, "operator", ("sh", "-c", script, host))


def failing(folder: Path) -> OnThisMachine:
    """A run that fails at one step, and one that passes it over."""
    first, then = Story(), Story()
    failure = first.failed(
        FAILED, "anakin", "the script ended with exit status 1", "look at its log", "no such flag"
    )
    run = [first.begin(), *first.whole(last=FAILED), first.started(FAILED, "anakin"), failure]
    waived = then.skipped(FAILED, "anakin", "skipped by you, not done: no such unit", waived=True)
    again = [then.begin(), waived, *then.whole(first="nodes/kubelet"), then.end()]
    (folder / "logs").mkdir(parents=True)
    log = folder / "logs" / "master.scheduler@anakin.log"
    log.write_text("the first line of it\nno such flag\n")
    return OnThisMachine(
        runs=[[*run, first.end("failed", 1)], again], last=snapshot(), folder=folder
    )


def working(folder: Path) -> OnThisMachine:
    """A run that stands at a step of one host until it is left alone."""
    story = Story()
    run = [story.begin(), *story.whole(last=FAILED), story.started(FAILED, "anakin")]
    log = story.log(FAILED, "anakin", "waiting for the API\nno such flag")
    return OnThisMachine(runs=[[*run, log, asyncio.Event()]], folder=folder)


def watched(*, lost: bool) -> ScriptedCases:
    """A cluster that is well, then not; the view stays, or ends with an error."""
    away = ConnectionLost("the connection ended", host="anakin", remedy="look at its network")
    ill = snapshot(("anakin", "c3po/container"), scheduler=False)
    return ScriptedCases(pictures=(snapshot(), ill, away if lost else asyncio.Event()))


def worsening() -> ScriptedCases:
    """A cluster that is well until SIGUSR1 comes."""
    go = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, go.set)
    ill = snapshot(("anakin", "c3po/container"), scheduler=False)
    return ScriptedCases(pictures=(snapshot(), go, ill, asyncio.Event()))


async def main(folder: Path, scene: str) -> int:
    os.environ["KWIZARD_STATE_HOME"] = str(folder / "state")
    language.use(language.wanted())
    if scene == "failure":
        run = failing(folder)
        status = await plain(start="resume", cluster=CLUSTER, opener=run)
        print(f"waived: {sorted(run.waived[-1])}")
        return status
    if scene == "working":
        return await plain(start="resume", cluster=CLUSTER, opener=working(folder))
    view = worsening() if scene == "filtered" else watched(lost=scene == "lost")
    return await plain(start="monitor", cluster=CLUSTER, opener=view)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), sys.argv[2])))
