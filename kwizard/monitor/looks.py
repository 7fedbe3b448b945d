"""The looks a snapshot is made of: each bounded in time, none able to hide another host's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from kwizard.cluster.model import Cluster, EtcdMode, RecipeName, Role
from kwizard.errors import KwizardError
from kwizard.probes import components, controlplane, matrix, network, nodes, services
from kwizard.probes.components import Components
from kwizard.probes.matrix import Cell, Endpoints, Matrix, Mode
from kwizard.probes.network import NetworkFacts
from kwizard.probes.nodes import Nodes
from kwizard.probes.services import Service
from kwizard.recipes.modern import flags
from kwizard.remote.host import Output, ReadOnlyHost

T = TypeVar("T")

PORT = 8080
"""The classic recipe's API server: the article's insecure port."""

QUICK = 40.0  # seconds for a look that only asks the host itself
API = 60.0  # seconds for one that waits for the API server, twice 15 s at worst
LIMIT = 8 << 20  # bytes of one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the first round gave. Hosts that did not answer are absent from the mappings."""

    components: Components
    nodes: Nodes
    services: Mapping[str, tuple[Service, ...]]
    endpoints: Mapping[str, Endpoints]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What hosts of one recipe are asked, and who reads the answers. `components` and `nodes` are
    the scripts by the host of the control plane that runs each."""

    components: Mapping[str, str]
    parse_components: Callable[[Output], Components]
    nodes: Mapping[str, str]
    daemons: tuple[str, ...]
    endpoints: str
    parse_endpoints: Callable[[Output], Endpoints]


def members_of(cluster: Cluster) -> dict[str, str]:
    """Client URLs of etcd's members in a modern cluster, by what their rows are called: the hosts'
    names or, where etcd exists already, the hosts of its endpoints, which is all we know of them.
    Where two are on one host, the port tells them apart."""
    if cluster.etcd_members:
        return {h.name: f"https://{h.address}:2379" for h in cluster.etcd_members}
    found: dict[str, str] = {}
    for url in flags.etcd_endpoints(cluster):
        parts = urlsplit(url)
        host = parts.hostname or url
        found[f"{host}-{parts.port}" if host in found else host] = url
    return found


def _modern(cluster: Cluster) -> _Asked:
    servers = {h.name: flags.server_url(h) for h in cluster.control_planes}
    members = members_of(cluster)
    return _Asked(
        components={
            name: controlplane.script(server, flags.MONITOR, flags.PKI, members)
            for name, server in servers.items()
        },
        parse_components=controlplane.parse,
        nodes={name: nodes.script(server, flags.MONITOR) for name, server in servers.items()},
        daemons=services.MODERN_DAEMONS,
        endpoints=matrix.pods_script(),
        parse_endpoints=matrix.parse_pods,
    )


def _silent(name: str) -> str:
    return f"{name} did not answer, and it is the one to ask"


def _one_table(tables: Mapping[str, Components | None]) -> Components:
    """The table of the only control plane, or those of several as one."""
    if len(tables) > 1:
        return controlplane.together(tables)
    name, table = next(iter(tables.items()))
    if table is None:
        return Components(error=_silent(name))
    return replace(table, listed_by=name) if table.listed else table


def _first_list(lists: Mapping[str, Nodes | None]) -> Nodes:
    """What the first said whose API server answered; when none did, why not."""
    seen = {name: rows or Nodes(error=_silent(name)) for name, rows in lists.items()}
    for rows in seen.values():
        if not rows.error:
            return rows
    if len(seen) == 1:
        return next(iter(seen.values()))
    return Nodes(error="; ".join(f"{name}: {rows.error}" for name, rows in seen.items()))


class Looks:
    """Looks at the hosts of one cluster. `problems` collects, by host, why a look failed."""

    def __init__(self, hosts: Mapping[str, ReadOnlyHost], cluster: Cluster) -> None:
        self._hosts = hosts
        self._cluster = cluster
        self.problems: dict[str, str] = {}

    async def survey(self, *, with_endpoints: bool) -> Survey:
        """Everything but the pings, all hosts and all questions at once."""
        names = tuple(self._hosts)
        asked = _modern(self._cluster) if self._is_modern else self._classic()
        tables, lists, daemons, ends = await asyncio.gather(
            self._ask_all(asked.components, asked.parse_components),
            self._ask_all(asked.nodes, nodes.parse),
            self._each(
                names,
                services.script(asked.daemons),
                lambda out: services.parse(out, asked.daemons),
            ),
            self._each(names if with_endpoints else (), asked.endpoints, asked.parse_endpoints),
        )
        return Survey(
            components=_one_table(tables),
            nodes=_first_list(lists),
            services=daemons,
            endpoints=ends,
        )

    @property
    def _is_modern(self) -> bool:
        return self._cluster.recipe is RecipeName.MODERN

    async def matrix(self, endpoints: Mapping[str, Endpoints], mode: Mode) -> Matrix:
        """The ping matrix, all sources at once. Every host of the cluster is a source; of a modern
        one, every node: nothing of the pods' network is on a host that only holds etcd."""
        cluster = self._cluster
        sources = cluster.nodes if self._is_modern else cluster.hosts
        addresses = {h.name: h.address for h in sources}
        targets = matrix.targets(addresses, endpoints)
        timeout = matrix.ping_seconds(len(targets), mode)

        async def row(source: str) -> tuple[Cell, ...]:
            here = endpoints.get(source)
            if here is None:
                return matrix.untried(source, targets, "the host did not answer")
            if here.container is None:
                return matrix.untried(source, targets, here.error)
            script = matrix.ping_script(source, here, targets, mode, own_ping=not self._is_modern)
            cells = await self._look(
                source, script, lambda out: matrix.parse_pings(source, targets, out), timeout
            )
            return cells or matrix.untried(
                source, targets, self.problems.get(source, "the host did not answer")
            )

        rows = await asyncio.gather(*(row(source) for source in addresses))
        return Matrix(
            sources=tuple(addresses),
            targets=targets,
            cells=tuple(cell for cells in rows for cell in cells),
        )

    async def networks(self) -> dict[str, NetworkFacts | None]:
        """Every host's network; None for a host that did not answer."""
        here = await self._each(tuple(self._hosts), network.script(), network.parse)
        return {h.name: here.get(h.name) for h in self._cluster.hosts}

    def _classic(self) -> _Asked:
        master = self._cluster.control_plane.name
        server = f"http://{self._cluster.control_plane.address}:{PORT}"
        return _Asked(
            components={master: components.script(server, self._etcd())},
            parse_components=components.parse,
            nodes={master: nodes.script(server)},
            daemons=services.DAEMONS,
            endpoints=matrix.addresses_script(),
            parse_endpoints=matrix.parse_addresses,
        )

    def _etcd(self) -> tuple[str, ...]:
        if self._cluster.etcd.mode is EtcdMode.EXISTING:
            return self._cluster.etcd.endpoints
        return tuple(f"http://{h.address}:2379" for h in self._cluster.with_role(Role.ETCD))

    async def _each(
        self, names: tuple[str, ...], script: str, parse: Callable[[Output], T]
    ) -> dict[str, T]:
        looks = await asyncio.gather(*(self._look(n, script, parse, QUICK) for n in names))
        return {n: seen for n, seen in zip(names, looks, strict=True) if seen is not None}

    async def _ask_all(
        self, scripts: Mapping[str, str], parse: Callable[[Output], T]
    ) -> dict[str, T | None]:
        """What each host answered to its own script, in order; None where it did not."""
        looks = (self._look(name, script, parse, API) for name, script in scripts.items())
        return dict(zip(scripts, await asyncio.gather(*looks), strict=True))

    async def _look(
        self, name: str, script: str, parse: Callable[[Output], T], timeout: float
    ) -> T | None:
        """One look, or None; the reason is then in `problems`."""
        host = self._hosts.get(name)
        if host is None:
            self.problems.setdefault(name, "there is no connection to this host")
            return None
        try:
            # The host's own timeout begins when it is connected; this one holds for all of it.
            async with asyncio.timeout(timeout * 2):
                return parse(await host.look(script, timeout=timeout, limit=LIMIT))
        except TimeoutError:
            self.problems.setdefault(name, f"no answer within {timeout:.0f} s")
        except KwizardError as error:
            self.problems.setdefault(name, error.message)
        except OSError as error:
            self.problems.setdefault(name, error.strerror or str(error))
        return None
