"""Facts about hosts and releases, as pairs a page can show."""

from __future__ import annotations

from collections.abc import Iterable

from kwizard.app.artifacts import Artifact
from kwizard.app.holders import OnHosts
from kwizard.language import _, _n
from kwizard.probes.facts import HostFacts
from kwizard.release.bundle import Bundle
from kwizard.release.catalog import Location
from kwizard.release.store import Obtained
from kwizard.tui.measures import size
from kwizard.tui.paths import short_path

Pairs = tuple[tuple[str, str], ...]


def host_facts(facts: HostFacts, ahead: float | None = None) -> Pairs:
    """What matters before an installation; what a host did not say is left out. `ahead`: by how
    many seconds its clock is before this machine's."""
    disk = facts.disk("/var") or facts.disk("/")
    room = (
        _n("{count} CPU", "{count} CPUs", facts.cpus) if facts.cpus else "",
        _("{size} memory", size=size(facts.memory << 20)) if facts.memory else "",
        _("{size} free", size=size(disk.free)) if disk else "",
    )
    networks = [
        f"{i.name} {address}"
        for i in facts.interfaces or ()
        for address in i.addresses
        if i.name != "lo"
    ]
    programs = [f"{p.name} {p.version}".strip() for p in facts.programs]
    pairs = (
        (_("login"), _login(facts)),
        (_("system"), facts.os_name),
        (_("kernel"), " ".join(x for x in (facts.kernel, facts.architecture) if x)),
        (_("room"), ", ".join(x for x in room if x)),
        (_("network"), ", ".join(networks)),
        (_("second network"), _second(facts)),
        (_("clock"), _clock(ahead)),
        ("cgroup", f"v{facts.cgroup}" if facts.cgroup else ""),
        ("docker", _docker(facts)),
        ("containerd", facts.containerd),
        ("firewalld", _firewall(facts)),
        (_("ports in use"), _ports(facts)),
        (_("there already"), ", ".join(programs)),
        (_("runs in"), facts.virtualisation if facts.virtualisation != "none" else ""),
    )
    return tuple((what, value) for what, value in pairs if value)


def _login(facts: HostFacts) -> str:
    if facts.root is None:
        return ""
    if not facts.root:
        return _("not as root")
    return _("{user}, root by sudo", user=facts.sudo_user) if facts.sudo_user else "root"


def _second(facts: HostFacts) -> str:
    """Interfaces beside the one with the default route."""
    names = [
        i.name
        for i in facts.interfaces or ()
        if i.addresses and i.name not in ("lo", facts.default_interface)
    ]
    return ", ".join(names)


def _clock(ahead: float | None) -> str:
    if ahead is None:
        return ""
    seconds = round(abs(ahead))
    if seconds <= 1:
        return _("as this machine's")
    if ahead > 0:
        return _n("{count} second ahead", "{count} seconds ahead", seconds)
    return _n("{count} second behind", "{count} seconds behind", seconds)


def _ports(facts: HostFacts) -> str:
    """Of the ports a cluster needs, those that somebody listens on."""
    held = {f"{p.port} {p.process}".strip(): None for p in facts.ports}
    return ", ".join(held)


def _docker(facts: HostFacts) -> str:
    docker = facts.docker
    if not docker.installed:
        return "" if docker.installed is None else _("not installed")
    if docker.running:
        return _("{version}, running", version=docker.version)
    return _("{version}, not running", version=docker.version)


def _firewall(facts: HostFacts) -> str:
    if facts.firewall.running is None:
        return ""
    if not facts.firewall.running:
        return _("not running")
    zone = facts.firewall.zone_for(facts.default_interface or "")
    return _("running, zone {zone}", zone=zone.name) if zone else _("running")


def release_facts(
    obtained: Obtained | None,
    place: Location,
    held: OnHosts | None = None,
    *,
    chosen: bool = False,
) -> Pairs:
    """What is on this machine, or on hosts (`held`), or what would be downloaded; nothing is where
    hosts are `chosen` for it."""
    if obtained is None:
        known = _("known") if place.sha256 or place.sha512 else _("taken from beside the file")
        if held is not None and held.hosts:
            return (
                (_("here"), _("no, and it will not be downloaded: hosts have it")),
                (_("on hosts"), ", ".join(held.hosts)),
                *_away(held),
                (
                    _("checksum"),
                    _("of each just held against the known {algorithm}", algorithm=held.algorithm),
                ),
            )
        there: Pairs = ()
        if chosen:
            return (
                (_("here"), _("no, and it will not be downloaded: it is to come from hosts")),
                *(() if held is None else ((_("on hosts"), _lying(held)), *_away(held))),
            )
        if held is not None:
            there = (
                (
                    _("on hosts"),
                    _("none has it")
                    if held.algorithm
                    else _("not looked for: no sum of it is known to hold theirs against"),
                ),
                *_away(held),
            )
        return (
            (_("here"), _("not yet, it will be downloaded")),
            (_("from"), place.url),
            (_("checksum"), known),
            *there,
        )
    total = sum(p.size for p in obtained.programs)
    return (
        (
            _("here"),
            _(
                "yes, {version} for {architecture}",
                version=obtained.version,
                architecture=obtained.architecture,
            ),
        ),
        (_("from"), obtained.source),
        (_("file"), str(obtained.server_tarball)),
        ("sha256", obtained.sha256),
        (
            _("programs"),
            _("{count}, {size} unpacked", count=len(obtained.programs), size=size(total)),
        ),
    )


def _lying(held: OnHosts) -> str:
    names = ", ".join(name for name, _sum in held.others)
    return _("{hosts}, not known to be it", hosts=names) if names else _("none has it")


def _away(held: OnHosts) -> Pairs:
    return ((_("did not answer"), ", ".join(held.away)),) if held.away else ()


def bundle_facts(bundle: Bundle) -> Pairs:
    """What is in a bundle."""
    return (
        (
            _("bundle"),
            _(
                "{recipe} {version} for {architecture}, {size}",
                recipe=bundle.recipe,
                version=bundle.version,
                architecture=bundle.architecture,
                size=size(bundle.size),
            ),
        ),
        *((item.key, f"{item.file}, {size(item.size)}") for item in bundle.items),
    )


def artifact_facts(found: Iterable[Artifact]) -> Pairs:
    """The files that were looked into, each with its size."""
    return tuple(
        (a.name, _("good, {size}: {path}", size=size(a.size), path=short_path(a.path)))
        for a in found
        if a.path is not None
    )
