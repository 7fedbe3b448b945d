"""From an address to a logged-in connection: host key, keys, passphrases, password, jump hosts.

Whatever a person has to be asked is asked between two attempts, never while a connection waits:
no server's login timeout runs while somebody types.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncssh

from kwizard.cluster.model import SSH
from kwizard.errors import HostRefused, HostUnreachable, InvalidInput, KwizardError, LoginRefused
from kwizard.remote.credentials import Credentials
from kwizard.remote.hostkeys import HostKeys, UnknownKey, Verdict
from kwizard.remote.keys import KeyRing, agent_keys
from kwizard.remote.target import (
    USER_CONFIG,
    SSHConfig,
    Target,
    host_key_algorithms,
    parse_jump,
    resolve,
)
from kwizard.text import clean

_LOGIN_SECONDS = 30.0  # from the TCP connection to the end of authentication
_KEEPALIVE_SECONDS, _KEEPALIVE_COUNT = 15, 3
_MAX_JUMPS = 8

Login = asyncssh.SSHKey | asyncssh.SSHKeyPair


@dataclass(slots=True)
class _Jump:
    """A jump host, or the chain to it: being connected to, or connected; and whom it is for."""

    task: asyncio.Task[asyncssh.SSHClientConnection]
    users: set[str] = field(default_factory=set)

    @property
    def usable(self) -> bool:
        if not self.task.done():
            return True
        failed = self.task.cancelled() or self.task.exception() is not None
        return not failed and not self.task.result().is_closed()

    async def close(self) -> None:
        if not self.task.done():
            self.task.cancel()
            await asyncio.wait({self.task})
        elif self.usable:
            await close_quietly(self.task.result())


class Connector:
    """Opens connections. Shared by all hosts of a cluster, it also shares their jump hosts.

    `agent` False leaves the agent alone. See `resolve` for what `ssh_config` means.
    """

    def __init__(
        self,
        host_keys: HostKeys,
        credentials: Credentials,
        *,
        ssh_config: SSHConfig = USER_CONFIG,
        agent: bool = True,
    ) -> None:
        self._host_keys = host_keys
        self._credentials = credentials
        self._config = ssh_config
        self._agent = agent
        self._ring = KeyRing(credentials)
        self._passwords: dict[tuple[str, int, str], str] = {}
        self._refused: dict[tuple[str, int, str], str] = {}
        self._jumps: dict[str, _Jump] = {}

    def target(self, host: str, address: str, ssh: SSH) -> Target:
        """The settings for one host. Raises InvalidInput."""
        return resolve(host, address, ssh, config=self._config, agent=self._agent)

    async def open(self, target: Target) -> asyncssh.SSHClientConnection:
        """A new connection, logged in.

        Raises HostUnreachable, HostKeyUnknown, HostKeyChanged, LoginRefused, HostRefused.
        """
        tunnel = await self._jump(target.jump, target.host, 0) if target.jump else None
        return await self._log_in(target, tunnel)

    async def release(self, user: str) -> None:
        """`user`, a host's name, needs its jump hosts no longer; the last one closes them."""
        for spec, jump in list(self._jumps.items()):
            jump.users.discard(user)
            if not jump.users and self._jumps.get(spec) is jump:
                del self._jumps[spec]
                await jump.close()
                await self.release(_chain(spec))

    async def _jump(self, spec: str, user: str, depth: int) -> asyncssh.SSHClientConnection:
        """The connection to a jump host, or to the last of a chain `a,b`. All who need it while it
        is being made share the attempt and its outcome."""
        if depth >= _MAX_JUMPS:
            raise InvalidInput(f"more than {_MAX_JUMPS} jump hosts, one behind the other: {spec}")
        jump = self._jumps.get(spec)
        if jump is None or not jump.usable:
            users = jump.users if jump else set()
            jump = _Jump(asyncio.create_task(self._open_jump(spec, depth)), users)
            self._jumps[spec] = jump
        jump.users.add(user)
        return await asyncio.shield(jump.task)

    async def _open_jump(self, spec: str, depth: int) -> asyncssh.SSHClientConnection:
        *before, last = spec.split(",")
        address, ssh = parse_jump(last)
        target = self.target(address, address, ssh)
        earlier = ",".join(before) or target.jump
        tunnel = await self._jump(earlier, _chain(spec), depth + 1) if earlier else None
        return await self._log_in(target, tunnel)

    async def _log_in(
        self, target: Target, tunnel: asyncssh.SSHClientConnection | None
    ) -> asyncssh.SSHClientConnection:
        account = (target.address, target.port, target.user)
        with self._host_keys.looking():
            keys, locked = await self._ring.plain(target)
        password = self._passwords.get(account)
        unlocked = False
        while True:
            with self._host_keys.looking():
                async with agent_keys(target) as agents:
                    offered: list[Login] = (
                        [*keys, *agents] if target.must_exist else [*agents, *keys]
                    )
                    attempt = _Attempt(self._host_keys, target, offered, password)
                    connection = await self._try(attempt, target, tunnel)
            if connection is not None:
                if password is not None:
                    self._passwords[account] = password
                return connection
            if attempt.unknown is not None:
                await self._host_keys.confirm(attempt.unknown)
                continue
            if password is not None:
                # One that was right before is not wrong now: hosts that are starting turn
                # everybody away for a while (pam_nologin).
                if self._passwords.get(account) != password:
                    self._refused[account] = password
                raise _password_refused(target)
            if locked and not unlocked and (more := await self._ring.unlock(target, locked)):
                keys, unlocked = [*more, *keys], True
                continue
            password = await self._password(target, attempt, account)
            if password is None:
                raise _no_key_accepted(target, len(attempt.sent))

    async def _password(
        self, target: Target, attempt: _Attempt, account: tuple[str, int, str]
    ) -> str | None:
        if not attempt.password_possible:
            return None
        password = await self._credentials.login_password(target.host, target.user)
        if password is not None and self._refused.get(account) == password:
            raise _password_refused(target)
        return password

    async def _try(
        self, attempt: _Attempt, target: Target, tunnel: asyncssh.SSHClientConnection | None
    ) -> asyncssh.SSHClientConnection | None:
        """One attempt; None when it failed for want of a key, a password or a confirmation."""
        algorithms = self._host_keys.algorithms(target.host_key_name, target.host_key_port)
        try:
            async with asyncio.timeout(target.connect_timeout) as limit:
                attempt.limit = limit
                return await asyncssh.connect(
                    target.lookup,
                    target.port,
                    config=[str(target.config)] if target.config else None,
                    username=target.user,
                    tunnel=tunnel,
                    proxy_command=target.proxy_command,
                    client_factory=lambda: attempt,
                    client_keys=None,
                    agent_path=None,
                    known_hosts=b"#",
                    server_host_key_algs=host_key_algorithms(
                        algorithms, target.host_key_algorithms
                    ),
                    x509_trusted_certs=None,
                    x509_trusted_cert_paths=[],
                    gss_host=None,
                    encryption_algs=target.ciphers or (),
                    connect_timeout=None,
                    keepalive_interval=_KEEPALIVE_SECONDS,
                    keepalive_count_max=_KEEPALIVE_COUNT,
                )
        except asyncssh.HostKeyNotVerifiable:
            if attempt.unknown is None:
                raise attempt.changed or _refused(target, "its host key is not valid") from None
            return None
        except asyncssh.PermissionDenied:
            return None
        except (OSError, asyncssh.Error) as error:
            if attempt.too_many_keys(error):
                return None
            raise _explain(error, target, connected=attempt.connected) from None


