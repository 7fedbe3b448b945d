"""What a lab starts it ends, also when the one who started it was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from kwizard.cluster.load import load
from kwizard.lab import network
from kwizard.lab.cgroups import Hierarchies, HostCgroup
from kwizard.lab.lab import Lab
from tests.lab.seen import boot_id, eventually, on, said, traces

pytestmark = pytest.mark.lab


def test_down_leaves_nothing_and_can_be_said_twice(other_lab):
    lab = other_lab()
    lab.up(2)
    assert traces(lab)
    lab.down(wipe=True)
    assert traces(lab) == []
    assert not lab.layout.directory.exists()
    assert not lab.layout.lock.exists()
    lab.down(wipe=True)
    assert lab.status().state == "none"


def test_disks_and_logins_outlive_down(other_lab):
    lab = other_lab()
    lab.up(1)
    on(lab, "anakin", "echo kept >/root/note; echo docker >/var/lib/docker/note")
    password = lab.password
    lab.down()
    assert traces(lab) == []
    assert lab.status().state == "off"
    assert lab.up(1) == {"anakin": "running"}
    assert on(lab, "anakin", "cat /root/note /var/lib/docker/note") == "kept\ndocker"
    sudo = lab.ssh("anakin", ["sudo", "-S", "id", "-u"], user="op", input=password + "\n")
    assert said(sudo) == "0"


def test_down_ends_what_still_runs_inside(other_lab):
    lab = other_lab()
    lab.up(1)
    with lab.popen_exec(["sleep", "1000"]) as left:
        lab.down(wipe=True)
        assert left.wait() == -signal.SIGTERM
    assert traces(lab) == []


@pytest.mark.parametrize("moment", ["network", "first host"])
def test_a_killed_up_is_cleaned_up_after(other_lab, moment):
    lab = other_lab()
    _kill_up_at(lab, moment)
    assert traces(lab)
    lab.down(wipe=True)
    assert traces(lab) == []


@pytest.mark.parametrize("moment", ["network", "first host"])
def test_a_killed_up_can_be_said_again(other_lab, moment):
    lab = other_lab()
    _kill_up_at(lab, moment)
    assert lab.up(2) == {"anakin": "running", "boba": "running"}
    assert said(lab.ssh("boba", ["hostname"])) == "boba"


def _kill_up_at(lab: Lab, moment: str) -> None:
    first = HostCgroup(f"{lab.layout.cgroup}/anakin", Hierarchies.of_machine())
    reached = {
        "network": lambda: network.exists(lab.layout),
        "first host": lambda: bool(first.processes()),
    }[moment]
    line = [sys.executable, "-m", "kwizard.lab", "--lab", lab.name, "up", "--hosts", "2"]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as up:
        eventually(reached, bool, 60)
        up.kill()


def test_hosts_outlive_the_session_that_started_them(other_lab):
    lab = other_lab()
    line = [sys.executable, "-m", "kwizard.lab", "--lab", lab.name, "up", "--hosts", "1"]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, text=True
    ) as up:
        out, _ = up.communicate()
        # What a closing terminal does to everything that still belongs to it.
        with pytest.raises(ProcessLookupError):
            os.killpg(up.pid, signal.SIGHUP)
    assert lab.run("anakin", "true").returncode == 0
    assert load(out.strip()).cluster.hosts[0].ssh.identity == str(lab.key)


def test_a_restart_of_the_machine_is_recognised(other_lab):
    lab = other_lab()
    lab.up(1)
    lab.down()
    record = json.loads(lab.layout.record.read_text())
    lab.layout.record.write_text(json.dumps({**record, "boot_id": "of-an-earlier-boot"}))
    # A namespace's file without a namespace, as it would lie there on a persistent /run.
    lab.layout.netns_path.touch()
    assert lab.status().machine_restarted
    assert lab.up(1) == {"anakin": "running"}
    assert not lab.status().machine_restarted


def test_two_labs_do_not_see_each_other(lab, other_lab):
    other = other_lab()
    other.up(1)
    assert boot_id(lab, "anakin") != boot_id(other, "anakin")
    on(other, "anakin", "touch /root/of-the-other")
    assert lab.ssh("anakin", ["ls", "/root/of-the-other"]).returncode != 0
    assert other.ssh("anakin", ["ls", "/root/of-the-other"]).returncode == 0
    refused = lab.ssh("anakin", ["true"], key=other.key)
    assert "Permission denied" in refused.stderr
    other.down(wipe=True)
    assert said(lab.ssh("anakin", ["hostname"])) == "anakin"


def test_a_small_disk_fills_up(other_lab):
    lab = other_lab()
    lab.up(1, disk_mb=300)
    fill = "dd if=/dev/zero of={} bs=1M count=400"
    # One disk: what docker's directory takes is missing everywhere else.
    for place in ("/var/lib/docker/big", "/root/big"):
        assert "No space left on device" in lab.run("anakin", fill.format(place)).stderr
    on(lab, "anakin", "rm /var/lib/docker/big /root/big && echo more >/root/more")
    lab.power_cut("anakin")
    lab.power_on("anakin")
    assert on(lab, "anakin", "cat /root/more") == "more"
