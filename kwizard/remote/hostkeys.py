"""The cluster's own known_hosts: unknown keys are confirmed once, changed ones are refused.

The file is in OpenSSH's format, so `ssh -o UserKnownHostsFile=FILE` reads it as well. asyncssh is
never left to decide: it is given no trusted keys, asks `judge` for each key it is shown, and
connects only when that says so.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

import asyncssh

from kwizard.errors import HostKeyChanged, HostKeyUnknown, InvalidInput, Problem
from kwizard.remote.turns import Turns

# In the order they are asked for when nothing is recorded. Certificates are left out on purpose:
# a host that has one shows its plain key instead, and that is what is recorded.
DEFAULT_ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_ALGORITHMS_OF_TYPE = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")}


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A key nobody has confirmed yet. `fingerprint` is SHA256:..., as `ssh-keygen -l` prints it.

    `host` is the name in the cluster file (or a jump host's address), `address` and `port` what
    is connected to, `key` the OpenSSH text of the public key. `number` of `total`: which of the
    keys it is that are to be confirmed, as far as is known when it is asked about.
    """

    host: str
    address: str
    port: int
    key_type: str
    fingerprint: str
    key: str
    number: int = 1
    total: int = 1


class Verdict(Enum):
    """What `HostKeys.judge` found."""

    TRUSTED = auto()
    UNKNOWN = auto()
    CHANGED = auto()


class HostKeys:
    """The known_hosts file at `path`, and the person who is asked about what is not in it.

    `confirm` is asked at most once for a key and its yes is recorded (the file is replaced
    atomically, mode 0600); without `confirm` an unknown key is refused. `also_user` consults
    ~/.ssh/known_hosts too, for hosts the cluster's own file does not name. `pinned` are lines of
    the same form that a person vouches for (the cluster file's host keys): they stand above all
    that was recorded, so a host that was made anew is known by its new key. `order`: names of hosts
    in the order their keys are asked about.
    """

    def __init__(
        self,
        path: Path,
        confirm: Callable[[UnknownKey], Awaitable[bool]] | None = None,
        *,
        also_user: bool = False,
        pinned: str = "",
        order: Sequence[str] = (),
    ) -> None:
        self.path = path
        self._pinned = pinned
        self._confirm = confirm
        self._also_user = also_user
        self._asking: dict[tuple[str, int], asyncio.Lock] = {}
        self._turns = Turns(order)

    def recorded(self, address: str, port: int) -> tuple[asyncssh.SSHKey, ...]:
        """The keys recorded for `address` at `port`. Raises InvalidInput for a damaged file."""
        if pinned := _match(self._pinned, address, port)[0]:
            return pinned
        own = _keys(self.path, address, port)[0]
        if own or not self._also_user:
            return own
        return _keys(_user_file(), address, port)[0]

    def trusted(self) -> str:
        """Everything a connection may trust, as lines of known_hosts. Where a host is pinned, only
        that key."""
        pinned = {line.split()[0] for line in self._pinned.splitlines() if line.strip()}
        own = self.path.read_text(errors="replace") if self.path.exists() else ""
        kept = [x for x in own.splitlines() if x.strip() and x.split()[0] not in pinned]
        return self._pinned + "".join(f"{line}\n" for line in kept)

    def algorithms(self, address: str, port: int) -> tuple[str, ...]:
        """What to ask the host for: the recorded types first, so that a host with several keys
        shows the one we know; then the rest, so that a changed host is seen as changed."""
        known = [
            name
            for key in self.recorded(address, port)
            for name in _ALGORITHMS_OF_TYPE.get(key.get_algorithm(), (key.get_algorithm(),))
        ]
        return tuple(dict.fromkeys([*known, *DEFAULT_ALGORITHMS]))

    def judge(self, address: str, port: int, key: asyncssh.SSHKey) -> Verdict:
        """Whether this very key is recorded, nothing is, or another one."""
        files = [self.path, *([_user_file()] if self._also_user else [])]
        if any(key in _keys(file, address, port)[1] for file in files):
            return Verdict.CHANGED  # marked @revoked
        recorded = self.recorded(address, port)
        if key in recorded:
            return Verdict.TRUSTED
        return Verdict.CHANGED if recorded else Verdict.UNKNOWN

    def changed(self, host: str, address: str, port: int, key: asyncssh.SSHKey) -> HostKeyChanged:
        """The error for a host that shows `key` while others are recorded."""
        known = ", ".join(map(_named, self.recorded(address, port))) or "revoked"
        return HostKeyChanged(
            f"{address} shows the host key {_named(key)}, recorded is {known}",
            host=host,
            remedy="if the host was installed anew, compare the fingerprint on its console and "
            f"remove the line of {host_pattern(address, port)} from {self.path}; "
            "otherwise somebody may sit in between: do not connect",
        )

    async def confirm(self, unknown: UnknownKey) -> None:
        """Ask about `unknown` and record it. Raises HostKeyUnknown when the answer is no.

        Hosts that are connected to at once are asked about one after the other, in their order.
        """
        place = (unknown.address, unknown.port)
        async with self._asking.setdefault(place, asyncio.Lock()):
            text = unknown.key.split()
            already = (key.export_public_key().decode().split() for key in self._recorded(unknown))
            if any(key[:2] == text[:2] for key in already):
                return
            if not await self._ask(unknown):
                raise HostKeyUnknown(
                    f"the host key of {unknown.address} is not confirmed: "
                    f"{unknown.fingerprint} ({unknown.key_type})",
                    host=unknown.host,
                    fingerprint=unknown.fingerprint,
                    key=unknown.key,
                )
            self._record(unknown)

    def looking(self) -> AbstractContextManager[None]:
        """Around an attempt that may lead to a question: the first one waits for the others."""
        return self._turns.looking()

    async def _ask(self, unknown: UnknownKey) -> bool:
        if self._confirm is None:
            return False
        async with self._turns.turn(unknown.host) as (number, total):
            return await self._confirm(replace(unknown, number=number, total=total))

    def _recorded(self, unknown: UnknownKey) -> tuple[asyncssh.SSHKey, ...]:
        return self.recorded(unknown.address, unknown.port)

    def _record(self, unknown: UnknownKey) -> None:
        old = self.path.read_text() if self.path.exists() else ""
        if old and not old.endswith("\n"):
            old += "\n"
        kind, data = unknown.key.split()[:2]
        line = f"{host_pattern(unknown.address, unknown.port)} {kind} {data}\n"
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".known_hosts.")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(old + line)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)  # mkstemp made it 0600
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def host_pattern(address: str, port: int) -> str:
    """How known_hosts names a host: plain at port 22, else [address]:port."""
    return address if port == 22 else f"[{address}]:{port}"


