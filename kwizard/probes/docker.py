"""docker as its own `info` and `network inspect bridge` tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from kwizard.probes.sections import (
    Section,
    address,
    items,
    load_json,
    mapping,
    network,
    number,
    settings,
    short,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """`running` is None when that is not known; the rest is empty where docker does not run.

    `version` of the daemon, else of the program; "" where there is neither.
    """

    installed: bool | None = None
    running: bool | None = None
    version: str = ""
    cgroup_driver: str = ""
    storage_driver: str = ""
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """docker's default network. `gateway` is docker0's address, None when not known; `mtu` None
    when it was left at docker's default (1500). `containers`: (full id, name, address)."""

    gateway: IPv4Address | None = None
    subnet: IPv4Network | None = None
    mtu: int | None = None
    interface: str = "docker0"
    containers: tuple[tuple[str, str, IPv4Address], ...] = ()


def docker(program: Section, info: Section) -> Docker:
    """From `docker --version` and the text of `docker info` (any version has both)."""
    if program.status is None:
        return Docker()
    if program.status == 127:
        return Docker(installed=False, running=False)
    said = settings(tuple(line.strip() for line in info.lines), ":")
    server = said.get("Server Version", "")
    version = server or _word_after(program.first, "version").rstrip(",")
    if info.status is None:
        return Docker(installed=True, version=version)
    return Docker(
        installed=True,
        running=bool(server),
        version=version,
        cgroup_driver=said.get("Cgroup Driver", ""),
        storage_driver=said.get("Storage Driver", ""),
        root=said.get("Docker Root Dir", ""),
    )


def bridge(inspect: Section) -> Bridge | None:
    """From `docker network inspect bridge`. None when docker did not answer."""
    parsed = items(load_json(inspect.text), 1)
    if not parsed:
        return None
    whole = mapping(parsed[0])
    config = items(mapping(whole.get("IPAM")).get("Config"), 10)
    gateway: IPv4Address | None = None
    subnet: IPv4Network | None = None
    for entry in map(mapping, config):
        if (found := network(entry.get("Subnet"))) is not None:
            subnet = found
            # docker 1.12 prints the subnet as the gateway's own address, 10.0.7.1/24.
            gateway = address(entry.get("Gateway")) or _host_part(entry.get("Subnet"), found)
            break
    options = mapping(whole.get("Options"))
    containers = []
    for id_, entry in list(mapping(whole.get("Containers")).items())[:2000]:
        held = address(mapping(entry).get("IPv4Address"))
        if held is not None:
            containers.append((short(id_, 64), short(mapping(entry).get("Name"), 128), held))
    return Bridge(
        gateway=gateway,
        subnet=subnet,
        mtu=number(options.get("com.docker.network.driver.mtu")),
        interface=short(options.get("com.docker.network.bridge.name"), 15) or "docker0",
        containers=tuple(sorted(containers, key=lambda c: c[1:])),
    )


def _host_part(text: object, subnet: IPv4Network) -> IPv4Address | None:
    found = address(text)
    return None if found == subnet.network_address else found


def _word_after(text: str, key: str) -> str:
    words = text.split()
    return words[words.index(key) + 1] if key in words[:-1] else ""
