"""`kwizard`, `kwizard resume`: the wizard on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from kwizard.app.clusters import load_known, unfinished
from kwizard.cli.common import ssh_config_option
from kwizard.cli.main import on_a_terminal
from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.remote.target import USER_CONFIG


def guided(
    *,
    start: Literal["new", "resume", "monitor"] = "new",
    cluster: Cluster | None = None,
    ssh_config: Path | None = None,
) -> int:
    """Run the screens; returns the exit status. `ssh_config` instead of ~/.ssh/config."""
    from kwizard.cli.demo import practice
    from kwizard.tui import run_guided
    from kwizard.tui.live import LiveUseCases

    opener = LiveUseCases(ssh_config=ssh_config or USER_CONFIG)
    return run_guided(start=start, cluster=cluster, opener=opener, practise=practice)


@click.command()
@click.argument("name", required=False)
@ssh_config_option
@click.pass_context
def resume(ctx: click.Context, name: str | None, ssh_config: Path | None) -> None:
    """Go on with an unfinished installation, on the terminal."""
    if not on_a_terminal():
        raise InvalidInput(
            [Problem("resume needs a terminal", "without one: kwizard apply FILE goes on as well")]
        )
    if name is None:
        names = [c.name for c in unfinished()]
        if not names:
            raise InvalidInput([Problem("no installation is unfinished here")])
        if len(names) > 1:
            name = str(click.prompt("Which one", type=click.Choice(names)))
        else:
            name = names[0]
    ctx.exit(guided(start="resume", cluster=load_known(name), ssh_config=ssh_config))
