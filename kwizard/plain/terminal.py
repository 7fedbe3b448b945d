"""Lines in, lines out. No cursor is moved, no colour is set: nothing but text and newlines is ever
written, so that it can be read aloud, or printed on paper."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from kwizard.text import clean


class Gone(Exception):
    """The person closed the input (Ctrl+D): there is nobody to ask any more."""


class Terminal(Protocol):
    """Where questions are asked."""

    def say(self, text: str = "") -> None:
        """Write whole lines. Foreign text is fine: it is cleaned."""
        ...

    async def line(self, prompt: str, *, hidden: bool = False) -> str:
        """Write `prompt`, and read one line, without its newline; `hidden`: what is typed is not
        shown. Raises Gone."""
        ...


class LineTerminal:
    """Standard input and output. Typing is edited by the terminal itself, nothing else is needed
    of it; the event loop goes on while a question waits."""

    def __init__(self, out: TextIO | None = None, fd: int | None = None) -> None:
        self._out = sys.stdout if out is None else out
        self._fd = sys.stdin.fileno() if fd is None else fd
        self._rest = b""
        self._ended = False
        self._turn = asyncio.Lock()

    def say(self, text: str = "") -> None:
        """Write whole lines."""
        self._write(clean(text) + "\n")

    async def line(self, prompt: str, *, hidden: bool = False) -> str:
        """Ask, and wait for a line."""
        async with self._turn:
            with self._without_echo() if hidden else _nothing():
                self._write(clean(prompt))
                data = await self._read()
        if hidden:
            self._write("\n")  # the one that was typed was not shown either
        return clean(data.decode("utf-8", errors="replace")).replace("\t", " ")

    def _write(self, text: str) -> None:
        encoding = self._out.encoding or "ascii"
        self._out.write(text.encode(encoding, errors="replace").decode(encoding))
        self._out.flush()

    async def _read(self) -> bytes:
        """The next line. A terminal gives one at a time, a pipe gives what it has."""
        while b"\n" not in self._rest:
            more = b"" if self._ended else await self._bytes()
            if not more:
                self._ended = True
                self._write("\n")
                raise Gone
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    async def _bytes(self) -> bytes:
        loop = asyncio.get_running_loop()
        there: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(self._fd, _settle, there)
        except PermissionError:  # a plain file: it never lets anybody wait
            return os.read(self._fd, 4096)
        try:
            await there
        finally:
            loop.remove_reader(self._fd)
        try:
            return os.read(self._fd, 4096)
        except OSError:  # the terminal is gone
            return b""

    @contextmanager
    def _without_echo(self) -> Iterator[None]:
        try:
            before = termios.tcgetattr(self._fd)
        except termios.error:  # no terminal, nothing is shown anyway
            yield
            return
        silent = [*before]
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(self._fd, termios.TCSADRAIN, silent)
        try:
            yield
        finally:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, before)


def _settle(there: asyncio.Future[None]) -> None:
    if not there.done():
        there.set_result(None)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
