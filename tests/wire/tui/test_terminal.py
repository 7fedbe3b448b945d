"""The program itself on a pseudo terminal: what terminals with few colours are sent, and in which
language."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

SIZE = struct.pack("HHHH", 24, 80, 0, 0)
COLOURS = re.compile(rb"\x1b\[([\d;]*)m")


def first_screen(tmp_path: Path, wanted: str, **environ: str) -> bytes:
    """What `kwizard demo` sends until `wanted` is among it; then it is left."""
    env = {k: v for k, v in os.environ.items() if k not in ("COLORTERM", "NO_COLOR")}
    env |= {"KWIZARD_STATE_HOME": str(tmp_path), **environ}
    terminal, end = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, SIZE)
    command = [sys.executable, "-m", "kwizard", "demo"]
    program = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=env)
    os.close(end)
    try:
        sent = b""
        while wanted.encode() not in sent:
            sent += os.read(terminal, 65536)
        os.write(terminal, b"\x11")  # Ctrl+Q
        read_out(lambda: os.read(terminal, 65536))
        return sent
    finally:
        os.close(terminal)
        program.kill()
        program.wait()


def read_out(read: Callable[[], bytes]) -> None:
    """Until the other end is closed, which Linux tells by an error."""
    try:
        while read():
            pass
    except OSError:
        return


@pytest.mark.parametrize("term", ["screen", "xterm", "linux"])
def test_a_terminal_with_sixteen_colours_is_sent_no_others(tmp_path: Path, term: str) -> None:
    sent = first_screen(tmp_path, "New cluster", TERM=term, KWIZARD_LANG="en")
    codes = {code for found in COLOURS.findall(sent) for code in found.split(b";")}
    assert codes & {b"90", b"97"}
    assert not codes & {b"38", b"48"}  # which begin 256 colours and more


def test_the_locale_decides_the_language(tmp_path: Path) -> None:
    sent = first_screen(tmp_path, "新建集群", TERM="xterm", KWIZARD_LANG="", LC_ALL="zh_CN.UTF-8")
    assert "模拟主机".encode() in sent
