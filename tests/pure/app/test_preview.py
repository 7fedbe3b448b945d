"""What another answer changes, read off the two plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.app.preview import Change, Line, preview
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, Images, Proxy, ProxyMode, Supervisor

ROOT = Path(__file__).parents[3]


@pytest.fixture
def modern() -> Cluster:
    return load(ROOT / "docs/examples/modern.yaml").cluster


@pytest.fixture
def classic() -> Cluster:
    return load(ROOT / "sample_hosts.yaml").cluster


def named(changes: tuple[Change, ...], step: str) -> Change:
    return next(c for c in changes if c.step == step)


def test_the_same_cluster_changes_nothing(modern: Cluster) -> None:
    assert preview(modern, modern) == ()


def test_a_changed_file_is_named_with_its_lines(modern: Cluster) -> None:
    after = replace(modern, proxy=Proxy(mode=ProxyMode.NFTABLES))
    change = named(preview(modern, after), "nodes/kube-proxy")
    assert change.what == "changed"
    assert change.hosts == ("anakin", "boba", "c3po")
    file = "/etc/kubernetes/kube-proxy.yaml"
    assert Line("-", "mode: iptables", file) in change.lines
    assert Line("+", "mode: nftables", file) in change.lines


def test_steps_that_come_and_go_are_told(modern: Cluster) -> None:
    after = replace(modern, images=replace(modern.images, pause_archive=None))
    assert named(preview(modern, after), "nodes/pause-bring").what == "gone"
    assert named(preview(after, modern), "nodes/pause-bring").what == "new"
    assert Images().pause_archive is None


def test_hosts_that_differ_in_the_same_way_stand_together(classic: Cluster) -> None:
    dns = classic.network.dns + 1
    changes = preview(classic, replace(classic, network=replace(classic.network, dns=dns)))
    kubelet = named(changes, "nodes/kubelet")
    assert kubelet.hosts == ("boba", "c3po")
    assert any(f"--cluster-dns={dns}" in x.text for x in kubelet.lines if x.sign == "+")


def test_comments_are_no_change_on_a_host(classic: Cluster) -> None:
    changes = preview(classic, replace(classic, supervisor=Supervisor.NOHUP))
    lines = [line for change in changes for line in change.lines]
    assert any("nohup kube-apiserver" in line.text for line in lines)
    assert not [line for line in lines if line.text.startswith("#")]
