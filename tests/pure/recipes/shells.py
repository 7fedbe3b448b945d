"""Real shells for pieces of scripts. What these would ask of a host is answered by shell functions
put before them; nothing touches the machine."""

from __future__ import annotations

import shutil
import subprocess
from typing import NamedTuple

from kwizard.cluster.model import Cluster
from kwizard.recipes import steps_for
from kwizard.recipes.render import render

SHELLS = [s for s in ("dash", "busybox", "bash") if shutil.which(s)]


class Ran(NamedTuple):
    """How a script ended, and what it printed."""

    exit: int
    lines: list[str]

    @property
    def last(self) -> str:
        """The last line."""
        return self.lines[-1] if self.lines else ""


def run(shell: list[str], script: str) -> Ran:
    """Run `script`, given on standard input."""
    ran = subprocess.run(
        shell, input=script, capture_output=True, text=True, timeout=60, check=False
    )
    return Ran(ran.returncode, (ran.stdout + ran.stderr).splitlines())


def asset(name: str, cluster: Cluster, host: str = "boba") -> str:
    """assets/classic/<name>, rendered."""
    values = steps_for(cluster).values
    return render(f"classic/{name}", cluster=cluster, host=cluster.host(host), values=values)


def answer(command: str, output: str, status: int = 0) -> str:
    """A shell function that stands in for `command`."""
    return f"{command}() {{\ncat <<'ANSWER'\n{output}\nANSWER\nreturn {status}\n}}\n"


def kubectl(rows: str) -> str:
    """kubectl, run with a time limit, that prints `rows`."""
    return 'timeout() { shift; "$@"; }\n' + answer("kubectl", rows)


def etcd_stub(
    healthy: tuple[str, ...], *, version: str = "", v2: bool = False, all_healthy: bool = False
) -> str:
    """curl, as etcd would answer it: by address for health, by path for the rest."""
    cases = "".join(f'*{a}:2379/health) echo \'{{"health":"true"}}\' ;;\n' for a in healthy)
    if all_healthy:
        cases += '*/health) echo \'{"health": "true"}\' ;;\n'
    if version:
        cases += f'*/version) echo \'{{"etcdserver":"{version}"}}\' ;;\n'
    if v2:
        cases += "*/v2/keys) echo '{}' ;;\n"
    return (
        f'curl() {{\nfor url in "$@"; do :; done\ncase $url in\n{cases}*) return 22 ;;\nesac\n}}\n'
    )