def _user_file() -> Path:
    return Path("~/.ssh/known_hosts").expanduser()


def _named(key: asyncssh.SSHKey) -> str:
    return f"{key.get_fingerprint()} ({key.get_algorithm()})"


def _keys(
    file: Path, address: str, port: int
) -> tuple[tuple[asyncssh.SSHKey, ...], tuple[asyncssh.SSHKey, ...]]:
    """Trusted and revoked keys that `file` has for a host.

    The name is matched together with its port and nothing else: two hosts behind one address
    differ by the port alone, and the key of one must not be held against the other.
    """
    if not file.exists():
        return (), ()
    text = file.read_text(errors="replace")
    try:
        return _match(text, address, port)
    except ValueError as error:
        raise InvalidInput([_damaged(file, text, error)]) from None


def _match(
    text: str, address: str, port: int
) -> tuple[tuple[asyncssh.SSHKey, ...], tuple[asyncssh.SSHKey, ...]]:
    known = asyncssh.import_known_hosts(text)
    trusted, _, revoked, *_ = known.match(host_pattern(address, port), "", None)
    return tuple(trusted), tuple(revoked)


def _damaged(file: Path, text: str, error: ValueError) -> Problem:
    line = None
    for number, entry in enumerate(text.splitlines(), 1):
        try:
            asyncssh.import_known_hosts(entry)
        except ValueError:
            line = number
            break
    return Problem(f"not a known_hosts line: {error}", "remove that line", str(file), line)
