"""`kwizard verify`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kwizard.app.verifying import verify as look
from kwizard.cli.common import (
    file_argument,
    json_option,
    keep_report,
    open_session,
    read_cluster,
    run_async,
    ssh_options,
)
from kwizard.language import told


@click.command()
@file_argument
@json_option
@ssh_options
@click.pass_context
@run_async
async def verify(
    ctx: click.Context,
    file: Path,
    as_json: bool,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
) -> None:
    """Show control plane, nodes and the ping matrix; exit 1 when something fails."""
    cluster = read_cluster(file)
    async with open_session(
        cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
    ) as session:
        if errors := await session.connect():
            raise next(iter(errors.values()))
        snapshot = await look(session)
    if as_json:
        click.echo(json.dumps(snapshot.to_json(), ensure_ascii=False))
    else:
        for line in snapshot.summary(told):
            click.echo(line)
    if not snapshot.ok:
        await keep_report(cluster.name, "\n".join(snapshot.summary()))
    ctx.exit(0 if snapshot.ok else 1)
