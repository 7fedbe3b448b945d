"""What all parts of the conversation share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.language import _, told
from kwizard.monitor.snapshot import Snapshot
from kwizard.plain.hearing import Hearing
from kwizard.plain.questions import Questions
from kwizard.tui.draft import Draft
from kwizard.tui.errors import what_happened
from kwizard.tui.model import RunModel
from kwizard.tui.usecases import KeyQuestion, PasswordQuestion, UseCases


def utc_now() -> datetime:
    """The clock, unless a test gives another."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Talk:
    """The person (`ask`), what can be caused (`cases`), and the answers so far (`draft`)."""

    ask: Questions
    cases: UseCases
    draft: Draft
    clock: Callable[[], datetime] = utc_now
    model: RunModel = field(default_factory=RunModel)
    error: KwizardError | None = None
    snapshot: Snapshot | None = None
    waived: frozenset[str] = frozenset()
    rehearsed: bool = False
    hearing: Hearing | None = None
    asker: LineAsker = field(init=False)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.asker = LineAsker(self)

    def complain(self, error: KwizardError | OSError) -> None:
        """Say what went wrong, and what to do."""
        if isinstance(error, InvalidInput):
            self.problems(error.problems)
            return
        why = what_happened(error) if isinstance(error, KwizardError) else str(error)
        self.ask.say(_("That did not work: {why}", why=why))
        if isinstance(error, KwizardError):
            self.ask.say(*(f"    {line}" for line in error.log_tail.splitlines()))
            if error.remedy and error.remedy not in str(error):
                self.ask.say(_("  What to do: {remedy}", remedy=told(error.remedy)))

    def problems(self, found: Iterable[Problem]) -> None:
        """Say each problem with its remedy; those that block come first."""
        for problem in sorted(found, key=lambda p: not p.blocks):
            place = f"{problem.file}:{problem.line}: " if problem.line else ""
            said = place + told(problem.message)
            if problem.blocks:
                self.ask.say(_("Error: {what}", what=said))
            else:
                self.ask.say(_("Note: {what}", what=said))
            if problem.remedy:
                self.ask.say(_("  What to do: {remedy}", remedy=told(problem.remedy)))

    def news(self, found: Iterable[Problem]) -> None:
        """Say the problems that block, and of the others those that were not said before."""
        new = [p for p in found if p.blocks or p.message not in self._told]
        self._told |= {p.message for p in new}
        self.problems(new)

    def pairs(self, facts: Iterable[tuple[str, str]]) -> None:
        """Say (what, value) pairs, one a line."""
        self.ask.say(*(f"  {what}: {value}" for what, value in facts))


class LineAsker:
    """Questions from below: one at a time, however many hosts wait for an answer."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._ask = talk, talk.ask
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """The line for one question, and for nothing else meanwhile."""
        hearing = self._talk.hearing
        async with self._turn, hearing.silent() if hearing else nullcontext():
            yield

    async def confirm_key(self, question: KeyQuestion) -> bool:
        """Whether that is the host's key; no, unless it is said."""
        async with self._alone():
            if question.total > 1:
                number, total = question.number, question.total
                self._ask.say("", _("Key {number} of {total}:", number=number, total=total))
            self._ask.say(
                "",
                _(
                    "{host} ({address}) shows a {kind} key nobody has confirmed yet:",
                    host=question.host,
                    address=question.address,
                    kind=question.key_type,
                ),
                f"  {question.fingerprint}",
                _("On its own console this shows it: ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub"),
            )
            return await self._ask.yes(_("Is that the key of {host}?", host=question.host), False)

    async def password(self, question: PasswordQuestion) -> str | None:
        """A password, not shown; None for an empty answer."""
        async with self._alone():
            if question.again:
                self._ask.say(_("{host} did not accept the last one.", host=question.host))
            if question.what == "key":
                asked = _("Passphrase of the key {file}", file=question.user)
            elif question.what == "sudo":
                asked = _(
                    "sudo password of {user} on {host}", user=question.user, host=question.host
                )
            else:
                asked = _(
                    "Login password of {user} on {host}", user=question.user, host=question.host
                )
            return await self._ask.secret(asked) or None
