"""The conversation from its first question to its last, and what it ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kwizard.app.clusters import KnownCluster
from kwizard.app.drafts import Remembered
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.plain.ends import verify
from kwizard.plain.hosts import ask_hosts
from kwizard.plain.monitor import monitor
from kwizard.plain.options import ask_options
from kwizard.plain.questions import Item
from kwizard.plain.release import ask_release
from kwizard.plain.review import review
from kwizard.plain.run import run
from kwizard.plain.talk import Talk
from kwizard.plain.terminal import Gone
from kwizard.tui.draft import Draft
from kwizard.tui.farewell import exit_code, last_words
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import ago
from kwizard.tui.skipping import left_out
from kwizard.tui.usecases import Practise

Start = Literal["new", "resume", "monitor"]


async def converse(
    talk: Talk,
    *,
    start: Start = "new",
    name: str | None = None,
    given: bool = False,
    practise: Practise | None = None,
) -> int:
    """Ask until the person is done; the exit code of docs/cli.md. `given`: the draft holds the
    cluster that is meant, `name` is a remembered one, `practise` brings up pretend hosts."""
    ask = talk.ask
    ask.say(_("kwizard: Kubernetes from the release binaries, one readable step at a time."))
    if talk.cases.rehearsal:
        ask.say(
            _("REHEARSAL: pretend hosts on this machine, nothing is installed anywhere."),
        )
    ask.say(
        _("Enter takes the answer in brackets, ? explains, Ctrl+D leaves."),
    )
    try:
        await _begin(talk, start, name, given, practise)
    except Gone:
        ask.say(_("Left."))
    except KwizardError as error:
        talk.error = error
        talk.complain(error)
    words = last_words(
        talk.draft.cluster,
        talk.model.status,
        well=talk.snapshot is None or talk.snapshot.ok,
        rehearsal=talk.cases.rehearsal or talk.rehearsed,
    )
    if words:
        ask.say("", *words.split("\n"))
    return exit_code(talk.model, talk.error, talk.snapshot)


async def _begin(
    talk: Talk, start: Start, name: str | None, given: bool, practise: Practise | None
) -> None:
    if start == "resume" and name is None and not given:
        open_ones = [k.name for k in talk.cases.known() if k.status == "unfinished"]
        name = open_ones[0] if len(open_ones) == 1 else None
    if name is not None and not given:
        talk.draft.take(talk.cases.load(name))
        given = True
    if start == "resume" and given:
        await _install(talk)
    elif start == "monitor" and given:
        await monitor(talk)
    else:
        await _choose(talk, given, practise)


async def _choose(talk: Talk, given: bool, practise: Practise | None) -> None:
    """New cluster, go on, resume, monitor, practise, or leave."""
    while True:
        known, draft = talk.cases.known(), talk.cases.remembered()
        items = _begins(talk, known, draft, practise)
        unfinished = [f"resume {k.name}" for k in known if k.status == "unfinished"]
        default = next(iter(unfinished), items[0].value)
        verb, _blank, name = (await talk.ask.pick(_("What"), items, default)).partition(" ")
        try:
            if verb in ("open", "resume", "monitor"):
                talk.draft.take(talk.cases.load(name))
                talk.draft.file = next(k.file for k in known if k.name == name)
        except KwizardError as error:
            talk.complain(error)
            continue
        match verb:
            case "monitor":
                await monitor(talk)
            case "resume":
                await _install(talk)
            case "open":
                await _review(talk)
            case "draft" if draft is not None:
                talk.draft.take(draft.cluster)
                talk.draft.file = draft.file
                talk.draft.take_from(draft.bundle)
                # A bundle is read where the release is asked for, before what comes after it.
                later = draft.bundle is not None and draft.page in ("OPTIONS", "REVIEW")
                await _new(talk, "RELEASE" if later else draft.page)
            case "practise" if practise is not None:
                await _practise(talk, practise)
            case "new":
                if not given:
                    talk.draft.take(talk.cases.blank())
                await _new(talk)
        return


def _begins(
    talk: Talk,
    known: Sequence[KnownCluster],
    draft: Remembered | None,
    practise: Practise | None,
) -> list[Item]:
    items = [
        Item("new", _("new"), _("a new cluster")),
        *(item for cluster in known for item in _of(talk, cluster)),
    ]
    if draft is not None:
        name = draft.cluster.name or _("a cluster without a name")
        items.insert(0, Item("draft", _("go on"), _("with {name}, where you were", name=name)))
    if practise is not None:
        meaning = _("on pretend hosts: nothing is installed anywhere")
        items.append(Item("practise", _("practise"), meaning))
    items.append(Item("quit", _("quit"), _("nothing is running, nothing is lost")))
    return items


async def _practise(talk: Talk, practise: Practise) -> None:
    """The same on pretend hosts, which end with it."""
    async with practise() as made:
        real, talk.cases, talk.draft = talk.cases, made.cases, Draft(made.cluster)
        talk.ask.say(_("REHEARSAL: pretend hosts on this machine, nothing is installed anywhere."))
        try:
            await _new(talk)
        finally:
            await made.cases.close()
            talk.cases = real
            talk.rehearsed = True


def _of(talk: Talk, known: KnownCluster) -> list[Item]:
    name, watch = known.name, _("watch it, changing nothing")
    if known.status == "saved":
        return [
            Item(f"open {name}", _("open {name}", name=name), _("saved, not installed yet")),
        ]
    monitor_it = Item(f"monitor {name}", _("monitor {name}", name=name), watch)
    if known.status == "done" and known.waived:
        lacks = _("skipped by you, not done: {tasks}", tasks="; ".join(left_out(known.waived)))
        return [Item(f"resume {name}", _("finish {name}", name=name), lacks), monitor_it]
    if known.status == "done":
        return [monitor_it]
    when = ago((talk.clock() - known.when).total_seconds()) if known.when else _("some time ago")
    where = _(
        "it stopped at {step} on {host}, {when}",
        step=known.step,
        host=host_named(known.host),
        when=when,
    )
    return [Item(f"resume {name}", _("resume {name}", name=name), where), monitor_it]


PAGES = {"HOSTS": ask_hosts, "RELEASE": ask_release, "OPTIONS": ask_options}
"""By the name a draft on disk gives them."""


async def _new(talk: Talk, begin: str = "HOSTS") -> None:
    """Every page in its order from that one on, then the review."""
    names = list(PAGES)
    at = names.index(begin) if begin in names else 0 if begin != "REVIEW" else len(names)
    for name in names[at:]:
        _keep(talk, name)
        await PAGES[name](talk)
    await _review(talk)


async def _review(talk: Talk) -> None:
    """Until it is installed or left; it can go back to each page."""
    while True:
        _keep(talk, "REVIEW")
        chosen = await review(talk)
        if chosen == "quit":
            return
        if chosen == "install":
            talk.cases.forget()
            await _install(talk)
            return
        await PAGES[chosen.upper()](talk)


def _keep(talk: Talk, page: str) -> None:
    """Write the draft down for a restart, as the screens do."""
    if talk.draft.cluster.hosts:
        talk.cases.remember(
            Remembered(talk.draft.cluster, page, talk.draft.file, talk.draft.bundle)
        )


async def _install(talk: Talk) -> None:
    if await run(talk):
        await verify(talk)
