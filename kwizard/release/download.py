"""Fetching one big file over a line that breaks: resumed at the byte, verified before it counts.

What has arrived lies in `<target>.part`; `<target>.part.json` says which file of the server it is a
part of. Only a part whose checksum is right is renamed to the target. A line that is cut, a process
that is killed, a server that falls silent: the next attempt, or the next run, asks for the rest,
and only on the condition that the file on the server is still the same one.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from kwizard.errors import ReleaseError
from kwizard.release.part import Checksum, Part, Validators, locked, no_space
from kwizard.release.telling import Notice, Progress, no_notice, no_progress
from kwizard.text import clean

T = TypeVar("T")

_SUM_LIMIT = 4096  # bytes of a .sha256 file that are looked at
_LARGEST = 16 * 1024**3  # bytes; no release comes near, an endless answer would fill the disk
_RETRIED_STATUS = {408, 425, 429, 500, 502, 503, 504}
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up: after `attempts` tries in a row that brought nothing new.

    A line is dead when nothing came for `silence` seconds, a server away when it did not answer
    within `connect` seconds. Before each further try there is a pause of `pause` seconds, doubled
    each time up to `longest_pause`.
    """

    attempts: int = 6
    connect: float = 15.0
    silence: float = 30.0
    pause: float = 0.5
    longest_pause: float = 20.0

    def before(self, retry: int) -> float:
        """Seconds to wait before retry number `retry`, counted from 1."""
        return float(min(self.pause * 2 ** (retry - 1), self.longest_pause))


@dataclass(frozen=True, slots=True)
class Fetched:
    """`downloaded` bytes came over the line in this call; `resumed_at` is where it began: bytes
    that were there before. `checked` says where the checksum is from."""

    path: Path
    sha256: str
    size: int
    downloaded: int
    resumed_at: int
    checked: str


class _TryAgain(Exception):
    """This attempt is over; its text says why."""


