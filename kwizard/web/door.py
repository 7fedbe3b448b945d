"""Who may come in: whoever has the token of the printed address, from the page itself, on loopback.

Any program of this machine can reach a port on loopback, and any web page a browser shows can send
requests there. So every request has to name the right host (else a name on the internet that
resolves to 127.0.0.1 would do), come from the page itself where it says where it comes from, and
carry the cookie that the token buys once.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN_BYTES = 32
WEBSOCKET = "/ws"


class Door:
    """One door for one server. `host` and `port` are what the browser is told to ask for.

    `token` opens it once and gives a cookie; the cookie opens it until the server ends. Neither is
    ever written anywhere but into the printed address and that cookie.
    """

    def __init__(self, host: str, port: int) -> None:
        self.origin = f"http://{host}:{port}"
        self._netloc = f"{host}:{port}"
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._pass = secrets.token_urlsafe(TOKEN_BYTES)
        # Cookies know no ports: two servers of one machine must not take each other's.
        self.cookie = f"kwizard-{port}"

    @property
    def url(self) -> str:
        """The address to open once. It holds the token: whoever has it can use the wizard."""
        return f"{self.origin}/?token={self._token}"

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through what may come in; 403 for everything else."""
        if not self._at_home(request):
            raise web.HTTPForbidden(text="This is not the address kwizard printed.\n")
        token = request.query.get("token")
        if token is not None:
            if not _same(token, self._token):
                raise web.HTTPForbidden(text="The token is not the one kwizard printed.\n")
            raise self._welcome()
        if not _same(request.cookies.get(self.cookie, ""), self._pass):
            raise web.HTTPForbidden(text="Open the whole address that kwizard printed.\n")
        return await handler(request)

    async def dress(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Headers for every answer: nothing from elsewhere, no frame around it, nothing kept."""
        address = self._netloc
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self' 'unsafe-inline'; "
            "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' ws://{address}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"

    def _at_home(self, request: web.Request) -> bool:
        if request.headers.get("Host") != self._netloc:
            return False
        origin = request.headers.get("Origin")
        if request.path == WEBSOCKET:  # a browser always says it there
            return origin == self.origin
        return origin in (None, self.origin)

    def _welcome(self) -> web.HTTPSeeOther:
        """The cookie, and on to the page without the token in its address."""
        response = web.HTTPSeeOther("/")
        response.set_cookie(self.cookie, self._pass, httponly=True, samesite="Strict", path="/")
        return response


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())
