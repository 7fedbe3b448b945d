import json
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwizard.cluster.load import load, loads
from kwizard.cluster.model import SSH, Backend, Etcd, EtcdMode, Flannel, Version
from kwizard.cluster.ranges import (
    NoRoom,
    cluster_lease_range,
    flannel_config,
    known_addresses,
    lease_range,
)

from .strategies import clusters

ARTICLE = load(Path(__file__).parents[3] / "sample_hosts.yaml").cluster
ARTICLE_PODS = IPv4Network("10.0.0.0/16")
ARTICLE_HOSTS = [IPv4Address(f"10.0.63.{n}") for n in (202, 203, 204)]

addresses = st.integers(0, 2**32 - 1).map(IPv4Address)


@st.composite
def pods_and_addresses(draw):
    """A pod range, and addresses most of which are inside or just beside it."""
    length = draw(st.integers(8, 22))
    pods = IPv4Network((draw(st.integers(0, 2**32 - 1)), length), strict=False)
    low, high = int(pods.network_address), int(pods.broadcast_address)
    near = st.integers(max(0, low - 600), min(2**32 - 1, high + 600)).map(IPv4Address)
    return pods, draw(st.lists(near | addresses, max_size=8))


@given(pods_and_addresses(), st.integers(22, 28))
def test_no_lease_in_the_range_holds_a_host(given_range, subnet_len: int):
    pods, hosts = given_range
    try:
        limits = lease_range(pods, hosts, subnet_len)
    except NoRoom:
        return
    if limits is None:
        assert not any(h in pods for h in hosts)
        return
    size = 1 << (32 - subnet_len)
    end = int(limits.last) + size
    assert pods.network_address < limits.first <= limits.last
    assert end - 1 <= int(pods.broadcast_address)
    assert int(limits.first) % size == int(limits.last) % size == 0
    assert limits.leases == (end - int(limits.first)) // size
    for network in [*limits.avoided, *(IPv4Network((h, 24), strict=False) for h in hosts)]:
        assert not int(limits.first) <= int(network.network_address) < end
        assert not int(limits.first) <= int(network.broadcast_address) < end


@given(pods_and_addresses())
def test_no_longer_run_of_leases_exists(given_range):
    """Against a search that tries every /24 by itself."""
    pods, hosts = given_range
    if pods.prefixlen < 12:
        pods = IPv4Network((pods.network_address, 12))
    blocked = {int(h) >> 8 for h in hosts}
    docker = IPv4Network("172.17.0.0/16")
    if not pods.subnet_of(docker) and pods.supernet_of(docker):
        blocked |= {int(n.network_address) >> 8 for n in docker.subnets(new_prefix=24)}
    longest = run = 0
    for number in range(
        (int(pods.network_address) >> 8) + 1, (int(pods.broadcast_address) >> 8) + 1
    ):
        run = 0 if number in blocked else run + 1
        longest = max(longest, run)
    try:
        limits = lease_range(pods, hosts)
    except NoRoom:
        assert longest == 0
    else:
        assert limits is None or limits.leases == longest


@pytest.mark.parametrize(
    ("pods", "hosts", "first", "last"),
    [
        ("10.0.0.0/16", ["10.0.63.202"], "10.0.64.0", "10.0.255.0"),
        ("10.0.0.0/16", ["10.0.200.1"], "10.0.1.0", "10.0.199.0"),
        ("10.0.0.0/16", ["10.0.0.1"], "10.0.1.0", "10.0.255.0"),
        ("10.0.0.0/16", ["10.0.255.1"], "10.0.1.0", "10.0.254.0"),
        ("10.0.0.0/16", ["10.0.80.1", "10.0.160.1"], "10.0.161.0", "10.0.255.0"),
        ("172.16.0.0/12", [], "172.18.0.0", "172.31.255.0"),
        ("10.9.0.0/22", ["10.9.1.1"], "10.9.2.0", "10.9.3.0"),
    ],
)
def test_the_longest_run_beside_the_hosts(pods, hosts, first, last):
    limits = lease_range(IPv4Network(pods), [IPv4Address(h) for h in hosts])
    assert limits is not None
    assert (str(limits.first), str(limits.last)) == (first, last)


