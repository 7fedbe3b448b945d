"""How the cluster is set up: the same answers as the page of options."""

from __future__ import annotations

from kwizard.language import _
from kwizard.plain.form import ask_rows
from kwizard.plain.talk import Talk
from kwizard.tui.rows import option_rows


async def ask_options(talk: Talk) -> None:
    """Ask each option that there is with this recipe; again while something cannot be."""
    ask = talk.ask
    ask.title(_("Options"))
    ask.say(_("? tells what another answer would change on the hosts."))
    while True:
        # The recipe was asked for with the version: the two belong together.
        await ask_rows(talk, (row for row in option_rows() if row.place != ("recipe",)))
        found = talk.cases.problems(talk.draft.cluster)
        talk.news(found)
        if not any(p.blocks for p in found) or not await ask.yes(
            _("Some of it cannot be. Go through the options again?"), default=True
        ):
            return
