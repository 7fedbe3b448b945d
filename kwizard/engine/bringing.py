"""Files brought to hosts: sent once, passed on among them, each time resumed and verified."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Address

from kwizard.engine.pause import Pause
from kwizard.engine.sources import OPERATOR, Line, Sources, Trust
from kwizard.errors import KwizardError, NotPassedOn, ReleaseError
from kwizard.remote.host import Grant, Host, Passing, Placement, Progress

Say = Callable[[str], Awaitable[None]]
Keepers = Callable[[str], Iterable[str]]
From = Callable[[str], None]
Stands = Callable[[bool], None]
"""Told True when a pause holds a file up, False when it goes on."""
_LOOK_AGAIN = 0.5  # seconds
_CLOSE_SECONDS = 5.0
_PAUSE = 2.0  # seconds, times the number of cuts
_AGAIN = 3  # times that a transfer is taken up after it was cut off in the middle


def _no_matter(_held: bool) -> None:
    """Where nobody asks whether it stands."""


def nobody(_target: str) -> Iterable[str]:
    """Where no host is known to have a file from before."""
    return ()


class Bringing:
    """All the bringing of one run. `addresses` are what hosts reach each other by; `keepers` names
    the hosts of which it is likely that they have the file of that target from before.

    `passing` False: everything is sent from the operator's side. While `pause` is held nothing is
    sent from there; hosts go on passing on what one of them has.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        addresses: Mapping[str, IPv4Address],
        *,
        keepers: Keepers = nobody,
        passing: bool = True,
        pause: Pause | None = None,
    ) -> None:
        self._hosts = hosts
        self._addresses = addresses
        self._keepers = keepers
        self._passing = passing
        self._pause = pause or Pause()
        self._trust = Trust()
        self._line = Line()
        self._files: dict[tuple[str, str], _File] = {}
        self._ends: set[asyncio.Task[None]] = set()

    async def bring(
        self,
        host: Host,
        file: Placement,
        *,
        source: From,
        progress: Progress,
        say: Say,
        stands: Stands = _no_matter,
    ) -> str:
        """Have `file` on `host`; returns whom it came from: a host's name, or "operator".

        `source` is told whom it is coming from whenever that changes, `stands` when a pause begins
        or ends to hold it up. Raises RemoteCommandFailed (no space left, wrong sum),
        ConnectionLost.
        """
        if not self._passing or host.passing is None:
            if file.source is None and await self._has(host, file):
                progress(file.size, file.size)
                return host.name
            source(OPERATOR)
            while not await self._send(host, file, progress, stands):
                pass
            return OPERATOR
        shared = self._files.setdefault((file.target, file.sha256), _File(file.size, self._trust))
        cuts = 0
        while True:
            giver = await self._choose(shared, host, file, stands)
            if giver == host.name:
                progress(file.size, file.size)
                return giver
            source(giver)
            try:
                if giver == OPERATOR:
                    if not await self._send(host, file, progress, stands):
                        await shared.failed(host.name)  # another host may have it by now
                        continue
                else:
                    await self._hop(self._hosts[giver], host, file, progress)
            except NotPassedOn as error:
                # What was cut off once may not be whole again at once.
                cuts += error.came or (cuts > 0 and error.at_fault == "way")
                again = 0 < cuts <= _AGAIN
                if not again:
                    self._trust.failed(giver, host.name, error.at_fault)
                await shared.failed(host.name)
                said = (
                    f"{error.message}; it is sent from here instead"
                    if not shared.sources.hope(host.name)
                    else f"{error.message}; it goes on at that byte"
                    if again
                    else f"{error.message}; another source is tried"
                )
                await say(said)
                await asyncio.sleep(cuts * _PAUSE if again else 0)
            except BaseException:
                # Whoever waits for this host must not wait for ever.
                await asyncio.shield(shared.failed(host.name))
                raise
            else:
                await shared.has(host.name)
                return giver

    async def aclose(self) -> None:
        """Wait for a moment until what was let in is taken back; it ends by itself otherwise."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.gather(*self._ends)

    async def _choose(self, shared: _File, host: Host, file: Placement, stands: Stands) -> str:
        """Whom to get it from; the host itself when it turns out to have it."""
        async with shared.asking:
            if not shared.asked:
                shared.asked = True
                await self._ask_keepers(shared, file)
        looked = False
        while True:
            if shared.sources.holds(host.name):
                return host.name
            seen = shared.changes
            giver = shared.sources.choose(
                host.name,
                quick=file.source is not None
                and not self._pause.held
                and self._line.quick(
                    file.size + self._demand(), file.size * (1 + shared.sources.asking)
                ),
                unsure=self._line.unsure,
            )
            # Where it has to wait there is time to look whether it has to be brought at all.
            if not looked and (giver is None or (giver == OPERATOR and self._pause.held)):
                looked = True
                if await self._has(host, file):
                    await shared.has(host.name)
                    return host.name
            if giver is not None:
                stands(False)
                return giver
            stands(self._pause.held)
            await shared.wait(seen)

    async def _ask_keepers(self, shared: _File, file: Placement) -> None:
        names = list(dict.fromkeys(self._keepers(file.target)))
        found = await asyncio.gather(*(self._has(self._hosts[n], file) for n in names))
        for name, there in zip(names, found, strict=True):
            if there:
                await shared.has(name)

    async def _has(self, host: Host, file: Placement) -> bool:
        if host.passing is None:
            return False
        try:
            return await host.passing.has(file)
        except (KwizardError, TimeoutError):
            return False

    def _demand(self) -> int:
        """Bytes that would have to be sent if all that is waited for came from here."""
        return sum(f.size * f.sources.asking for f in self._files.values())

    async def _send(self, host: Host, file: Placement, progress: Progress, stands: Stands) -> bool:
        """Send it from here. False: a pause broke it off; what has arrived is kept there."""
        if file.source is None:
            raise ReleaseError(
                f"{file.target} is not on this machine, and no host can pass it on to {host.name}",
                host=host.name,
                remedy="have it here: by `kwizard fetch` with the cluster file, or as a tarball it"
                " names; without `on_hosts:`",
            )
        if self._pause.held:
            stands(True)
            await self._pause.over()
            stands(False)
        began = -1

        def note(done: int, total: int) -> None:
            nonlocal began
            began = done if began < 0 else began
            self._line.moved((host.name, file.target), max(0, done - began))
            progress(done, total)

        try:
            upload = host.upload(
                file.source, file.target, sha256=file.sha256, mode=file.mode, progress=note
            )
            return await self._pause.unless_held(upload)
        finally:
            self._line.over((host.name, file.target))

    async def _hop(self, giver: Host, host: Host, file: Placement, progress: Progress) -> None:
        if giver.passing is None or host.passing is None:
            raise NotPassedOn("it passes nothing on", host=giver.name, at_fault="giver")
        try:
            grant = await giver.passing.grant(file.target, self._addresses[host.name])
        except NotPassedOn:
            raise
        except (KwizardError, TimeoutError) as error:
            # The giver is away: no reason to hold the other one up.
            message = f"{giver.name} cannot pass files on: {error}"
            raise NotPassedOn(message, host=giver.name, at_fault="giver") from None
        try:
            await host.passing.receive(file, grant, progress=progress)
        finally:
            end = asyncio.create_task(_take_back(giver.passing, grant))
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)
        self._trust.worked()


async def _take_back(giver: Passing, grant: Grant) -> None:
    with suppress(KwizardError, TimeoutError):
        await giver.take_back(grant)


class _File:
    """One file: who has it, and a way to wait until that changes."""

    def __init__(self, size: int, trust: Trust) -> None:
        self.size = size
        self.sources = Sources(trust)
        self.asking = asyncio.Lock()
        self.asked = False
        self.changes = 0
        self._changed = asyncio.Condition()

    async def has(self, host: str) -> None:
        self.sources.has(host)
        await self._tell()

    async def failed(self, host: str) -> None:
        self.sources.failed(host)
        await self._tell()

    async def wait(self, seen: int) -> None:
        """Until something has changed since `seen` changes, or the line may have turned out to be
        another than it was taken for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN), self._changed:
                await self._changed.wait_for(lambda: self.changes != seen)

    async def _tell(self) -> None:
        self.changes += 1
        async with self._changed:
            self._changed.notify_all()
