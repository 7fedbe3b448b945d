"""Looking at a program without running it: for which machine it is, and which version."""

from __future__ import annotations

import hashlib
import re
import struct

_MACHINES = {3: "386", 21: "ppc64le", 40: "arm", 62: "amd64", 183: "arm64", 243: "riscv64"}
_S390X = 22
# The Go linker puts a string set with -X between zero bytes; other version-like text in a program
# is not so surrounded, or differs from program to program.
_STAMPED = re.compile(rb"\x00(v\d{1,3}\.\d{1,3}\.\d{1,3})\x00")
_WRITTEN = re.compile(rb"(?<![\w.])(v\d{1,3}\.\d{1,3}\.\d{1,3})(?![\w.-])")
_OVERLAP = 24  # bytes; longer than any match
HEAD = 64  # bytes of a program that `architecture_of` needs


def architecture_of(head: bytes) -> str | None:
    """As Go names it, "script" for `#!`, None for what is no Linux program."""
    if head.startswith(b"#!"):
        return "script"
    if len(head) < 20 or head[:4] != b"\x7fELF":
        return None
    big = head[5] == 2
    (machine,) = struct.unpack_from(">H" if big else "<H", head, 18)
    if big:
        return "s390x" if machine == _S390X else f"machine {machine}, big endian"
    return _MACHINES.get(machine, f"machine {machine}")


class Sight:
    """Takes a program in pieces. Holds its sum, its head, and the versions written into it."""

    def __init__(self, *, versions: bool) -> None:
        self._digest = hashlib.sha256()
        self._versions = versions
        self._edge = b""
        self.head = b""
        self.found: set[str] = set()

    def feed(self, data: bytes) -> None:
        """The next piece."""
        self._digest.update(data)
        if len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]
        if self._versions:
            pattern = _WRITTEN if self.head.startswith(b"#!") else _STAMPED
            window = self._edge + data
            self.found.update(m[1].decode() for m in pattern.finditer(window))
            self._edge = window[-_OVERLAP:]

    @property
    def sha256(self) -> str:
        """Of what was fed so far."""
        return self._digest.hexdigest()


def version_of(sights: list[Sight]) -> str | None:
    """The one version all programs bear; None when there is none, or more than one."""
    if not sights:
        return None
    common = set.intersection(*(sight.found for sight in sights))
    return common.pop() if len(common) == 1 else None
