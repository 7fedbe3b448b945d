"""Where a cluster keeps its state: an etcd that is there already, and flannel's subnets."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from kwizard.cluster.check import check, findings
from kwizard.cluster.dump import dump
from kwizard.cluster.load import loads
from kwizard.cluster.model import Cluster, FlannelStore
from tests.pure.recipes.clusters import later
from tests.pure.recipes.modern_clusters import GIVEN, IN_ETCD, current, highly_available


def errors(cluster: Cluster) -> list[str]:
    return [p.message for p in check(cluster) if p.blocks]


def with_pods(pods: str) -> Cluster:
    made = current()
    return replace(made, network=replace(made.network, pods=IPv4Network(pods)))


def test_an_existing_etcd_with_its_certificates_is_taken_and_no_host_is_a_member():
    cluster = current(etcd=GIVEN)
    assert check(cluster) == ()
    assert cluster.etcd_members == ()
    assert current().etcd_members == current().hosts


@pytest.mark.parametrize("key", ["ca", "cert", "key"])
def test_each_of_its_files_is_asked_for_by_name(key: str):
    without: dict[str, Any] = {key: None}
    (found,) = findings(current(etcd=replace(GIVEN, **without)))
    assert found.problem.blocks
    assert f"etcd.{key} is not given" in found.problem.message
    assert found.about[0] == ("etcd", key)


def test_an_existing_etcd_without_tls_is_refused_with_what_to_write():
    endpoints = ("https://10.0.9.1:2379", "http://10.0.9.2:2379", "https://10.0.9.3:2379")
    (found,) = findings(current(etcd=replace(GIVEN, endpoints=endpoints)))
    assert found.problem.blocks
    assert found.about[0] == ("etcd", "endpoints", 1)
    assert "https://10.0.9.2:2379" in found.problem.remedy


@pytest.mark.parametrize(
    "cluster",
    [
        current(etcd=replace(current().etcd, ca="/b/ca.crt")),
        later(etcd=replace(later().etcd, ca="/b/ca.crt")),
    ],
    ids=["modern", "classic"],
)
def test_certificates_that_nothing_asks_for_are_told_of(cluster: Cluster):
    (told,) = [p for p in check(cluster) if "etcd.ca" in p.message]
    assert not told.blocks


def test_the_classic_recipe_keeps_flannels_subnets_in_etcd_only():
    assert errors(later(flannel=replace(later().flannel, store=FlannelStore.KUBERNETES)))


@pytest.mark.parametrize("pods", ["10.244.0.0/16", "10.0.64.0/18", "172.16.0.0/12"])
def test_kubernetes_may_give_subnets_of_a_range_away_from_the_hosts(pods: str):
    assert errors(with_pods(pods)) == []


@pytest.mark.parametrize("pods", ["10.0.0.0/16", "10.0.0.0/18", "10.0.56.0/21"])
def test_a_range_with_hosts_in_it_is_refused_since_nothing_keeps_kubernetes_away(pods: str):
    (said,) = errors(with_pods(pods))
    assert "10.0.63.0/24" in said
    # flannel's own leases can be kept away
    assert errors(replace(with_pods(pods), flannel=IN_ETCD)) == []


def test_etcd_as_the_store_is_told_of_where_a_node_is_no_control_plane():
    (said,) = check(current(flannel=IN_ETCD))
    assert not said.blocks
    assert "(boba, c3po) get a key that opens all of etcd" in said.message
    assert "store: kubernetes" in said.remedy
    assert check(highly_available(flannel=IN_ETCD)) == ()
    assert not [p for p in check(later()) if "flannel.store" in p.message]


def test_a_file_that_names_no_store_has_the_recipes_own():
    text = "name: a\nrecipe: {}\nversion: {}\nhosts: [anakin 10.0.63.202, boba 10.0.63.203]\n"
    modern = loads(text.format("modern", "v1.36.3")).cluster
    assert modern.flannel.store is FlannelStore.KUBERNETES
    classic = loads(text.format("classic", "v1.19.16")).cluster
    assert classic.flannel.store is FlannelStore.ETCD


def test_a_saved_modern_file_names_its_store_and_a_classic_one_does_not():
    assert "store: kubernetes" in dump(current())
    assert "store: etcd" in dump(current(flannel=IN_ETCD))
    assert "store" not in dump(later())
    for cluster in (current(flannel=IN_ETCD), current(etcd=GIVEN)):
        assert loads(dump(cluster)).cluster == cluster
