"""`kwizard reset`: hosts as they were before."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from kwizard.app.planning import to_json
from kwizard.app.reset import Reset, chosen, look
from kwizard.app.session import Session
from kwizard.cli.apply import follow
from kwizard.cli.common import (
    file_argument,
    json_option,
    open_session,
    read_cluster,
    run_async,
    ssh_options,
)
from kwizard.engine.plan import State
from kwizard.language import _
from kwizard.plain.plantext import as_text


@click.command()
@file_argument
@click.option("--yes", is_flag=True, help="Do it. Without this, what would be done is shown.")
@click.option("--host", "names", multiple=True, metavar="NAME", help="Only this host; repeatable.")
@click.option(
    "--keep-programs",
    is_flag=True,
    help="Leave programs and the archives they came in on the hosts, for the next installation.",
)
@json_option
@ssh_options
@click.pass_context
@run_async
async def reset(
    ctx: click.Context,
    file: Path,
    yes: bool,
    names: tuple[str, ...],
    keep_programs: bool,
    as_json: bool,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
) -> None:
    """Leave the hosts of FILE as they were before the installation.

    Pods, their data and etcd's data are lost. Files, containers and rules that are not kwizard's
    stay. With --keep-programs the next installation has nothing to bring and to unpack. Without
    --yes what would be removed is shown first, and asked for on a terminal.
    """
    cluster = read_cluster(file)
    hosts = chosen(cluster, names)
    async with open_session(
        cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
    ) as session:
        if not yes and not await _agreed(session, hosts, as_json, keep_programs=keep_programs):
            click.echo(_("nothing was changed; --yes does it"), err=True)
            ctx.exit(2)
        run = Reset(session, hosts, keep_programs=keep_programs)
        status = await follow(run, as_json)
        if keep_programs and status == 0:
            click.echo(
                _(
                    "the programs, and the archives they came in, are still on the hosts; kwizard"
                    " reset without --keep-programs takes them away too"
                ),
                err=True,
            )
        if run.moved_to is not None:
            click.echo(
                _(
                    "the certificates and the kubeconfig of this cluster open nothing any more;"
                    " they are now in {place}, and a later installation makes its own",
                    place=run.moved_to,
                ),
                err=True,
            )
        ctx.exit(status)


async def _agreed(
    session: Session, hosts: tuple[str, ...], as_json: bool, *, keep_programs: bool
) -> bool:
    """Show what would be done, and ask where somebody can answer."""
    plan, findings = await look(session, hosts, keep_programs=keep_programs)
    if as_json:
        click.echo(json.dumps(to_json(plan, findings), ensure_ascii=False))
        return False
    click.echo(as_text(plan, findings), nl=False)
    if all(f.state is State.DONE for f in findings.values()):
        click.echo(
            _("there is nothing to remove on these hosts")
            if keep_programs
            else _("kwizard has left nothing on these hosts")
        )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return await asyncio.to_thread(
        click.confirm, _("Remove all this? Pods and etcd's data are lost."), default=False
    )
