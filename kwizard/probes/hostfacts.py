"""The dataclasses of what a host said of itself before anything was done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address

from kwizard.language import N_
from kwizard.probes.docker import Bridge, Docker
from kwizard.probes.firewalld import Firewall
from kwizard.probes.interfaces import Interface
from kwizard.probes.sockets import Port


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The file system that holds `path`. Sizes in bytes."""

    path: str
    mount: str
    total: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program found in the PATH; `version` "" when it did not say."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What the host said of itself. None and "" mean that it did not say, never that it is not so.

    `clock` is seconds since 1970 by the host's own clock before it was looked at, `clock_after` the
    same afterwards; `architecture` as release tarballs call
    it; memory and swap in MiB; `cgroup` is 1 or 2; `conntrack` is "writable", "read-only" or
    "absent"; `interfaces` is None where there is no `ip` program; `sudo_user` is the user who
    became root.
    """

    hostname: str
    os_name: str
    os_id: str
    kernel: str
    architecture: str
    cpus: int | None
    memory: int | None
    memory_available: int | None
    swap: int | None
    disks: tuple[Disk, ...]
    clock: int | None
    clock_after: int | None
    virtualisation: str
    systemd: bool | None
    systemd_state: str
    selinux: str
    cgroup: int | None
    machine_id: str
    root: bool | None
    sudo_user: str
    interfaces: tuple[Interface, ...] | None
    default_interface: str | None
    docker: Docker
    bridge: Bridge | None
    containerd: str
    firewall: Firewall
    ports: tuple[Port, ...]
    programs: tuple[Program, ...]
    conntrack: str
    tun: bool | None

    def disk(self, path: str) -> Disk | None:
        """The file system looked at for `path` ("/" or "/var")."""
        return next((d for d in self.disks if d.path == path), None)

    def program(self, name: str) -> Program | None:
        """The program of that name, when it is there."""
        return next((p for p in self.programs if p.name == name), None)

    def interface_of(self, address: IPv4Address) -> Interface | None:
        """The interface that has `address`."""
        return next(
            (i for i in self.interfaces or () if any(a.ip == address for a in i.addresses)), None
        )

    def headline(self, say: Callable[[str], str] = str) -> str:
        """The host in one line: system, architecture, size, docker, firewall; `say` translates."""
        docker = self.docker
        if docker.running:
            with_docker = f"docker {docker.version}"
        elif docker.installed:
            with_docker = say(N_("docker {version}, not running")).format(version=docker.version)
        else:
            unknown = docker.installed is None
            with_docker = say(N_("docker not known") if unknown else N_("no docker"))
        disk = self.disk("/")
        parts = (
            self.os_name or say(N_("system not known")),
            say(N_("kernel {version}")).format(version=self.kernel) if self.kernel else "",
            self.architecture,
            say(N_("{count} CPUs")).format(count=self.cpus) if self.cpus else "",
            f"{self.memory} MiB" if self.memory else "",
            say(N_("{size} free")).format(size=f"{disk.free / (1 << 30):.1f} GiB") if disk else "",
            with_docker,
            say(N_("firewalld running")) if self.firewall.running else "",
            self.virtualisation if self.virtualisation not in ("", "none") else "",
        )
        return ", ".join(part for part in parts if part)
