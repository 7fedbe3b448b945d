"""What lab tests say about hosts: assertions that show what was seen when they fail."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kwizard.lab.cgroups import Hierarchies
from kwizard.lab.lab import Lab
from kwizard.lab.mounts import mounts_below

T = TypeVar("T")


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that must succeed printed, without blanks around."""
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def on(lab: Lab, host: str, command: str) -> str:
    """What `command` printed on `host`; it must succeed."""
    return said(lab.run(host, command))


def eventually(look: Callable[[], T], wanted: Callable[[T], bool], seconds: float = 30) -> T:
    """Look again and again until it is as wanted; fails with what was seen last. A look that fails
    itself has not seen it: a host that begins anew refuses connections for a while."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if wanted(seen := look()):
                return seen
            last = repr(seen)
        except AssertionError as failed:
            last = str(failed)
        assert time.monotonic() < deadline, f"still so after {seconds:.0f} s: {last}"
        time.sleep(0.1)


def boot_id(lab: Lab, host: str) -> str:
    """Another one after every boot."""
    return on(lab, host, "cat /proc/sys/kernel/random/boot_id")


def traces(lab: Lab) -> list[str]:
    """Everything of a lab that is on the machine beside its state directory."""
    layout = lab.layout
    found = [f"mount {p}" for p in mounts_below(layout.directory)]
    found += [f"netns {layout.netns_path}"] if layout.netns_path.exists() else []
    found += [
        f"cgroup {mount / layout.cgroup}"
        for mount in Hierarchies.of_machine().all
        if (mount / layout.cgroup).exists()
    ]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if "\nState:\tZ" in (process / "status").read_text():
                continue  # dead; the machine's first process takes it away in its own time
            groups = (process / "cgroup").read_text()
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"/{layout.cgroup}/" in groups or f"LAB_DIR={layout.directory}" in words:
            found.append(f"process {process.name} {words}")
    return found
