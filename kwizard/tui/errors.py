"""Errors in words: those that were foreseen, and those nobody foresaw."""

from __future__ import annotations

from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.language import _, told
from kwizard.tui.hostnames import host_named


def unforeseen(error: BaseException) -> KwizardError:
    """A mistake in kwizard itself, in words a person can pass on."""
    return KwizardError(
        _("kwizard made a mistake: {kind}: {error}", kind=type(error).__name__, error=error),
        remedy=_("what runs on the hosts goes on; try again, and report these words"),
    )


def what_happened(error: KwizardError) -> str:
    """What `str(error)` says, in the language of the run."""
    if isinstance(error, InvalidInput):
        return "\n".join(in_words(p) for p in error.problems)
    host = host_named(error.host)
    where = _("{step} on {host}", step=error.step, host=host) if host else error.step
    where = where if error.step else host
    said = told(error.message)
    return f"{where}: {said}" if where else said


def in_words(problem: Problem) -> str:
    """What `str(problem)` says, in the language of the run."""
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    place = f"{where}: " if problem.file else ""
    said = told(problem.message)
    if problem.remedy:
        said = _("{what} ({remedy})", what=said, remedy=told(problem.remedy))
    return place + said
