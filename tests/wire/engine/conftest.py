"""Small recipes over scratch hosts; assets are given as texts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster, Host, Role, Version
from kwizard.engine import events as ev
from kwizard.engine import plan as plan_module
from kwizard.engine.actions import ArtifactResolver, OperatorAction, Tools
from kwizard.engine.journal import Journal
from kwizard.engine.plan import Plan, build
from kwizard.engine.run import Run
from kwizard.engine.survey import survey
from kwizard.recipes.step import Phase, RecipeSteps, Step
from tests.wire.engine.shellhost import ShellHost

NAMES = ("anakin", "boba", "c3po")


@dataclass
class Bench:
    """Hosts, a folder for the operator's side, and a way to run steps over them."""

    folder: Path
    hosts: dict[str, ShellHost]
    cluster: Cluster
    assets: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, tuple[Path, str]] = field(default_factory=dict)
    operator: dict[str, OperatorAction] = field(default_factory=dict)

    def plan(self, *steps: Step) -> Plan:
        return build(RecipeSteps(self.cluster, steps, {}))

    async def run(
        self,
        plan: Plan,
        *,
        phase: Phase | None = None,
        watch: Callable[[ev.Event, Run], None] | None = None,
        waived: frozenset[str] = frozenset(),
    ) -> list[ev.Event]:
        """Survey and run; the events, in order."""
        resolve: ArtifactResolver = self._artifact
        seen: list[ev.Event] = []
        with Journal(self.folder / "journal.jsonl") as journal:
            findings = await survey(plan, self.hosts, journal.state)
            run = Run(
                plan,
                findings,
                journal=journal,
                logs=self.folder / "logs",
                phase=phase,
                waived=waived,
                tools=Tools(self.hosts, resolve, self.operator),
            )
            async with asyncio.timeout(100), aclosing(run.events()) as events:
                async for event in events:
                    seen.append(event)
                    if watch:
                        watch(event, run)
        return seen

    async def _artifact(self, name: str) -> tuple[Path, str]:
        return self.artifacts[name]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    cluster = Cluster(
        name="bench",
        version=Version(1, 19, 16),
        hosts=tuple(
            Host(name=n, address=IPv4Address(f"10.0.63.{202 + i}"), roles=frozenset(Role))
            for i, n in enumerate(NAMES)
        ),
    )
    bench = Bench(tmp_path, {n: ShellHost(n, tmp_path / "hosts" / n) for n in NAMES}, cluster)

    def render(
        asset: str, *, cluster: Cluster, host: Host | None, values: Mapping[str, object]
    ) -> str:
        return bench.assets[asset]

    monkeypatch.setattr(plan_module, "render", render)
    return bench
