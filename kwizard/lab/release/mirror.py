"""A small HTTP mirror with ranges, entity tags, and bad manners on request.

It serves one directory to people trying kwizard on a poor network, and to tests that want to see
what a download does when a line is cut, stalls or lies.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, and how often: the next `times` requests for a file (None: always).

    `cut_after`: the connection is closed after that many bytes of the body. `stall_after`: nothing
    more is sent after that many, and the connection stays open. `length_off` is added to the
    Content-Length told. `ignore_range`: the whole file is sent whatever was asked. `no_validators`:
    neither ETag nor Last-Modified. `rate`: bytes a second at most. `status`: this HTTP status
    instead of the file.
    """

    cut_after: int | None = None
    stall_after: int | None = None
    length_off: int = 0
    ignore_range: bool = False
    no_validators: bool = False
    rate: int | None = None
    status: int | None = None
    times: int | None = None


@dataclass(slots=True)
class Request:
    """One line of the mirror's log. `range` is the header as it came, `sent` the body's bytes that
    were handed to the connection (some of the last may not have arrived)."""

    method: str
    path: str
    range: str = ""
    if_range: str = ""
    status: int = 0
    sent: int = 0


@dataclass(slots=True)
class _State:
    root: Path
    faults: dict[str, Faults] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)
    told: Callable[[Request], None] | None = None

    def take(self, path: str) -> Faults:
        """The faults for this request; those that apply to a number of requests are used up."""
        with self.lock:
            key = path if path in self.faults else "*"
            faults = self.faults.get(key, Faults())
            if faults.times is not None:
                left = faults.times - 1
                if left > 0:
                    self.faults[key] = replace(faults, times=left)
                else:
                    self.faults.pop(key, None)
            return faults


class Mirror:
    """Serves `root` from a thread while the context is open.

    `url` is its base, without a slash at the end. `log` holds a Request per request, oldest first.
    The default host is loopback; port 0 takes a free one. Raises OSError when it cannot listen.
    """

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        told: Callable[[Request], None] | None = None,
    ) -> None:
        self._state = _State(root.resolve(), told=told)
        self._server = _Server((host, port), _Handler)
        self._server.state = self._state
        self.port: int = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self._serve, name="mirror", daemon=True)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._state.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def log(self) -> list[Request]:
        """A copy of what was asked so far."""
        with self._state.lock:
            return [replace(request) for request in self._state.log]

    def fault(self, path: str, faults: Faults) -> None:
        """From now on requests for `path` ("/v1.19.16/x.tar.gz", or "*" for any) go wrong."""
        with self._state.lock:
            self._state.faults[path] = faults

    def heal(self) -> None:
        """No faults any more; stalled connections go on stalling."""
        with self._state.lock:
            self._state.faults.clear()

    def wait(self) -> None:
        """Until the thread ends: for the command, which is ended by a signal."""
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: _State

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients leave in the middle: that is what this mirror is for. Other errors are shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:
        """The log is kept as data."""

    def _answer(self, *, body: bool) -> None:
        state = self.server.state
        path = unquote(urlsplit(self.path).path)
        headers = self.headers
        request = Request(self.command, path, headers.get("Range", ""), headers.get("If-Range", ""))
        with state.lock:
            state.log.append(request)
        try:
            self._serve(path, request, state.take(path), body=body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            if state.told is not None:
                state.told(request)

    def _serve(self, path: str, request: Request, faults: Faults, *, body: bool) -> None:
        file = (self.server.state.root / path.lstrip("/")).resolve()
        if faults.status is not None:
            self._refuse(request, faults.status)
            return
        if not file.is_relative_to(self.server.state.root) or not file.is_file():
            self._refuse(request, HTTPStatus.NOT_FOUND)
            return
        stat = file.stat()
        etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        modified = formatdate(stat.st_mtime, usegmt=True)
        start, end = 0, stat.st_size
        asked = None if faults.ignore_range else _RANGE.fullmatch(request.range)
        if asked and request.if_range in ("", etag, modified):
            start = int(asked[1])
            end = min(end, int(asked[2]) + 1) if asked[2] else end
            if start >= stat.st_size:
                self._refuse(
                    request,
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    ("Content-Range", f"bytes */{stat.st_size}"),
                )
                return
            request.status = HTTPStatus.PARTIAL_CONTENT.value
        else:
            request.status = HTTPStatus.OK.value
        self.send_response(request.status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(end - start + faults.length_off))
        if request.status == HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{stat.st_size}")
        if not faults.ignore_range:
            self.send_header("Accept-Ranges", "bytes")
        if not faults.no_validators:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", modified)
        self.end_headers()
        if body:
            self._send(file, start, end, request, faults)

    def _refuse(self, request: Request, status: int, *headers: tuple[str, str]) -> None:
        request.status = int(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, file: Path, start: int, end: int, request: Request, faults: Faults) -> None:
        stops = [n for n in (faults.cut_after, faults.stall_after) if n is not None]
        limit = min([end - start, *stops])
        chunk = _CHUNK if faults.rate is None else max(1, min(_CHUNK, faults.rate // 10))
        with file.open("rb") as stream:
            stream.seek(start)
            while request.sent < limit and not self.server.state.closing.is_set():
                data = stream.read(min(chunk, limit - request.sent))
                if not data:
                    break
                self.wfile.write(data)
                request.sent += len(data)
                if faults.rate is not None:
                    time.sleep(len(data) / faults.rate)
        if faults.stall_after is not None and request.sent >= faults.stall_after:
            self.wfile.flush()
            self.server.state.closing.wait()
        if request.sent < end - start or faults.length_off > 0:
            self.close_connection = True
