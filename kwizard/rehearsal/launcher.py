"""Pretend programs: a few machine instructions in front of a readable script.

What runs on a host is judged there by /proc/PID/exe, /proc/PID/cmdline and /proc/PID/comm. A
script's would be those of its interpreter, so every pretend daemon is a real executable of 512
bytes that starts the script behind it and waits. Its source is assets/rehearsal/launcher/*.s.
"""

from __future__ import annotations

import platform
import struct

from kwizard.rehearsal.namespace import NoRehearsal

SCRIPT_AT = 512
"""At which byte of a pretend program its script begins."""

_RUN = b"/usr/lib/rehearsal/run\0"
_BASE, _HEADERS = 0x400000, 64 + 56
_MACHINES = {"x86_64": 62, "aarch64": 183}
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""By what uname calls a machine, what releases call it."""

CODE = {
    "x86_64": bytes.fromhex(
        "4889e5b8390000000f0585c0743f48c7c7ffffffff488d75f031d24531d2b83d0000000f054883f8fc74e38b"
        "7df089f883e07f750bc1ef0881e7ff000000eb068db880000000b8e70000000f05bf01000000be0f000000b8"
        "9d0000000f05488b4500488d54c510488d3d1500000048897d004889eeb83b0000000f05bf7f000000ebc3"
    ),
    "aarch64": bytes.fromhex(
        "f3030091200280d2010080d2020080d2030080d2040080d2881b80d2010000d4200200b400008092614200d1"
        "020080d2030080d2882080d2010000d41f1000b120ffff5461025fb82218001262000035203c085302000014"
        "40000211c80b80d2010000d4200080d2e10180d2e81480d2010000d4640240f9620e048b42400091e0000010"
        "600200f9e10313aaa81b80d2010000d4e00f80d2f1ffff17"
    ),
}


def machine() -> str:
    """What this machine is, as uname says. Raises NoRehearsal where there is no launcher for it."""
    name = platform.machine()
    if name not in CODE:
        raise NoRehearsal(f"rehearsals are made for {', '.join(CODE)}, and this machine is {name}")
    return name


def executable(script: bytes) -> bytes:
    """A program for this machine that runs `script` with /bin/sh, under its own name."""
    name = machine()
    code = CODE[name] + _RUN
    size = _HEADERS + len(code)
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = ident + struct.pack(
        "<HHIQQQIHHHHHH",
        *(2, _MACHINES[name], 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0),
    )
    # One segment, readable and executable: these headers and the code.
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x10000)
    return (header + segment + code).ljust(SCRIPT_AT, b"\0") + script
