"""Facts about hosts and releases, as pairs a page can show."""

from __future__ import annotations

from kwizard.probes.facts import HostFacts
from kwizard.release.catalog import Location
from kwizard.release.store import Obtained
from kwizard.tui.measures import size

Pairs = tuple[tuple[str, str], ...]


def host_facts(facts: HostFacts) -> Pairs:
    """What matters before an installation; what a host did not say is left out."""
    disk = facts.disk("/var") or facts.disk("/")
    room = (
        f"{facts.cpus} CPUs" if facts.cpus else "",
        f"{size(facts.memory << 20)} memory" if facts.memory else "",
        f"{size(disk.free)} free" if disk else "",
    )
    networks = [
        f"{i.name} {address}"
        for i in facts.interfaces or ()
        for address in i.addresses
        if i.name != "lo"
    ]
    programs = [f"{p.name} {p.version}".strip() for p in facts.programs]
    pairs = (
        ("system", facts.os_name),
        ("kernel", " ".join(x for x in (facts.kernel, facts.architecture) if x)),
        ("room", ", ".join(x for x in room if x)),
        ("network", ", ".join(networks)),
        ("docker", _docker(facts)),
        ("containerd", facts.containerd),
        ("firewalld", _firewall(facts)),
        ("there already", ", ".join(programs)),
        ("runs in", facts.virtualisation if facts.virtualisation != "none" else ""),
    )
    return tuple((what, value) for what, value in pairs if value)


def _docker(facts: HostFacts) -> str:
    docker = facts.docker
    if not docker.installed:
        return "" if docker.installed is None else "not installed"
    return f"{docker.version}, running" if docker.running else f"{docker.version}, not running"


def _firewall(facts: HostFacts) -> str:
    if facts.firewall.running is None:
        return ""
    if not facts.firewall.running:
        return "not running"
    zone = facts.firewall.zone_for(facts.default_interface or "")
    return f"running, zone {zone.name}" if zone else "running"


def release_facts(obtained: Obtained | None, place: Location) -> Pairs:
    """What is on this machine, or what would be downloaded."""
    if obtained is None:
        known = "known" if place.sha256 or place.sha512 else "taken from beside the file"
        return (
            ("here", "not yet, it will be downloaded"),
            ("from", place.url),
            ("checksum", known),
        )
    total = sum(p.size for p in obtained.programs)
    return (
        ("here", f"yes, {obtained.version} for {obtained.architecture}"),
        ("from", obtained.source),
        ("file", str(obtained.server_tarball)),
        ("sha256", obtained.sha256),
        ("programs", f"{len(obtained.programs)}, {size(total)} unpacked"),
    )
