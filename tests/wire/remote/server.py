"""A host to test against: a real SSH server in this process, a real sh below a scratch directory.

Commands run with `$KWIZARD_ROOT` below the scratch directory, in process groups of their own, with
a `sudo` and an `id` that behave like the real ones for a user who is not root. Faults are
attributes: set them before, or while something runs.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh

_SUDO = r"""#!/bin/sh
# sudo as far as -k -n -S -p go. $FAKE/sudo says: free, password or forbidden.
read -r mode <"$FAKE/sudo"
ask=yes prompt='[sudo] password: '
while :; do
    case $1 in
    -k) shift ;;
    -n) ask=no; shift ;;
    -S) shift ;;
    -p) prompt=$2; shift 2 ;;
    *) break ;;
    esac
done
[ -f "$FAKE/lecture" ] && cat "$FAKE/lecture" >&2
if [ "$mode" != free ]; then
    [ "$ask" = yes ] || { echo "sudo: a password is required" >&2; exit 1; }
    tries=0
    while :; do
        [ "$tries" -lt 3 ] || { echo "sudo: 3 incorrect password attempts" >&2; exit 1; }
        printf '%s' "$prompt" >&2
        IFS= read -r given || { echo "sudo: no password was provided" >&2; exit 1; }
        printf '%s\n' "$given" >>"$FAKE/sudo-attempts"
        [ "$given" = "$(cat "$FAKE/sudo-password")" ] && break
        echo "Sorry, try again." >&2
        tries=$((tries + 1))
    done
