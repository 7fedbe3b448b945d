"""The form of the cluster file as data: which keys there are, and how each value is read.

The loader walks it, dump writes by it, and a test holds the published schema against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from kwizard.cluster import values
from kwizard.cluster.model import (
    SSH,
    ApiServer,
    Backend,
    Docker,
    Etcd,
    EtcdMode,
    Firewall,
    Flannel,
    FlannelStore,
    Images,
    Join,
    Kubelet,
    Network,
    Proxy,
    ProxyMode,
    RecipeName,
    Release,
    Role,
    Runtime,
    Supervisor,
    Version,
)


class Kind(StrEnum):
    """What a value is in YAML; numbers are taken as text where text is meant."""

    TEXT = "text"
    FLAG = "true or false"
    NUMBER = "a number"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `read` makes a value of its text, or raises ValueError("what; what to do").

    `many`: a list of such values. `file`: a path on the operator's machine.
    """

    name: str
    read: Callable[[str], object] = str
    kind: Kind = Kind.TEXT
    many: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping that becomes one dataclass of the model, key by key."""

    name: str
    make: type
    keys: tuple[Key, ...]


def _choice(of: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        try:
            return of(text)
        except ValueError:
            allowed = ", ".join(m.value for m in of)
            near = values.nearest(text, [m.value for m in of])
            hint = f", did you mean {near}?" if near else ""
            said = f"{values.shown(text)} is not known; allowed is {allowed}{hint}"
            raise ValueError(said) from None

    return read


def _proxy_mode(text: str) -> StrEnum:
    if text == "ipvs":
        said = "kube-proxy's ipvs mode is deprecated since 1.35 and will go; take nftables"
        raise ValueError(said)
    return _choice(ProxyMode)(text)


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError:
        said = f"{values.shown(text)} is no version; write all three numbers, such as v1.19.16"
        raise ValueError(said) from None


def _address(text: str) -> IPv4Address:
    problem = values.check_address(text)
    if problem is not None:
        raise ValueError(problem)
    return IPv4Address(text)


def _range(text: str) -> IPv4Network:
    problem = values.check_range(text)
    if problem is not None:
        raise ValueError(problem)
    return IPv4Network(text)


def _label(text: str) -> str:
    problem = values.check_label(text)
    if problem is not None:
        raise ValueError(problem)
    return text


def _taint(text: str) -> str:
    problem = values.check_taint(text)
    if problem is not None:
        raise ValueError(problem)
    return text


def _port(text: str) -> int:
    problem = values.check_port(int(text))
    if problem is not None:
        raise ValueError(problem)
    return int(text)


def _prefix(text: str) -> str:
    """Etcd's v2 keys are the same with and without a leading slash; the article writes none."""
    return text if text.startswith("/") else f"/{text}"


TOP = (
    Key("name"),
    Key("recipe", _choice(RecipeName)),
    Key("version", _version),
    Key("supervisor", _choice(Supervisor)),
    Key("control_plane_is_node", kind=Kind.FLAG),
)

HOST = (
    Key("name"),
    Key("address", _address),
    Key("roles", _choice(Role), many=True),
    Key("labels", _label, many=True),
    Key("taints", _taint, many=True),
)

SSH_KEYS = Section(
    "ssh",
    SSH,
    (
        Key("address"),
        Key("user"),
        Key("port", _port, Kind.NUMBER),
        Key("identity", file=True),
        Key("jump"),
        Key("host_key"),
    ),
)

SECTIONS = (
    Section(
        "network",
        Network,
        (
            Key("pods", _range),
            Key("services", _range),
            Key("dns", _address),
            Key("domain"),
            Key("backend", _choice(Backend)),
            Key("prefix", _prefix),
        ),
    ),
    Section(
        "etcd",
        Etcd,
        (
            Key("mode", _choice(EtcdMode)),
            Key("endpoints", many=True),
            Key("image"),
            Key("archive", file=True),
            Key("binaries", file=True),
            Key("ca", file=True),
            Key("cert", file=True),
            Key("key", file=True),
        ),
    ),
    Section(
        "flannel",
        Flannel,
        (
            Key("version", _version),
            Key("binary", file=True),
            Key("store", _choice(FlannelStore)),
        ),
    ),
    Section(
        "release",
        Release,
        (
            Key("tarball", file=True),
            Key("mirror"),
            Key("on_hosts", kind=Kind.FLAG),
            Key("sha256", str.lower),
        ),
    ),
    Section(
        "docker",
        Docker,
        (
            Key("install", kind=Kind.FLAG),
            Key("pause_image"),
            Key("pause_archive", file=True),
        ),
    ),
    Section("firewall", Firewall, (Key("zone"), Key("move_interface", kind=Kind.FLAG))),
    Section("runtime", Runtime, (Key("containerd", file=True), Key("cni_plugins", file=True))),
    Section(
        "images",
        Images,
        (
            Key("pause"),
            Key("pause_archive", file=True),
            Key("coredns"),
            Key("coredns_archive", file=True),
        ),
    ),
    Section(
        "apiserver",
        ApiServer,
        (
            Key("audit", kind=Kind.FLAG),
            Key("encrypt_secrets", kind=Kind.FLAG),
            Key("names", many=True),
        ),
    ),
    Section(
        "kubelet",
        Kubelet,
        (Key("allow_cgroup_v1", kind=Kind.FLAG), Key("join", _choice(Join))),
    ),
    Section("proxy", Proxy, (Key("mode", _proxy_mode),)),
)

TOP_NAMES = (*(k.name for k in TOP), "hosts", *(s.name for s in SECTIONS))
HOST_NAMES = (*(k.name for k in HOST), "ssh")


def everywhere() -> dict[str, str]:
    """Each key's name with its whole path, for a key that stands in the wrong place."""
    found = {k.name: f"ssh.{k.name}" for k in SSH_KEYS.keys}
    found |= {k.name: f"hosts.{k.name}" for k in HOST}
    for section in SECTIONS:
        found |= {k.name: f"{section.name}.{k.name}" for k in section.keys}
    return found | {name: name for name in TOP_NAMES}
