"""`kwizard apply`: the installation without a screen."""

from __future__ import annotations

import asyncio
import functools
import json
import signal
import sys
from contextlib import aclosing
from pathlib import Path

import click

from kwizard.app.install import Installation, install
from kwizard.app.planning import make_plan, survey
from kwizard.app.reset import Reset
from kwizard.cli.common import (
    bundle_option,
    file_argument,
    json_option,
    keep_report,
    open_session,
    read_cluster,
    run_async,
    ssh_options,
)
from kwizard.engine import events as ev
from kwizard.engine.plan import check_waivers
from kwizard.language import _
from kwizard.plain.narrate import Narrator
from kwizard.plain.plantext import as_text
from kwizard.recipes.step import Phase
from kwizard.tui.skipping import consequence


@click.command()
@file_argument
@json_option
@click.option(
    "--phase",
    type=click.Choice([p.value for p in Phase if p is not Phase.RESET]),
    help="Only this phase's steps.",
)
@click.option(
    "--skip",
    multiple=True,
    metavar="STEP@HOST",
    help="Do not do this one, this once; what comes after it is done all the same. Repeatable.",
)
@click.option("--yes", is_flag=True, help="Do not ask before changing the hosts.")
@bundle_option
@ssh_options
@click.pass_context
@run_async
async def apply(
    ctx: click.Context,
    file: Path,
    as_json: bool,
    phase: str | None,
    skip: tuple[str, ...],
    yes: bool,
    bundle: Path | None,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
) -> None:
    """Install the cluster of FILE, or go on where an earlier run stopped.

    On a terminal the plan is shown and a yes is asked for; without one, nothing is asked.
    """
    cluster = read_cluster(file, bundle)
    whole = make_plan(cluster)  # what the recipe refuses is said before any host is asked
    waived = check_waivers(whole, skip)
    async with open_session(
        cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
    ) as session:
        if not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
            if errors := await session.connect():
                raise next(iter(errors.values()))
            plan = make_plan(cluster)
            click.echo(as_text(plan, await survey(session, plan)))
            for task in filter(lambda t: t.id in waived, plan.tasks):
                skipped = _("skipped by you: {task}.", task=task.id)
                click.echo(f"{skipped} {consequence(plan, task)}")
            if not await asyncio.to_thread(click.confirm, _("Go on?"), default=True):
                ctx.exit(0)
        run = install(session, phase=Phase(phase) if phase else None, waived=waived)
        ctx.exit(await follow(run, as_json))


async def follow(installation: Installation | Reset, as_json: bool) -> int:
    """Tell the run's events on standard output; returns the exit status.

    SIGINT, SIGTERM and SIGHUP stop the telling, not the jobs on the hosts.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, installation.interrupt)
    narrator = Narrator(functools.partial(print, flush=True))
    status, failures = 3, list[str]()
    async with aclosing(installation.events()) as events:
        async for event in events:
            if as_json:
                print(json.dumps(ev.to_json(event), ensure_ascii=False), flush=True)  # noqa: T201
            else:
                narrator.tell(event)
            if isinstance(event, ev.StepFailed):
                failures.append(
                    f"{event.step} on {event.host} failed: {event.reason}\n{event.log_tail}"
                )
            if isinstance(event, ev.RunFinished):
                status = event.exit
    if status == 3:
        click.echo(
            _("interrupted: what was started on the hosts goes on; run the same command again"),
            err=True,
        )
    elif status and not installation.session.rehearsal:  # what is pretended needs no help
        await keep_report(installation.session.cluster.name, "\n\n".join(failures))
    return status
