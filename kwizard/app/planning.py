"""What would be done where, without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kwizard.app.certificates import existing, public_part
from kwizard.app.session import Session
from kwizard.cluster.model import Cluster
from kwizard.engine.journal import state_of
from kwizard.engine.plan import Finding, Plan, build
from kwizard.engine.survey import survey as engine_survey
from kwizard.paths import cluster_dir
from kwizard.recipes import steps_for


def make_plan(cluster: Cluster, directory: Path | None = None) -> Plan:
    """The plan of the cluster's recipe. Asks no host. Raises InvalidInput for what it refuses.

    `directory` is the cluster's own, where certificates made earlier are.
    """
    recipe = steps_for(cluster)
    pki = existing(cluster, directory or cluster_dir(cluster.name))
    return build(recipe, public_part(pki, cluster))


async def survey(session: Session, plan: Plan) -> dict[str, Finding]:
    """Which tasks are due, from one read-only exchange per host and the journal."""
    return await engine_survey(plan, session.hosts, state_of(session.journal))


def to_json(plan: Plan, findings: Mapping[str, Finding]) -> dict[str, Any]:
    """The plan as docs/cli.md promises it."""
    return {
        "cluster": plan.cluster.name,
        "recipe": plan.cluster.recipe.value,
        "version": str(plan.cluster.version),
        "steps": [
            {
                "id": task.step.id,
                "phase": task.step.phase.value,
                "title": task.step.title,
                "host": task.host_label,
                "state": findings[task.id].state.value,
                "reason": findings[task.id].reason,
                "script_sha256": task.sha256,
                "after": list(task.after),
            }
            for task in plan.tasks
        ],
        "images": [
            {"name": i.name, "purpose": i.purpose, "archive": i.archive} for i in plan.images
        ],
    }
