from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.cluster.dump import dump
from kwizard.cluster.load import loads
from kwizard.cluster.model import Role
from kwizard.lab.clusterfile import describe, describe_modern
from kwizard.lab.images import Image
from kwizard.lab.layout import Layout


@pytest.fixture
def made(tmp_path):
    """Files a cluster file may name."""
    for name in ("key", "etcd.tar", "pause.tar"):
        (tmp_path / name).touch()
    return tmp_path


def _describe(made: Path, count: int, **options):
    return describe(
        "lab",
        Layout.of("lab").first(count),
        made / "key",
        Image("lab/etcd:3.4.23", made / "etcd.tar"),
        Image("lab/pause:1", made / "pause.tar"),
        **options,
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5, 50])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"user": "op", "supervisor": "nohup", "backend": "vxlan", "second": True},
    ],
    ids=["as it comes", "other options"],
)
def test_what_is_written_loads_back_without_an_error(made, count, options):
    cluster = _describe(made, count, **options)
    assert loads(dump(cluster)).cluster == cluster


@pytest.mark.parametrize(("count", "members"), [(1, 1), (2, 1), (3, 3), (4, 3), (50, 3)])
def test_etcd_has_a_number_of_members_that_can_lose_one(made, count, members):
    assert len(_describe(made, count).with_role(Role.ETCD)) == members


def test_three_hosts_are_the_articles_one_master_and_two_nodes(made):
    cluster = _describe(made, 3)
    assert cluster.control_plane.name == "anakin"
    assert [host.name for host in cluster.nodes] == ["boba", "c3po"]


def test_login_may_go_by_the_second_network(made):
    hosts = _describe(made, 2, second=True).hosts
    assert [h.ssh_address for h in hosts] == ["10.1.63.202", "10.1.63.203"]
    assert [str(h.address) for h in hosts] == ["10.0.63.202", "10.0.63.203"]


@pytest.mark.parametrize(("planes", "workers"), [(1, 3), (3, 1)])
def test_as_many_hosts_as_asked_are_control_planes(made, planes, workers):
    seats = Layout.of("lab").first(4)
    pause = Image("lab/pause:1", made / "pause.tar")
    cluster = describe_modern("lab", seats, made / "key", pause, control_planes=planes)
    assert len(cluster.control_planes) == planes
    assert len(cluster.with_role(Role.WORKER)) == workers
    assert len(cluster.with_role(Role.ETCD)) == 3
