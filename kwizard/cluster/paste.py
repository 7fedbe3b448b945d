"""Hosts out of pasted text: the article's table, /etc/hosts, a spreadsheet, a chat message.

Pasted text is foreign: it is cleaned, its size is bounded, and each line that gives no host gives a
problem instead, so that nothing is lost silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address

from kwizard import text as foreign
from kwizard.cluster import values
from kwizard.cluster.model import SSH, Etcd, Host
from kwizard.cluster.roles import with_default_roles
from kwizard.errors import Problem

MAX_CHARACTERS = 200_000
MAX_LINE = 1000

_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_MARKS = str.maketrans({"、": ",", "‖": "|", "│": "|", "┃": "|", "–": "-", "—": "-"})
_RULE = re.compile(r"[\s|+:=_─┼├┤-]+")
_BULLET = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+")
_LOGIN = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<host>[^@:\s]+)(?::(?P<port>\d{1,6}))?")
_HEADER = frozenset(
    (
        *("hostname", "host", "hosts", "name", "names", "node", "nodes", "machine", "server"),
        *("address", "addresses", "ip", "ips", "ipv4", "ssh", "user", "port", "role", "roles"),
        *("主机名", "主机", "名称", "节点", "机器", "地址", "主机地址", "ip地址", "用户", "端口"),
        *("内网", "外网", "内网ip", "外网ip", "内网地址", "外网地址", "角色"),
    )
)


@dataclass(frozen=True, slots=True)
class PastedHost:
    """One host read from a paste; `line` counts from 1."""

    name: str
    address: IPv4Address
    ssh: SSH = field(default_factory=SSH)
    line: int = 1


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste gave: the hosts that could be read, in order, and what was wrong elsewhere."""

    hosts: tuple[PastedHost, ...]
    problems: tuple[Problem, ...]


def parse_hosts(text: str, *, file: str = "paste") -> Pasted:
    """Read hosts from pasted text, one a line.

    Known forms: `anakin 10.0.63.202/172.0.63.202` (the second address is for SSH) with or without a
    header line; the same with commas, tabs, semicolons, or as Markdown table rows, full-width signs
    included; `10.0.63.202 anakin anakin.local  # comment` as in /etc/hosts; `user@address:port` in
    place of an address. Names are taken in lower case, of a full domain name the first label.
    """
    hosts: list[PastedHost] = []
    problems: list[Problem] = []
    if len(text) > MAX_CHARACTERS:
        said = f"only the first {MAX_CHARACTERS} characters were read"
        problems.append(Problem(said, "paste fewer hosts at a time", file))
    for number, raw in enumerate(_LINE_END.split(text[:MAX_CHARACTERS]), start=1):
        try:
            host = _line(raw, number, first=not hosts and not problems)
            if host is not None:
                _refuse_twice(host, hosts)
                hosts.append(host)
        except ValueError as error:
            message, remedy = values.halves(str(error))
            problems.append(Problem(message, remedy, file, number))
    return Pasted(tuple(hosts), tuple(problems))


def parse_host(text: str) -> PastedHost:
    """Read a single host, written as one line of a paste. Raises ValueError("what; what to do")."""
    host = _line(text, 1, first=False)
    if host is None:
        raise ValueError(f"{values.shown(text)} names no host; {_EXAMPLE}")
    return host


def hosts_from_paste(
    pasted: Iterable[PastedHost], existing: Iterable[Host] = (), etcd: Etcd | None = None
) -> tuple[Host, ...]:
    """Hosts of the model. `existing` ones come first; roles are the usual ones unless any of them
    has a role already, then new hosts come without."""
    hosts = [Host(name=p.name, address=p.address, ssh=p.ssh) for p in pasted]
    return with_default_roles((*existing, *hosts), etcd)


_EXAMPLE = "write it like anakin 10.0.63.202"


def _refuse_twice(host: PastedHost, hosts: list[PastedHost]) -> None:
    for other in hosts:
        if other.name == host.name:
            raise ValueError(f"{host.name} is in line {other.line} already; give each its own name")
        if other.address == host.address:
            raise ValueError(
                f"{host.address} is the address of {other.name} in line {other.line} already; "
                "give each host its own address"
            )


def _line(raw: str, number: int, *, first: bool) -> PastedHost | None:
    """The host of one line; None for a line that has nothing to say."""
    if len(raw) > MAX_LINE:
        raise ValueError(f"this line is longer than {MAX_LINE} characters; {_EXAMPLE}")
    words = _words(raw)
    if not words:
        return None
    found = [_address(w) for w in words]
    if not any(found):
        _without_address(words, first=first)
        return None
    names = [w for w, a in zip(words, found, strict=True) if a is None]
    before = words[: next(i for i, a in enumerate(found) if a)]
    logins = [a for a in found if a]
    if _local(logins[0], names):
        return None
    user, name = _name(before or names, names)
    reached = _joined(logins, user)
    return _host(name, reached, number)


