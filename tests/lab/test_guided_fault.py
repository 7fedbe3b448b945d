"""The wizard on a real terminal, over real hosts, one of which has a fault: found, repaired through
the dialog, and on to green."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable

import pytest

from kwizard.cluster.load import load
from tests.lab.recorded import record
from tests.lab.seen import eventually
from tests.lab.site import KWIZARD, Site
from tests.lab.terminal import Terminal
from tests.lab.test_classic_install import whole

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

HOST, PORT = "boba", 10250
INTRUDER = (
    f"import socket, time\ns = socket.create_server(('0.0.0.0', {PORT}))\ntime.sleep(100000)\n"
)


def intrude(site: Site) -> int:
    """Something listens on kubelet's port; returns its process id."""
    site.on(
        HOST,
        f"cat > /root/intruder.py <<'EOF'\n{INTRUDER}EOF\n"
        "setsid python3 /root/intruder.py >/dev/null 2>&1 </dev/null &",
    )
    listening = f"ss -Hltnp 'sport = :{PORT}'"
    shown = eventually(lambda: site.on(HOST, listening), lambda seen: "pid=" in seen)
    found = re.search(r"pid=(\d+)", shown)
    assert found is not None, shown
    return int(found[1])


def test_a_taken_port_is_freed_in_a_shell_and_the_installation_goes_on(
    bare_site: Callable[..., Site],
):
    site = bare_site(backend="vxlan")
    name = load(site.file).cluster.name
    folder = site.folder / "state/clusters" / name
    folder.mkdir(parents=True)
    shutil.copy(site.file, folder / "cluster.yaml")
    pid = intrude(site)

    command = site.lab.exec_command([*KWIZARD, "resume", name])
    with Terminal(command, site.environment) as terminal:
        shown = terminal.until(rf"on {HOST} failed", 300)
        record("fault-dialog", terminal.screen(colours=True))
        assert str(PORT) in shown
        assert "taken by python3" in " ".join(shown.split())

        terminal.keys("x")
        terminal.until("Go on without this step")
        record("fault-skip", terminal.screen(colours=True))
        assert "rest on it" in terminal.screen()
        terminal.keys("Escape")

        terminal.until("The end of its log|The whole log")
        terminal.keys("s")  # ssh, as kwizard itself reaches the host
        terminal.until(rf"{HOST}:~#|@{HOST}", 30)
        terminal.type(f"ss -ltnp 'sport = :{PORT}'; hostname")
        terminal.keys("Enter")
        terminal.until(f"pid={pid}")
        record("fault-shell", terminal.screen(colours=True))
        terminal.type(f"kill {pid}; exit")
        terminal.keys("Enter")

        terminal.until(f"You are back from {HOST}")
        record("fault-back", terminal.screen(colours=True))
        terminal.keys("Enter")  # Retry has the cursor
        terminal.until("▸ installing", 60)
        terminal.until("✓ installed", 400)
        record("fault-installed", terminal.screen(colours=True))
        terminal.keys("c")
        terminal.until("commands so far")
        record("fault-commands", terminal.screen(colours=True))
        terminal.keys("Escape")
        terminal.press("See the cluster")
        terminal.until("All is well", 60)
        record("fault-verified", terminal.screen(colours=True))
    whole(site)
    assert f"pid={pid}" not in site.on(HOST, f"ss -Hltnp 'sport = :{PORT}'")

    journal = (folder / "journal.jsonl").read_text().splitlines()
    failed = [
        r["task"] for r in map(json.loads, journal) if r["kind"] == "task.ended" and r["exit"] != 0
    ]
    assert failed == [f"hosts/preflight@{HOST}"]
    assert not any(r["kind"] == "task.waived" for r in map(json.loads, journal))
