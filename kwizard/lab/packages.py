"""What the lab needs on this machine, and the Debian packages that bring it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Callable

from kwizard.errors import LabError
from kwizard.text import clean, tail

NEEDED = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "newuidmap": "uidmap",
    "arch-test": "arch-test",
    "gpg": "gpg",
    "ssh": "openssh-client",
    "ip": "iproute2",
    "tc": "iproute2",
    "nsenter": "util-linux",
    "mkfs.ext4": "e2fsprogs",
    "mount": "mount",
    "busybox": "busybox-static",
}
"""Program: the package it is in."""

_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def missing() -> tuple[str, ...]:
    """The Debian packages whose programs are not here, sorted."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SBIN))
    return tuple(sorted({p for tool, p in NEEDED.items() if shutil.which(tool, path=path) is None}))


def obstacle() -> str | None:
    """Why this machine cannot have a lab whatever is installed; None when it can."""
    if platform.system() != "Linux":
        return f"practice hosts need Linux; this is {platform.system()}"
    if os.geteuid() != 0:
        return "practice hosts need root: containers with their own mounts and network"
    return None


def check() -> None:
    """Raise LabError saying what is in the way of a lab on this machine."""
    if reason := obstacle():
        raise LabError(reason, remedy="run it as root on Linux (sudo kwizard lab ...)")
    if names := missing():
        raise LabError(
            f"missing on this machine: {', '.join(names)}",
            remedy="kwizard lab setup installs them with apt-get",
        )


def install(report: Callable[[str], None]) -> tuple[str, ...]:
    """Install what is missing with apt-get, its output line by line to `report`.

    Returns the packages installed. Raises LabError with the end of apt's output.
    """
    if reason := obstacle():
        raise LabError(reason, remedy="run it as root on Linux")
    names = missing()
    if not names:
        return ()
    if shutil.which("apt-get") is None:
        raise LabError(
            f"missing on this machine: {', '.join(names)}; and no apt-get to install them with",
            remedy="install them by hand; the lab is tried on Debian 12",
        )
    _apt(["update"], report)
    _apt(["install", "--yes", "--no-install-recommends", *names], report)
    if left := missing():
        raise LabError(f"installed, and yet missing: {', '.join(left)}")
    return names


def _apt(arguments: list[str], report: Callable[[str], None]) -> None:
    lines: list[str] = []
    with subprocess.Popen(
        ["apt-get", "-q", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
    ) as apt:
        assert apt.stdout is not None
        for raw in apt.stdout:
            line = clean(raw).rstrip()
            lines = [*lines[-40:], line]
            report(line)
    if apt.returncode != 0:
        raise LabError(
            f"apt-get {arguments[0]} ended with exit status {apt.returncode}",
            log_tail=tail("\n".join(lines), 15),
        )
