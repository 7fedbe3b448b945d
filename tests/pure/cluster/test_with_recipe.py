"""A cluster for another recipe: what depends on it follows, what was chosen stays."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

from kwizard.cluster.check import check
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.load import load
from kwizard.cluster.model import EtcdMode, Flannel, FlannelStore, RecipeName, Supervisor, Version

ROOT = Path(__file__).parents[3]
NEW, OLD = Version(1, 36, 3), Version(1, 19, 16)
CLASSIC = load(ROOT / "sample_hosts.yaml").cluster
MODERN = load(ROOT / "docs/examples/modern.yaml").cluster


def test_the_articles_cluster_becomes_a_current_one_without_a_mistake() -> None:
    after = with_recipe(CLASSIC, RecipeName.MODERN, NEW)
    assert not [p for p in check(after) if p.blocks]
    assert (after.version, after.etcd.mode) == (NEW, EtcdMode.SYSTEMD)
    assert after.network.pods == IPv4Network("10.244.0.0/16")
    assert after.network.dns in after.network.services
    assert after.flannel == Flannel(version=Version(0, 26, 7), store=FlannelStore.KUBERNETES)
    assert (after.name, after.hosts) == (CLASSIC.name, CLASSIC.hosts)


def test_and_back_again() -> None:
    after = with_recipe(MODERN, RecipeName.CLASSIC, OLD)
    assert not [p for p in check(after) if p.blocks]
    assert after.etcd.mode is EtcdMode.DOCKER
    assert after.flannel == Flannel(version=Version(0, 5, 5))
    assert after.runtime.containerd is None
    assert after.release.tarball is None


def test_what_somebody_chose_stays() -> None:
    pods = IPv4Network("172.20.0.0/16")
    chosen = replace(
        CLASSIC,
        network=replace(CLASSIC.network, pods=pods, domain="here.example"),
        release=replace(CLASSIC.release, mirror="https://mirror.example"),
        control_plane_is_node=True,
        supervisor=Supervisor.NOHUP,
    )
    after = with_recipe(chosen, RecipeName.MODERN, NEW)
    assert after.network.pods == pods
    assert after.network.domain == "here.example"
    assert after.release.mirror == "https://mirror.example"
    assert after.control_plane_is_node
    assert after.supervisor is Supervisor.SYSTEMD
