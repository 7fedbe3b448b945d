"""Ways into a practice host: a key and a password made per lab, and the machine's own hands."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kwizard.lab.cgroups import HostCgroup
from kwizard.lab.layout import Layout
from kwizard.lab.machine import PATH, sh


def make_logins(layout: Layout) -> tuple[str, str]:
    """The lab's public key and op's password, made when they are not there yet."""
    layout.directory.mkdir(parents=True, exist_ok=True)
    layout.directory.chmod(0o700)
    public = layout.key.with_suffix(".pub")
    if not public.exists():
        layout.key.unlink(missing_ok=True)
        sh(
            [
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                layout.cgroup,
                "-f",
                str(layout.key),
            ]
        )
    if not layout.password_file.exists() or not layout.password_file.read_text().strip():
        descriptor = os.open(layout.password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(12) + "\n")
    return public.read_text().strip(), layout.password_file.read_text().strip()


def inside_lab(layout: Layout) -> list[str]:
    """Put before a command of this machine: it runs in the lab's network, as the operator."""
    return ["nsenter", f"--net={layout.netns_path}", "--"]


def inside_host(cgroup: HostCgroup, leader: int) -> list[str]:
    """Put before a command: it runs on the host as root, as one typed at the host's own console.

    No network is needed, so it works on a host whose cables are cut. The command enters the host's
    cgroups, so a power cut ends it; and it ends when the process that started it is killed.
    """
    enter = (
        'groups=$1; shift; for group in $groups; do echo $$ >"$group/cgroup.procs"; done; exec "$@"'
    )
    return [
        "sh", "-c", enter, "enter", " ".join(map(str, cgroup.console())),
        "nsenter", f"--target={leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
        f"--wd=/proc/{leader}/root/root", "--",
        "/usr/bin/setpriv", "--pdeathsig", "KILL", "--",
        "/usr/bin/env", "-i", f"PATH={PATH}", "HOME=/root", "USER=root", "LOGNAME=root",
        "SHELL=/bin/bash", "LANG=C.UTF-8", f"TERM={os.environ.get('TERM', 'dumb')}",
    ]  # fmt: skip


def ssh(layout: Layout, user: str, address: str, key: Path) -> list[str]:
    """An ssh command line into a host, run inside the lab's network; a command may follow.

    Host keys are not remembered: practice hosts come and go under the same addresses.
    """
    options = {
        "IdentityFile": key,
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "no",
        "UserKnownHostsFile": "/dev/null",
        "GlobalKnownHostsFile": "/dev/null",
        "LogLevel": "ERROR",
        "ConnectTimeout": 5,
        "BatchMode": "yes",
    }
    flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    return [*inside_lab(layout), "ssh", "-F", "/dev/null", *flags, f"{user}@{address}"]
