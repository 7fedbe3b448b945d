"""The wizard as questions and answers, a line each, for terminals without screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kwizard.cluster.model import Cluster
    from kwizard.tui.usecases import Practise, UseCases


async def plain(
    *,
    start: Literal["new", "resume", "monitor"] = "new",
    name: str | None = None,
    cluster: Cluster | None = None,
    opener: UseCases | None = None,
    practise: Practise | None = None,
) -> int:
    """Hold the conversation on standard input and output; the exit code of docs/cli.md.

    The arguments are those of `kwizard.tui.guided`.
    """
    from kwizard.plain.questions import Questions
    from kwizard.plain.talk import Talk
    from kwizard.plain.terminal import LineTerminal
    from kwizard.plain.wizard import converse
    from kwizard.tui.draft import Draft

    if opener is None:
        from kwizard.tui.live import LiveUseCases

        opener = LiveUseCases()
    draft = Draft(cluster if cluster is not None else opener.blank())
    talk = Talk(Questions(LineTerminal()), opener, draft)
    try:
        return await converse(
            talk, start=start, name=name, given=cluster is not None, practise=practise
        )
    finally:
        await opener.close()
