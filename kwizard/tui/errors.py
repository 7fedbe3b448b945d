"""What to say of an error nobody foresaw."""

from __future__ import annotations

from kwizard.errors import KwizardError
from kwizard.language import _


def unforeseen(error: BaseException) -> KwizardError:
    """A mistake in kwizard itself, in words a person can pass on."""
    return KwizardError(
        _("kwizard made a mistake: {kind}: {error}", kind=type(error).__name__, error=error),
        remedy=_("what runs on the hosts goes on; try again, and report these words"),
    )
