"""A lab with a cluster file: how the tests act as the operator, and how they ask the hosts.

What is asserted about a cluster is read from the hosts with their own tools (kubectl, docker,
systemctl, ping), never from what kwizard says about itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kwizard.lab.lab import Lab

KWIZARD = [sys.executable, "-m", "kwizard"]
MASTER = "anakin"
NAMES = ("anakin", "boba", "c3po")
ADDRESSES = {n: f"10.0.63.{202 + i}" for i, n in enumerate(NAMES)}
API = f"http://{ADDRESSES[MASTER]}:8080"


def jobs_begun(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Step and host of every job that was started."""
    return {(e["step"], e["host"]) for e in events if e["event"] == "step.started" and e.get("job")}


@dataclass
class Site:
    """`folder` holds the operator's state of this site; `secrets` go into its environment."""

    lab: Lab
    folder: Path
    file: Path
    figures: dict[str, float] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The operator's environment: state of its own, the shared cache."""
        state = {"KWIZARD_STATE_HOME": str(self.folder / "state"), "LC_ALL": "C.UTF-8"}
        return {**os.environ, **state, **self.secrets}

    def kwizard(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run kwizard inside the lab's network, as the operator."""
        return self.lab.exec([*KWIZARD, *arguments], timeout=timeout, env=self.environment)

    def popen(self, *arguments: str, **options: Any) -> subprocess.Popen[Any]:
        """Start kwizard inside the lab's network."""
        return self.lab.popen_exec([*KWIZARD, *arguments], env=self.environment, **options)

    def apply(self, *options: str) -> list[dict[str, Any]]:
        """Install; asserts exit 0 and returns the events."""
        result = self.kwizard("apply", "--json", *options, str(self.file))
        events = [json.loads(line) for line in result.stdout.splitlines()]
        failures = [e for e in events if e["event"] == "step.failed"]
        assert result.returncode == 0, f"{failures}\n{result.stderr[-3000:]}"
        assert events[-1]["event"] == "run.finished"
        return events

    def apply_again(self, *options: str) -> None:
        """A second apply runs no script on any host."""
        before = self.jobs()
        events = self.apply(*options)
        assert jobs_begun(events) == set()
        assert self.jobs() == before

    def on(self, host: str, command: str, timeout: float = 60) -> str:
        """What `command` prints on `host`; asserts exit 0."""
        result = self.lab.run(host, command, timeout=timeout)
        assert result.returncode == 0, f"{host}: {command}\n{result.stdout}{result.stderr}"
        return result.stdout

    def kubectl(self, arguments: str, *, input: str | None = None) -> str:
        """Run kubectl on the master, against the API server; asserts exit 0."""
        result = self.lab.run(MASTER, f"kubectl -s {API} {arguments}", input=input)
        assert result.returncode == 0, f"kubectl {arguments}\n{result.stdout}{result.stderr}"
        return result.stdout

    def components(self) -> dict[str, str]:
        """Component name to its Healthy condition's status, as the API server has it."""
        found = json.loads(self.kubectl("get componentstatuses -o json"))["items"]
        return {c["metadata"]["name"]: c["conditions"][0]["status"] for c in found}

    def nodes(self) -> dict[str, str]:
        """Node name to its Ready condition's status."""
        found = json.loads(self.kubectl("get nodes -o json"))["items"]
        return {
            n["metadata"]["name"]: next(
                c["status"] for c in n["status"]["conditions"] if c["type"] == "Ready"
            )
            for n in found
        }

    def subnet_env(self, host: str) -> dict[str, str]:
        """flannel's subnet.env on `host`."""
        lines = self.on(host, "cat /run/flannel/subnet.env").split()
        return dict(line.split("=", 1) for line in lines)

    def bridge(self, host: str) -> Mapping[str, Any]:
        """`docker network inspect bridge` on `host`."""
        found: Mapping[str, Any] = json.loads(self.on(host, "docker network inspect bridge"))[0]
        return found

    def jobs(self) -> dict[str, list[str]]:
        """The jobs each host remembers: what was ever run there by kwizard."""
        return {n: sorted(self.on(n, "ls /var/lib/kwizard/jobs").split()) for n in NAMES}