class _Attempt(asyncssh.SSHClient):
    """What asyncssh asks during one attempt, and what it found out."""

    def __init__(
        self, host_keys: HostKeys, target: Target, keys: Sequence[Login], password: str | None
    ) -> None:
        self._host_keys = host_keys
        self._target = target
        self._keys = list(keys)
        self._password = password
        self.sent: list[Login] = []
        self.unknown: UnknownKey | None = None
        self.changed: KwizardError | None = None
        self.password_possible = False
        self.connected = False
        self.limit: asyncio.Timeout | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:  # noqa: ARG002
        self.connected = True
        if self.limit is not None:
            self.limit.reschedule(asyncio.get_running_loop().time() + _LOGIN_SECONDS)

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        name, at = self._target.host_key_name, self._target.host_key_port
        verdict = self._host_keys.judge(name, at, key)
        if verdict is Verdict.UNKNOWN:
            text = key.export_public_key().decode().split()
            self.unknown = UnknownKey(
                host=self._target.host,
                address=name,
                port=at,
                key_type=key.get_algorithm(),
                fingerprint=key.get_fingerprint(),
                key=" ".join(text[:2]),
            )
        elif verdict is Verdict.CHANGED:
            self.changed = self._host_keys.changed(self._target.host, name, at, key)
        return verdict is Verdict.TRUSTED

    def public_key_auth_requested(self) -> list[Login] | None:
        if not self._keys:
            return None
        self.sent.append(self._keys.pop(0))
        return self.sent[-1:]

    def password_auth_requested(self) -> str | None:
        self.password_possible = True
        password, self._password = self._password, None
        return password

    def kbdint_auth_requested(self) -> str | None:
        self.password_possible = True
        return "" if self._password is not None else None

    def kbdint_challenge_received(
        self,
        name: str,  # noqa: ARG002
        instructions: str,  # noqa: ARG002
        lang: str,  # noqa: ARG002
        prompts: Sequence[tuple[str, bool]],
    ) -> list[str] | None:
        if not prompts:
            return []
        if len(prompts) > 1 or prompts[0][1]:  # a prompt that echoes asks for something else
            return None
        password = self.password_auth_requested()
        return None if password is None else [password]

    def too_many_keys(self, error: Exception) -> bool:
        """The server hung up after its limit of refused keys: what is left is the password."""
        if isinstance(error, asyncssh.DisconnectError) and "many auth" in error.reason.lower():
            self.password_possible = True
            return True
        return False


