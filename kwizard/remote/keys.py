"""Private keys for a login: what the agent holds, files that lie open, files with a passphrase."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from kwizard.errors import LoginRefused
from kwizard.remote.credentials import Credentials
from kwizard.remote.target import Target


class KeyRing:
    """Loads each key file once and asks for each passphrase once; keys stay in memory only."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._open: dict[Path, asyncssh.SSHKey] = {}
        self._asking = asyncio.Lock()

    async def plain(self, target: Target) -> tuple[list[asyncssh.SSHKey], list[Path]]:
        """The target's key files that lie open, and those that have a passphrase.

        Raises LoginRefused for a file a person named that is missing or is no private key.
        """
        keys, locked = [], []
        for path in target.identities:
            try:
                keys.append(await self._load(path, None))
            except OSError as error:
                if target.must_exist:
                    raise LoginRefused(
                        f"the key file {path} cannot be read: {error.strerror or error}",
                        host=target.host,
                        remedy="correct `identity` in the cluster file, or leave it out",
                    ) from None
            except asyncssh.KeyEncryptionError:
                locked.append(path)
            except asyncssh.KeyImportError as error:
                if "assphrase" in str(error):
                    locked.append(path)
                elif target.must_exist:
                    raise LoginRefused(
                        f"the key file {path} holds no private key: {error}",
                        host=target.host,
                        remedy="`identity` names the private key, not the .pub beside it",
                    ) from None
        return keys, locked

    async def unlock(self, target: Target, locked: Sequence[Path]) -> list[asyncssh.SSHKey]:
        """Ask for the passphrases of `locked`. Raises LoginRefused for a wrong one."""
        keys = []
        async with self._asking:
            for path in locked:
                if path in self._open:
                    keys.append(self._open[path])
                    continue
                passphrase = await self._credentials.key_passphrase(path)
                if passphrase is not None:
                    keys.append(await self._unlock(target, path, passphrase))
        return keys

    async def _unlock(self, target: Target, path: Path, passphrase: str) -> asyncssh.SSHKey:
        try:
            return await self._load(path, passphrase)
        except asyncssh.KeyEncryptionError as error:
            if "bcrypt" not in str(error):
                reason = "its passphrase is not the right one"
            else:
                reason = "this form of encryption needs the Python package bcrypt"
        except (asyncssh.KeyImportError, OSError):
            reason = "its passphrase is not the right one"
        raise LoginRefused(
            f"the key file {path} stays locked: {reason}",
            host=target.host,
            remedy=f"`ssh-add {path}` gives it to the agent, which is asked first",
        )

    async def _load(self, path: Path, passphrase: str | None) -> asyncssh.SSHKey:
        if path not in self._open:
            self._open[path] = await asyncio.to_thread(asyncssh.read_private_key, path, passphrase)
        return self._open[path]


@asynccontextmanager
async def agent_keys(target: Target) -> AsyncIterator[list[asyncssh.SSHKeyPair]]:
    """What the agent offers while the block runs; nothing when there is none, or it is silent."""
    wanted: list[bytes] = []
    if target.agent_only_identities:
        wanted = await asyncio.to_thread(_public_blobs, target.identities)
    if not target.agent or (target.agent_only_identities and not wanted):
        yield []
        return
    agent = asyncssh.SSHAgentClient(target.agent)
    try:
        keys = list(await agent.get_keys(wanted or None))
    except (OSError, ValueError, asyncssh.Error):
        keys = []
    try:
        yield keys
    finally:
        agent.close()
        await agent.wait_closed()


def _public_blobs(identities: Sequence[Path]) -> list[bytes]:
    blobs = []
    for path in identities:
        for candidate in (path.with_name(path.name + ".pub"), path):
            try:
                blobs.append(asyncssh.read_public_key(candidate).public_data)
                break
            except (OSError, asyncssh.KeyImportError):
                continue
    return blobs
