from __future__ import annotations

from dataclasses import replace

import pytest

from kwizard.cluster.model import Docker, Etcd, EtcdMode, Role, Version
from kwizard.errors import InvalidInput
from kwizard.recipes import steps_for
from kwizard.recipes.classic import flags
from tests.pure.recipes.clusters import ANAKIN, BOBA, C3PO, ENDPOINTS, article, later


def names(cluster, component, host=ANAKIN):
    return [a.partition("=")[0] for a in flags.arguments(cluster, component, host)]


# component, flag, the first minor version with it, the first without it again (None: within this
# recipe's range it never went).
KNOWN = [
    ("kubelet", "--api-servers", 0, 8),
    ("kubelet", "--allow-privileged", 0, 15),
    ("kubelet", "--fail-swap-on", 8, None),
    ("kubelet", "--cgroup-driver", 6, None),
    ("kubelet", "--kubeconfig", 0, None),
    ("kube-proxy", "--conntrack-max-per-core", 3, None),
    ("kube-proxy", "--conntrack-min", 6, None),
    ("kube-apiserver", "--insecure-port", 0, None),
    ("kube-apiserver", "--admission-control", 0, None),
    ("kube-controller-manager", "--master", 0, None),
]


@pytest.mark.parametrize(("component", "flag", "since", "until"), KNOWN)
def test_a_flag_exists_from_its_first_version_to_its_last(component, flag, since, until):
    for minor in range(1, 20):
        wanted = since <= minor and (until is None or minor < until)
        assert flags.exists(component, flag, Version(1, minor, 9)) is wanted, minor


def test_a_flag_nobody_entered_is_an_error_and_not_a_no():
    with pytest.raises(KeyError):
        flags.exists("kubelet", "--enable-magic", Version(1, 19, 0))


def test_the_table_names_no_flag_twice():
    keys = [(flag.component, flag.name) for flag in flags.FLAGS]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("minor", range(20))
@pytest.mark.parametrize("component", ["kube-apiserver", "kube-proxy", "kubelet"])
def test_every_version_of_the_recipe_gets_only_flags_it_knows(minor, component):
    cluster = article(version=Version(1, minor, 0))
    for name in names(cluster, component):
        assert flags.exists(component, name, cluster.version)


def test_the_last_kubelet_reaches_the_api_by_a_kubeconfig():
    found = names(later(), "kubelet", BOBA)
    assert "--kubeconfig" in found
    assert "--api-servers" not in found
    assert "--allow-privileged" not in found


def test_a_kubelet_between_the_two_changes_still_allows_privileged_pods():
    found = names(article(version=Version(1, 9, 11)), "kubelet", BOBA)
    assert "--kubeconfig" in found
    assert "--allow-privileged" in found


def test_later_kube_proxies_are_told_their_address_so_that_they_serve_at_once():
    assert "--bind-address=10.0.63.203" in flags.arguments(later(), "kube-proxy", BOBA)
    assert "--bind-address" not in names(article(), "kube-proxy", BOBA)


@pytest.mark.parametrize(
    ("cluster", "wanted"),
    [
        (article(), "http://localhost:2379"),
        (later(), ",".join(ENDPOINTS)),
        (article(version=Version(1, 4, 0)), ",".join(ENDPOINTS)),
        (
            article(etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS)),
            "http://localhost:2379",
        ),
        (
            article(etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=("http://10.9.9.9:2379/",))),
            "http://10.9.9.9:2379",
        ),
        (
            article(hosts=(replace(ANAKIN, roles=frozenset({Role.CONTROL_PLANE})), BOBA, C3PO)),
            ",".join(ENDPOINTS[1:]),
        ),
    ],
    ids=["article", "1.19", "1.4", "existing", "existing elsewhere", "master without etcd"],
)
def test_the_apiserver_asks_the_article_s_etcd_or_all_of_them(cluster, wanted):
    assert flags.etcd_servers(cluster) == wanted


def test_the_pause_image_is_named_only_where_one_was_given():
    assert "--pod-infra-container-image" not in names(later(), "kubelet", BOBA)
    with_image = later(docker=Docker(pause_image="lab/pause:3.2"))
    assert "--pod-infra-container-image=lab/pause:3.2" in flags.arguments(
        with_image, "kubelet", BOBA
    )


@pytest.mark.parametrize("version", [Version(1, 20, 0), Version(1, 36, 3), Version(2, 0, 0)])
def test_versions_without_an_insecure_port_are_refused_and_pointed_to_the_modern_recipe(version):
    with pytest.raises(InvalidInput, match="no insecure port") as caught:
        steps_for(article(version=version))
    assert "modern recipe" in caught.value.problems[0].remedy
    assert caught.value.exit_code == 2


def test_an_existing_etcd_behind_tls_is_refused():
    etcd = Etcd(mode=EtcdMode.EXISTING, endpoints=("https://10.0.63.202:2379",))
    with pytest.raises(InvalidInput, match="TLS"):
        steps_for(article(etcd=etcd))


@pytest.mark.parametrize("image", ["a b", "x;reboot", "x$(id)", "x`id`", "x%n", "'", ""])
def test_what_cannot_stand_on_a_command_line_is_refused(image):
    cluster = later(docker=Docker(pause_image=image or "\n"))
    with pytest.raises(InvalidInput, match="cannot stand on a command line"):
        flags.arguments(cluster, "kubelet", BOBA)
