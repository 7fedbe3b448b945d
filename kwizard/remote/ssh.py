"""A host over SSH: `ReadOnlyHost` and `Host` of kwizard.remote.host, in one class."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh

from kwizard.cluster.model import Host as ClusterHost
from kwizard.errors import ConnectionLost, HostUnreachable
from kwizard.remote.credentials import Credentials
from kwizard.remote.host import Job, JobEnd, JobLog, Output, Progress
from kwizard.remote.hostkeys import HostKeys
from kwizard.remote.jobs import Jobs
from kwizard.remote.login import Connector, close_quietly
from kwizard.remote.looked import Looked
from kwizard.remote.passing import SSHPassing
from kwizard.remote.shell import Shell
from kwizard.remote.sudo import Sudo
from kwizard.remote.target import USER_CONFIG, SSHConfig
from kwizard.remote.transfer import Transfer


class SSHHost:
    """One host. Connects when it is first used, and again when the connection was lost.

    All users share one connection with at most 8 channels. `ssh_config` None reads neither a config
    file nor default keys. `patience` in seconds: how long a host may be away in the middle of a
    job or a transfer. `connector` is shared by the hosts of a cluster (see `open_hosts`); it
    carries the arguments it was made with.
    """

    def __init__(
        self,
        host: ClusterHost,
        *,
        host_keys: HostKeys,
        credentials: Credentials,
        ssh_config: SSHConfig = USER_CONFIG,
        agent: bool = True,
        patience: float = 120.0,
        connector: Connector | None = None,
        looked: Looked | None = None,
    ) -> None:
        self.cluster_host = host
        self._connector = connector or Connector(
            host_keys, credentials, ssh_config=ssh_config, agent=agent
        )
        self._target = self._connector.target(host.name, host.ssh_address, host.ssh)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting: asyncio.Task[asyncssh.SSHClientConnection] | None = None
        sudo = Sudo(host.name, self._target.user, credentials)
        self._shell = Shell(host.name, self._connect, sudo, looked)
        self._jobs = Jobs(host.name, self._shell, patience)
        self._transfer = Transfer(host.name, self._shell, patience)
        self.passing = SSHPassing(
            host, self._target, host_keys, self._shell, self._jobs, self._transfer, patience
        )

    def __repr__(self) -> str:
        return f"<SSHHost {self.name} {self._target.user}@{self._target.address}>"

    @property
    def name(self) -> str:
        """The host's name in the cluster file."""
        return self.cluster_host.name

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        """See `ReadOnlyHost.look`. The time a person takes to answer a question does not count."""
        try:
            return await self._look(script, timeout, limit)
        except ConnectionLost:
            return await self._look(script, timeout, limit)

    async def _look(self, script: str, timeout: float, limit: int) -> Output:
        await self._shell.prepare()
        try:
            async with asyncio.timeout(timeout):
                return await self._shell.look(script, limit)
        except TimeoutError:
            raise TimeoutError(f"{self.name} did not answer within {timeout:g} s") from None

    async def launch(self, job: Job, *then: Job) -> bool:
        """See `Host.launch`."""
        return await self._jobs.launch(job, *then)

    def follow(self, job_id: str, offset: int = 0) -> AsyncIterator[JobLog | JobEnd]:
        """See `Host.follow`."""
        return self._jobs.follow(job_id, offset)

    async def cancel(self, job_id: str) -> None:
        """See `Host.cancel`."""
        await self._jobs.cancel(job_id)

    async def upload(
        self,
        source: Path,
        target: str,
        *,
        sha256: str,
        mode: int = 0o644,
        progress: Progress | None = None,
    ) -> None:
        """See `Host.upload`."""
        await self._transfer.upload(source, target, sha256=sha256, mode=mode, progress=progress)

    async def forget(self, keep: tuple[str, ...] = ()) -> None:
        """See `Host.forget`."""
        await self._jobs.forget(keep)

    async def close(self) -> None:
        """See `Host.close`."""
        self._jobs.close()
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._connection is not None:
            await close_quietly(self._connection)
            self._connection = None
        await self._connector.release(self.name)

    async def _connect(self) -> asyncssh.SSHClientConnection:
        """The connection. Whoever needs one while it is being made waits for the same attempt and
        shares its outcome, so nobody is asked twice."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._open())
            self._connecting.add_done_callback(_retrieve)
        attempt = self._connecting
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            if attempt.cancelled():  # by close()
                raise HostUnreachable("the connection was given up", host=self.name) from None
            raise

    async def _open(self) -> asyncssh.SSHClientConnection:
        self._connection = await self._connector.open(self._target)
        return self._connection


def _retrieve(attempt: asyncio.Task[asyncssh.SSHClientConnection]) -> None:
    """Whoever waited may have gone: an outcome nobody took is no accident."""
    if not attempt.cancelled():
        attempt.exception()
