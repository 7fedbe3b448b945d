"""Ports a host listens on: `ss -lntup`, or /proc/net where there is no `ss`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kwizard.probes.sections import number, short

# What a cluster uses, and nothing else: 8080 6443 apiserver, 2379 2380 etcd, 10250 10255 kubelet,
# 10251 scheduler, 10252 controller-manager, 10256 kube-proxy, 8285 8472 flannel (udp, vxlan).
WATCHED = (8080, 6443, 2379, 2380, 10250, 10251, 10252, 10255, 10256, 8285, 8472)

_USER = re.compile(r'\(\("([^"]{1,64})"')
_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Port:
    """One port in use. `process` is "" where the host did not tell, or the kernel holds it."""

    port: int
    protocol: str
    address: str = ""
    process: str = ""


def ports(
    ss: tuple[str, ...], proc_tcp: tuple[str, ...], proc_udp: tuple[str, ...]
) -> tuple[Port, ...]:
    """The watched ports in any of the sources, each (port, protocol, address) once."""
    found: dict[tuple[int, str, str], Port] = {}
    for line in ss[:_MOST]:
        words = line.split()
        if len(words) > 4 and words[0] in ("tcp", "udp"):
            host, _, port = words[4].rpartition(":")
            user = _USER.search(line)
            _add(found, number(port), words[0], short(host, 64), short(user[1]) if user else "")
    for protocol, lines in (("tcp", proc_tcp), ("udp", proc_udp)):
        for line in lines[:_MOST]:
            words = line.split()
            _, _, port = (words[1] if len(words) > 1 else "").rpartition(":")
            if re.fullmatch(r"[0-9A-Fa-f]{4}", port):
                _add(found, int(port, 16), protocol, "", "")
    return tuple(sorted(found.values()))


def _add(
    found: dict[tuple[int, str, str], Port], port: int | None, protocol: str, host: str, user: str
) -> None:
    if port in WATCHED:
        entry = Port(port=port, protocol=protocol, address=host, process=user)
        found.setdefault((port, protocol, host), entry)
