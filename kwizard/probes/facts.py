"""What a host is, before anything is done to it: one read-only exchange, parsed to `HostFacts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from kwizard.cluster.model import Cluster, RecipeName
from kwizard.probes.docker import bridge, docker
from kwizard.probes.firewalld import firewall
from kwizard.probes.hostfacts import Disk, HostFacts, Program
from kwizard.probes.interfaces import Interface, default_device, interfaces, routes
from kwizard.probes.problems import problems
from kwizard.probes.script import render
from kwizard.probes.sections import Section, Sections, number, read, settings, short
from kwizard.probes.sockets import ports
from kwizard.remote.host import Output

__all__ = ["PROGRAMS", "HostFacts", "facts_script", "parse_facts", "problems"]

PROGRAMS: Mapping[RecipeName, tuple[str, ...]] = MappingProxyType(
    {
        RecipeName.CLASSIC: (
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
            "kubelet",
            "etcd",
            "flanneld",
        ),
        RecipeName.MODERN: (
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
            "kubelet",
            "etcd",
            "containerd",
            "flanneld",
        ),
    }
)
"""The programs each recipe brings, asked for their version where they are there already."""

# uname -m, and what release tarballs call it.
_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i686": "386",
    "i386": "386",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
}
_VERSION = re.compile(r"v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-+~][0-9A-Za-z.+~-]{1,60})?")


def facts_script(cluster: Cluster) -> str:
    """The script to run on a host of `cluster`, as root."""
    return render("facts", programs=PROGRAMS[cluster.recipe])


def parse_facts(output: Output) -> HostFacts:
    """What the script printed. Never raises: what cannot be read is unknown."""
    said = read(output)
    release = settings(said["os"].lines)
    memory = settings(said["memory"].lines, ":")
    known_routes = routes(said["routes"].lines) if said["routes"].ok else ()
    owner = said["owner"].lines
    return HostFacts(
        hostname=_answer(said["hostname"]),
        os_name=release.get("PRETTY_NAME", release.get("NAME", "")),
        os_id=release.get("ID", ""),
        kernel=_answer(said["kernel"]),
        architecture=_architecture(_answer(said["arch"])),
        cpus=number(_answer(said["cpus"])),
        memory=_mebibytes(memory.get("MemTotal")),
        memory_available=_mebibytes(memory.get("MemAvailable")),
        swap=_mebibytes(memory.get("SwapTotal")),
        disks=tuple(
            disk
            for path, name in (("/", "disk-root"), ("/var", "disk-var"))
            if (disk := _disk(path, said[name])) is not None
        ),
        clock=number(_answer(said["clock"])),
        clock_after=number(_answer(said["clock-after"])),
        virtualisation=_virtualisation(said["virtualisation"]),
        systemd=_yes_no(said["systemd"]),
        # "degraded" comes with exit status 1 and is an answer all the same.
        systemd_state=said["systemd-state"].first if said["systemd"].ok else "",
        selinux=_answer(said["selinux"]).lower(),
        cgroup=_cgroup(said["mounts"]),
        machine_id=_answer(said["machine-id"])[:64],
        root=None if not owner else short(owner[0]) == "0",
        sudo_user=short(owner[1], 64) if len(owner) > 1 else "",
        interfaces=_interfaces(said),
        default_interface=default_device(known_routes, said["proc-route"].lines),
        docker=docker(said["docker-program"], said["docker-info"]),
        bridge=bridge(said["docker-bridge"]),
        containerd=_version(said["containerd"]),
        firewall=firewall(said["firewall-state"], said["firewall-default"], said["firewall-zones"]),
        ports=ports(said["sockets"].lines, said["proc-tcp"].lines, said["proc-udp"].lines),
        programs=tuple(
            Program(name=name, version=_version(section))
            for name, section in said.under("program/").items()
        ),
        conntrack=_answer(said["conntrack"]),
        tun=_yes_no(said["tun"]),
    )


def _answer(section: Section) -> str:
    return section.first if section.ok else ""


def _yes_no(section: Section) -> bool | None:
    return None if section.status is None else section.ok


def _architecture(machine: str) -> str:
    return _ARCHITECTURES.get(machine, machine)


def _mebibytes(text: str | None) -> int | None:
    words = (text or "").split()
    kibibytes = number(words[0]) if words else None
    return None if kibibytes is None else kibibytes // 1024


def _disk(path: str, section: Section) -> Disk | None:
    """The last line of `df -Pk`: device, size, used, free, per cent, mount point (KiB)."""
    words = section.lines[-1].split() if section.lines else []
    if not section.ok or len(words) < 6:
        return None
    total, free = number(words[1]), number(words[3])
    if total is None or free is None:
        return None
    return Disk(path=path, mount=short(words[5]), total=total * 1024, free=free * 1024)


def _virtualisation(section: Section) -> str:
    found = section.first
    return "" if found == "unknown" or section.status is None else found


def _cgroup(section: Section) -> int | None:
    """2 when the unified hierarchy is the only one; a hybrid counts as 1: its controllers are."""
    kinds = {words[2] for words in (line.split() for line in section.lines) if len(words) > 2}
    if "cgroup" in kinds:
        return 1
    return 2 if "cgroup2" in kinds else None


def _interfaces(said: Sections) -> tuple[Interface, ...] | None:
    if not said["addresses"].ok:
        return None
    return interfaces(said["links"].lines if said["links"].ok else (), said["addresses"].lines)


def _version(section: Section) -> str:
    match = _VERSION.search(section.text[:2000]) if section.status == 0 else None
    return short(match[0], 80) if match else ""