@pytest.mark.parametrize("pods", ["10.244.0.0/16", "172.17.0.0/16", "172.17.64.0/18"])
def test_no_limits_where_nothing_is_touched(pods):
    assert lease_range(IPv4Network(pods), ARTICLE_HOSTS) is None


def test_a_real_network_on_the_link_replaces_the_assumed_one():
    real = IPv4Network("10.0.48.0/20")
    limits = lease_range(ARTICLE_PODS, ARTICLE_HOSTS, on_link=[real])
    assert limits is not None
    assert limits.avoided == (real,)
    narrow = lease_range(ARTICLE_PODS, ARTICLE_HOSTS, on_link=[IPv4Network("10.0.63.192/26")])
    assert narrow is not None
    assert str(narrow.first) == "10.0.64.0"


def test_a_pod_range_within_the_hosts_network_has_no_room():
    with pytest.raises(NoRoom, match="no room for leases beside"):
        lease_range(IPv4Network("10.0.60.0/22"), ARTICLE_HOSTS, on_link=[ARTICLE_PODS])


def test_addresses_for_ssh_gateways_and_etcd_are_kept_reachable():
    first, *others = ARTICLE.hosts
    cluster = replace(
        ARTICLE,
        hosts=(replace(first, ssh=SSH(address="10.0.7.1", jump="me@10.0.8.1:22")), *others),
        etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=("http://10.0.9.1:2379", "http://name:2379")),
    )
    wanted = {*ARTICLE_HOSTS, *(IPv4Address(f"10.0.{n}.1") for n in (7, 8, 9))}
    assert set(known_addresses(cluster)) == wanted


@given(clusters())
def test_flannel_is_told_only_ranges_that_are_safe(cluster):
    config = json.loads(flannel_config(cluster))
    assert IPv4Network(config["Network"]) == cluster.network.pods
    limits = cluster_lease_range(cluster)
    assert ("SubnetMin" in config) == ("SubnetMax" in config) == (limits is not None)
    if limits is not None:
        below = {a for a in known_addresses(cluster) if a < IPv4Address(config["SubnetMin"])}
        above = {a for a in known_addresses(cluster) if a >= IPv4Address(config["SubnetMax"]) + 256}
        assert below | above == set(known_addresses(cluster))


def test_the_articles_cluster_gets_limits():
    assert flannel_config(ARTICLE) == (
        '{"Network":"10.0.0.0/16","SubnetMin":"10.0.64.0","SubnetMax":"10.0.255.0",'
        '"Backend":{"Type":"udp"}}'
    )


@pytest.mark.parametrize(
    ("backend", "flannel", "text"),
    [
        ("udp", "0.5.5", '{"Network":"10.0.0.0/16"}'),
        ("udp", "0.17.9", '{"Network":"10.0.0.0/16"}'),
        ("udp", "0.18.0", '{"Network":"10.0.0.0/16","Backend":{"Type":"udp"}}'),
        ("host-gw", "0.5.5", '{"Network":"10.0.0.0/16","Backend":{"Type":"host-gw"}}'),
    ],
)
def test_the_articles_text_stays_where_nothing_has_to_be_added(backend, flannel, text):
    cluster = loads(
        "name: a\nversion: v1.3.5\nhosts: [a 10.9.63.202, b 10.9.63.203, c 10.9.63.204]\n"
    ).cluster
    cluster = replace(
        cluster,
        network=replace(cluster.network, backend=Backend(backend)),
        flannel=Flannel(version=Version.parse(flannel)),
    )
    assert flannel_config(cluster) == text
