"""What a person can look back at: the hosts' logs, and everything that was run."""

from __future__ import annotations

from kwizard.language import _
from kwizard.plain.commands import ask_commands
from kwizard.plain.logs import ask_logs
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk


def records() -> list[Item]:
    """The answers that lead there."""
    return [
        Item("logs", _("logs"), _("of all hosts: find words, read, save to a file")),
        Item("commands", _("commands"), _("everything that was run so far, with its script")),
    ]


async def look_back(talk: Talk, chosen: str) -> None:
    """Show the one that was chosen."""
    plan = talk.cases.plan(talk.draft.whole)
    await (ask_logs if chosen == "logs" else ask_commands)(talk, plan)