async def fetch(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    sha512: str | None = None,
    progress: Progress = no_progress,
    notice: Notice = no_notice,
    client: httpx.AsyncClient | None = None,
    patience: Patience = Patience(),
) -> Fetched:
    """Have the file of `url` at `target`, whole and verified.

    The sum is the one given, else the one the server has beside the file (`.sha512`, `.sha256`);
    there is no download without one. `progress` gets bytes done and in all (0 while unknown),
    `notice` a sentence for each retry and each fresh start. A target that is there already and has
    the right sum is taken as it is. `client` for tests and special settings; its timeouts are not
    used. Memory use does not depend on the size of the file.

    Raises ReleaseError, with a remedy: another process fetches it already; not found; no sum to be
    had; wrong sum; no space; the line did not come back. What has arrived is kept, but for a part
    with a wrong sum.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ReleaseError(
            f"{clean(url)} is no http or https address", remedy="correct the mirror's address"
        )
    _make_directory(target.parent)
    own = client is None
    client = client or httpx.AsyncClient(follow_redirects=True)
    try:
        with locked(target):
            transfer = _Transfer(client, url, target, progress, notice, patience)
            return await transfer.run(Checksum.of(sha256=sha256, sha512=sha512))
    finally:
        if own:
            await client.aclose()


class _Transfer:
    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        target: Path,
        progress: Progress,
        notice: Notice,
        patience: Patience,
    ) -> None:
        self._client = client
        self._url = url
        self._target = target
        self._progress = progress
        self._notice = notice
        self._patience = patience
        self._part = Part(target)
        self._downloaded = 0
        self._timeout = httpx.Timeout(patience.silence, connect=patience.connect)

    async def run(self, given: Checksum | None) -> Fetched:
        if there := await self._there_already(given or self._part.verified_sum(self._url)):
            return there
        resumed_at = self._part.open(self._url)
        try:
            checksum = given
            if checksum is None:
                checksum = await self._persistently(self._sum_beside)
            if resumed_at:
                await self._notice(f"going on at byte {resumed_at}")
            sha256 = await self._fill_and_check(checksum, resumed_at)
        finally:
            self._part.close()
        size = self._part.size
        return Fetched(self._target, sha256, size, self._downloaded, resumed_at, checksum.source)

    async def _there_already(self, checksum: Checksum | None) -> Fetched | None:
        if checksum is None or not self._target.exists():
            return None
        sha256, value = await asyncio.to_thread(self._part.hash_target, checksum.algorithm)
        if value != checksum.value:
            await self._notice(f"{self._target.name} here has another checksum: fetching it anew")
            return None
        size = self._target.stat().st_size
        await self._progress(size, size)
        return Fetched(self._target, sha256, size, 0, size, checksum.source)

    async def _fill_and_check(self, checksum: Checksum, resumed_at: int) -> str:
        for fresh in (resumed_at == 0, True):
            await self._persistently(self._attempt)
            sha256, value = await asyncio.to_thread(self._part.hashes, checksum.algorithm)
            if value == checksum.value:
                await asyncio.to_thread(self._part.finish, checksum)
                return sha256
            if not fresh:
                # Perhaps the old part was bad: a disk that lost its last blocks in a power cut.
                await self._notice("the checksum is wrong; fetching all of it anew")
                self._part.restart()
                continue
            self._part.discard()
            break
        raise ReleaseError(
            f"{clean(self._url)} has {checksum.algorithm} {value}, expected {checksum.value} "
            f"({checksum.source})",
            remedy="the file was damaged or changed on the way: try again, or another mirror; "
            "if the file is right, put its own sum into the cluster file as `release: sha256:`",
        )

    async def _persistently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call `attempt` until it does not ask for another try, while the part grows or patience
        lasts. The bound is on tries in a row that did not get further than ever before."""
        furthest, barren = self._part.size, 0
        while True:
            try:
                return await attempt()
            except _TryAgain as why:
                reason = str(why)
            except httpx.TimeoutException as error:
                reason = _silence(error, self._patience)
            except httpx.TransportError as error:
                reason = _broken(error)
            except httpx.HTTPError as error:
                raise ReleaseError(
                    f"{clean(self._url)} cannot be fetched: {clean(str(error))}",
                    remedy="check the address in the cluster file (`release: mirror:`)",
                ) from error
            if self._part.size > furthest:
                furthest, barren = self._part.size, 0
            barren += 1
            if barren >= self._patience.attempts:
                raise ReleaseError(
                    f"{clean(self._url)} cannot be fetched: {reason}; gave up after {barren} "
                    f"attempts in a row without a new byte ({self._part.size} bytes are here)",
                    remedy="run the same command again when the network is better: it goes on "
                    "where it stopped; or bring the tarball by other means and name it in the "
                    "cluster file as `release: tarball:`",
                )
            pause = self._patience.before(barren)
            await self._notice(f"{reason}; trying again in {pause:g} s")
            await asyncio.sleep(pause)

    async def _attempt(self) -> None:
        """Ask for what is missing, and keep what comes. Returns when the part is whole."""
        part = self._part
        if part.size and part.size == part.validators.length:
            return
        headers = {"Accept-Encoding": "identity"}
        if part.size:
            headers["Range"] = f"bytes={part.size}-"
            if part.validators.condition:
                headers["If-Range"] = part.validators.condition
        request = self._client.stream("GET", self._url, headers=headers, timeout=self._timeout)
        async with request as response:
            whole = await self._judge(response)
            if whole is not None:
                return
            total = part.validators.length or 0
            free = shutil.disk_usage(self._target.parent).free
            if total - part.size > free:
                raise no_space(self._target.parent, total - part.size)
            await self._progress(part.size, total)
            # Raw: pieces as they come from the line (64 KiB at most), and the file as it is, even
            # where a server calls a .tar.gz "gzip encoded".
            async for piece in response.aiter_raw():
                part.write(piece)
                self._downloaded += len(piece)
                if part.size > _LARGEST:
                    raise ReleaseError(
                        f"{clean(self._url)} does not end: more than {_LARGEST} bytes came",
                        remedy="this is no release; check `release: mirror:`",
                    )
                await self._progress(part.size, total)
        if part.size < total:
            raise _TryAgain(f"the answer ended at byte {part.size} of {total}")

    async def _judge(self, response: httpx.Response) -> bool | None:
        """Make the part fit the answer that begins. True: it is whole already, nothing to read.

        Raises _TryAgain, or ReleaseError for an answer that will not change.
        """
        part, status = self._part, response.status_code
        told = _validators(response)
        if status == httpx.codes.OK:
            if part.size:
                same = told.condition is None or told.condition == part.validators.condition
                await self._notice(
                    "the server cannot go on in the middle; starting from the beginning"
                    if same
                    else "the file on the server has changed; starting from the beginning"
                )
                part.restart()
            part.learn(told)
            return None
        if status == httpx.codes.PARTIAL_CONTENT:
            start, total = _content_range(response)
            known = part.validators
            if start == part.size and total == known.length and told.condition == known.condition:
                return None
            part.restart()
            raise _TryAgain("the server's answer does not fit what is here already")
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _, total = _content_range(response)
            if total == part.size:
                return True
            part.restart()
            raise _TryAgain("the file on the server is shorter than what is here already")
        raise _unwelcome(self._url, status)

    async def _sum_beside(self) -> Checksum:
        for algorithm in ("sha512", "sha256"):
            url = httpx.URL(self._url)
            url = url.copy_with(path=f"{url.path}.{algorithm}")
            async with self._client.stream("GET", url, timeout=self._timeout) as response:
                if response.status_code in _RETRIED_STATUS:
                    raise _unwelcome(str(url), response.status_code)
                if response.status_code != httpx.codes.OK:
                    continue
                text = await _beginning(response)
            found = Checksum.parse(algorithm, text, f"{url.path.rsplit('/', 1)[-1]} on the server")
            if found is not None:
                return found
        head = await self._client.head(self._url, timeout=self._timeout)
        if head.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise _unwelcome(self._url, head.status_code)
        raise ReleaseError(
            f"there is no checksum for {clean(self._url)}: none is known, and the server has "
            "neither .sha512 nor .sha256 beside it",
            remedy="check the version and the mirror's address, or put the sum into the cluster "
            "file as `release: sha256:`",
        )


