"""After the installation: is it a cluster, and what to do with it. And the monitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.monitor.pings import ping_in_full
from kwizard.monitor.snapshot import Snapshot
from kwizard.plain.lookback import look_back
from kwizard.plain.questions import Item
from kwizard.plain.run import keep_report, write_report
from kwizard.plain.talk import Talk
from kwizard.tui.farewell import first_commands, kubeconfig

INTERVAL = 5.0  # seconds between two looks


async def verify(talk: Talk) -> None:
    """Tell what the run saw at its end, or look now; then what to do with the cluster."""
    ask = talk.ask
    ask.title(_("Verification"))
    talk.snapshot = talk.cases.verified()
    if talk.snapshot is None:
        await _look(talk)
    else:
        _tell(talk, talk.snapshot)
    while True:
        chosen = await ask.pick(
            _("What next"),
            [
                Item("done", _("done"), _("leave kwizard")),
                Item("again", _("verify again"), _("ask the hosts, changing nothing")),
                Item("ping", _("ping"), _("what one ping of the table said, word for word")),
                Item("monitor", _("monitor"), _("watch the cluster, changing nothing")),
                Item("logs", _("logs"), _("of all hosts: find words, read, save to a file")),
                Item(
                    "commands", _("commands"), _("everything that was run so far, with its script")
                ),
                Item("report", _("report"), _("everything needed to ask for help, in one file")),
            ],
            "done",
        )
        match chosen:
            case "again":
                await _look(talk)
            case "ping":
                await _one_ping(talk)
            case "monitor":
                await monitor(talk)
            case "logs" | "commands":
                await look_back(talk, chosen)
            case "report":
                await write_report(talk)
            case _:
                return


async def _look(talk: Talk) -> None:
    talk.ask.say(_("Asking the hosts: components, nodes, pings."))
    try:
        talk.snapshot = await talk.cases.verify(talk.draft.whole, talk.asker)
    except KwizardError as error:
        talk.error = error
        talk.complain(error)
        return
    _tell(talk, talk.snapshot)
    if not talk.snapshot.ok:
        await keep_report(talk, "\n".join(talk.snapshot.summary()))


def _tell(talk: Talk, snapshot: Snapshot) -> None:
    ask, cluster = talk.ask, talk.draft.cluster
    ask.say(*snapshot.summary(told))
    if not snapshot.ok:
        return
    file = kubeconfig(cluster)
    if file is not None:
        ask.say("", _("Your kubeconfig, which opens everything: {file}", file=file))
    ask.say("", _("The first commands:"), *(f"  {c}" for c in first_commands(cluster)))


async def _one_ping(talk: Talk) -> None:
    matrix = talk.snapshot.matrix if talk.snapshot else None
    if matrix is None or not matrix.cells:
        talk.ask.say(_("There is no ping table."))
        return
    failed = matrix.failed or matrix.cells
    source = await talk.ask.pick(_("From"), [Item(s, s) for s in matrix.sources], failed[0].source)
    target = await talk.ask.pick(
        _("To"),
        [Item(t.name, t.name, str(t.address or "")) for t in matrix.targets],
        failed[0].target,
    )
    if talk.snapshot is not None:
        talk.ask.say("", *ping_in_full(talk.snapshot, source, target))


# -- the monitor -------------------------------------------------------------------------------


async def monitor(talk: Talk) -> None:
    """Tell the whole once; then a line whenever something is otherwise, so that it is quiet while
    nothing happens. Enter tells the whole again, q ends it. Nothing on a host is changed."""
    ask = talk.ask
    ask.title(_("Monitor: it only looks. Enter tells everything, q and Enter ends it."))
    seen: Snapshot | None = None
    typed: asyncio.Task[str] | None = None
    watch = talk.cases.watch(talk.draft.cluster, INTERVAL, talk.asker)
    try:
        async with aclosing(watch) as snapshots:
            coming = asyncio.create_task(_next(snapshots))
            try:
                while True:
                    waiting: set[asyncio.Task[Any]] = {coming} | ({typed} if typed else set())
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if coming.done():
                        new = coming.result()
                        if new is None:
                            return
                        _tell_change(talk, seen, new)
                        talk.snapshot = seen = new
                        coming = asyncio.create_task(_next(snapshots))
                    if typed is not None and typed.done():
                        if typed.result().strip().lower() in ("q", "quit", _("quit")):
                            return
                        ask.say(*seen.summary(told) if seen else ())
                        typed = None
                    if typed is None and seen is not None:
                        # Not before the first look: a question from below has the line first.
                        typed = asyncio.create_task(ask.line())
            finally:
                await _ended(coming)
    except KwizardError as error:
        talk.error = error
        talk.complain(error)
    finally:
        if typed is not None:
            await _ended(typed)


async def _next(snapshots: AsyncGenerator[Snapshot]) -> Snapshot | None:
    return await anext(snapshots, None)


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _tell_change(talk: Talk, old: Snapshot | None, new: Snapshot) -> None:
    if old is None:
        talk.ask.say(*new.summary(told))
        return
    before, now = _states(old), _states(new)
    lines = [
        _("{thing}: {state}", thing=thing, state=now.get(thing, _("gone")))
        for thing in {**before, **now}
        if before.get(thing) != now.get(thing)
    ]
    known = {d.cause for d in old.diagnoses}
    for diagnosis in new.diagnoses:
        if diagnosis.cause not in known:
            lines.append(_("likely cause: {cause}", cause=told(diagnosis.cause)))
            lines.append(_("what to do: {remedy}", remedy=told(diagnosis.remedy)))
    if lines:
        talk.ask.say(f"{new.time.astimezone():%H:%M:%S}", *(f"  {line}" for line in lines))


def _states(snapshot: Snapshot) -> dict[str, str]:
    """What is worth a line when it changes: states, not times."""
    states = {_("component {name}", name=c.name): c.status for c in snapshot.components}
    states |= {_("node {name}", name=n.name): n.status for n in snapshot.nodes}
    for cell in snapshot.matrix.cells if snapshot.matrix else ():
        ping = _("ping from {source} to {target}", source=cell.source, target=cell.target)
        states[ping] = _("answered") if cell.ok else cell.error or _("no answer")
    for host, services in snapshot.services.items():
        for service in services:
            name = _("{daemon} on {host}", daemon=service.name, host=host)
            states[name] = _("runs") if service.running else service.state or _("does not run")
    states |= {_("host {name}", name=host): told(why) for host, why in snapshot.problems.items()}
    states |= dict.fromkeys(map(told, snapshot.faults), _("new"))
    states[_("all in all")] = (
        _("all is well") if snapshot.ok else _("not everything is as it should be")
    )
    return states
