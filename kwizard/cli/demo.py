"""`kwizard demo`: the whole wizard against rehearsal hosts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from kwizard.app.install import install
from kwizard.app.planning import make_plan
from kwizard.app.session import Session
from kwizard.cli.apply import follow
from kwizard.cli.guided import plain_option, wants_plain
from kwizard.cli.main import on_a_terminal
from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.language import N_, _
from kwizard.recipes.step import Script
from kwizard.rehearsal import Fault, Rehearsal
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
@click.option(
    "--fail",
    "failing",
    multiple=True,
    metavar="STEP@HOST",
    help="Let that step fail once, as control-plane/kube-scheduler@anakin: to practise what to do "
    "then. May be given more than once.",
)
@click.option("--by-itself", is_flag=True, help="Ask nothing: it runs from end to end.")
@plain_option
@click.pass_context
def demo(
    ctx: click.Context,
    hosts: int,
    speed: float,
    failing: tuple[str, ...],
    by_itself: bool,
    plain: bool,
) -> None:
    """Walk through an installation on rehearsal hosts. Nothing is installed anywhere.

    Without a terminal it runs by itself.
    """
    if by_itself or not on_a_terminal():
        ctx.exit(asyncio.run(_through(hosts, speed, failing)))
    ctx.exit(asyncio.run(_guided(hosts, speed, failing, wants_plain(plain))))


async def _guided(hosts: int, speed: float, failing: Sequence[str], plain: bool) -> int:
    if plain:
        from kwizard.plain import plain as guided
    else:
        from kwizard.tui import guided
    async with practice(hosts, speed, failing) as made:
        return await guided(start="new", cluster=made.cluster, opener=made.cases)


@asynccontextmanager
async def practice(
    hosts: int = 3, speed: float = 1.0, failing: Sequence[str] = ()
) -> AsyncIterator[Practice]:
    """Pretend hosts for the screens, up as long as the context lasts. Raises NoRehearsal, and
    InvalidInput for a task of `failing` that is not in their plan."""
    from kwizard.tui.live import LiveUseCases
    from kwizard.tui.usecases import Practice

    before = os.environ.get("KWIZARD_STATE_HOME")
    async with Rehearsal(hosts, speed=speed, faults=_faults(failing)) as rehearsal:
        _in_the_plan(failing, rehearsal.cluster)
        # What a rehearsal leaves behind must not stand among the real clusters.
        os.environ["KWIZARD_STATE_HOME"] = str(rehearsal.directory / "state")
        try:
            yield Practice(LiveUseCases(rehearsal=True), rehearsal.cluster)
        finally:
            if before is None:
                del os.environ["KWIZARD_STATE_HOME"]
            else:
                os.environ["KWIZARD_STATE_HOME"] = before


def _faults(failing: Sequence[str]) -> list[Fault]:
    out = []
    for task in failing:
        step, at, host = task.rpartition("@")
        if not (step and at and host):
            raise InvalidInput(_("{text} is not of the form STEP@HOST", text=task))
        out.append(Fault(step, host))
    return out


def _in_the_plan(failing: Sequence[str], cluster: Cluster) -> None:
    """Only a script can fail on request: what is brought, waited for or done here cannot."""
    scripts = [t.id for t in make_plan(cluster).tasks if isinstance(t.step.action, Script)]
    for task in failing:
        if task not in scripts:
            near = get_close_matches(task, scripts, n=3, cutoff=0) or scripts[:3]
            remedy = _("name one of its scripts, as {tasks}", tasks=", ".join(near))
            problem = Problem(_("the rehearsal has no script {task}", task=task), remedy)
            raise InvalidInput([problem])


async def _through(hosts: int, speed: float, failing: Sequence[str]) -> int:
    click.echo(_(BANNER))
    async with Rehearsal(hosts, speed=speed, faults=_faults(failing)) as rehearsal:
        _in_the_plan(failing, rehearsal.cluster)

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
