"""Passwords asked for on the screen, remembered until the program ends, written nowhere."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Literal

from kwizard.errors import KwizardError, LoginRefused, SudoRefused
from kwizard.tui.usecases import Asker, PasswordQuestion

What = Literal["login", "sudo", "key"]

VARIABLES: dict[What, str] = {
    "login": "KWIZARD_SSH_PASSWORD",
    "sudo": "KWIZARD_SUDO_PASSWORD",
    "key": "KWIZARD_KEY_PASSPHRASE",
}


class ScreenCredentials:
    """One answer serves all hosts with that user; only where a host refused it is it asked again.

    `asker` is set by whoever talks to the person at the moment.
    """

    def __init__(self) -> None:
        self.asker: Asker | None = None
        self._turn = asyncio.Lock()
        self._answers: dict[tuple[What, str], str] = {}
        self._given: dict[tuple[What, str], str] = {}
        self._refused: dict[tuple[What, str], str] = {}

    async def login_password(self, host: str, user: str) -> str | None:
        """The password `user` logs in with on `host`."""
        return await self._ask("login", host, user)

    async def sudo_password(self, host: str, user: str) -> str | None:
        """The password sudo asks `user` for on `host`."""
        return await self._ask("sudo", host, user)

    async def key_passphrase(self, path: Path) -> str | None:
        """The passphrase of a private key file."""
        return await self._ask("key", "", str(path))

    def note(self, host: str, error: KwizardError) -> bool:
        """A look at `host` ended with `error`. True when that refused a password we gave: then it
        is worth asking again."""
        what: What
        if isinstance(error, LoginRefused):
            what = "login"
        elif isinstance(error, SudoRefused):
            what = "sudo"
        else:
            return False
        given = self._given.pop((what, host), None)
        if given is None:
            return False
        self._refused[what, host] = given
        return True

    async def _ask(self, what: What, host: str, user: str) -> str | None:
        if given := os.environ.get(VARIABLES[what]):
            return given
        async with self._turn:  # one question at a time: the next host may find its answer here
            refused = self._refused.get((what, host))
            answer = self._answers.get((what, user))
            if answer is None or answer == refused:
                if self.asker is None:
                    return None
                question = PasswordQuestion(host, user, what, again=refused is not None)
                answer = await self.asker.password(question)
                if not answer:
                    return None
                self._answers[what, user] = answer
            self._given[what, host] = answer
            return answer
