"""The door before the wizard in a browser, with the real wizard behind it."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, WSMsgType, WSServerHandshakeError, web

from kwizard.errors import KwizardError
from kwizard.web.server import HOST, Served, serve


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TERM", "dumb")  # what the server runs on says nothing about the browser
    listening = socket.create_server((HOST, 0))
    server = Served([sys.executable, "-m", "kwizard"], listening.getsockname()[1])
    runner = web.AppRunner(await server.application(), access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    yield server
    await runner.cleanup()
    listening.close()


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def status(browser: ClientSession, url: str, **headers: str) -> int:
    async with browser.get(url, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_the_token_buys_a_cookie_and_leaves_the_address(
    served: Served, browser: ClientSession
) -> None:
    async with browser.get(served.door.url) as page:
        assert page.status == 200
        assert str(page.url) == f"{served.door.origin}/"
        text = await page.text()
        policy = page.headers["Content-Security-Policy"]
        (welcome,) = page.history
    assert "xterm.css" in text
    assert "kwizard has ended; what runs on hosts goes on." in text
    assert ">Open it again<" in text
    assert '.xterm-helper-textarea");' in text  # the keyboard is in the terminal from the beginning
    assert "frame-ancestors 'none'" in policy
    assert welcome.status == 303
    cookie = welcome.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    token = served.door.url.partition("token=")[2]
    assert len(token) >= 43  # 32 bytes of it
    assert token not in cookie
    assert await status(browser, f"{served.door.origin}/static/js/textual.js") == 200


@pytest.mark.parametrize("path", ["/", "/static/js/textual.js", "/download/x", "/ws", "/no"])
async def test_without_token_and_cookie_nothing_answers(
    served: Served, browser: ClientSession, path: str
) -> None:
    origin = served.door.origin
    assert await status(browser, origin + path, Origin=origin) == 403
    assert await status(browser, f"{origin}{path}?token=wrong", Origin=origin) == 403
    assert await status(browser, origin + path, Cookie=f"{served.door.cookie}=wrong") == 403


async def test_a_name_that_points_here_is_not_this_host(
    served: Served, browser: ClientSession
) -> None:
    port = served.door.origin.rpartition(":")[2]
    for host in (f"evil.example:{port}", f"localhost:{port}", HOST, f"{HOST}:1"):
        assert await status(browser, served.door.url, Host=host) == 403
    assert await status(browser, served.door.url, Host=f"{HOST}:{port}") == 303


async def test_another_page_cannot_use_the_cookie(served: Served, browser: ClientSession) -> None:
    assert await status(browser, served.door.url) == 303
    assert await status(browser, f"{served.door.origin}/") == 200
    assert await status(browser, f"{served.door.origin}/", Origin="http://evil.example") == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        await browser.ws_connect(f"{served.door.origin}/ws", origin="http://evil.example")
    with pytest.raises(WSServerHandshakeError, match="403"):
        await browser.ws_connect(f"{served.door.origin}/ws")


async def test_the_websocket_needs_the_cookie_and_shows_the_wizard(
    served: Served, browser: ClientSession
) -> None:
    origin = served.door.origin
    with pytest.raises(WSServerHandshakeError, match="403"):
        await browser.ws_connect(f"{origin}/ws", origin=origin)
    assert await status(browser, served.door.url) == 303
    async with browser.ws_connect(f"{origin}/ws?width=80&height=24", origin=origin) as page:
        seen = b""
        async with asyncio.timeout(60):
            while b"New cluster" not in seen:
                message = await page.receive()
                assert message.type is WSMsgType.BINARY, message
                seen += message.data
            await page.send_json(["stdin", "\x11"])  # Ctrl+Q
            while (await page.receive()).type is WSMsgType.BINARY:
                pass


async def test_it_listens_on_loopback_says_where_and_ends_by_a_signal(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kwizard", "web", "demo", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "Ctrl+C" not in said:
            said += (await process.stdout.readline()).decode()
    match = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=\S{43}\n", said)
    assert match is not None, said
    assert listening_at(int(match[1])) == {"0100007F"}  # 127.0.0.1, as the kernel writes it
    process.terminate()
    assert await process.wait() == 0


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(KwizardError, match=f"port {port} cannot be used"):
            await serve((), port, print)


def listening_at(port: int) -> set[str]:
    """The addresses somebody listens on at that port, of both families."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        file = Path(table)
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                found.add(address)
    return found
