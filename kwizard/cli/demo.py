"""`kwizard demo`: the whole wizard against rehearsal hosts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from kwizard.app.install import install
from kwizard.app.session import Session
from kwizard.cli.apply import follow
from kwizard.cli.guided import plain_option, wants_plain
from kwizard.cli.main import on_a_terminal
from kwizard.language import N_, _
from kwizard.rehearsal import Rehearsal
from kwizard.remote.credentials import NoCredentials
from kwizard.remote.hostkeys import UnknownKey

if TYPE_CHECKING:
    from kwizard.tui.usecases import Practice

BANNER = N_("""\
This is a rehearsal. The three hosts are pretend ones inside this process: they speak real SSH and
run the real step scripts with a real sh, but docker, systemctl, kubectl and the rest are stand-ins,
and nothing outside their scratch folder can be touched. Nothing is installed anywhere.
""")


@click.command()
@click.option("--hosts", default=3, show_default=True, type=click.IntRange(1, 50))
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 10),
    help="How long the pretend hosts take for things; 0: no time at all.",
)
@click.option("--by-itself", is_flag=True, help="Ask nothing: it runs from end to end.")
@plain_option
@click.pass_context
def demo(ctx: click.Context, hosts: int, speed: float, by_itself: bool, plain: bool) -> None:
    """Walk through an installation on rehearsal hosts. Nothing is installed anywhere.

    Without a terminal it runs by itself.
    """
    if by_itself or not on_a_terminal():
        ctx.exit(asyncio.run(_through(hosts, speed)))
    ctx.exit(asyncio.run(_guided(hosts, speed, wants_plain(plain))))


async def _guided(hosts: int, speed: float, plain: bool) -> int:
    if plain:
        from kwizard.plain import plain as guided
    else:
        from kwizard.tui import guided
    async with practice(hosts, speed) as made:
        return await guided(start="new", cluster=made.cluster, opener=made.cases)


@asynccontextmanager
async def practice(hosts: int = 3, speed: float = 1.0) -> AsyncIterator[Practice]:
    """Pretend hosts for the screens, up as long as the context lasts. Raises NoRehearsal."""
    from kwizard.tui.live import LiveUseCases
    from kwizard.tui.usecases import Practice

    before = os.environ.get("KWIZARD_STATE_HOME")
    async with Rehearsal(hosts, speed=speed) as rehearsal:
        # What a rehearsal leaves behind must not stand among the real clusters.
        os.environ["KWIZARD_STATE_HOME"] = str(rehearsal.directory / "state")
        try:
            yield Practice(LiveUseCases(rehearsal=True), rehearsal.cluster)
        finally:
            if before is None:
                del os.environ["KWIZARD_STATE_HOME"]
            else:
                os.environ["KWIZARD_STATE_HOME"] = before


async def _through(hosts: int, speed: float) -> int:
    click.echo(_(BANNER))
    async with Rehearsal(hosts, speed=speed) as rehearsal:

        async def confirm(_key: UnknownKey) -> bool:
            # The hosts were made a moment ago, in this process: their keys are known for sure.
            return True

        async with Session.open(
            rehearsal.cluster,
            credentials=NoCredentials(),
            confirm_host_key=confirm,
            ssh_config=None,
            rehearsal=True,
            directory=rehearsal.directory / "state" / rehearsal.cluster.name,
        ) as session:
            status = await follow(install(session), as_json=False)
    click.echo()
    click.echo(_("That was a rehearsal: nothing was installed. On real hosts: kwizard, or"))
    line = "kwizard plan sample_hosts.yaml --offline"
    click.echo(_("{line} shows the steps of the article's cluster.", line=line))
    return status
