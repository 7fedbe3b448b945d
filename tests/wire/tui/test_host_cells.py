"""What can stand in a cell, and what becomes of the host."""

from __future__ import annotations

from dataclasses import fields, replace
from ipaddress import IPv4Address

import pytest

from kwizard.cluster.finding import error
from kwizard.cluster.model import SSH, Role
from kwizard.tui.host_cells import Column, shown_target, target, text_of, with_text
from kwizard.tui.host_rows import columns, row_of
from kwizard.tui.theme import Palette

from .scripted import CLUSTER

GREY = Palette(*["#777777"] * len(fields(Palette)))
KEYED = replace(
    CLUSTER,
    hosts=(
        replace(
            CLUSTER.hosts[0],
            labels=("a=b",),
            ssh=SSH(user="operator", identity="~/.ssh/k", jump="gate", host_key="ssh-ed25519 AAAA"),
        ),
        *CLUSTER.hosts[1:],
    ),
)


@pytest.mark.parametrize(
    ("text", "ssh"),
    [
        ("", SSH()),
        ("root@", SSH(user="root")),
        ("gate", SSH(address="gate")),
        ("root@10.1.0.1:2222", SSH(user="root", address="10.1.0.1", port=2222)),
        (":2222", SSH(port=2222)),
        ("root@[fd00::1]:22", SSH(user="root", address="fd00::1", port=22)),
        ("10.0.63.202", SSH()),  # the host's own address is none of its own
    ],
)
def test_how_ssh_goes_there(text: str, ssh: SSH) -> None:
    host = with_text(CLUSTER, "anakin", Column.SSH, text)
    assert host.ssh == ssh
    assert with_text(CLUSTER, "anakin", Column.SSH, target(host.ssh)).ssh == ssh


@pytest.mark.parametrize(
    "text", ["a b", "root@h:", "root@h:0", "root@h:99999", "a@b@c", "-x@h", "@h", "[x", "h:22:3"]
)
def test_how_it_does_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_text(CLUSTER, "anakin", Column.SSH, text)


def test_a_cell_shows_the_user_alone_as_a_word() -> None:
    boba = CLUSTER.host("boba")
    assert shown_target(boba) == "root"
    assert text_of(boba, Column.SSH) == "root@"


def test_what_no_cell_shows_stays() -> None:
    host = with_text(KEYED, "anakin", Column.NAME, "yoda")
    assert host == replace(KEYED.hosts[0], name="yoda")
    host = with_text(KEYED, "anakin", Column.ROLES, "worker")
    assert host == replace(KEYED.hosts[0], roles=frozenset({Role.WORKER}))
    host = with_text(KEYED, "anakin", Column.SSH, "root@")
    assert host.ssh == replace(KEYED.hosts[0].ssh, user="root")


@pytest.mark.parametrize(
    ("column", "text"), [(Column.ADDRESS, "10.9.9.9"), (Column.SSH, "operator@other")]
)
def test_the_key_of_another_machine_is_not_taken_along(column: Column, text: str) -> None:
    assert with_text(KEYED, "anakin", column, text).ssh.host_key is None


def test_the_address_ssh_was_given_becomes_the_hosts_own() -> None:
    hosts = (replace(CLUSTER.hosts[0], ssh=SSH(address="10.1.0.1")), *CLUSTER.hosts[1:])
    host = with_text(replace(CLUSTER, hosts=hosts), "anakin", Column.ADDRESS, "10.1.0.1")
    assert (host.address, host.ssh.address) == (IPv4Address("10.1.0.1"), None)


def test_what_is_longer_than_its_column_says_so() -> None:
    ssh = SSH(user="root", address="127.0.0.1", port=2222)
    host = replace(CLUSTER.hosts[0], ssh=ssh)
    cluster = replace(CLUSTER, hosts=(host, *CLUSTER.hosts[1:]))
    assert row_of(cluster, host, (), GREY)[2].plain == "root@127.0.0…"
    assert row_of(cluster, cluster.hosts[1], (), GREY)[2].plain == "root"


@pytest.mark.parametrize("room", [60, 66, 79, 80, 120])
def test_the_columns_fit_the_window_with_blanks_and_a_scroll_bar(room: int) -> None:
    widths = columns(room)
    assert sum(widths.values()) + 2 * len(widths) + 1 <= room
    roles = row_of(CLUSTER, CLUSTER.hosts[0], (), GREY, widths)[3].plain
    assert roles == ("control-plane, etcd" if room >= 80 else "c·e")


def test_roles_as_letters_keep_the_mark_of_a_mistake() -> None:
    found = [error("no host is a worker", "give one the role", ("hosts", 0, "roles"))]
    row = row_of(CLUSTER, CLUSTER.hosts[0], found, GREY, columns(60))
    assert row[3].plain == "! c·e"
