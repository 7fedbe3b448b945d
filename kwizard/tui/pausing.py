"""What a pause of sending and fetching means, in sentences; nothing here knows Textual."""

from __future__ import annotations

from kwizard.language import _


def at_work(running: int, held: int) -> str:
    """Of `running` tasks that go on, and `held` ones that wait for the pause to end."""
    return _(
        "Steps on the hosts go on: {running} at work now, {held} waiting for the pause to end.",
        running=running,
        held=held,
    )
