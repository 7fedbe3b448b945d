"""A look at the screens by hand: `python -m tests.wire.tui.preview [happy|fail|monitor]`.

Plays a scripted run at a readable pace. Nothing is connected to anything.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from kwizard.app.clusters import KnownCluster
from kwizard.cluster.model import Cluster
from kwizard.engine import events as ev
from kwizard.errors import Problem
from kwizard.tui import run_guided
from kwizard.tui.usecases import Asker, HostReport, KeyQuestion, PasswordQuestion

from .pictures import snapshot
from .scripted import NOW, ScriptedCases, Story


class SlowCases(ScriptedCases):
    async def install(
        self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
    ) -> AsyncGenerator[ev.Event]:
        async for event in super().install(cluster, asker, waived):
            await asyncio.sleep(0.15)
            yield event


def cases(what: str) -> ScriptedCases:
    story = Story(ev.now())
    run: list[ev.Event] = [story.begin()]
    if what == "fail":
        run += story.whole(last="master/apiserver")
        run += [
            story.started("master/apiserver", "anakin"),
            story.failed(
                "master/apiserver",
                "anakin",
                "port 8080 is taken by nginx (pid 812)",
                "stop it, or give it another port; then retry",
                "+ ss -ltnp\nLISTEN 0 511 *:8080 users:((nginx,pid=812))",
            ),
            story.end("failed", 1),
        ]
    else:
        run += [*story.whole(), story.end()]
    return SlowCases(
        runs=[run],
        known_clusters=(
            KnownCluster(
                "classic",
                Path("/home/me/.local/state/kwizard/clusters/classic/cluster.yaml"),
                "unfinished",
                "network",
                "network/docker",
                "boba",
                NOW,
            ),
        ),
        questions=(
            KeyQuestion("anakin", "10.0.63.202", "ssh-ed25519", "SHA256:" + "k3Jx" * 10 + "abc"),
            PasswordQuestion("boba", "operator", "sudo"),
        ),
        reports=(
            HostReport("anakin", (("system", "Debian GNU/Linux 12"), ("docker", "20.10.24"))),
            HostReport(
                "boba", (), (Problem("port 10250 is taken by kubelet", "stop it", blocks=True),)
            ),
        ),
        pictures=(snapshot(), snapshot(("anakin", "c3po/container"), scheduler=False)),
        last=snapshot(),
        rehearsal=what == "demo",
    )


if __name__ == "__main__":
    which = sys.argv[1] if len(sys.argv) > 1 else "happy"
    if which == "monitor":
        raise SystemExit(run_guided(start="monitor", name="classic", opener=cases(which)))
    raise SystemExit(run_guided(opener=cases(which)))