def _words(raw: str) -> list[str]:
    """A line as its words: signs made plain, comments, bullets and table rules gone."""
    line = foreign.clean(unicodedata.normalize("NFKC", raw)).translate(_MARKS)
    line = re.sub(r"(^|\s)#.*", "", line).strip()
    if _RULE.fullmatch(line):
        return []
    line = re.sub(r"[`\"']|\*\*", "", _BULLET.sub("", line, count=1))
    line = re.sub(r"\s*/\s*", "/", line)
    line = re.sub(r"[()\[\]<>]", " ", line)
    return [w for w in re.split(r"[\s,;|]+", line) if w not in ("", "/", "-")]


@dataclass(frozen=True, slots=True)
class _Login:
    """An address, and how to log in there."""

    address: IPv4Address
    user: str | None = None
    port: int | None = None


_Addresses = tuple[_Login, ...]


def _address(word: str) -> _Addresses | None:
    """`10.0.63.202`, `10.0.63.202/172.0.63.202`, `10.0.63.202/24`, `user@10.0.63.202:22`."""
    first, *rest = word.split("/")
    login = _login(first)
    if login is None or len(rest) > 1:
        return None
    if not rest or re.fullmatch(r"\d{1,2}", rest[0]):  # the length of a prefix says nothing here
        return (login,)
    second = _login(rest[0])
    return None if second is None else (login, second)


def _login(word: str) -> _Login | None:
    match = _LOGIN.fullmatch(word)
    if match is None:
        return None
    try:
        address = IPv4Address(match["host"])
    except ValueError:
        return None
    return _Login(address, match["user"], int(match["port"]) if match["port"] else None)


def _without_address(words: list[str], *, first: bool) -> None:
    """A line without any IPv4 address: a header, a line of /etc/hosts for IPv6, or a mistake."""
    header = [w.lower().strip(":") in _HEADER for w in words]
    if any(header) and (first or all(header)):
        return
    if _ipv6(words[0]):
        if all(n.startswith(("ip6-", "localhost")) for n in words[1:]):
            return
        raise ValueError(
            f"{values.shown(words[0])} is an IPv6 address; give the host's IPv4 address"
        )
    numeric = [w for w in words if re.fullmatch(r"[\d.]+(/[\d.]+)?", w) and "." in w]
    if numeric:
        raise ValueError(f"{values.shown(numeric[0])} is no IPv4 address; {_EXAMPLE}")
    raise ValueError(f"{values.shown(' '.join(words))} has no address in it; {_EXAMPLE}")


def _ipv6(word: str) -> bool:
    try:
        IPv6Address(word.partition("/")[0])
    except ValueError:
        return False
    return True


def _local(addresses: _Addresses, names: list[str]) -> bool:
    """/etc/hosts' own lines: localhost, broadcasthost."""
    return (
        bool(names)
        and all(n.startswith(("localhost", "broadcasthost")) for n in names)
        and (
            addresses[0].address.is_loopback
            or addresses[0].address == IPv4Address("255.255.255.255")
        )
    )


def _name(candidates: list[str], names: list[str]) -> tuple[str | None, str]:
    """The host's name, and a login name written before it (`root@anakin`).

    Of several words the first single label counts that is not just a number in a table's first
    column; aliases behind it are left alone.
    """
    pool = [w for w in candidates if not w.isdigit()] or candidates or names
    if not pool:
        raise ValueError(f"there is no name before or behind the address; {_EXAMPLE}")
    word = next((w for w in pool if "." not in w), pool[0])
    user, _, host = word.rpartition("@")
    host, _, port = host.partition(":")
    if port and not port.isdigit():
        host = word
    name = host.lower().rstrip(".").partition(".")[0]
    problem = values.check_name(name)
    if problem is not None:
        raise ValueError(problem)
    return user or None, name


def _joined(found: list[_Addresses], user: str | None) -> _Addresses:
    """All addresses of a line: at most two, and a login that stood at the name."""
    logins = tuple(login for group in found for login in group)
    if len(logins) > 2:
        raise ValueError(
            "there are more than two addresses in this line; keep the host's and SSH's"
        )
    if user is not None and logins[-1].user is None:
        logins = (*logins[:-1], replace(logins[-1], user=user))
    return logins


def _host(name: str, logins: _Addresses, number: int) -> PastedHost:
    """The first address is the host's; the last one is where SSH goes."""
    own, ssh = logins[0], logins[-1]
    for login in logins:
        problem = values.check_address(str(login.address))
        if problem is None and login.user is not None:
            problem = values.check_login(login.user)
        if problem is None and login.port is not None:
            problem = values.check_port(login.port)
        if problem is not None:
            raise ValueError(problem)
    if own.address.is_loopback:
        raise ValueError(
            f"{own.address} is a host's own loopback; give the address other hosts reach it by"
        )
    return PastedHost(
        name=name,
        address=own.address,
        ssh=SSH(
            address=str(ssh.address) if ssh.address != own.address else None,
            user=ssh.user or own.user,
            port=ssh.port or own.port,
        ),
        line=number,
    )
