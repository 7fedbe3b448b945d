"""`kwizard`, `kwizard resume`: the wizard on a terminal, as screens or as questions."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from kwizard.app.clusters import load_known, unfinished
from kwizard.cli.common import ssh_config_option
from kwizard.cli.main import in_a_browser, on_a_terminal
from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.language import _
from kwizard.remote.target import USER_CONFIG

F = TypeVar("F", bound=Callable[..., Any])


def plain_option(command: F) -> F:
    """Add --plain."""
    return click.option(
        "--plain",
        is_flag=True,
        help="Questions and answers line by line instead of screens: for a screen reader or a "
        "simple terminal. ACCESSIBLE=1 in the environment means the same.",
    )(command)


def wants_plain(asked: bool) -> bool:
    """Whether to draw no screens: asked for, or the terminal cannot draw any."""
    if in_a_browser():
        return False
    accessible = os.environ.get("ACCESSIBLE", "").lower() not in ("", "0", "no", "false")
    return asked or accessible or os.environ.get("TERM", "") in ("", "dumb")


def guided(
    *,
    start: Literal["new", "resume", "monitor"] = "new",
    cluster: Cluster | None = None,
    ssh_config: Path | None = None,
    plain: bool = False,
) -> int:
    """Run the screens, or with `plain` ask the questions; returns the exit status. `ssh_config`
    instead of ~/.ssh/config."""
    from kwizard.cli.demo import practice
    from kwizard.tui.live import LiveUseCases

    opener = LiveUseCases(ssh_config=ssh_config or USER_CONFIG)
    if wants_plain(plain):
        from kwizard.plain import plain as ask

        return asyncio.run(ask(start=start, cluster=cluster, opener=opener, practise=practice))
    from kwizard.tui import run_guided

    return run_guided(start=start, cluster=cluster, opener=opener, practise=practice)


@click.command()
@click.argument("name", required=False)
@ssh_config_option
@plain_option
@click.pass_context
def resume(ctx: click.Context, name: str | None, ssh_config: Path | None, plain: bool) -> None:
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
            name = str(click.prompt(_("Which one"), type=click.Choice(names)))
        else:
            name = names[0]
    ctx.exit(guided(start="resume", cluster=load_known(name), ssh_config=ssh_config, plain=plain))
