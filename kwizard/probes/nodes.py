"""The node table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kwizard.probes.script import render
from kwizard.probes.sections import items, load_json, mapping, number, read, short
from kwizard.remote.host import Output

_MOST = 5000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Node:
    """One row, as kubectl shows it. `status` is "Ready", "NotReady" or "Unknown", with
    ",SchedulingDisabled" behind it for a cordoned node; `age` such as "1h", "" when not known;
    `message` is why it is not ready."""

    name: str
    status: str
    age: str = ""
    version: str = ""
    internal_ip: str = ""
    message: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is ready (it may be cordoned)."""
        return self.status.split(",")[0] == "Ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The table, sorted by name. `error` says why there is none; "" when the server answered."""

    rows: tuple[Node, ...] = ()
    error: str = ""


def script(server: str, kubeconfig: str = "") -> str:
    """To run on the control plane. `server` is the API server's URL, without a slash at the end;
    with a `kubeconfig` (a path there) it is that file that says how to reach it."""
    return render("nodes", server=server, kubeconfig=kubeconfig)


def parse(output: Output) -> Nodes:
    """What the script printed. Never raises."""
    said = read(output)
    answer = said["nodes"]
    document = mapping(load_json(answer.text)) if answer.ok else {}
    if "items" in document:
        return Nodes(rows=from_json(document, number(said["clock"].first)))
    if answer.status == 124:
        return Nodes(error="the API server did not answer within 15 s")
    if answer.ok:
        return Nodes(error="the API server's answer is no list of nodes")
    last = [line for line in said["reason"].lines if line.strip()]
    return Nodes(error=short(last[-1], 400) if last else "the API server does not answer")


def from_json(document: Mapping[str, Any], clock: int | None) -> tuple[Node, ...]:
    """A NodeList of any version; `clock` is the time of the host that was asked, since 1970."""
    rows = (_node(mapping(item), clock) for item in items(document.get("items"), _MOST))
    return tuple(sorted(row for row in rows if row.name))


def _node(item: Mapping[str, Any], clock: int | None) -> Node:
    metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
    conditions = [mapping(c) for c in items(status.get("conditions"), 50)]
    ready = next((c for c in conditions if c.get("type") == "Ready"), None)
    word = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
    cordoned = mapping(item.get("spec")).get("unschedulable") is True
    return Node(
        name=short(metadata.get("name"), 253),
        status=f"{word},SchedulingDisabled" if cordoned else word,
        age=_age(short(metadata.get("creationTimestamp"), 40), clock),
        version=short(mapping(status.get("nodeInfo")).get("kubeletVersion"), 60),
        internal_ip=_internal_ip(status),
        message="" if ready is None or word == "Ready" else short(ready.get("message"), 300),
    )


def _internal_ip(status: Mapping[str, Any]) -> str:
    """InternalIP; a kubelet of 1.3 also says LegacyHostIP, of the same value."""
    told = {
        short(a.get("type"), 40): short(a.get("address"), 60)
        for a in map(mapping, items(status.get("addresses"), 50))
    }
    return told.get("InternalIP", told.get("LegacyHostIP", ""))


def _age(created: str, clock: int | None) -> str:
    try:
        began = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return "" if clock is None else age(clock - began.timestamp())


def age(seconds: float) -> str:
    """A span as kubectl 1.3 wrote it, "5s", "3m", "1h", "12d", "2y"; a future one is "0s"."""
    left = max(0, int(seconds))
    for size, unit in ((31_536_000, "y"), (86_400, "d"), (3600, "h"), (60, "m")):
        if left >= size:
            return f"{left // size}{unit}"
    return f"{left}s"
