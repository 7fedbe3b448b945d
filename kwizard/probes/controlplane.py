"""The control plane of a modern cluster: what each of its parts says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kwizard.probes.components import Component, Components, from_json
from kwizard.probes.script import render
from kwizard.probes.sections import Section, read, short
from kwizard.remote.host import Output

_API = "kube-apiserver"
DAEMONS = (_API, "kube-controller-manager", "kube-scheduler")
"""What every control-plane host has one of."""

_NO_ANSWER = "the host did not answer"
_SILENT = Components(
    rows=tuple(Component(name=name, status="Unknown", error=_NO_ANSWER) for name in DAEMONS),
    error=_NO_ANSWER,
)


def script(server: str, kubeconfig: str, pki: str, etcd: Mapping[str, str]) -> str:
    """To run on the control plane. `server` is the API server's URL, `kubeconfig` and `pki` paths
    there, `etcd` client URLs by the names of the hosts that hold the members."""
    return render("control-plane", server=server, kubeconfig=kubeconfig, pki=pki, etcd=dict(etcd))


def parse(output: Output) -> Components:
    """What the script printed, a row for each part, sorted by name, and what componentstatus says
    of them. Never raises."""
    said = read(output)
    found = said.under("component/")
    rows = tuple(sorted(_row(name, section) for name, section in found.items()))
    api = found.get(_API)
    if api is None:
        return Components(rows=rows, error="the look at the control plane was cut short")
    error = "" if api.ok else next(r.error for r in rows if r.name == _API)
    listed = from_json(said["listed"].text) if said["listed"].ok else ()
    return Components(rows=rows, error=error, listed=listed)


def together(looks: Mapping[str, Components | None]) -> Components:
    """The looks at several control planes as one table; `looks` by host, None where it was silent.

    Daemons there is one of on each host get that host's name behind theirs. etcd's members, whom
    every host asks, are told of by the first that could ask them. `error` is "" as soon as one API
    server answered well; componentstatus is the first one's that gave it.
    """
    rows: dict[str, Component] = {}
    errors = []
    for host, seen in looks.items():
        found = seen or _SILENT
        for row in found.rows:
            if row.name in DAEMONS:
                rows[f"{row.name}-{host}"] = replace(row, name=f"{row.name}-{host}")
            elif row.name not in rows or (rows[row.name].status == "Unknown"):
                rows[row.name] = row
        if found.error:
            errors.append(f"{host}: {found.error}")
    error = "; ".join(errors) if len(errors) == len(looks) else ""
    host, listed = next(
        ((h, s.listed) for h, s in looks.items() if s is not None and s.listed), ("", ())
    )
    return Components(rows=tuple(sorted(rows.values())), error=error, listed=listed, listed_by=host)


def _row(name: str, section: Section) -> Component:
    lines = [line.strip() for line in section.lines if line.strip()]
    if section.ok:
        return Component(name=name, status="Healthy", message=_good(lines))
    if section.status == 124:
        return Component(name=name, status="Unknown", error="no answer in time")
    if section.status in (126, 127):
        return Component(name=name, status="Unknown", error=_last(lines) or "it cannot be asked")
    # readyz names each check, the failed ones with a minus; etcdctl says which member is unhealthy.
    failed = [line for line in lines if line.startswith("[-]") or " is unhealthy: " in line]
    said = "; ".join(failed) or _last(lines) or "no answer"
    return Component(name=name, status="Unhealthy", error=short(said, 400))


def _good(lines: list[str]) -> str:
    if any("is healthy" in line for line in lines):
        return "healthy"
    return "ok" if lines and (lines[-1] == "ok" or "passed" in lines[-1]) else _last(lines)


def _last(lines: list[str]) -> str:
    return short(lines[-1], 300) if lines else ""
