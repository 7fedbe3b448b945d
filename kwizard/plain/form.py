"""The rows of the pages as questions: the same keys, the same answers, the same meanings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from kwizard.cluster.finding import Path as Place
from kwizard.cluster.finding import within
from kwizard.cluster.model import Cluster, RecipeName, Version
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.answers import text_of
from kwizard.tui.differing import differing
from kwizard.tui.rows import Row
from kwizard.tui.screens.meanings import meaning


async def ask_rows(talk: Talk, rows: Iterable[Row]) -> None:
    """Ask those that are shown, each after the answers before it."""
    for row in rows:
        if row.shown(talk.draft.cluster):
            await ask_row(talk, row)


async def ask_row(talk: Talk, row: Row) -> None:
    """Ask one, and put the answer into the draft."""
    ask, draft = talk.ask, talk.draft

    async def more() -> None:
        await tell_differences(talk, row)

    current, recipe = text_of(draft.cluster, row.place), draft.cluster.recipe
    if row.answers:
        items = [
            Item(value, label, " ".join(meaning(recipe, row.place, value)))
            for value, label in row.answers
        ]
        while True:
            answer = await ask.pick(row.label, items, current, more=more)
            wrong = mistake(talk, row.place, answer)
            if wrong is None:
                break
            ask.refuse(wrong)
    else:
        answer = await ask.text(
            row.label,
            current,
            check=lambda text: mistake(talk, row.place, text),
            optional=mistake(talk, row.place, "") is None,
            help="\n".join(meaning(recipe, row.place, "")) or row.empty,
            more=more if row.other is not None else None,
        )
    draft.change(answered(talk, row.place, answer))


async def tell_differences(talk: Talk, row: Row) -> None:
    """What each other answer would change on the hosts; for a line, where its answer stands. Of
    what cannot be planned, or chosen, nothing is said."""
    cluster = talk.draft.cluster
    pairs = []
    if row.other is not None:
        pairs.append((_("Where it stands:"), row.other(cluster), cluster))
    elif row.place != ("recipe",):
        pairs += [
            (_("With {answer} instead:", answer=label), cluster, answered(talk, row.place, value))
            for value, label in row.answers
            if value != text_of(cluster, row.place) and mistake(talk, row.place, value) is None
        ]
    for title, before, after in pairs:
        try:
            changes = await asyncio.to_thread(talk.cases.preview, before, after)
        except KwizardError:
            continue  # what stands in the way of a plan is said after the questions
        lines = differing(title, changes, one_sided=not row.answers)
        talk.ask.say("", *("".join(text for text, _style in words) for words in lines))


def answered(talk: Talk, place: Place, answer: str) -> Cluster:
    """The cluster with that answer. Raises ValueError."""
    return talk.draft.answered(place, answer, _suggested(talk, place, answer))


def mistake(talk: Talk, place: Place, answer: str) -> str | None:
    """Why that answer cannot be, as `WHAT; WHAT TO DO`; None when it can.

    What is wrong only together with other answers is said after all of them.
    """
    try:
        cluster = answered(talk, place, answer)
    except ValueError as error:
        return str(error)
    known = {f.problem.message for f in talk.cases.mistakes(talk.draft.cluster)}
    for found in talk.cases.mistakes(cluster):
        problem = found.problem
        here = len(found.about) == 1 and within(found.about[0], place)
        if problem.blocks and here and problem.message not in known:
            return f"{problem.message}; {problem.remedy}"
    return None


def _suggested(talk: Talk, place: Place, answer: str) -> Version:
    current = talk.draft.cluster
    if place != ("recipe",) or answer not in set(RecipeName):
        return current.version
    return next(iter(talk.cases.versions(RecipeName(answer))), current.version)
