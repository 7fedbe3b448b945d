from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.errors import InvalidInput
from kwizard.lab.layout import FIRST_NETWORK, HOST_NAMES, SECOND_NETWORK, Layout
from kwizard.lab.network import GATEWAY, SECOND_GATEWAY


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    monkeypatch.delenv("KWIZARD_LAB", raising=False)
    monkeypatch.delenv("KWIZARD_LAB_HOME", raising=False)


@pytest.mark.parametrize(
    ("host", "address", "second"),
    [
        ("anakin", "10.0.63.202", "10.1.63.202"),
        ("boba", "10.0.63.203", "10.1.63.203"),
        ("c3po", "10.0.63.204", "10.1.63.204"),
        ("host4", "10.0.63.205", "10.1.63.205"),
        ("host50", "10.0.63.251", "10.1.63.251"),
    ],
)
def test_the_first_hosts_are_the_articles(host, address, second):
    seat = Layout.of().seat(host)
    assert (str(seat.address), str(seat.second_address)) == (address, second)


def test_no_two_seats_share_anything_and_all_lie_in_the_networks():
    seats = Layout.of().first(50)
    for of in (lambda s: s.address, lambda s: s.second_address, lambda s: s.directory):
        assert len({of(seat) for seat in seats} - {GATEWAY, SECOND_GATEWAY}) == 50
    assert all(s.address in FIRST_NETWORK and s.second_address in SECOND_NETWORK for s in seats)
    links = [name for seat in seats for name in (seat.link, seat.second_link)]
    # 15 characters is what Linux takes for an interface's name.
    assert len(set(links)) == 100
    assert max(map(len, links)) <= 15


@pytest.mark.parametrize("name", ["", "luke", "host3", "host51", "../x", "anakin "])
def test_another_host_is_refused(name):
    with pytest.raises(InvalidInput):
        Layout.of().seat(name)


@pytest.mark.parametrize("count", [0, -1, 51])
def test_a_count_outside_is_refused(count):
    with pytest.raises(InvalidInput):
        Layout.of().first(count)


@pytest.mark.parametrize("name", ["Lab", "a_b", "../x", "-a", "a-", "a b", "a" * 21, "a.b"])
def test_a_name_that_could_leave_its_directory_is_refused(name):
    with pytest.raises(InvalidInput):
        Layout.of(name)


def test_the_environment_names_lab_and_home(monkeypatch):
    assert Layout.of().directory == Path("/var/lib/kwizard-lab/lab")
    monkeypatch.setenv("KWIZARD_LAB", "mine")
    monkeypatch.setenv("KWIZARD_LAB_HOME", "/srv/labs")
    assert Layout.of().directory == Path("/srv/labs/mine")
    assert Layout.of("other").directory == Path("/srv/labs/other")


def test_labs_side_by_side_share_no_kernel_name():
    one, two = Layout.of("a"), Layout.of("a-b")
    assert one.netns != two.netns
    assert one.cgroup != two.cgroup
    assert len(HOST_NAMES) == len(set(HOST_NAMES)) == 50
