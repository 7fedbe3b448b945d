"""Questions from below, put to the person at the screen one at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from textual.screen import ModalScreen

from kwizard.tui.screens.dialogs import AskPassword, ConfirmKey
from kwizard.tui.usecases import KeyQuestion, PasswordQuestion

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp

T = TypeVar("T")


class ScreenAsker:
    """Dialogs as answers. Hosts are asked about in parallel; the person sees one question after
    the other."""

    def __init__(self, app: KwizardApp) -> None:
        self._app = app
        self._turn = asyncio.Lock()

    async def confirm_key(self, question: KeyQuestion) -> bool:
        """Show the fingerprint; False unless it is trusted."""
        return await self._ask(ConfirmKey(question)) is True

    async def password(self, question: PasswordQuestion) -> str | None:
        """Ask for a password, masked."""
        return await self._ask(AskPassword(question))

    async def _ask(self, dialog: ModalScreen[T]) -> T | None:
        # A future instead of push_screen_wait: that needs a Textual worker, and workers end with
        # their screen, while the engine's task belongs to the app.
        async with self._turn:
            answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

            def done(result: T | None) -> None:
                if not answer.done():
                    answer.set_result(result)

            await self._app.push_screen(dialog, done)
            try:
                return await answer
            finally:
                if dialog.is_current and not answer.done():
                    dialog.dismiss(None)
