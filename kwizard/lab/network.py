"""The lab's network: a namespace with two bridges, no interface of which leads anywhere else.

The operator's commands run inside it (`kwizard lab exec`), as 10.0.63.1 and 10.1.63.1.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from kwizard.lab.layout import FIRST_NETWORK, SECOND_NETWORK, Layout
from kwizard.lab.machine import sh, succeeds, until

GATEWAY = FIRST_NETWORK[1]
"""The operator's address, and the hosts' default route: kube-apiserver wants one to exist."""
SECOND_GATEWAY = SECOND_NETWORK[1]

BRIDGES = {"br0": GATEWAY, "br1": SECOND_GATEWAY}


def exists(layout: Layout) -> bool:
    """Whether the namespace is there: its file, and not only an empty mount point."""
    return layout.netns_path.exists() and succeeds(["ip", "-n", layout.netns, "link"])


def make(layout: Layout) -> None:
    """Create namespace and bridges where they are missing; a second time mends what is not so."""
    if not exists(layout):
        # Left by a machine that went down: a file that is no namespace any more.
        layout.netns_path.unlink(missing_ok=True)
        sh(["ip", "netns", "add", layout.netns])
    inside = ["nsenter", f"--net={layout.netns_path}", "--"]
    # A new namespace takes the machine's setting; the lab forwards nothing, not even to itself.
    sh([*inside, "sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward"])
    lines = ["link set lo up"]
    for bridge, address in BRIDGES.items():
        if not succeeds(["ip", "-n", layout.netns, "link", "show", bridge]):
            lines.append(f"link add {bridge} type bridge forward_delay 0")
        lines += [f"address replace {address}/24 dev {bridge}", f"link set {bridge} up"]
    sh(["ip", "-n", layout.netns, "-batch", "-"], stdin="\n".join(lines) + "\n")


def remove(layout: Layout) -> int:
    """Remove the namespace, and end what still runs inside it; returns how many that were.

    This very process and its ancestors are spared: `down` may be called from inside.
    """
    ended = 0
    if exists(layout):
        spared = _ancestors()
        for passed in until(10):
            pids = [p for p in _inside(layout) if p not in spared]
            if not pids:
                break
            ended = max(ended, len(pids))
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM if passed < 2 else signal.SIGKILL)
        # Hosts' ends go with the hosts; bridges would outlive the name while we are inside.
        for bridge in BRIDGES:
            succeeds(["ip", "-n", layout.netns, "link", "delete", bridge])
        sh(["ip", "netns", "delete", layout.netns])
    elif layout.netns_path.exists():
        layout.netns_path.unlink()
    return ended


def _inside(layout: Layout) -> list[int]:
    pids = [int(pid) for pid in sh(["ip", "netns", "pids", layout.netns]).split()]
    # Asked from inside, ip counts itself.
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _ancestors() -> set[int]:
    """This process and all it descends from."""
    found: set[int] = set()
    pid = os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            break
        pid = int(stat.rsplit(")", 1)[1].split()[1])
    return found
