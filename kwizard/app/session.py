"""One cluster being worked on: its directory on this machine and its hosts over SSH."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kwizard.cluster.model import Cluster
from kwizard.errors import HostUnreachable, KwizardError
from kwizard.paths import cluster_dir
from kwizard.remote.credentials import Credentials
from kwizard.remote.host import Host
from kwizard.remote.hostkeys import HostKeys, UnknownKey, host_pattern
from kwizard.remote.looked import Looked
from kwizard.remote.pool import close_all, open_hosts
from kwizard.remote.target import USER_CONFIG, SSHConfig

AT_ONCE = 16  # logins at a time: a jump host's MaxStartups is easily reached


@dataclass(frozen=True, slots=True)
class Session:
    """`directory` holds cluster.yaml, journal.jsonl, logs/ and known_hosts of this cluster.

    `rehearsal` is True when the hosts are pretend ones: every screen says so.
    """

    cluster: Cluster
    directory: Path
    hosts: Mapping[str, Host]
    rehearsal: bool = False

    @property
    def journal(self) -> Path:
        """The journal file."""
        return self.directory / "journal.jsonl"

    @property
    def logs(self) -> Path:
        """The folder of the step logs."""
        return self.directory / "logs"

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        cluster: Cluster,
        *,
        credentials: Credentials,
        confirm_host_key: Callable[[UnknownKey], Awaitable[bool]] | None,
        ssh_config: SSHConfig = USER_CONFIG,
        rehearsal: bool = False,
        directory: Path | None = None,
        looked: Looked | None = None,
    ) -> AsyncIterator[Session]:
        """Make the cluster's directory and its hosts' connections (opened when first used).

        `looked` records what is run on them to look.
        `confirm_host_key` is asked once for each unknown key, in the order of the file; None
        refuses them. On leaving, connections are closed; jobs on the hosts go on.
        """
        where = directory or cluster_dir(cluster.name)
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        hosts = open_hosts(
            cluster,
            host_keys=HostKeys(
                where / "known_hosts",
                confirm_host_key,
                pinned=pinned(cluster),
                order=[host.name for host in cluster.hosts],
            ),
            credentials=credentials,
            ssh_config=ssh_config,
            agent=not rehearsal,
            looked=looked,
        )
        try:
            yield cls(cluster, where, hosts, rehearsal)
        finally:
            await close_all(hosts)

    async def connect(self) -> dict[str, KwizardError]:
        """Try every host, all at once. The errors of those that did not answer or refused."""
        room = asyncio.Semaphore(AT_ONCE)

        async def attempt(host: Host) -> KwizardError | None:
            try:
                async with room:
                    output = await host.look("id -u\n", timeout=30)
            except KwizardError as error:
                error.host = error.host or host.name
                return error
            except TimeoutError as error:
                return HostUnreachable(str(error) or "no answer within 30 s", host=host.name)
            if output.stdout.strip() != b"0":
                return KwizardError("commands do not run as root there", host=host.name)
            return None

        results = await asyncio.gather(*(attempt(h) for h in self.hosts.values()))
        return {n: e for n, e in zip(self.hosts, results, strict=True) if e is not None}


def pinned(cluster: Cluster) -> str:
    """The host keys of the cluster file as lines of known_hosts."""
    return "".join(
        f"{host_pattern(h.ssh_address, h.ssh.port or 22)} {h.ssh.host_key}\n"
        for h in cluster.hosts
        if h.ssh.host_key
    )
