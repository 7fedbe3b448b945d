"""`kwizard plan`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kwizard.app.planning import make_plan, survey, to_json
from kwizard.cli.common import (
    bundle_option,
    file_argument,
    json_option,
    open_session,
    read_cluster,
    run_async,
    ssh_options,
)
from kwizard.engine.plan import Plan
from kwizard.engine.survey import unknown
from kwizard.errors import InvalidInput, Problem
from kwizard.plain.plantext import as_text


@click.command()
@file_argument
@json_option
@click.option("--script", "step", help="Print the exact bytes this step would run.")
@click.option("--host", help="With --script: as it is for this host (default: the first).")
@click.option("--offline", is_flag=True, help="Ask no host; every state is unknown.")
@bundle_option
@ssh_options
@run_async
async def plan(
    file: Path,
    as_json: bool,
    step: str | None,
    host: str | None,
    offline: bool,
    bundle: Path | None,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
) -> None:
    """Show what would be run where, and why. Changes nothing."""
    cluster = read_cluster(file, bundle)
    whole = make_plan(cluster)
    if step is not None:
        click.echo(script_of(whole, step, host), nl=False)
        return
    if offline:
        findings = unknown(whole, "the hosts were not asked")
    else:
        async with open_session(
            cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
        ) as session:
            if errors := await session.connect():
                raise next(iter(errors.values()))
            findings = await survey(session, whole)
    if as_json:
        click.echo(json.dumps(to_json(whole, findings), ensure_ascii=False))
    else:
        click.echo(as_text(whole, findings), nl=False)


def script_of(plan: Plan, step: str, host: str | None) -> str:
    """The script of a step on a host. Raises InvalidInput naming what there is."""
    tasks = plan.of_step(step)
    if not tasks:
        known = ", ".join(dict.fromkeys(t.step.id for t in plan.tasks))
        raise InvalidInput([Problem(f"no step called {step!r}", f"there are: {known}")])
    for task in tasks:
        if host in (None, task.host_label):
            if not task.script:
                raise InvalidInput([Problem(f"{step} runs no script: {task.step.title}")])
            return task.script
    where = ", ".join(t.host_label for t in tasks)
    raise InvalidInput([Problem(f"{step} is not done on {host!r}", f"it is on: {where}")])
