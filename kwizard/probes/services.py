"""The daemons of a host: systemd units, plain processes (the article's nohup), etcd's container."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from kwizard.probes.script import render
from kwizard.probes.sections import (
    Section,
    items,
    load_json,
    mapping,
    number,
    read,
    settings,
    short,
)
from kwizard.remote.host import Output

DAEMONS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
    "flanneld",
    "etcd",
    "docker",
)
"""The daemons looked for. docker's process is called dockerd, its unit docker."""

GATEWAY = "kube-api-gateway"

MODERN_DAEMONS = (*DAEMONS[:-1], "containerd", GATEWAY)
"""The daemons of a modern cluster. The gateway is there only with several control planes."""

_KNOWN = frozenset((*DAEMONS, *MODERN_DAEMONS))

ETCD_CONTAINER = "etcd"

_PROCESS = {"dockerd": "docker", GATEWAY[:15]: GATEWAY}
"""By a process's name, cut off where the kernel cuts it, the daemon."""

Kind = Literal["unit", "process", "container"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One daemon. `state` in its keeper's own words ("active (running)", "exited (0)", "running").

    `since` is when it began, by the host's clock; `restarts` None where nobody counts them.
    """

    name: str
    kind: Kind
    running: bool
    state: str = ""
    pid: int | None = None
    since: datetime | None = None
    restarts: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; `since` in RFC 3339, UTC."""
        return {
            "name": self.name,
            "kind": self.kind,
            "running": self.running,
            "state": self.state,
            "pid": self.pid,
            "since": self.since.isoformat().replace("+00:00", "Z") if self.since else None,
            "restarts": self.restarts,
        }


def script(daemons: tuple[str, ...] = DAEMONS) -> str:
    """To run on any host, as root."""
    names = [d for d in daemons if d not in ("kube-controller-manager", "docker")]
    names = [GATEWAY[:15] if name == GATEWAY else name for name in names]
    names += ["dockerd"] if "docker" in daemons else []
    return render("services", processes=names, units=daemons, etcd=ETCD_CONTAINER)


def parse(output: Output, daemons: tuple[str, ...] = DAEMONS) -> tuple[Service, ...]:
    """The daemons that are there, running or not, in the order of `daemons`. Never raises.

    A daemon nobody knows of on the host is absent.
    """
    said = read(output)
    boot = _boot(said["clock"], said["uptime"])
    found: dict[str, Service] = {}
    for service in _units(said["units"], boot):
        found[service.name] = service
    if (container := _container(said["etcd"])) is not None:
        found.setdefault(container.name, container)
    for service in _processes(said["processes"], boot, number(said["ticks"].first) or 100):
        known = found.get(service.name)
        if known is None or not known.running:
            found[service.name] = service
    return tuple(found[name] for name in daemons if name in found)


def _boot(clock: Section, uptime: Section) -> float | None:
    """When the host began to count, in seconds since 1970."""
    now = number(clock.first)
    words = uptime.first.split(".")
    up = number(words[0]) if words else None
    return None if now is None or up is None else float(now - up)


def _time(boot: float | None, seconds: float) -> datetime | None:
    if boot is None:
        return None
    try:
        return datetime.fromtimestamp(boot + seconds, UTC).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None


def _units(section: Section, boot: float | None) -> list[Service]:
    """Blocks of `systemctl show`, a blank line between them."""
    found = []
    for block in section.text.split("\n\n")[:100]:
        said = settings(tuple(block.split("\n")))
        name = said.get("Id", "").removesuffix(".service")
        # NRestarts came with systemd 235; an older one leaves the line out.
        if name not in _KNOWN or said.get("LoadState") in (None, "not-found", "masked"):
            continue
        active, sub = said.get("ActiveState", ""), said.get("SubState", "")
        entered = number(said.get("ActiveEnterTimestampMonotonic"))
        running = active == "active"
        found.append(
            Service(
                name=name,
                kind="unit",
                running=running,
                state=f"{active} ({sub})" if sub else active,
                pid=number(said.get("MainPID")) or None,
                since=_time(boot, entered / 1e6) if running and entered else None,
                restarts=number(said.get("NRestarts")),
            )
        )
    return found


def _container(section: Section) -> Service | None:
    """Etcd's container in `docker inspect`."""
    documents = items(load_json(section.text), 1) if section.ok else []
    if not documents:
        return None
    whole = mapping(documents[0])
    state = mapping(whole.get("State"))
    running = state.get("Running") is True
    status = short(state.get("Status"), 40) or ("running" if running else "stopped")
    code = number(state.get("ExitCode"))
    return Service(
        name="etcd",
        kind="container",
        running=running,
        state=status if running or code is None else f"{status} ({code})",
        pid=number(state.get("Pid")) or None,
        since=_rfc3339(short(state.get("StartedAt"), 40)) if running else None,
        restarts=number(whole.get("RestartCount")),
    )


def _rfc3339(text: str) -> datetime | None:
    """Docker's time, with up to nine digits behind the point, to the second."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _processes(section: Section, boot: float | None, ticks: int) -> list[Service]:
    """Lines `NAME PID TICKS host|container`; of several with one name the oldest counts."""
    rows = []
    for line in section.lines[:5000]:
        words = line.split()
        pid, start = (number(words[1]), number(words[2])) if len(words) == 4 else (None, None)
        # What lives in a container is told of by docker, or by the node table.
        if pid is None or start is None or words[3] != "host":
            continue
        rows.append((start, pid, _PROCESS.get(words[0], words[0])))
    found: dict[str, Service] = {}
    for start, pid, name in sorted(rows):
        if name in _KNOWN:
            service = Service(
                name=name,
                kind="process",
                running=True,
                state="running",
                pid=pid,
                since=_time(boot, start / ticks),
            )
            found.setdefault(name, service)
    return list(found.values())
