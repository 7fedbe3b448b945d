"""The connections of the cluster in hand: one session at a time, and what a person answers on the
way to the hosts."""

from __future__ import annotations

from contextlib import AsyncExitStack

from kwizard.app.session import Session
from kwizard.cluster.model import Cluster
from kwizard.errors import KwizardError
from kwizard.remote.hostkeys import UnknownKey
from kwizard.remote.looked import Looked
from kwizard.remote.target import SSHConfig
from kwizard.tui.credentials import ScreenCredentials
from kwizard.tui.usecases import Asker, KeyQuestion

TRIES = 3  # times a refused password is asked for anew before the host is given up


class Connections:
    """Keeps a session open until another cluster is asked for.

    `looked` is what was run over it to look, `away` the hosts that could not be connected to last.
    """

    def __init__(self, *, rehearsal: bool, ssh_config: SSHConfig) -> None:
        self.looked = Looked()
        self.away: tuple[str, ...] = ()
        self._rehearsal = rehearsal
        self._ssh_config = ssh_config
        self._credentials = ScreenCredentials()
        self._open = AsyncExitStack()
        self._session: Session | None = None
        self._asker: Asker | None = None
        self._declined: set[tuple[str, str]] = set()

    async def session(self, cluster: Cluster, asker: Asker, *, anew: bool = True) -> Session:
        """The session on `cluster`; nothing is connected by that yet. Not `anew`: it goes on with
        what the person has begun, and a key refused there is not asked about."""
        self._credentials.asker = self._asker = asker
        if anew:
            self._declined.clear()
        if self._session is None or self._session.cluster != cluster:
            await self.close()
            self._open = AsyncExitStack()

            self._session = await self._open.enter_async_context(
                Session.open(
                    cluster,
                    credentials=self._credentials,
                    confirm_host_key=self._confirm,
                    ssh_config=self._ssh_config,
                    rehearsal=self._rehearsal,
                    looked=self.looked,
                )
            )
        return self._session

    async def ready(self, cluster: Cluster, asker: Asker, *, anew: bool = True) -> Session:
        """The same, its hosts tried once. Errors other than a refused password are left to whatever
        is done next: it says them in its own way."""
        session = await self.session(cluster, asker, anew=anew)
        for _attempt in range(TRIES):
            errors = await session.connect()
            self.away = tuple(errors)
            refused = [self.refused(host, e) for host, e in errors.items()]
            if True not in refused:
                break
        return session

    def refused(self, host: str, error: KwizardError) -> bool:
        """Whether `error` refused a password that was given, so that it is worth asking again."""
        return self._credentials.note(host, error)

    async def close(self) -> None:
        """End all of them."""
        self._session = None
        await self._open.aclose()

    async def _confirm(self, key: UnknownKey) -> bool:
        """Ask about a key, once for what the person has begun: looking at a host takes more than
        one connection, and a no stays a no meanwhile."""
        if self._asker is None or (key.host, key.fingerprint) in self._declined:
            return False
        question = KeyQuestion(
            key.host, key.address, key.key_type, key.fingerprint, key.number, key.total
        )
        trusted = await self._asker.confirm_key(question)
        if not trusted:
            self._declined.add((key.host, key.fingerprint))
        return trusted