def _chain(spec: str) -> str:
    """How a jump host is known as a user of the one before it; no host has such a name."""
    return f"jump {spec}"


def _where(target: Target) -> str:
    at = target.address if target.port == 22 else f"{target.address} port {target.port}"
    return f"{at} (through {target.jump})" if target.jump else at


def _refused(target: Target, reason: str) -> HostRefused:
    return HostRefused(
        f"{_where(target)}: {reason}", host=target.host, remedy="look at the host's SSH settings"
    )


def _password_refused(target: Target) -> LoginRefused:
    return LoginRefused(
        f"{_where(target)} did not accept the password of {target.user}",
        host=target.host,
        remedy=f"try it with `ssh {target.user}@{target.lookup}`; it is not sent again by itself",
    )


def _no_key_accepted(target: Target, sent: int) -> LoginRefused:
    offered = {0: "no key was there to offer", 1: "the one key offered was not accepted"}
    what = offered.get(sent, f"none of {sent} keys was accepted")
    return LoginRefused(
        f"{_where(target)} does not let {target.user} in: {what}",
        host=target.host,
        remedy=f"`ssh-copy-id {target.user}@{target.lookup}`, or name the key as `identity` or the "
        "user as `user` in the cluster file, or give the password",
    )


def _explain(error: Exception, target: Target, *, connected: bool) -> KwizardError:
    """What a failed connection means, for a person."""
    where = _where(target)
    message, remedy = f"{where} cannot be reached: {clean(str(error))}", "check the address"
    if isinstance(error, TimeoutError) and connected:
        message = f"{where} accepts connections, but the login did not end in {_LOGIN_SECONDS:g} s"
        remedy = "the host may be starting or overloaded; try again in a moment"
    elif isinstance(error, TimeoutError):
        message = f"{where} does not answer within {target.connect_timeout:g} s"
        remedy = (
            f"is it switched on, is the address right, does a firewall drop port {target.port}?"
        )
    elif isinstance(error, socket.gaierror):
        message = f"the name {target.address} cannot be resolved"
        remedy = "correct the name, or give an address"
    elif isinstance(error, ConnectionRefusedError):
        message = f"{where} refuses connections: nothing listens there"
        remedy = "is sshd running, and on this port? (`port` in the cluster file)"
    elif isinstance(error, asyncssh.ChannelOpenError):
        message = f"the jump host {target.jump} cannot reach {target.address}: {error.reason}"
        remedy = "check the address as the jump host sees it, and its AllowTcpForwarding"
    elif isinstance(error, asyncssh.KeyExchangeFailed):
        return _refused(target, f"no common way to encrypt: {clean(str(error))}")
    elif isinstance(error, asyncssh.Error | ConnectionResetError) and connected:
        reason = error.reason if isinstance(error, asyncssh.Error) else "reset"
        message = f"{where} ended the connection before the login: {clean(reason)}"
        remedy = "is it an SSH server? it may also limit connections (MaxStartups)"
    return HostUnreachable(message, host=target.host, remedy=remedy)


async def close_quietly(connection: asyncssh.SSHClientConnection) -> None:
    """End a connection that may be dead already, without waiting for its other end for long."""
    connection.close()
    with suppress(TimeoutError, OSError, asyncssh.Error):
        async with asyncio.timeout(2):
            await connection.wait_closed()
            return
    connection.abort()
