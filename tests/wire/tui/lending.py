"""The install page on a step that failed, with `sh` for ssh: `python -m tests.wire.tui.lending`."""

from __future__ import annotations

from kwizard.app.shell import ShellLine
from kwizard.cluster.model import Cluster
from kwizard.tui import run_guided

from .scripted import ScriptedCases
from .test_mending import failing


class Cases(ScriptedCases):
    def shell(self, cluster: Cluster, host: str) -> ShellLine:
        return ShellLine(host, "operator", ("sh", "-c", "PS1='there$ ' exec sh -i"))


if __name__ == "__main__":
    raise SystemExit(run_guided(start="resume", name="classic", opener=Cases(runs=[failing()])))
