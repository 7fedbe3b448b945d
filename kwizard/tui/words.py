"""What is said before a run is left alone."""

from __future__ import annotations

from textual.content import Content

from kwizard.language import _
from kwizard.tui.plain import phrase, plain


def leaving(name: str, *, rehearsal: bool, paused: bool = False) -> Content:
    """For the question before a run is left alone."""
    if rehearsal:
        return Content(
            _("The pretend hosts end with kwizard. On real hosts what runs would go on.")
        )
    said = phrase(
        _(
            "What runs on the hosts goes on without kwizard: nothing is broken off.\n"
            "No new step is started meanwhile.\n\nTo come back:  {command}"
        ),
        command=plain(f"kwizard resume {name}", "bold $accent"),
    )
    if not paused:
        return said
    kept = _("What is paused is kept as far as it came; then it goes on there, without the pause.")
    return Content("\n\n").join([said, plain(kept)])
