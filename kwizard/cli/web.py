"""`kwizard web`: the wizard in a browser of this machine."""

from __future__ import annotations

import asyncio

import click

from kwizard.errors import InvalidInput, Problem
from kwizard.language import N_, _

SERVED = ("resume", "monitor", "demo")
"""The commands that have screens; without one of them it is the guided installation."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--port",
    default=0,
    show_default=N_("any free one"),
    type=click.IntRange(0, 65535),
    help="The port on 127.0.0.1.",
)
def web(words: tuple[str, ...], port: int) -> None:
    """Show the wizard in a browser of this machine: kwizard web [resume|monitor|demo ...].

    It listens on loopback only. The printed address holds a token: whoever has it can use the
    wizard as you can.
    """
    if words and words[0] not in SERVED:
        known = ", ".join(SERVED)
        raise InvalidInput(
            [Problem(f"{words[0]!r} cannot be shown in a browser", f"one of: {known}, or nothing")]
        )
    try:
        from kwizard.web.server import serve
    except ModuleNotFoundError as error:
        raise InvalidInput(
            [Problem("kwizard web needs textual-serve", "run pip install 'kwizard[web]'")]
        ) from error

    def say(url: str) -> None:
        click.echo(_("Open this in a browser of this machine:"))
        click.echo(f"\n  {url}\n")
        click.echo(_("Whoever has this address can use the wizard as you can. Ctrl+C ends it;"))
        click.echo(_("what runs on the hosts goes on."))

    asyncio.run(serve(words, port, say))