def _validators(response: httpx.Response) -> Validators:
    length = response.headers.get("Content-Length", "")
    return Validators(
        response.headers.get("ETag"),
        response.headers.get("Last-Modified"),
        int(length) if length.isascii() and length.isdecimal() else None,
    )


def _content_range(response: httpx.Response) -> tuple[int | None, int | None]:
    """(first byte, whole length) of Content-Range; None for what it does not say."""
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None:
        return None, None
    return (
        int(match[1]) if match[1] is not None else None,
        int(match[2]) if match[2] != "*" else None,
    )


async def _beginning(response: httpx.Response) -> str:
    data = b""
    async for piece in response.aiter_raw():
        data += piece
        if len(data) > _SUM_LIMIT:
            break
    return data[:_SUM_LIMIT].decode("ascii", errors="replace")


def _unwelcome(url: str, status: int) -> Exception:
    """What a status that brings no file means."""
    shown = clean(url)
    if status in _RETRIED_STATUS:
        return _TryAgain(f"the server answered {status}")
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        return ReleaseError(
            f"{shown} does not exist (status {status})",
            remedy="check the version, and `release: mirror:` in the cluster file",
        )
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return ReleaseError(
            f"the server refuses {shown} (status {status})",
            remedy="use another mirror, or bring the tarball and name it as `release: tarball:`",
        )
    return ReleaseError(
        f"the server answered {status} for {shown}",
        remedy="check `release: mirror:` in the cluster file",
    )


def _silence(error: httpx.TimeoutException, patience: Patience) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection within {patience.connect:g} s"
    return f"nothing came for {patience.silence:g} s"


def _broken(error: httpx.TransportError) -> str:
    """Why a connection ended, in words. Raises ReleaseError where trying again cannot help."""
    text = clean(str(error)) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in text:
        raise ReleaseError(
            f"the server's certificate cannot be trusted: {text}",
            remedy="set the clock right, or install the certificate authority's certificate",
        ) from error
    if isinstance(error, httpx.UnsupportedProtocol):
        raise ReleaseError(
            f"the server leads elsewhere: {text}", remedy="use another mirror"
        ) from error
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {text}"
    return f"the connection broke: {text}"


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReleaseError(
            f"{directory} cannot be made: {error.strerror}",
            remedy="set KWIZARD_CACHE_HOME to a directory that can be written",
        ) from error
