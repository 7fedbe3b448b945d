"""Cells of the table of hosts as text: what stands in one, and the host with another text there.
Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address

from kwizard.cluster import values
from kwizard.cluster.finding import Finding
from kwizard.cluster.model import SSH, Cluster, Host, Role
from kwizard.language import N_, _, told

_TARGET = re.compile(
    r"(?:(?P<user>[^@\s]*)@)?(?P<address>\[[^\]\s]*\]|[^@:\s\[\]]*)(?::(?P<port>[0-9]*))?"
)


class Column(StrEnum):
    """What can be changed in the table itself; everything else has its place in the form."""

    NAME = "host"
    ADDRESS = "address"
    SSH = "ssh"
    ROLES = "roles"

    @property
    def key(self) -> str:
        """The key of a host in the cluster file."""
        return {"host": "name"}.get(self.value, self.value)


HINTS = {
    Column.NAME: N_("lower-case letters, digits and -, as the host calls itself"),
    Column.ADDRESS: N_("digits and dots, the IPv4 the other hosts reach it by: 10.0.63.202"),
    Column.SSH: N_("user@address:port, each may be left out: root@ is a user alone"),
    Column.ROLES: N_("c, w, e give or take the role; or ←→ and space; Enter keeps them"),
}
RESTRICT = {Column.NAME: r"[a-z0-9-]*", Column.ADDRESS: r"[0-9.]*"}
"""Characters that can be typed at all."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a text: why it is not taken, or what is wrong with a cluster that has
    it; both empty where nothing is."""

    refused: str = ""
    warned: str = ""


def shown_target(host: Host) -> str:
    """How SSH goes there, short enough for a table; "" where nothing is said of it."""
    text = target(host.ssh)
    return text.removesuffix("@")


def target(ssh: SSH) -> str:
    """`user@address:port` without what is not given."""
    address = ssh.address or ""
    address = f"[{address}]" if ":" in address else address
    return (f"{ssh.user}@" if ssh.user else "") + address + (f":{ssh.port}" if ssh.port else "")


def reached(host: Host) -> tuple[str, str, int | None]:
    """Where SSH goes: a host's key belongs to the machine that is there."""
    return str(host.address), host.ssh.address or "", host.ssh.port


def at_its_place(host: Host, old: Host | None) -> Host:
    """`host` with the key that was known of `old`, where it is the same machine still."""
    same = old is not None and reached(old) == reached(host)
    key = old.ssh.host_key if old is not None and same else None
    return replace(host, ssh=replace(host.ssh, host_key=key))


def text_of(host: Host, column: Column) -> str:
    """What one begins with when the cell is changed."""
    if column is Column.NAME:
        return host.name
    if column is Column.ADDRESS:
        return str(host.address)
    if column is Column.SSH:
        return target(host.ssh)
    return " ".join(r.value for r in Role if r in host.roles)


def with_text(cluster: Cluster, name: str, column: Column, text: str) -> Host:
    """The host of that name with another text in that cell. Raises ValueError with a sentence for
    what cannot stand there."""
    host, text = cluster.host(name), text.strip()
    others = [h for h in cluster.hosts if h.name != name]
    if column is Column.NAME:
        _refuse(values.check_name(text))
        if any(h.name == text for h in others):
            raise ValueError(_("there is a host called {name} already", name=text))
        return replace(host, name=text)
    if column is Column.ADDRESS:
        _refuse(values.check_address(text))
        address = IPv4Address(text)
        for other in others:
            if other.address == address:
                raise ValueError(_("{name} has that address already", name=other.name))
        ssh = replace(host.ssh, address=None if host.ssh.address == text else host.ssh.address)
        return at_its_place(replace(host, address=address, ssh=ssh), host)
    if column is Column.SSH:
        return at_its_place(replace(host, ssh=_ssh(host, text)), host)
    return replace(host, roles=frozenset(Role(word) for word in text.split()))


def with_host(cluster: Cluster, name: str, host: Host) -> Cluster:
    """The cluster with `host` in the place of the one named `name`."""
    return replace(cluster, hosts=tuple(host if h.name == name else h for h in cluster.hosts))


def warning(cluster: Cluster, host: Host, column: Column, findings: Iterable[Finding]) -> Judgement:
    """What is wrong with `cluster` because of that cell: it is taken, and marked in the table."""
    place = ("hosts", cluster.hosts.index(host), column.key)
    for finding in findings:
        if finding.problem.blocks and place in [about[:3] for about in finding.about]:
            return Judgement(warned=told(finding.problem.message))
    return Judgement()


def _ssh(host: Host, text: str) -> SSH:
    match = _TARGET.fullmatch(text)
    if match is None:
        raise ValueError(_("{text} is not of the form user@address:port", text=values.shown(text)))
    user, address, port = match["user"], match["address"].strip("[]"), match["port"]
    if user is not None:
        _refuse(values.check_login(user) if user else _("no user stands before the @"))
    if address:
        _refuse(values.check_reached(address))
    if port is not None and (not port or len(port) > 5 or values.check_port(int(port))):
        raise ValueError(_("a port is 1 to 65535"))
    return replace(
        host.ssh,
        user=user or None,
        address=None if address in ("", str(host.address)) else address,
        port=int(port) if port else None,
    )


def _refuse(problem: str | None) -> None:
    """Raise the first half of a sentence about a value, in the language of the run."""
    if problem is not None:
        said = filter(None, values.halves(problem))
        raise ValueError("; ".join(map(told, said)))
