from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from kwizard.probes import matrix
from kwizard.probes.matrix import Container, Endpoints, Matrix
from tests.pure.probes.recorded import DATA, output, said

ADDRESSES = {
    "anakin": IPv4Address("10.0.63.202"),
    "boba": IPv4Address("10.0.63.203"),
    "c3po": IPv4Address("10.0.63.204"),
}


def endpoints(container: str, gateway: str, name: str = matrix.CONTAINER) -> Endpoints:
    held = Container(id="a" * 64, name=name, pid=99, address=IPv4Address(container))
    return Endpoints(container=held, gateway=IPv4Address(gateway), mtu=1472)


ENDS = {
    "anakin": endpoints("10.0.7.2", "10.0.7.1"),
    "boba": endpoints("10.0.62.2", "10.0.62.1"),
    "c3po": endpoints("10.0.9.2", "10.0.9.1"),
}


def answered(*addresses: str) -> str:
    return "".join(
        f"@ping/{a}\n|4 packets transmitted, 4 packets received, 0% packet loss\n"
        "|round-trip min/avg/max = 0.1/0.2/0.3 ms\n\n=0\n"
        for a in addresses
    )


def test_targets_are_hosts_then_gateways_then_containers():
    assert [(t.name, t.kind, str(t.address)) for t in matrix.targets(ADDRESSES, ENDS)] == [
        ("anakin", "host", "10.0.63.202"),
        ("boba", "host", "10.0.63.203"),
        ("c3po", "host", "10.0.63.204"),
        ("anakin/gateway", "gateway", "10.0.7.1"),
        ("boba/gateway", "gateway", "10.0.62.1"),
        ("c3po/gateway", "gateway", "10.0.9.1"),
        ("anakin/container", "container", "10.0.7.2"),
        ("boba/container", "container", "10.0.62.2"),
        ("c3po/container", "container", "10.0.9.2"),
    ]


def test_three_hosts_are_27_pings():
    targets = matrix.targets(ADDRESSES, ENDS)
    every = answered(*(str(t.address) for t in targets))
    cells = [cell for s in ADDRESSES for cell in matrix.parse_pings(s, targets, said(every))]
    whole = Matrix(sources=tuple(ADDRESSES), targets=targets, cells=tuple(cells))
    assert len(cells) == 27
    assert whole.ok
    assert whole.to_json()["cells"][0] == {
        "source": "anakin",
        "target": "anakin",
        "sent": 4,
        "received": 4,
        "rtt_ms": 0.2,
        "error": None,
    }
    assert set(whole.to_json()) == {"sources", "targets", "cells"}


def test_what_was_not_heard_of_is_not_ok():
    targets = matrix.targets(ADDRESSES, ENDS)
    row = matrix.parse_pings("anakin", targets, said(answered("10.0.63.202")))
    assert [c.target for c in row if c.ok] == ["anakin"]
    assert {c.error for c in row if not c.ok} == {"the host did not say"}


def test_a_host_that_is_silent_leaves_its_targets_in_the_matrix():
    targets = matrix.targets(ADDRESSES, {k: v for k, v in ENDS.items() if k != "boba"})
    row = matrix.parse_pings("anakin", targets, said(answered(*map(str, ADDRESSES.values()))))
    assert {c.target: c.error for c in row if c.target.startswith("boba/")} == {
        "boba/gateway": "the host did not answer",
        "boba/container": "the host did not answer",
    }


def test_no_cells_prove_nothing():
    assert not Matrix().ok


def test_an_address_two_hosts_share_is_pinged_only_from_its_own():
    """docker left at its default on every host: the source's own gateway would answer."""
    ends = {name: endpoints("172.17.0.2", "172.17.0.1") for name in ADDRESSES}
    targets = matrix.targets(ADDRESSES, ends)
    everything = answered(*(str(t.address) for t in targets))
    row = {c.target: c for c in matrix.parse_pings("boba", targets, said(everything))}
    assert row["boba/gateway"].ok
    assert row["boba/container"].ok
    assert not row["anakin/gateway"].ok
    assert row["anakin/gateway"].error == (
        "172.17.0.1 is also boba/gateway: an answer would prove nothing"
    )


@pytest.mark.parametrize(
    ("mode", "name", "line"),
    [
        ("full", matrix.CONTAINER, 'nsenter -t 99 -m -n ping -w 4 "$1"'),
        ("full", "etcd", 'nsenter -t 99 -n ping -w 4 "$1"'),
        ("light", matrix.CONTAINER, 'nsenter -t 99 -n ping -c 1 -W 1 "$1"'),
    ],
)
def test_how_a_source_pings(mode, name, line):
    ends = ENDS | {"anakin": endpoints("10.0.7.2", "10.0.7.1", name)}
    script = matrix.ping_script("anakin", ends["anakin"], matrix.targets(ADDRESSES, ends), mode)
    assert line in script
    assert "10.0.62.2" in script


def test_a_pod_without_a_ping_of_its_own_is_pinged_from_in_less_than_four_seconds():
    ends = ENDS | {"anakin": endpoints("10.0.7.2", "10.0.7.1", "web")}
    targets = matrix.targets(ADDRESSES, ends)
    script = matrix.ping_script("anakin", ends["anakin"], targets, "full", own_ping=False)
    assert 'nsenter -t 99 -n ping -c 4 -i 0.2 -w 4 "$1"' in script


def test_without_a_container_there_is_no_script():
    with pytest.raises(ValueError, match="boba has no container"):
        matrix.ping_script("boba", Endpoints(error="none"), (), "light")


def test_the_container_made_for_it_is_preferred():
    raw = output(DATA / "addresses" / "flannel.txt")
    chosen = matrix.parse_addresses(raw).container
    assert chosen is not None
    assert chosen.name == "kwizard-ping"
    without = said(raw.stdout.replace(b" /kwizard-ping", b" /zz-other"))
    other = matrix.parse_addresses(without).container
    assert other is not None
    assert other.name == "etcd"


def test_a_container_outside_of_the_bridge_is_not_taken():
    raw = output(DATA / "addresses" / "flannel.txt").stdout.replace(b'"IPv4Address"', b'"x"')
    seen = matrix.parse_addresses(said(raw))
    assert seen.container is None
    assert seen.error == "no container runs in docker's network there to ping from"
    assert str(seen.gateway) == "10.0.76.1"


@pytest.mark.parametrize(
    ("status", "error"),
    [(127, "docker is not installed there"), (1, "docker does not answer there")],
)
def test_without_docker(status, error):
    assert matrix.parse_addresses(said(f"@bridge\n|\n={status}\n")).error == error


def test_what_ping_said_is_kept_bounded_and_clean() -> None:
    targets = matrix.targets(ADDRESSES, {})
    first = str(next(iter(ADDRESSES.values())))
    hostile = f"@ping/{first}\n|\x1b]0;owned\x07PING\n" + "|x" * 1000 + "\n|\u202eend\n=1\n"
    row = matrix.parse_pings("anakin", targets, said(hostile))
    cell = next(c for c in row if c.target == next(iter(ADDRESSES)))
    assert cell.output.startswith("PING\n")
    assert len(cell.output) <= matrix.OUTPUT
    assert "\x1b" not in cell.output
    assert "output" not in matrix.Matrix(targets=targets, cells=row).to_json()["cells"][0]
