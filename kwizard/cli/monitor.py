"""`kwizard monitor`: the read-only view."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kwizard.app.clusters import known, load_known
from kwizard.app.verifying import glance
from kwizard.cli.common import json_option, open_session, read_cluster, run_async, ssh_options
from kwizard.cli.guided import guided, plain_option
from kwizard.cli.main import on_a_terminal
from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.language import told
from kwizard.monitor.snapshot import Snapshot


@click.command()
@click.argument("name", required=False)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A cluster file."
)
@click.option("--once", is_flag=True, help="Print one snapshot and leave.")
@json_option
@ssh_options
@plain_option
@click.pass_context
def monitor(
    ctx: click.Context,
    name: str | None,
    file: Path | None,
    once: bool,
    as_json: bool,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
    plain: bool,
) -> None:
    """Watch a cluster without being able to change it."""
    cluster = choose(name, file)
    if once or as_json or not on_a_terminal():
        snapshot = _one(cluster, ssh_config, accept_new_host_keys)
        if as_json:
            click.echo(json.dumps(snapshot.to_json(), ensure_ascii=False))
        else:
            for line in snapshot.summary(told):
                click.echo(line)
        ctx.exit(0)
    ctx.exit(guided(start="monitor", cluster=cluster, ssh_config=ssh_config, plain=plain))


@run_async
async def _one(cluster: Cluster, ssh_config: Path | None, accept_new_host_keys: bool) -> Snapshot:
    async with open_session(
        cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
    ) as session:
        return await glance(session.hosts, cluster)


def choose(name: str | None, file: Path | None) -> Cluster:
    """The cluster meant. Raises InvalidInput when it is not clear which."""
    if file is not None:
        return read_cluster(file)
    if name is not None:
        return load_known(name)
    clusters = known()
    if len(clusters) == 1:
        return load_known(clusters[0].name)
    names = ", ".join(c.name for c in clusters)
    raise InvalidInput(
        [Problem("which cluster?", f"one of: {names}" if names else "give a cluster --file")]
    )
