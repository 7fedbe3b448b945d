"""The one way in for foreign text: everything a host prints passes here before anyone sees it.

Escape sequences (CSI, OSC, DCS and the rest), C0 and C1 controls, bidirectional controls and other
invisible format characters are removed; newline and tab stay. What is left can neither move a
cursor nor reorder a line. It may still look like Textual markup: widgets show it as plain Content.
"""

from __future__ import annotations

import codecs
import re

_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # two-character sequences, and a lone ESC
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI as one C1 character
    r"|[\x90\x98\x9d\x9e\x9f][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def clean(text: str) -> str:
    """`text` without anything that acts on a terminal. CRLF becomes LF; after a lone carriage
    return only what was written last on the line is kept, as a terminal would show it."""
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_written(line) for line in text.split("\n"))
    return _CONTROL.sub("", _ESCAPE.sub("", text))


def _last_written(line: str) -> str:
    parts = [p for p in line.split("\r") if p]
    return parts[-1] if parts else ""


def decode(data: bytes) -> str:
    """Bytes of a host as clean text; invalid UTF-8 becomes U+FFFD."""
    return clean(data.decode("utf-8", errors="replace"))


def tail(text: str, lines: int = 12, width: int = 400) -> str:
    """The last `lines` lines, each cut to `width` characters: for error messages."""
    return "\n".join(line[:width] for line in text.rstrip("\n").split("\n")[-lines:])


class LineReader:
    """Bytes in pieces of any size, clean whole lines out. Memory is bounded: a line longer than
    `max_line` characters is broken there."""

    def __init__(self, max_line: int = 4096) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._max = max_line

    def feed(self, data: bytes) -> list[str]:
        """Lines completed by `data`, cleaned."""
        self._rest += self._decoder.decode(data)
        *whole, self._rest = self._rest.split("\n")
        while len(self._rest) > self._max:
            whole.append(self._rest[: self._max])
            self._rest = self._rest[self._max :]
        return [piece for line in whole for piece in self._cut(line)]

    def close(self) -> list[str]:
        """What was left without a newline at the end."""
        rest, self._rest = self._rest + self._decoder.decode(b"", final=True), ""
        return list(self._cut(rest)) if rest else []

    def _cut(self, line: str) -> list[str]:
        line = clean(line.rstrip("\r"))
        return [line[i : i + self._max] for i in range(0, len(line), self._max)] or [""]
