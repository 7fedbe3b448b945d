"""The rules as a screen uses them: on a Cluster that no file gave."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given

from kwizard.cluster import values
from kwizard.cluster.check import check, findings
from kwizard.cluster.load import load
from kwizard.cluster.model import SSH, Cluster, Host, Network, Release, Role, Version
from tests.pure.cluster.strategies import HOST_KEY

from .strategies import clusters

ARTICLE = load(Path(__file__).parents[3] / "sample_hosts.yaml").cluster


def said(cluster: Cluster) -> str:
    return "\n".join(str(p) for p in check(cluster))


def test_the_articles_cluster_has_one_warning_and_no_error():
    (problem,) = check(ARTICLE)
    assert not problem.blocks
    assert "SubnetMin 10.0.64.0 and SubnetMax 10.0.255.0" in problem.message


def test_an_empty_form_is_refused_without_a_crash():
    cluster = Cluster(name="", version=Version(1, 19, 16), hosts=())
    assert "name: a name is missing" in said(cluster)
    assert "there is no host" in said(cluster)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "Bad"}, ("name",)),
        ({"version": Version(1, 20, 0)}, ("version",)),
        ({"version": Version(2, 0, 0)}, ("version",)),
        ({"network": Network(dns=IPv4Address("10.1.1.1"))}, ("network", "dns")),
        ({"network": Network(pods=IPv4Network("10.254.0.0/16"))}, ("network", "pods")),
        ({"network": Network(domain="a..b")}, ("network", "domain")),
        ({"release": Release(on_hosts=True, tarball="/k.tar.gz")}, ("release", "on_hosts")),
        ({"release": Release(on_hosts=True, mirror="https://m.example")}, ("release", "on_hosts")),
    ],
)
def test_an_error_names_the_field_to_mend(change, place):
    errors = [f for f in findings(replace(ARTICLE, **change)) if f.problem.blocks]
    assert [f.about[0] for f in errors] == [place]


def test_versions_below_the_last_with_an_insecure_port_are_taken():
    assert not any(p.blocks for p in check(replace(ARTICLE, version=Version(1, 19, 99))))


def test_tiny_and_absurd_ranges_are_refused_without_a_crash():
    for pods in ("0.0.0.0/0", "10.0.0.0/32", "255.255.255.255/32", "224.0.0.0/8", "127.0.0.0/8"):
        for services in ("0.0.0.0/0", "10.254.10.2/32", "10.254.10.2/31", "255.255.255.252/30"):
            network = Network(pods=IPv4Network(pods), services=IPv4Network(services))
            assert any(p.blocks for p in check(replace(ARTICLE, network=network)))


def test_a_worker_on_the_control_plane_is_a_node():
    alone = Host(
        name="a", address=IPv4Address("10.9.0.1"), roles=frozenset({Role.CONTROL_PLANE, Role.ETCD})
    )
    cluster = replace(ARTICLE, hosts=(alone,), control_plane_is_node=False)
    assert "no host would run pods" in said(cluster)
    assert "no host would run pods" not in said(replace(cluster, control_plane_is_node=True))
    both = replace(alone, roles=alone.roles | {Role.WORKER})
    assert "no host would run pods" not in said(replace(cluster, hosts=(both,)))


def test_one_machine_behind_two_gateways_is_not_one_host_twice():
    first, second, third = ARTICLE.hosts
    ssh = SSH(address="192.168.0.10")
    same = replace(ARTICLE, hosts=(replace(first, ssh=ssh), replace(second, ssh=ssh), third))
    assert "same SSH address" in said(same)
    gates = [replace(h, ssh=replace(ssh, jump=f"gate-{h.name}")) for h in (first, second)]
    assert "same SSH address" not in said(replace(ARTICLE, hosts=(*gates, third)))


@given(clusters())
def test_warnings_are_sentences_with_a_remedy(cluster: Cluster):
    for problem in check(cluster):
        assert problem.message
        assert problem.remedy
        assert "None" not in problem.message


@pytest.mark.parametrize(
    ("check_value", "good", "bad"),
    [
        (values.check_name, ["a", "0", "a-b", "a" * 63], ["", "A", "-a", "a-", "a.b", "a" * 64]),
        (values.check_name, ["007"], ["a_b", "ä", "a b", "a\n"]),
        (values.check_address, ["10.0.63.202", "127.0.0.1"], ["", "10.0.63", "10.0.063.2", "::1"]),
        (values.check_address, ["172.0.63.202"], ["0.0.0.0", "255.255.255.255", "10.0.0.1/24"]),
        (values.check_range, ["10.0.0.0/16"], ["10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "x/8"]),
        (values.check_domain, ["cluster.local", "a"], ["", "a.", ".a", "A.b", "a_b"]),
        (
            values.check_certified,
            ["api", "api.example.com", "*.k8s.example", "203.0.113.7", "2001:db8::7", "4.a"],
            ["", "API.example.com", "https://api", "api:6443", "a.*.b", "10.0.63", "10.0.0.0/8"],
        ),
        (
            values.check_certified,
            ["a" * 63, "1password.example"],
            ["a" * 64, "a.", "a_b", "0.0.0.0", "300.1.1.1", "2001:db8:0::7", "1:2", "::", "a\n"],
        ),
        (values.check_login, ["root", "a.b-c", "svc$"], ["", "-l", "a b", "a@b", "a:b", "a\n"]),
        (values.check_reached, ["host_1", "::1", "fe80::1%eth0", "10.1.1.1"], ["", "-x", "a b"]),
        (
            values.check_host_key,
            [
                HOST_KEY,
                f"{HOST_KEY} c3po",
            ],
            [
                "",
                "ssh-ed25519",
                HOST_KEY.replace("ed25519", "ed448", 1),
                "ssh-ed25519 !!",
                "SHA256:abc",
            ],
        ),
        (values.check_jump, ["gate", "me@gate:22", "[::1]:22"], ["", "a b", "g:0", "g:99999", "@"]),
        (values.check_path, ["~/a b", "ä"], ["", " ", "a\nb", "a\x1b", "a\u202eb"]),
        (values.check_url, ["http://a", "https://a:1/b?c"], ["", "a", "ftp://a", "http://u:p@a"]),
        (
            values.check_url,
            ["http://10.0.0.1/k"],
            ["http://", "http://a b", "http://[", "http://a:x"],
        ),
        (values.check_endpoint, ["http://a:2379"], ["http://a", "http://a:1/x", "a:2379"]),
        (values.check_sha256, ["a" * 64], ["", "A" * 64, "a" * 63, "g" * 64]),
        (values.check_image, ["a", "q.io/b/c:v1", "l:5000/a"], ["", "a b", "a:", "/a", "-a"]),
        (values.check_zone, ["dmz", "a_b"], ["", "a b", "a" * 18]),
        (values.check_prefix, ["/a", "/atomic.io/network"], ["", "a", "/", "/a/", "/../a"]),
    ],
)
def test_forms(check_value, good, bad):
    assert [v for v in good if check_value(v) is not None] == []
    for value in bad:
        problem = check_value(value)
        assert problem is not None, value
        message, remedy = values.halves(problem)
        assert message
        assert remedy
