"""The SSH server of one rehearsal host: real SSH on 127.0.0.1, one key, commands only."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any, Protocol

import asyncssh

from kwizard.rehearsal.namespace import Namespace, signal_group

_PIECE = 64 << 10
_GRACE = 5.0
"""Seconds a command has to end by itself once its client is gone."""


class _Reader(Protocol):
    async def read(self, n: int = ..., /) -> bytes: ...


class _Writer(Protocol):
    def write(self, data: bytes, /) -> object: ...
    async def drain(self) -> None: ...


class _Server(asyncssh.SSHServer):
    """Lets in root, with the run's key; remembers connections so that they can be cut."""

    def __init__(self, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._connections = connections
        self._conn: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._connections.add(conn)

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._conn is not None:
            self._connections.discard(self._conn)

    def begin_auth(self, _username: str) -> bool:
        return True


class HostServer:
    """Serves one namespace over SSH. `port` is chosen by the system."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.port = 0
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    async def listen(self, host_key: asyncssh.SSHKey, login: asyncssh.SSHKey) -> None:
        """Begin to accept connections of root that know the private half of `login`."""
        line = login.export_public_key().decode("ascii")
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Server(self._connections),
            server_host_keys=[host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(line),
            password_auth=False,
            kbdint_auth=False,
            process_factory=self._serve,
            encoding=None,
            allow_pty=False,
            agent_forwarding=False,
            x11_forwarding=False,
            server_version="kwizard_rehearsal",
        )
        self.port = self._acceptor.get_port()

    def cut(self) -> None:
        """Drop all connections at once, as a broken network would: no goodbye is sent."""
        for conn in tuple(self._connections):
            conn.abort()

    async def close(self) -> None:
        """Accept nothing more and end what is connected. The namespace is left alone."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        self.cut()
        for conn in tuple(self._connections):
            await conn.wait_closed()

    async def _serve(self, channel: asyncssh.SSHServerProcess[bytes]) -> None:
        username = channel.get_extra_info("username")
        if username != "root":
            channel.stderr.write(b"a rehearsal host knows root only\n")
            channel.exit(1)
            return
        if channel.command is None:
            channel.stderr.write(b"a rehearsal host runs commands; it offers no login shell\n")
            channel.exit(1)
            return
        here = channel.get_extra_info("sockname") or ("127.0.0.1", 0)
        there = channel.get_extra_info("peername") or ("127.0.0.1", 0)
        process = await self.namespace.run(
            channel.command.encode("utf-8", errors="surrogateescape"),
            {"SSH_CONNECTION": f"{there[0]} {there[1]} {here[0]} {here[1]}"},
        )
        await _Exchange(channel, process).complete()


class _Exchange:
    """Carries bytes, signals and the exit status between an SSH channel and a process."""

    def __init__(
        self, channel: asyncssh.SSHServerProcess[bytes], process: asyncio.subprocess.Process
    ) -> None:
        self._channel = channel
        self._process = process

    async def complete(self) -> None:
        """Return when the process has ended and all it printed is sent, or the client is gone.

        When a client leaves, the process sees the end of its pipes, as it would behind sshd, and
        has a moment to end by itself; then it is killed with its group. What went into a session
        of its own (setsid) lives on.
        """
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        feeder = asyncio.create_task(self._feed())
        gone = asyncio.create_task(self._channel.channel.wait_closed())
        output: asyncio.Future[Any] = asyncio.gather(
            _carry(process.stdout, self._channel.stdout),
            _carry(process.stderr, self._channel.stderr),
        )
        try:
            either: set[asyncio.Future[Any]] = {gone, output}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_GRACE):
                        await process.wait()
                signal_group(process, signal.SIGKILL)
            status = await process.wait()
            if not gone.done():
                self._tell(status)
        finally:
            signal_group(process, signal.SIGKILL)
            for task in (feeder, gone, output):
                task.cancel()
            await asyncio.gather(feeder, gone, output, return_exceptions=True)

    def _tell(self, status: int) -> None:
        """How the command ended; nsenter takes over the signal that ended it."""
        if status >= 0:
            self._channel.exit(status)
            return
        with contextlib.suppress(ValueError):
            self._channel.exit_with_signal(signal.Signals(-status).name.removeprefix("SIG"))
            return
        self._channel.exit(128 - status)

    async def _feed(self) -> None:
        """The client's bytes to the process; then the end of its input."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            while True:
                try:
                    data = await self._channel.stdin.read(_PIECE)
                except asyncssh.SignalReceived as told:
                    with contextlib.suppress(KeyError):
                        signal_group(self._process, signal.Signals[f"SIG{told.signal}"])
                    continue
                except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
                    continue
                if not data:
                    break
                stdin.write(data)
                await stdin.drain()
        except (OSError, asyncssh.Error):
            pass  # the process closed its input, or the client is gone: both are seen elsewhere
        finally:
            stdin.close()


async def _carry(source: _Reader, target: _Writer) -> None:
    """All of `source` to `target`. A target that is gone takes nothing more."""
    with contextlib.suppress(OSError, asyncssh.Error):
        while data := await source.read(_PIECE):
            target.write(data)
            await target.drain()
