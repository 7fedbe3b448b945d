"""A reset that leaves the programs, and an installation after it that has nothing to bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from tests.lab.footprint import differences, footprints
from tests.lab.modern import Modern
from tests.lab.site import NAMES, Site
from tests.lab.test_reset import ALWAYS, BEFORE, EMPTY_CHAINS, RULES, as_before, failures, reset

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

STAYS = re.compile(
    r"(files|sums): [+-].*[ ]?/(usr/local/bin|opt/cni|var/lib/kwizard(/(artifacts|kept|steps))?)"
    r"([|/]|$)"
)
BRINGS = {
    "release/place",
    "release/unpack",
    "hosts/etcd-bring",
    "hosts/etcd-binaries",
    "nodes/containerd-bring",
    "nodes/cni-plugins-bring",
    "nodes/runtime",
    "network/flannel-bring",
    "network/flannel-install",
}
PROGRAMS = "stat -c '%n %i %y' /usr/local/bin/* /opt/cni/bin/* /var/lib/kwizard/artifacts/*"


def started(events: Sequence[dict[str, Any]]) -> set[str]:
    return {e["step"] for e in events if e["event"] == "step.started"}


def times(events: Sequence[dict[str, Any]]) -> dict[str, float]:
    """When each phase ended, and when every node was Ready: seconds after the first event."""
    begun = datetime.fromisoformat(events[0]["time"])
    out: dict[str, float] = {}
    for event in events:
        if event["event"] == "step.finished":
            after = (datetime.fromisoformat(event["time"]) - begun).total_seconds()
            out[event["phase"]] = after
            if event["step"] == "verify/nodes-ready":
                out["Ready"] = after
    return out


def in_words(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {after:.1f}" for name, after in found.items())


def test_programs_stay_for_the_next_installation(
    bare_site: Callable[..., Site], measured: Callable[[str], None]
):
    site = bare_site(recipe="modern")
    for name in NAMES:
        site.on(name, BEFORE.format(bin="/usr/local/bin") + RULES)
    before = footprints(site)
    first = site.apply()
    cluster = Modern(site, site.lab.layout.name)

    status, events = reset(site, "--keep-programs")
    assert (status, failures(events)) == (0, [])
    after = footprints(site)
    for name in NAMES:
        found = differences(before[name], after[name], ALWAYS | EMPTY_CHAINS)
        assert not [line for line in found if not STAYS.match(line)], name
        assert any("/usr/local/bin/kubelet" in line for line in found), name
        assert site.on(name, "ls /var/lib/kwizard").split() == ["artifacts", "kept", "steps"]
    there = {name: site.on(name, PROGRAMS) for name in NAMES}
    status, events = reset(site, "--keep-programs")
    assert (status, started(events)) == (0, set()), "a second one does nothing"

    again = site.apply()
    assert started(first) >= BRINGS
    assert not started(again) & BRINGS
    assert {name: site.on(name, PROGRAMS) for name in NAMES} == there, "nothing came anew"
    measured(f"from bare, seconds until: {in_words(times(first))}")
    measured(f"with programs in place, seconds until: {in_words(times(again))}")
    cluster.whole()

    status, events = reset(site)
    assert (status, failures(events)) == (0, [])
    as_before(site, before, EMPTY_CHAINS)
    for name in NAMES:
        assert "mine" in site.on(name, "cat /usr/local/bin/kubectl")
        assert site.lab.run(name, "ls /var/lib/kwizard").returncode != 0
