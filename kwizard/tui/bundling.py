"""A bundle that is being read: how far it is, and what a page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.content import Content

from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.language import _
from kwizard.release.bundle import Bundle
from kwizard.tui.facts import bundle_facts
from kwizard.tui.measures import size
from kwizard.tui.obtaining import BAR, paired
from kwizard.tui.widgets.form import in_full


@dataclass(slots=True)
class Reading:
    """`bundle` is what it says of itself, once that is known; `error` why it will not do."""

    path: Path
    running: bool = True
    bundle: Bundle | None = None
    error: KwizardError | None = None
    done: int = 0
    total: int = 0

    def told(self, done: int, total: int) -> None:
        """Hear how far it is."""
        self.done, self.total = done, total

    def problems(self) -> list[Problem]:
        """Why it will not do."""
        if isinstance(self.error, InvalidInput):
            return list(self.error.problems)
        return [] if self.error is None else [Problem(self.error.message, self.error.remedy)]

    def shown(self, room: int) -> list[Content | str]:
        """How far it is, and what is in it, folded to `room` cells."""
        wrong = self.problems()
        parts: list[Content | str] = [in_full(wrong)] if wrong else []
        if self.running:
            parts.append(Content.styled(_("▸ reading the bundle"), "bold $accent"))
            if self.total:
                filled = BAR * self.done // self.total
                percent = f" {100 * self.done // self.total} %"
                bar = Content.assemble(
                    ("━" * filled, "$accent"), ("─" * (BAR - filled), "$rule"), percent
                )
                said = _("{done} of {total}", done=size(self.done), total=size(self.total))
                parts += [bar, said]
        elif self.error is None and self.bundle is not None:
            said = _("✓ read: every file has its sum, no network is needed")
            parts.append(Content.styled(said, "$success"))
        facts = bundle_facts(self.bundle) if self.bundle is not None else ()
        return [*parts, *paired(facts, room)]
