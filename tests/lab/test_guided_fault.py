"""The wizard on a real terminal, over real hosts, one of which gets a fault: a current cluster from
the first page on, the fault found, repaired through the dialog, and on to green."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kwizard.cluster.load import load
from kwizard.cluster.model import RecipeName
from kwizard.lab import images
from kwizard.lab.clusterfile import MODERN_VERSION
from kwizard.lab.release import (
    cni_path,
    containerd_path,
    coredns_image,
    etcd_path,
    flannel_path,
    tarball_path,
)
from tests.lab.modern import Modern
from tests.lab.recorded import record
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, KWIZARD, Site
from tests.lab.terminal import Terminal

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

NAME = "my-cluster"  # what the first page suggests
HOST, PORT = "boba", 10250
FINGERPRINT = r"SHA256:[A-Za-z0-9+/]{43}"
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


def downloads(site: Site) -> Path:
    """A folder in which lies what a person has fetched beforehand."""
    folder = site.folder / "downloads"
    folder.mkdir()
    for file in (
        tarball_path(MODERN_VERSION),
        etcd_path(),
        containerd_path(),
        cni_path(),
        flannel_path(),
    ):
        (folder / file.name).symlink_to(file)
    (folder / "pause.tar").symlink_to(images.pause(print).archive)
    (folder / "coredns.tar").symlink_to(coredns_image().archive)
    return folder


def ssh_config(site: Site) -> Path:
    """How a person reaches these hosts."""
    file = site.folder / "ssh_config"
    file.write_text(f"Host *\n  User root\n  IdentityFile {site.lab.key}\n")
    return file


def hosts(terminal: Terminal) -> None:
    """The first page: paste a table, look at the hosts, trust their keys."""
    terminal.until("New cluster")
    terminal.keys("Enter")
    terminal.until("No hosts yet")
    terminal.keys("p")
    terminal.until("Paste a table of hosts")
    for name, address in ADDRESSES.items():
        terminal.type(f"{name} {address}")
        terminal.keys("Enter")
    terminal.press("Take them in")
    terminal.until("control-plane, etcd")
    terminal.keys("k")
    for _ in ADDRESSES:
        terminal.until("Is this the right host")
        (shown,) = re.findall(FINGERPRINT, terminal.until(FINGERPRINT))
        terminal.keys("Right")  # the cursor begins on the safe answer
        eventually(lambda: terminal.on("It is the same: trust it"), bool, 30)
        terminal.keys("Enter")
        eventually(lambda: shown in terminal.screen(), lambda there: not there, 30)  # noqa: B023
    eventually(terminal.screen, lambda screen: screen.count("✗ blocked") == 3, 60)
    terminal.until("this host has cgroup v1")
    terminal.until("In this wizard: Options, “Allow cgroup v1”[.]")
    record("hosts", terminal.screen(colours=True))


def release(terminal: Terminal) -> None:
    """What lies around is taken by one key, and images are called what their archives call them."""
    terminal.press("Release ›")
    terminal.until("F4 takes what was found")
    terminal.keys("F4")
    terminal.until("● tarball")
    eventually(terminal.screen, lambda screen: "F4 takes" not in screen)
    terminal.keys("F5")
    terminal.until(rf"yes, {re.escape(MODERN_VERSION)} for amd64", 120)
    record("release", terminal.screen(colours=True))


def options(terminal: Terminal) -> None:
    """The one answer these hosts need."""
    terminal.press("Options ›")
    terminal.until("What this changes on the hosts")
    terminal.walk("Down", "On a host with cgroup v1 the installation stops")
    terminal.keys("Right")
    terminal.until("● yes")
    terminal.until("You know that a host has cgroup v1")
    record("options", terminal.screen(colours=True))


def test_a_taken_port_is_freed_in_a_shell_and_the_installation_goes_on(
    bare_site: Callable[..., Site],
):
    site = bare_site(recipe="modern")
    folder = site.folder / "state/clusters" / NAME
    command = site.lab.exec_command([*KWIZARD, "--ssh-config", str(ssh_config(site))])
    with Terminal(command, site.environment, downloads(site)) as terminal:
        hosts(terminal)
        release(terminal)
        options(terminal)
        terminal.press("Review ›")
        terminal.until(r"(\d+) of \1 steps to do", 60)
        eventually(terminal.screen, lambda screen: "✗" not in screen)  # nothing is in the way now
        record("review", terminal.screen(colours=True))

        pid = intrude(site)
        terminal.press("Install ›")
        terminal.until(rf"on {HOST} failed", 300)
        terminal.until("esc Close")
        terminal.until(f"port {PORT}/tcp, which kubelet needs, is taken by python3")
        record("fault-dialog", terminal.screen(colours=True))

        terminal.keys("x")
        terminal.until("Go on without this step")
        terminal.until("rest on it")
        record("fault-skip", terminal.screen(colours=True))
        terminal.keys("Escape")

        eventually(terminal.screen, lambda screen: "Go on without" not in screen)
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
        terminal.until(r"[3-6]\d of \d+ steps", 120)
        record("install", terminal.screen(colours=True))
        terminal.until("✓ installed", 400)
        record("fault-installed", terminal.screen(colours=True))
        terminal.keys("c")
        terminal.until("commands so far")
        record("fault-commands", terminal.screen(colours=True))
        terminal.keys("Escape")
        terminal.press("See the cluster")
        terminal.until("All is well", 60)
        terminal.until("27/27 pings answered")
        record("fault-verified", terminal.screen(colours=True))
        terminal.walk("PageDown", "Your kubeconfig")
        record("done", terminal.screen(colours=True))

    Modern(site, NAME).whole()
    assert f"pid={pid}" not in site.on(HOST, f"ss -Hltnp 'sport = :{PORT}'")

    cluster = load(folder / "cluster.yaml").cluster
    assert cluster.recipe is RecipeName.MODERN
    assert cluster.images.pause == images.pause(print).name
    assert cluster.images.coredns == coredns_image().name

    journal = (folder / "journal.jsonl").read_text().splitlines()
    failed = [
        r["task"] for r in map(json.loads, journal) if r["kind"] == "task.ended" and r["exit"] != 0
    ]
    assert failed == [f"hosts/preflight@{HOST}"]
    assert not any(r["kind"] == "task.waived" for r in map(json.loads, journal))
