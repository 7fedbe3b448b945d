"""What to say of an error nobody foresaw."""

from __future__ import annotations

from kwizard.errors import KwizardError


def unforeseen(error: BaseException) -> KwizardError:
    """A mistake in kwizard itself, in words a person can pass on."""
    return KwizardError(
        f"kwizard made a mistake: {type(error).__name__}: {error}",
        remedy="what runs on the hosts goes on; try again, and report these words",
    )
