from __future__ import annotations

from ipaddress import IPv4Address

from kwizard.cluster.model import SSH, Cluster, Host, Role, Version
from kwizard.tui.draft import Draft
from kwizard.tui.usecases import HostReport

from .scripted import CLUSTER


def bare(*names: str) -> tuple[Host, ...]:
    return tuple(
        Host(name=n, address=IPv4Address(f"10.0.0.{i}")) for i, n in enumerate(names, start=1)
    )


def test_pasted_hosts_get_the_articles_roles() -> None:
    draft = Draft(Cluster(name="x", version=Version(1, 3, 5), hosts=()))
    draft.merge(bare("a", "b", "c"))
    assert [h.roles for h in draft.cluster.hosts] == [
        {Role.CONTROL_PLANE, Role.ETCD},
        {Role.WORKER, Role.ETCD},
        {Role.WORKER, Role.ETCD},
    ]


def test_a_pasted_host_that_is_there_already_keeps_its_roles_and_login() -> None:
    draft = Draft(CLUSTER)
    moved = Host(name="anakin", address=IPv4Address("10.9.9.9"))
    assert draft.merge([moved, *bare("yoda")]) == 2
    anakin, yoda = draft.cluster.host("anakin"), draft.cluster.host("yoda")
    assert str(anakin.address) == "10.9.9.9"
    assert (anakin.roles, anakin.ssh) == (CLUSTER.hosts[0].roles, SSH(user="operator"))
    assert yoda.roles == {Role.WORKER}


def test_what_was_seen_of_a_host_is_forgotten_when_it_changes() -> None:
    draft = Draft(CLUSTER, checks={"boba": HostReport("boba"), "c3po": HostReport("c3po")})
    draft.toggle("boba", Role.WORKER)
    draft.remove("c3po")
    assert draft.checks == {}
    assert draft.cluster.host("boba").roles == {Role.ETCD}
    assert [h.name for h in draft.cluster.hosts] == ["anakin", "boba"]


def test_a_renamed_host_stays_in_its_place() -> None:
    draft = Draft(Cluster(name="x", version=Version(1, 3, 5), hosts=bare("a", "b", "c")))
    draft.put(Host(name="beta", address=IPv4Address("10.0.0.2")), instead_of="b")
    assert [h.name for h in draft.cluster.hosts] == ["a", "beta", "c"]
