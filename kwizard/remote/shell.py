"""Scripts on a host: text in over standard input, bytes out, an exit status at the end.

Nothing but `sh -s` (or sudo in front of it) is ever in an argv there. See assets/job/wrapper.sh
for what stands around a script.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from typing import TypeVar

import asyncssh

from kwizard.assets_dir import assets_dir
from kwizard.errors import ConnectionLost, HostRefused, RemoteCommandFailed
from kwizard.remote.host import Output
from kwizard.remote.looked import Looked
from kwizard.remote.sudo import PLAIN, Become, Sudo
from kwizard.text import decode, tail

MAX_CHANNELS = 8  # sshd's MaxSessions is 10 unless told otherwise
CHANNEL_SECONDS = 10.0  # how long to wait for one where sshd allows fewer
_START_SECONDS = 60.0
_BLOCK = 1 << 16
_NOISE = 1 << 16

Process = asyncssh.SSHClientProcess[bytes]
T = TypeVar("T")


@cache
def asset(name: str) -> str:
    """The text of assets/job/<name>."""
    return (assets_dir() / "job" / name).read_text()


def wrap(script: str, mark: str, *, watch: bool) -> str:
    """The text that is sent: a function, and on the very last line the call of it."""
    return (
        f"kw_script() {{\n:\n{script}\n}}\nKW_MARK={mark} KW_WATCH={int(watch)}\n"
        f"{asset('wrapper.sh')}\nkw_main\n"
    )


class _Stream:
    """Bytes from one output, with a way to skip to a word."""

    def __init__(self, reader: asyncssh.SSHReader[bytes]) -> None:
        self._reader = reader
        self._held = b""
        self.noise = b""

    async def skip_to(self, *words: str) -> str | None:
        """Drop everything up to and including the first of `words`; None at the end."""
        while True:
            found = [(at, w) for w in words if (at := self._held.find(w.encode())) >= 0]
            if found:
                at, word = min(found)
                self.noise += self._held[:at]
                self._held = self._held[at + len(word) :]
                return word
            if len(self._held) > _NOISE:
                self.noise, self._held = self._held[:-256], self._held[-256:]
            if not (more := await self._reader.read(_BLOCK)):
                self.noise += self._held
                self._held = b""
                return None
            self._held += more

    async def skip_line(self, mark: str) -> bool:
        """Drop everything up to and including the line `mark`; False at the end."""
        return await self.skip_to(mark + "\n") is not None

    async def read(self) -> bytes:
        """Some bytes; b"" at the end."""
        if self._held:
            held, self._held = self._held, b""
            return held
        return await self._reader.read(_BLOCK)


class Running:
    """A script that has begun. Its owner calls `close` in the end, however it went."""

    def __init__(self, host: str, process: Process, mark: str, done: Callable[[], None]) -> None:
        self._host = host
        self._process = process
        self._done: Callable[[], None] | None = done
        self.mark = mark
        self.out = _Stream(process.stdout)
        self.err = _Stream(process.stderr)

    async def read(self) -> bytes:
        """Some bytes of its output; b"" at the end. Raises ConnectionLost."""
        return await self._guard(self.out.read())

    async def read_error(self) -> bytes:
        """Some bytes of its standard error; b"" at the end. Raises ConnectionLost."""
        return await self._guard(self.err.read())

    async def write(self, data: bytes) -> None:
        """Send `data` to its number 3, waiting while the host takes no more."""

        async def send() -> None:
            self._process.stdin.write(data)
            await self._process.stdin.drain()

        await self._guard(send())

    def write_eof(self) -> None:
        """There is no more to send. A connection that is gone shows when its end is read."""
        with suppress(OSError, asyncssh.Error):
            self._process.stdin.write_eof()

    async def exit(self) -> int:
        """Its exit status; 128 and more for a signal. Raises ConnectionLost when there is none."""
        await self._guard(self._process.wait_closed())
        if self._process.exit_signal is not None:
            name = "SIG" + self._process.exit_signal[0]
            return 128 + (signal.Signals[name] if name in signal.Signals.__members__ else 0)
        status = self._process.exit_status
        if status is None:  # asyncssh says nothing more when a connection dies
            raise lost(self._host)
        return status

    def close(self) -> None:
        """Close the channel; a watched script on the host ends with it."""
        if self._done is not None:
            with suppress(OSError, asyncssh.Error):
                self._process.close()
            self._done()
            self._done = None

    async def _guard(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except (OSError, asyncssh.Error) as error:
            raise lost(self._host) from error


def lost(host: str) -> ConnectionLost:
    """The error for a connection that ended in the middle of something."""
    return ConnectionLost(
        "the SSH connection ended in the middle",
        host=host,
        remedy="check that the host and the network are up, then go on with `kwizard resume`",
    )


class Shell:
    """Starts scripts over the connection that `connect` gives, `MAX_CHANNELS` at once at most."""

    def __init__(
        self,
        host: str,
        connect: Callable[[], Awaitable[asyncssh.SSHClientConnection]],
        sudo: Sudo,
        looked: Looked | None = None,
    ) -> None:
        self._host = host
        self._looked = looked or Looked()
        self._connect = connect
        self._sudo = sudo
        self._slots = asyncio.Semaphore(MAX_CHANNELS)
        self.reached = False  # a script has begun on this host before

    async def prepare(self) -> None:
        """Connect and find out how to become root, asking whatever has to be asked."""
        await self._connect()
        await self._sudo.become(self._look_as_user)

    async def start(self, script: str, *, watch: bool, as_root: bool = True) -> Running:
        """Send `script` and return once it has begun. `watch`: it ends when the channel closes.

        Raises HostUnreachable, HostRefused, ConnectionLost.
        """
        become = await self._sudo.become(self._look_as_user) if as_root else PLAIN
        await self._slots.acquire()
        running = None
        try:
            process = await self._open(become.command)
            running = Running(self._host, process, secrets.token_hex(12), self._slots.release)
            async with asyncio.timeout(_START_SECONDS):
                await self._begin(running, process, become, script, watch)
        except BaseException as error:
            if running is None:
                self._slots.release()
            else:
                running.close()
            if isinstance(error, TimeoutError):
                raise _no_shell(self._host, f"no shell within {_START_SECONDS:g} s") from None
            if isinstance(error, OSError | asyncssh.Error):
                raise lost(self._host) from error
            raise
        return running

    async def look(self, script: str, limit: int, *, as_root: bool = True) -> Output:
        """Run a read-only script to its end, keeping `limit` bytes of each output."""
        with self._looked.look(self._host, script) as looked:
            output = await self._look(script, limit, as_root=as_root)
            looked.ended = str(output.exit)
            return output

    async def _look(self, script: str, limit: int, *, as_root: bool) -> Output:
        sent = time.time()
        running = await self.start(script, watch=True, as_root=as_root)
        try:
            (out, more_out), (err, more_err) = await asyncio.gather(
                _collect(running.read, limit), _collect(running.read_error, limit)
            )
            came, more = time.time(), more_out or more_err
            return Output(await running.exit(), out, err, truncated=more, sent=sent, came=came)
        finally:
            running.close()

    async def _look_as_user(self, script: str) -> Output:
        return await self.look(script, 1 << 16, as_root=False)

    async def _open(self, command: str) -> Process:
        """A new channel. sshd may allow fewer than we think: wait for one to become free."""
        delay, waited = 0.1, 0.0
        while True:
            connection = await self._connect()
            try:
                return await connection.create_process(
                    command, encoding=None, request_pty=False, env=(), send_env=()
                )
            except asyncssh.ChannelOpenError as error:
                if connection.is_closed():
                    raise lost(self._host) from error
                if waited >= CHANNEL_SECONDS:
                    raise HostRefused(
                        f"the host opens no session: {error.reason}",
                        host=self._host,
                        remedy="raise MaxSessions in its sshd_config (10 is the usual value)",
                    ) from None
                await asyncio.sleep(delay)
                delay, waited = min(2 * delay, 1.0), waited + delay

    async def _begin(
        self, running: Running, process: Process, become: Become, script: str, watch: bool
    ) -> None:
        if become.password is not None:
            await self._answer(running, process, become)
        with suppress(OSError):  # it has ended already: what it said is read below
            process.stdin.write(wrap(script, running.mark, watch=watch).encode())
        if await running.out.skip_line(running.mark) and await running.err.skip_line(running.mark):
            if become is not PLAIN:
                self._sudo.accepted()
            self.reached = True
            return
        await self._explain(running, become)

    async def _answer(self, running: Running, process: Process, become: Become) -> None:
        """Give sudo the password when it asks for the first time; nothing more before it is right,
        or sudo would take the script's lines for further attempts."""
        word = await running.err.skip_to(become.prompt, become.ready)
        if word == become.prompt:
            process.stdin.write(f"{become.password}\n".encode())
            word = await running.err.skip_to(become.prompt, become.ready)
        if word == become.prompt:
            raise self._sudo.refused()
        if word is None:
            await self._explain(running, become)

    async def _explain(self, running: Running, become: Become) -> None:
        """The command ended before the script began."""
        await running.err.skip_line(running.mark)  # all there is: it does not come any more
        status = await running.exit()
        said = tail(decode(running.err.noise + running.out.noise).replace(become.prompt, ""), 1)
        if "yntax error" in said:
            raise RemoteCommandFailed(
                f"the host's sh cannot read the script: {said}", exit=status, host=self._host
            )
        if become is PLAIN:
            raise _no_shell(self._host, said or "it ended at once")
        raise self._sudo.forbidden(said.removeprefix("sudo: "))


def _no_shell(host: str, said: str) -> HostRefused:
    return HostRefused(
        f"the login gives no shell: {said}",
        host=host,
        remedy="check the user's login shell, and what its start-up files do",
    )


async def _collect(read: Callable[[], Awaitable[bytes]], limit: int) -> tuple[bytes, bool]:
    """The first `limit` bytes, and whether more came (read and dropped, so nothing blocks)."""
    kept, more = bytearray(), False
    while data := await read():
        room = limit - len(kept)
        kept += data[:room]
        more = more or len(data) > room
    return bytes(kept), more
