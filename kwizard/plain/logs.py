"""The hosts' logs of this run: read, searched, and saved to a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kwizard.engine.plan import Plan
from kwizard.language import _, _n
from kwizard.plain.paths import ask_target, here
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.hostnames import host_named

LAST = 20  # lines that are told of a log
MOST = 50  # places that are told of a search


def tell_end(talk: Talk, host: str, last: int = LAST) -> None:
    """The last lines of a host's log."""
    kept = list(talk.model.logs[host].kept)[-last:]
    talk.ask.say(
        "", _("The end of the log of {host}:", host=host_named(host)), *(f"  {x}" for x in kept)
    )


def tell_found(talk: Talk, words: str, hosts: Sequence[str] = ()) -> None:
    """The lines of the logs that have these words in them, upper and lower case alike; of all hosts
    where none is named. The last ones, where there are many."""
    wanted = words.casefold()
    lines = [
        f"{host_named(host)}: {line}"
        for host in hosts or talk.model.logs
        for line in talk.model.logs[host].kept
        if wanted in line.casefold()
    ]
    said = _n(
        "{count} line has “{words}” in it",
        "{count} lines have “{words}” in them",
        len(lines),
        words=words,
    )
    if len(lines) > MOST:
        said = _("{lines}; the last {shown} are these:", lines=said, shown=MOST)
    talk.ask.say("", said, *(f"  {line}" for line in lines[-MOST:]))


async def ask_logs(talk: Talk, plan: Plan) -> None:
    """Read the end of a host's log, search all of them, or save one whole."""
    hosts = list(talk.model.logs)
    if not hosts:
        talk.ask.say(_("Nothing was logged in this run."))
        return
    while True:
        ways = [
            Item("back", _("back")),
            Item("find", _("find"), _("the lines that have some words in them, of all hosts")),
            Item("end", _("read"), _("the last lines of a host's log")),
            Item("save", _("save"), _("the whole log of a host, into a file")),
        ]
        match await talk.ask.pick(_("Logs"), ways, "back"):
            case "find":
                words = await talk.ask.text(_("Words to look for"), optional=True)
                if words:
                    tell_found(talk, words)
            case "end":
                tell_end(talk, await _which(talk, hosts))
            case "save":
                await _save(talk, plan, await _which(talk, hosts))
            case _:
                return


async def _which(talk: Talk, hosts: Sequence[str]) -> str:
    if len(hosts) == 1:
        return hosts[0]
    return await talk.ask.pick(
        _("Of which host"), [Item(h, host_named(h)) for h in hosts], hosts[0]
    )


async def _save(talk: Talk, plan: Plan, host: str) -> None:
    target = await ask_target(talk, _("Save the log to"), here(f"{plan.cluster.name}-{host}.log"))
    if target is None:
        return
    try:
        count = await asyncio.to_thread(talk.cases.save_log, plan, host, target)
    except OSError as error:
        talk.complain(error)
        return
    steps = _n("{count} step", "{count} steps", count)
    talk.ask.say(
        _(
            "The log of {host} ({steps}) is in {file}",
            host=host_named(host),
            steps=steps,
            file=target,
        )
    )
