"""One look at a whole cluster: control plane, nodes, daemons, ping matrix, and what they mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from kwizard.cluster.model import Cluster
from kwizard.language import N_
from kwizard.monitor.expected import missing_nodes, stopped_daemons
from kwizard.monitor.listed import WHY, beside
from kwizard.monitor.looks import Looks
from kwizard.monitor.tables import component_table, listed_table, matrix_table, node_table
from kwizard.probes.components import Component
from kwizard.probes.diagnosis import Diagnosis, diagnose
from kwizard.probes.matrix import Matrix
from kwizard.probes.nodes import Node
from kwizard.probes.services import Service
from kwizard.remote.host import ReadOnlyHost

_WEIGHTS = {"red": N_("likely cause"), "fault": N_("fault"), "note": N_("note")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was seen. `time` is aware, UTC, of this machine.

    `components_error` and `nodes_error` are "" when the API server answered; without its answer
    `components` holds what the components themselves said. `matrix` is None when none was asked
    for. `problems` says by host why a look at it failed. `faults` are further sentences: a node
    that is missing, a daemon that does not run. `listed` is what componentstatus says, asked of the
    API server of `listed_by`, where it may mislead; what is true is in `components`.
    """

    time: datetime
    cluster: str
    components: tuple[Component, ...] = ()
    components_error: str = ""
    nodes: tuple[Node, ...] = ()
    nodes_error: str = ""
    matrix: Matrix | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    services: Mapping[str, tuple[Service, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    listed: tuple[Component, ...] = ()
    listed_by: str = ""

    @property
    def ok(self) -> bool:
        """Everything that was looked at is as it should be; nothing was left out of sight."""
        return (
            not (self.problems or self.faults or self.components_error or self.nodes_error)
            and bool(self.components)
            and all(c.ok for c in self.components)
            and all(n.ok for n in self.nodes)
            and (self.matrix is None or self.matrix.ok)
            and not any(d.weight == "fault" for d in self.diagnoses)
        )

    def to_json(self) -> dict[str, Any]:
        """The document of `kwizard verify --json`: `components`, `nodes`, `matrix`, `ok`, and more.

        `matrix` is null when none was asked for.
        """
        return {
            "time": self.time.astimezone(UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "cluster": self.cluster,
            "components": [_row(c) for c in self.components],
            "componentstatuses": [_row(c) for c in self.listed],
            "components_error": self.components_error,
            "nodes": [
                {
                    "name": n.name,
                    "status": n.status,
                    "age": n.age,
                    "version": n.version,
                    "internal_ip": n.internal_ip,
                }
                for n in self.nodes
            ],
            "nodes_error": self.nodes_error,
            "matrix": self.matrix.to_json() if self.matrix else None,
            "diagnoses": [d.to_json() for d in self.diagnoses],
            "services": {h: [s.to_json() for s in found] for h, found in self.services.items()},
            "problems": dict(self.problems),
            "faults": list(self.faults),
            "ok": self.ok,
        }

    def summary(self, say: Callable[[str], str] = str) -> list[str]:
        """The whole in plain lines; `say` translates sentences where somebody reads them."""
        lines = component_table(self.components, say) if self.components else []
        if self.components_error:
            lines.append(f"{say(N_('components'))}: {say(self.components_error)}")
        if self.listed:
            asked = say(N_("kubectl get componentstatuses, asked of {host}"))
            lines += ["", f"{asked.format(host=self.listed_by)}:"]
            lines += [*listed_table(beside(self.listed, self.components), say), say(WHY)]
        lines.append("")
        lines += node_table(self.nodes, say) if self.nodes else []
        if self.nodes_error:
            lines.append(f"{say(N_('nodes'))}: {say(self.nodes_error)}")
        if self.matrix is not None:
            lines += ["", *matrix_table(self.matrix, say)]
        for diagnosis in self.diagnoses:
            lines += ["", f"{say(_WEIGHTS[diagnosis.weight])}: {say(diagnosis.cause)}"]
            shown = say(N_("shown by: {command}")).format(command=diagnosis.evidence_command)
            lines.append(f"   {shown}")
            lines += [f"   {line}" for line in diagnosis.evidence.split("\n")]
            remedy = say(N_("what to do: {remedy}")).format(remedy=say(diagnosis.remedy))
            lines.append(f"   {remedy}")
        troubles = [f"{host}: {say(text)}" for host, text in self.problems.items()]
        if troubles or self.faults:
            lines += ["", *troubles, *map(say, self.faults)]
        end = N_("all is well") if self.ok else N_("not everything is as it should be")
        return [*lines, "", say(end)]


def _row(component: Component) -> dict[str, str]:
    return {
        "name": component.name,
        "status": component.status,
        "message": component.message,
        "error": component.error,
    }


async def take(
    hosts: Mapping[str, ReadOnlyHost],
    cluster: Cluster,
    *,
    matrix: Literal["full", "light", "none"] = "light",
) -> Snapshot:
    """Look at all hosts at once. A host that does not answer is in `problems`; the rest is whole.

    `full` pings as the article does, inside the container made for it; `light` makes nothing, not
    even a process in a container; `none` leaves the matrix out. Raises nothing a host can cause.
    """
    looks = Looks(hosts, cluster)
    seen = await looks.survey(with_endpoints=matrix != "none")
    found = None
    diagnoses: tuple[Diagnosis, ...] = ()
    if matrix == "full":
        found, networks = await asyncio.gather(
            looks.matrix(seen.endpoints, matrix), looks.networks()
        )
        diagnoses = diagnose(found, networks)
    elif matrix == "light":
        found = await looks.matrix(seen.endpoints, matrix)
        # A monitor asks for the hosts' networks only when something is red.
        if not found.ok:
            diagnoses = diagnose(found, await looks.networks())
    services = dict(seen.services)
    return Snapshot(
        time=datetime.now(UTC),
        cluster=cluster.name,
        components=seen.components.rows,
        components_error=seen.components.error,
        listed=seen.components.listed,
        listed_by=seen.components.listed_by,
        nodes=seen.nodes.rows,
        nodes_error=seen.nodes.error,
        matrix=found,
        diagnoses=diagnoses,
        services=services,
        problems=dict(looks.problems),
        faults=(
            *(missing_nodes(cluster, seen.nodes) if not seen.nodes.error else ()),
            *stopped_daemons(cluster, services),
        ),
    )
