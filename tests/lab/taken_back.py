"""A reset, and whether hosts are after it what they were before. What may differ always is named
here, with the reason; what the use of a host explains, by the tests that use it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.lab.footprint import Footprint, differences, footprints
from tests.lab.site import NAMES, Site

ALWAYS = {
    r"^(files|sums): .*/run/xtables\.lock": "the lock of iptables, which any call of it makes",
}
EMPTY_CHAINS = {
    r"^nftables: \+\t+(chain [A-Z]+ \{|type (filter|nat) hook .* policy accept;)$": "a table that"
    " the owner's rules are in keeps the chains iptables makes for itself; they are empty",
}
FIREWALLD = EMPTY_CHAINS | {
    r"^iptables: \+(\*filter|COMMIT|:[A-Z]+ ACCEPT)$": "the owner's later rule is in this table",
    r"^nftables: \+(table ip filter \{|\t?\})$": "the same",
    r"^firewalld: \+ ?(--permanent )?docker ": "docker made this zone; firewalld forgets it at its"
    " next start, and its file is gone",
}

BEFORE = """
mkdir -p /etc/kubernetes /etc/docker
echo mine >/etc/kubernetes/own.conf
echo '10.9.9.9 printer   # mine' >>/etc/hosts
printf '#!/bin/sh\\necho mine\\n' >{bin}/kubectl
chmod 755 {bin}/kubectl
printf '[Unit]\\nDescription=mine\\n[Service]\\nExecStart=/bin/true\\n' \
    >/etc/systemd/system/flanneld.service
systemctl daemon-reload
nft add table inet mine
"""

RULES = """
iptables -A INPUT -p tcp --dport 9999 -m comment --comment "mine, with KUBE in it" -j ACCEPT
iptables -t nat -N MINE
"""
"""Where firewalld runs, docker's first start has it flush these: they would not outlive that."""


def reset(site: Site, *options: str) -> tuple[int, list[dict[str, str]]]:
    """The exit status and the events."""
    done = site.kwizard("reset", "--yes", "--json", *options, str(site.file))
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events, done.stderr
    return done.returncode, events


def failures(events: list[dict[str, str]]) -> list[dict[str, str]]:
    return [e for e in events if e["event"] == "step.failed"]


def as_before(
    site: Site,
    before: Mapping[str, Footprint],
    allowed: Mapping[str, str],
    *,
    later: frozenset[str] = frozenset(),
) -> None:
    """Asserts that every host is as it was, but for `later`, which came since."""
    after = footprints(site)
    found = {}
    for name in NAMES:
        seen = differences(before[name], after[name], ALWAYS | dict(allowed))
        if later:
            seen += [f"what came later is gone: {line}" for line in later - set(seen)]
            hosts = site.on(name, "cat /etc/hosts")
            assert "printer" in hosts
            assert "scanner" in hosts
            assert "kwizard" not in hosts
            their = ("later.conf", "9998", "/etc/hosts")
            seen = [d for d in seen if not any(t in d for t in their) or "is gone" in d]
        found[name] = seen
    assert not any(found.values()), "\n".join(f"{n}: {d}" for n in NAMES for d in found[n])
