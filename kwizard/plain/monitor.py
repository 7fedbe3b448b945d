"""The monitor line by line: it tells what changes, and nothing while nothing does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.monitor.snapshot import Snapshot
from kwizard.monitor.view import matching
from kwizard.plain.talk import Talk

INTERVAL = 5.0  # seconds between two looks


async def monitor(talk: Talk) -> None:
    """Tell the whole once; then a line whenever something is otherwise, so that it is quiet while
    nothing happens. Nothing on a host is changed."""
    await _Monitor(talk).follow()


def actions() -> list[tuple[str, str]]:
    """Each word and what it does."""
    return [
        ("Enter", _("tell everything again")),
        (_("/WORDS"), _("only what has these words in it, and only its changes")),
        ("/", _("everything again, without a filter")),
        ("q", _("end it")),
    ]


class _Monitor:
    """What was seen last, and the words it is filtered by."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._seen: Snapshot | None = None
        self._only = ""

    async def follow(self) -> None:
        """Until it is ended, or a look fails for good."""
        talk = self._talk
        talk.ask.title(
            _(
                "Monitor: it only looks. Enter tells everything, /WORDS only what has them in it, "
                "? tells what can be typed, q and Enter ends it."
            )
        )
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
                            self._take(new)
                            coming = asyncio.create_task(_next(snapshots))
                        if typed is not None and typed.done():
                            if not self._heard(typed.result().strip()):
                                return
                            typed = None
                        if typed is None and self._seen is not None:
                            # Not before the first look: a question from below has the line first.
                            typed = asyncio.create_task(talk.ask.line())
                finally:
                    await _ended(coming)
        except KwizardError as error:
            talk.error = error
            talk.complain(error)
        finally:
            if typed is not None:
                await _ended(typed)

    def _take(self, new: Snapshot) -> None:
        old = self._seen
        self._talk.snapshot = self._seen = new
        if old is None:
            self._tell_all()
        else:
            self._tell_change(old, new)

    def _heard(self, line: str) -> bool:
        """Do what `line` asks for. False: it ends the monitor."""
        if line.lower() in ("q", "quit", _("quit")):
            return False
        if line == "?":
            self._talk.ask.say("", *(f"  {key}  {what}" for key, what in actions()))
            return True
        if line.startswith("/"):
            self._only = line[1:].strip()
        self._tell_all()
        return True

    def _tell_all(self) -> None:
        """Everything that passes the filter. Whether all is well is told of the whole."""
        ask, seen = self._talk.ask, self._seen
        if seen is None:
            return
        if not self._only:
            ask.say(*seen.summary(told))
            return
        ask.say("", _("only rows with: {word}", word=self._only))
        part = matching(seen, self._only)
        if part.matrix is not None and not part.matrix.targets:
            part = replace(part, matrix=None)
        *lines, _of_the_part = part.summary(told)
        rows = list(filter(None, lines)) or [_("Nothing has that in it.")]
        ask.say(*rows, "", _verdict(seen))

    def _tell_change(self, old: Snapshot, new: Snapshot) -> None:
        """What passes the filter before or now, and is otherwise than before."""
        before, now = _states(old), _states(new)
        part = matching(new, self._only)
        shown = {**_states(matching(old, self._only)), **_states(part)}
        lines = [
            _("{thing}: {state}", thing=thing, state=now.get(thing, _("gone")))
            for thing in shown
            if before.get(thing) != now.get(thing)
        ]
        known = {d.cause for d in old.diagnoses}
        for diagnosis in part.diagnoses:
            if diagnosis.cause not in known:
                lines.append(_("likely cause: {cause}", cause=told(diagnosis.cause)))
                lines.append(_("what to do: {remedy}", remedy=told(diagnosis.remedy)))
        if lines:
            when = f"{new.time.astimezone():%H:%M:%S}"
            self._talk.ask.say(when, *(f"  {line}" for line in lines))


async def _next(snapshots: AsyncGenerator[Snapshot]) -> Snapshot | None:
    return await anext(snapshots, None)


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
    states |= dict.fromkeys(map(told, snapshot.faults), _("found now"))
    states[_("all in all")] = _verdict(snapshot)
    return states


def _verdict(snapshot: Snapshot) -> str:
    return _("all is well") if snapshot.ok else _("not everything is as it should be")
