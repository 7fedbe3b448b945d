"""Everything kwizard raises on purpose: one small tree, each error with what to do about it.

The exit codes are part of the command line's promise (docs/cli.md): 1 a step or check failed,
2 bad usage or input, 3 interrupted but resumable, 4 a host refused or is not who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


class KwizardError(Exception):
    """The root. `remedy` says what the operator can do; `host`, `step`, `log_tail` say where."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self, message: str, *, remedy: str = "", host: str = "", step: str = "", log_tail: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.host = host
        self.step = step
        self.log_tail = log_tail

    def __str__(self) -> str:
        where = " ".join(x for x in (self.step, f"on {self.host}" if self.host else "") if x)
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in something a person wrote: where it stands, what is wrong, what to do.

    `line` counts from 1; None when the place is not known. `blocks` is False for a warning.
    """

    message: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    blocks: bool = True

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file and self.line else ""
        place = place or (f"{self.file}: " if self.file else "")
        hint = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.message}{hint}"


class InvalidInput(KwizardError):
    """Bad usage or bad input; carries every mistake found, not only the first."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...] | list[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (
            (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__("\n".join(str(p) for p in self.problems))


class Interrupted(KwizardError):
    """The run was stopped before its end; what was started goes on, and it can be resumed."""

    exit_code = 3


class HostRefused(KwizardError):
    """A host turned us away, or is not who it was. Never retried blindly."""

    exit_code = 4


class HostKeyUnknown(HostRefused):
    """The host's key has not been confirmed. `fingerprint` is SHA256:..., `key` OpenSSH text."""

    def __init__(self, message: str, *, host: str, fingerprint: str, key: str) -> None:
        super().__init__(message, host=host, remedy="compare the fingerprint, then confirm it once")
        self.fingerprint = fingerprint
        self.key = key


class HostKeyChanged(HostRefused):
    """The host shows another key than the recorded one: a new machine, or somebody in between."""


class LoginRefused(HostRefused):
    """No key or password was accepted."""


class SudoRefused(HostRefused):
    """The user may not become root, or the sudo password is wrong."""


class HostUnreachable(KwizardError):
    """No TCP connection or no SSH answer within the connect timeout."""


class ConnectionLost(KwizardError):
    """The SSH connection ended in the middle of something and did not come back in time."""


class RemoteCommandFailed(KwizardError):
    """A look or a transfer ended with an unexpected exit status, `exit`."""

    def __init__(
        self,
        message: str,
        *,
        exit: int | None,
        host: str,
        log_tail: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(message, host=host, log_tail=log_tail, remedy=remedy)
        self.exit = exit


Fault = Literal["receiver", "giver", "way"]


class NotPassedOn(KwizardError):
    """A host could not fetch a file from another one. It is sent from the operator's side instead,
    or fetched from a third: nobody has to do anything about it.

    `at_fault`: whose doing it is, as far as can be told: the receiver's, the giver's, or that of
    the way between them. `came`: whether any byte arrived.
    """

    def __init__(
        self,
        message: str,
        *,
        host: str,
        at_fault: Fault,
        came: bool = False,
    ) -> None:
        super().__init__(message, host=host, remedy="it is sent from this machine instead")
        self.at_fault = at_fault
        self.came = came


class StepFailed(KwizardError):
    """A step ended badly: its exit status, or why there is none."""

    def __init__(
        self,
        message: str,
        *,
        exit: int | None,
        host: str,
        step: str,
        log_tail: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(message, host=host, step=step, log_tail=log_tail, remedy=remedy)
        self.exit = exit


class ReleaseError(KwizardError):
    """A release could not be found, fetched or verified, or a tarball is not what it should be."""


class PkiError(KwizardError):
    """The cluster's certificates on the operator's side are damaged or have ended."""


class JournalLocked(KwizardError):
    """Another kwizard is writing this cluster's journal."""


class LabError(KwizardError):
    """The practice hosts could not be made, started or stopped."""
