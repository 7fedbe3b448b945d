"""textual-serve on loopback, every request of it through the door."""

from __future__ import annotations

import asyncio
import logging
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.web.door import Door

HOST = "127.0.0.1"
PATIENCE = 8.0  # seconds a wizard gets to end, and to write down that its run was left
MOST_CELLS = 1000
HEARTBEAT = 15.0  # seconds between two signs of life of a page

KEYS_TO_TERMINAL = """
<script>
  // Without this keys go nowhere until somebody clicks into the terminal.
  const keyless = setInterval(() => {
    const keys = document.querySelector(".xterm-helper-textarea");
    if (keys) { keys.focus(); clearInterval(keyless); }
  }, 50);
</script>
"""

log = logging.getLogger(__name__)


class OneWizard(AppService):
    """The process behind one open page."""

    async def stop(self) -> None:
        """Ask it to end, as closing a terminal does, and see that it has."""
        process = self._process
        if process is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await super().stop()
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


class Served(Server):
    """Serves one command, a process of its own for each page that is open."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        super().__init__(shlex.join(command), host=HOST, port=port, title="kwizard")
        self.door = Door(HOST, port)
        self._open: set[asyncio.Task[object]] = set()

    async def application(self) -> web.Application:
        """textual-serve's pages behind the door."""
        app = await self._make_app()
        app.middlewares.append(self.door.guard)
        app.on_response_prepare.append(self.door.dress)
        return app

    async def handle_index(self, request: web.Request) -> web.Response:
        """textual-serve's page, with the keyboard in its terminal from the beginning, and with our
        own words where a wizard has ended."""
        page = await super().handle_index(request)
        assert isinstance(page, web.Response)
        text = page.text or ""
        for theirs, ours in (
            ("Session ended.", _("kwizard has ended; what runs on hosts goes on.")),
            (">Restart<", f">{_('Open it again')}<"),
            ("</body>", f"{KEYS_TO_TERMINAL}</body>"),
        ):
            text = text.replace(theirs, ours)
        page.text = text
        return page

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing here: the address is printed by whoever serves."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002
        """End the wizards of the pages that are still open; jobs on the hosts go on."""
        for task in self._open:
            task.cancel()

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A wizard for this page, from its opening to its closing."""
        page = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await page.prepare(request)

        async def close() -> None:
            await page.close()

        wizard = OneWizard(
            self.command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await wizard.start(_cells(request, "width", 80), _cells(request, "height", 24))
            await self._process_messages(page, wizard)
        except asyncio.CancelledError:  # the server ends
            await page.close()
        except (ConnectionError, ValueError, LookupError, TypeError, AssertionError) as error:
            log.info("a page ended: %s", error)  # it went away, or said what no page says
        finally:
            self._open.discard(task)
            await wizard.stop()
        return page


def _cells(request: web.Request, key: str, default: int) -> int:
    """A side of the page's terminal, in characters."""
    return min(max(to_int(request.query.get(key, ""), default), 1), MOST_CELLS)


async def serve(words: Sequence[str], port: int, say: Callable[[str], None]) -> None:
    """Serve `kwizard WORDS` on loopback until a signal ends it. `port` 0: any free one; `say` is
    given the address to open. Raises KwizardError when the port is taken."""
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise KwizardError(
            f"port {port} cannot be used: {error.strerror or error}",
            remedy="give another one with --port, or none",
        ) from error
    with listening:
        number = listening.getsockname()[1]
        served = Served([sys.executable, "-m", "kwizard", *words], number)
        runner = web.AppRunner(
            await served.application(), access_log=None, shutdown_timeout=2 * PATIENCE
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            say(served.door.url)
            await _until_signal()
        finally:
            await runner.cleanup()


async def _until_signal() -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