fi
[ "$mode" != forbidden ] || { echo "op is not in the sudoers file." >&2; exit 1; }
FAKE_ROOT=1 exec "$@"
"""
_ID = """#!/bin/sh
if [ "$1" = -u ] && [ "$LOGIN" != root ] && [ -z "$FAKE_ROOT" ]; then echo 1000; else echo 0; fi
"""


class FakeHost:
    """One SSH server with its scratch directory.

    `password` is root's and op's. `keys` are public keys that may log in. `drop_after` cuts every
    connection once that many bytes of output have gone out; `drop_input_after` counts input.
    `received` has the number of input bytes of each command, `commands` their text.
    """

    def __init__(self, root: Path, *, name: str = "anakin") -> None:
        self.name = name
        self.root = root
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_keys: list[asyncssh.SSHKey] = []
        self.password: str | None = None
        self.keys: list[asyncssh.SSHKey] = []
        self.keyboard_interactive = False
        self.forwards = True
        self.auth_banner = ""
        self.drop_after: int | None = None
        self.drop_input_after: int | None = None
        self.sessions = 10
        self.commands: list[str] = []
        self.received: list[int] = []
        self.logins = 0
        self.password_attempts: list[str] = []
        self.most_channels = 0
        self.env: dict[str, str] = {}
        self._sent = 0
        self._open = 0
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._processes: list[asyncio.subprocess.Process] = []
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self.port = 0
        self._tools()

    @property
    def state(self) -> Path:
        """What is /var/lib/kwizard on a real host."""
        return self.root / "var"

    def _tools(self) -> None:
        for folder in ("bin", "fake", "home"):
            (self.root / folder).mkdir(parents=True)
        self.tool("sudo", _SUDO)
        self.tool("id", _ID)
        self.sudo("free")

    def tool(self, name: str, text: str) -> None:
        """Put a program first on the host's PATH."""
        file = self.root / "bin" / name
        file.write_text(text)
        file.chmod(0o755)

    def sudo(self, mode: str, password: str = "") -> None:
        """`free`, `password` or `forbidden` (after the right password)."""
        (self.root / "fake" / "sudo").write_text(mode + "\n")
        (self.root / "fake" / "sudo-password").write_text(password)

    @property
    def sudo_attempts(self) -> list[str]:
        """Every line sudo was given as a password."""
        file = self.root / "fake" / "sudo-attempts"
        return file.read_text().splitlines() if file.exists() else []

    async def start(self) -> None:
        """Listen; on the same port again after `stop`."""
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Server(self),
            server_host_keys=self.host_keys or [self.host_key],
            encoding=None,
            config=None,
            authorized_client_keys=None,
            reuse_address=True,
        )
        self.port = self._acceptor.get_port()

    async def stop(self) -> None:
        """Refuse connections, and cut those there are."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        await self.drop()

    async def drop(self) -> None:
        """Cut every connection, without a word."""
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    async def clean_up(self) -> None:
        """End everything that runs below the scratch directory."""
        await self.stop()
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]
        for file in self.state.glob("jobs/*/pgid"):
            with suppress(ProcessLookupError, ValueError):
                os.killpg(int(file.read_text()), signal.SIGKILL)

    def running(self) -> list[int]:
        """Commands whose process has not ended."""
        return [p.pid for p in self._processes if p.returncode is None]

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        connection = process.channel.get_connection()
        self._open += 1
        self.most_channels = max(self.most_channels, self._open)
        number = len(self.commands)
        self.commands.append(process.command or "")
        self.received.append(0)
        child = await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            process.command or "exit 1",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            cwd=self.root,
            env={
                "PATH": f"{self.root}/bin:{os.environ['PATH']}",
                "HOME": f"{self.root}/home",
                "FAKE": f"{self.root}/fake",
                "LOGIN": connection.get_extra_info("username"),
                "KWIZARD_ROOT": str(self.state),
                "KWIZARD_SYSTEMD": f"{self.root}/no-systemd",
                **self.env,
            },
        )
        self._processes.append(child)
        try:
            feeding = asyncio.create_task(self._feed(process, child, number))
            await asyncio.gather(
                self._pump(child.stdout, process.stdout, connection),
                self._pump(child.stderr, process.stderr, connection),
            )
            status = await child.wait()
            feeding.cancel()
            with suppress(OSError):
                process.exit(status if status >= 0 else 128 - status)
        except (OSError, asyncssh.Error):
            pass
        finally:
            # As sshd does: the pipes close, the process is left to itself.
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            self._open -= 1
            for fd in (0, 1, 2):
                if (pipe := child._transport.get_pipe_transport(fd)) is not None:  # type: ignore[attr-defined]
                    pipe.close()

    async def _feed(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        child: asyncio.subprocess.Process,
        number: int,
    ) -> None:
        assert child.stdin is not None
        try:
            while data := await process.stdin.read(1 << 16):
                cut = self.drop_input_after
                if cut is not None and self.received[number] + len(data) > cut:
                    data = data[: cut - self.received[number]]
                    self.drop_input_after = None
                    await self.drop()
                self.received[number] += len(data)
                child.stdin.write(data)
                await child.stdin.drain()
                if cut is not None and self.drop_input_after is None:
                    return
        except (OSError, asyncssh.Error):
            pass
        finally:
            child.stdin.close()

    async def _pump(
        self,
        source: asyncio.StreamReader | None,
        sink: Any,
        connection: Any,
    ) -> None:
        assert source is not None
        while True:
            reading = asyncio.create_task(source.read(1 << 14))
            closed = asyncio.create_task(connection.wait_closed())
            await asyncio.wait({reading, closed}, return_when=asyncio.FIRST_COMPLETED)
            closed.cancel()
            if not reading.done():
                reading.cancel()
                raise ConnectionResetError
            if not (data := reading.result()):
                return
            if self.drop_after is not None and self._sent + len(data) > self.drop_after:
                sink.write(data[: max(0, self.drop_after - self._sent)])
                self.drop_after, self._sent = None, 0
                await asyncio.sleep(0.05)  # let what was written leave
                await self.drop()
                raise ConnectionResetError
            if self.drop_after is not None:
                self._sent += len(data)
            sink.write(data)
            await sink.drain()


class _Server(asyncssh.SSHServer):
    def __init__(self, host: FakeHost) -> None:
        self._host = host
        self._connection: asyncssh.SSHServerConnection | None = None
        self._sessions = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._host._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._host._connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        assert self._connection is not None
        if self._host.auth_banner:
            self._connection.send_auth_banner(self._host.auth_banner)
        return True

    def auth_completed(self) -> None:
        self._host.logins += 1

    def public_key_auth_supported(self) -> bool:
        return bool(self._host.keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return any(key.public_data == known.public_data for known in self._host.keys)

    def password_auth_supported(self) -> bool:
        return self._host.password is not None and not self._host.keyboard_interactive

    def kbdint_auth_supported(self) -> bool:
        return self._host.keyboard_interactive

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return self.validate_password(username, responses[0])

    def validate_password(self, username: str, password: str) -> bool:
        self._host.password_attempts.append(password)
        return password == self._host.password

    def session_requested(self) -> Any:
        if self._host._open >= self._host.sessions:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, "too many sessions")
        return asyncssh.SSHServerProcess(self._host._run, None, 3, False)

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> bool:
        return self._host.forwards
