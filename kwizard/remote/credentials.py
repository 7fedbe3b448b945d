"""Where passwords come from. They live in memory only: never in a file, an argv or a message."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Credentials(Protocol):
    """What is asked when a host wants more than a key that lies open.

    Each answer may take as long as a person needs to type. None means: there is none, give up.
    An answer that a host refused is not sent to it a second time.
    """

    async def login_password(self, host: str, user: str) -> str | None:
        """The SSH password of `user` on `host` (its name in the cluster file)."""
        ...

    async def key_passphrase(self, path: Path) -> str | None:
        """The passphrase of the private key file `path`."""
        ...

    async def sudo_password(self, host: str, user: str) -> str | None:
        """What `user` types on `host` when sudo asks."""
        ...


class NoCredentials:
    """Keys and the agent are all there is."""

    async def login_password(self, host: str, user: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    async def key_passphrase(self, path: Path) -> str | None:  # noqa: ARG002
        """None."""
        return None

    async def sudo_password(self, host: str, user: str) -> str | None:  # noqa: ARG002
        """None."""
        return None
