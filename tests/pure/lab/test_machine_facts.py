"""What the lab reads from the kernel's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.errors import LabError
from kwizard.lab import packages
from kwizard.lab.cgroups import Hierarchies, HostCgroup
from kwizard.lab.images import needed
from kwizard.lab.mounts import mount_points

V1 = """\
tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
"""
V2 = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime 0 0\n"


def test_a_host_enters_every_hierarchy_systemds_and_the_unified_one_included():
    cgroup = HostCgroup("kwlab-x/boba", Hierarchies.of_machine(V1))
    assert [str(p) for p in cgroup.entrances("host")] == [
        f"/sys/fs/cgroup/{h}/kwlab-x/boba" for h in ("cpuset", "pids", "systemd", "unified")
    ]
    assert cgroup.entrances("power") == cgroup.entrances("host")
    assert cgroup.hierarchies.counted == Path("/sys/fs/cgroup/pids")


def test_on_v2_alone_supply_and_host_are_in_leaves_of_their_own():
    cgroup = HostCgroup("kwlab-x/boba", Hierarchies.of_machine(V2))
    assert cgroup.hierarchies.pure_v2
    assert [str(p) for p in cgroup.entrances("host")] == ["/sys/fs/cgroup/kwlab-x/boba/host"]
    assert [str(p) for p in cgroup.entrances("power")] == ["/sys/fs/cgroup/kwlab-x/boba/power"]


def test_a_machine_without_cgroups_is_told():
    with pytest.raises(LabError, match="no cgroup"):
        Hierarchies.of_machine("tmpfs /tmp tmpfs rw 0 0\n")


def test_mount_points_with_blanks_are_read_as_they_are():
    text = (
        "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
        "90 27 0:50 / /srv/my\\040labs/a\\134b rw - overlay overlay rw\n"
        "broken\n"
    )
    assert mount_points(text) == [Path("/proc"), Path("/srv/my labs/a\\b")]


def test_what_is_missing_is_named_by_package(monkeypatch):
    monkeypatch.setattr(
        packages, "NEEDED", {"sh": "dash", "no-such-program": "some-package", "nor-this": "other"}
    )
    assert packages.missing() == ("other", "some-package")
    monkeypatch.setattr(packages, "obstacle", lambda: None)
    with pytest.raises(LabError, match="missing on this machine: other, some-package") as refused:
        packages.check()
    assert "kwizard lab setup" in refused.value.remedy


def test_a_script_needs_no_libraries(tmp_path):
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    assert needed(script) == ()
