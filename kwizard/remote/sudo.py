"""Becoming root: not needed, without a password, or with one that sudo is given when it asks."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from kwizard.errors import SudoRefused
from kwizard.remote.credentials import Credentials
from kwizard.remote.host import Output

_DETECT = """
if [ "$(id -u)" = 0 ]; then echo root
elif ! command -v sudo >/dev/null; then echo absent
elif sudo -k -n true </dev/null >/dev/null 2>&1; then echo free
else echo password
fi
"""


class SudoMode(StrEnum):
    """What it takes to be root on a host."""

    ROOT = "root"
    FREE = "free"
    PASSWORD = "password"  # noqa: S105
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Become:
    """How one shell is started as root.

    With a `password`: sudo asks for it with `prompt` on standard error (a second time: it was
    wrong) and the root shell says `ready` there. The password is sent when it was asked for and at
    no other time, the script only after `ready`: neither can be taken for the other.
    """

    command: str
    password: str | None = field(default=None, repr=False)
    prompt: str = ""
    ready: str = ""


PLAIN = Become("exec sh -s")


class Sudo:
    """Finds out once what a host wants, and remembers a password that was right.

    A password that sudo refused is not sent to it again: hosts lock accounts for less.
    """

    def __init__(self, host: str, user: str, credentials: Credentials) -> None:
        self._host = host
        self._user = user
        self._credentials = credentials
        self._mode: SudoMode | None = SudoMode.ROOT if user == "root" else None
        self._password: str | None = None
        self._proven = False
        self._refused: str | None = None
        self._lock = asyncio.Lock()

    async def become(self, look: Callable[[str], Awaitable[Output]]) -> Become:
        """How to start a root shell. `look` runs a script as the login user. Raises SudoRefused."""
        async with self._lock:
            if self._mode is None:
                self._mode = _parse_mode((await look(_DETECT)).stdout)
            if self._mode is SudoMode.ROOT:
                return PLAIN
            if self._mode is SudoMode.FREE:
                return Become("exec sudo -n sh -s")
            if self._mode is SudoMode.ABSENT:
                raise SudoRefused(
                    f"{self._user} is not root and there is no sudo",
                    host=self._host,
                    remedy="log in as root, or install sudo and allow this user to use it",
                )
            return await self._with_password()

    async def _with_password(self) -> Become:
        if self._password is None:
            password = await self._credentials.sudo_password(self._host, self._user)
            if password is None:
                raise SudoRefused(
                    f"sudo wants the password of {self._user}, and there is none",
                    host=self._host,
                    remedy="give the password, or allow sudo without one (NOPASSWD) for this user",
                )
            if password == self._refused or "\n" in password:
                raise self.wrong_password()
            self._password = password
        word = secrets.token_hex(8)
        ready, prompt = f"kw-ready-{word}", f"kw-password-{word}:"
        return Become(
            f"exec sudo -k -S -p {prompt} sh -c 'echo {ready} >&2; exec sh -s'",
            password=self._password,
            prompt=prompt,
            ready=ready,
        )

    def accepted(self) -> None:
        """The last `become` worked."""
        self._proven = True

    def refused(self) -> SudoRefused:
        """Sudo asked a second time: forget the password, and never send it again."""
        self._refused, self._password, self._proven = self._password, None, False
        return self.wrong_password()

    def wrong_password(self) -> SudoRefused:
        """The error for a password that is not the right one."""
        return SudoRefused(
            f"sudo did not accept the password of {self._user}",
            host=self._host,
            remedy="try it on the host with `sudo -k true`; it is not sent again by itself",
        )

    def forbidden(self, said: str) -> SudoRefused:
        """Sudo ended without a shell; `said` is its last line. What was found out is forgotten."""
        if not self._proven:
            self._password = None
        self._mode = None
        return SudoRefused(
            f"sudo gives {self._user} no root shell: {said or 'it said nothing'}",
            host=self._host,
            remedy=f"allow it in sudoers (`{self._user} ALL=(ALL) ALL`), or log in as root",
        )


def _parse_mode(printed: bytes) -> SudoMode:
    word = printed.decode("ascii", errors="replace").strip()
    return SudoMode(word) if word in set(SudoMode) else SudoMode.PASSWORD
