"""Which cause a pattern of red cells gets. Recorded on real hosts, where each fault was made."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from kwizard.probes import network
from kwizard.probes.diagnosis import diagnose
from kwizard.probes.matrix import Cell, Matrix, Target
from tests.pure.probes.recorded import DATA, output

HOSTS = ("anakin", "boba", "c3po")
CASES = sorted(p for p in (DATA / "diagnosis").iterdir() if p.is_dir())


def recorded(case: str) -> tuple[Matrix, dict[str, network.NetworkFacts]]:
    place = DATA / "diagnosis" / case
    document = json.loads((place / "matrix.json").read_text())
    matrix = Matrix(
        sources=tuple(document["sources"]),
        targets=tuple(
            Target(
                name=t["name"],
                kind=t["kind"],
                host=t["name"].partition("/")[0],
                address=IPv4Address(t["address"]),
            )
            for t in document["targets"]
        ),
        cells=tuple(Cell(**c) for c in document["cells"]),
    )
    return matrix, {h: network.parse(output(place / f"network.{h}.txt")) for h in HOSTS}


@pytest.mark.parametrize("place", CASES, ids=lambda p: p.name)
def test_the_cause_that_was_made_is_the_one_that_is_named(place):
    found = diagnose(*recorded(place.name))
    expected = json.loads((place / "expected.json").read_text())
    assert [
        {
            "weight": d.weight,
            "cause": d.cause,
            "hosts": list(d.hosts),
            "cells": len(d.cells),
            "evidence_command": d.evidence_command,
            "evidence": d.evidence.split("\n"),
        }
        for d in found
    ] == expected


@pytest.mark.parametrize("place", CASES, ids=lambda p: p.name)
def test_every_red_cell_has_a_cause_and_every_cause_a_remedy(place):
    matrix, facts = recorded(place.name)
    found = diagnose(matrix, facts)
    explained = {cell for d in found for cell in d.cells}
    assert explained == {(c.source, c.target) for c in matrix.failed}
    assert all(d.remedy and d.evidence and d.evidence_command for d in found)


@pytest.mark.parametrize("place", CASES, ids=lambda p: p.name)
def test_red_cells_without_any_facts_are_explained_by_silence(place):
    matrix, _ = recorded(place.name)
    found = diagnose(matrix, dict.fromkeys(HOSTS))
    assert {cell for d in found for cell in d.cells} == {
        (c.source, c.target) for c in matrix.failed
    }


def all_green() -> tuple[Matrix, dict[str, network.NetworkFacts]]:
    return recorded("udp-firewall-open")


def red(matrix: Matrix, *lost: tuple[str, str]) -> Matrix:
    """The matrix with these cells lost."""
    cells = (
        replace(c, received=0, rtt_ms=None, error="no answer")
        if (c.source, c.target) in lost
        else c
        for c in matrix.cells
    )
    return replace(matrix, cells=tuple(cells))


def crossing(host: str, *kinds: str) -> tuple[tuple[str, str], ...]:
    """Cells between `host` and others, to targets of these kinds."""
    matrix, _ = all_green()
    return tuple(
        (c.source, c.target)
        for c in matrix.cells
        for t in (matrix.target(c.target),)
        if t.kind in kinds and c.source != t.host and host in (c.source, t.host)
    )


def test_all_green_and_well_set_up_has_nothing_to_tell():
    assert diagnose(*all_green()) == ()


def test_a_cell_no_cause_fits_is_said_to_be_unknown():
    matrix, facts = all_green()
    (only,) = diagnose(red(matrix, ("anakin", "boba")), facts)
    assert only.cause == "no cause that kwizard knows fits; pings from anakin are lost"
    assert only.cells == (("anakin", "boba"),)
    assert only.evidence_command == "ping -w 4 10.0.63.203"


def test_a_silent_host_explains_all_that_touches_it():
    matrix, facts = all_green()
    lost = crossing("boba", "host", "gateway", "container")
    (only,) = diagnose(red(matrix, *lost), facts | {"boba": None})
    assert only.cause == "boba did not answer"
    assert set(only.cells) == set(lost)


def test_a_lease_that_covers_the_hosts_is_recognised_by_their_routes():
    matrix, facts = all_green()
    anakin = facts["anakin"]
    swallowed = replace(
        anakin,
        routes=tuple(
            replace(r, device="flannel.1") if str(r.to) == "10.0.63.0/24" else r
            for r in anakin.routes
        ),
    )
    lost = crossing("anakin", "host", "gateway", "container")
    (only,) = diagnose(red(matrix, *lost), facts | {"anakin": swallowed})
    assert only.cause.startswith("a lease of flannel covers the hosts' own network")
    assert only.evidence == "anakin: 10.0.63.0/24 dev flannel.1: the way to boba"


def test_a_host_without_routes_into_the_overlay():
    matrix, facts = all_green()
    boba = facts["boba"]
    bare = replace(boba, routes=tuple(r for r in boba.routes if not r.device.startswith("fl")))
    lost = tuple(c for c in crossing("boba", "gateway", "container") if c[0] == "boba")
    (only,) = diagnose(red(matrix, *lost), facts | {"boba": bare})
    assert only.cause == "no route leads to the other hosts' containers on boba"
    assert set(only.cells) == set(lost)


def closed(facts, **change):
    """`facts` with flannel's port taken out of the zone dmz of every host."""
    out = {}
    for host, seen in facts.items():
        zones = tuple(
            replace(z, ports=("8080/tcp",), **change) if z.name == "dmz" else z
            for z in seen.firewall.zones
        )
        out[host] = replace(seen, firewall=replace(seen.firewall, zones=zones))
    return out


def test_a_closed_udp_port_is_a_fault_even_when_every_ping_is_answered():
    matrix, facts = all_green()
    (only,) = diagnose(matrix, closed(facts))
    assert (only.weight, only.cells) == ("fault", ())
    assert "udp port 8285 is closed" in only.cause


@pytest.mark.parametrize("change", [{"rich": True}, {"services": ("flannel",)}])
def test_a_port_something_else_may_open_is_no_fault_while_pings_pass(change):
    matrix, facts = all_green()
    assert diagnose(matrix, closed(facts, **change)) == ()


def test_a_zone_that_takes_the_other_hosts_by_their_address_decides():
    matrix, facts = all_green()
    opened = {}
    for host, seen in closed(facts).items():
        zones = tuple(
            replace(z, sources=("10.0.63.0/24",)) if z.name == "trusted" else z
            for z in seen.firewall.zones
        )
        opened[host] = replace(seen, firewall=replace(seen.firewall, zones=zones))
    assert diagnose(matrix, opened) == ()
