"""After a failure: the report somebody may have to send, written before anyone asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.tui.errors import what_happened
from kwizard.tui.measures import short_path
from kwizard.tui.usecases import UseCases

Status = Literal["none", "writing", "kept", "failed"]


class Aftermath:
    """Writes beside the screen. `said` is what there is to say about it: where the report is, or
    why there is none; "" before a failure, and while it is written."""

    def __init__(self) -> None:
        self.status: Status = "none"
        self.file: Path | None = None
        self.said = ""
        self._task: asyncio.Task[None] | None = None

    def clear(self) -> None:
        """Another run: what was said about the one before holds no longer."""
        self.status, self.file, self.said = "none", None, ""

    def begin(self, cases: UseCases, name: str, words: Sequence[str]) -> None:
        """Write the report of cluster `name`; `words` are what the screen said about the failure.
        One that is being written is left to its end first."""
        before, self.status = self._task, "writing"
        self._task = asyncio.create_task(self._write(cases, name, "\n\n".join(words), before))

    async def _write(
        self, cases: UseCases, name: str, words: str, before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await before
        try:
            self.file = await asyncio.to_thread(cases.keep_report, name, words)
        except KwizardError as error:
            self.status, self.said = "failed", _("No report: {why}", why=what_happened(error))
        else:
            self.status = "kept"
            self.said = _("A report for help: {file}", file=short_path(self.file))

    async def finish(self) -> None:
        """Let it be written to its end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
