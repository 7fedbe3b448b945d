"""Install a cluster, or go on where an earlier run stopped: it is the same thing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from kwizard.app.artifacts import located
from kwizard.app.certificates import secret_files, secure, told
from kwizard.app.clusters import save
from kwizard.app.holders import Holders, holders, nobody_has_it, on_hosts
from kwizard.app.planning import make_plan
from kwizard.app.session import Session
from kwizard.engine import events as ev
from kwizard.engine.actions import PROGRESS_EVERY, Held, OperatorContext, Tools
from kwizard.engine.bringing import Bringing
from kwizard.engine.journal import Journal
from kwizard.engine.pause import GOES_ON, HELD, Pause
from kwizard.engine.plan import Finding, State, check_waivers
from kwizard.engine.run import Run
from kwizard.engine.survey import survey
from kwizard.errors import HostRefused, KwizardError, ReleaseError, StepFailed
from kwizard.language import told as in_words
from kwizard.pki.store import Pki
from kwizard.recipes.step import Phase, Place
from kwizard.release.store import Obtained, look, obtain, published
from kwizard.text import clean

if TYPE_CHECKING:
    from kwizard.monitor.snapshot import Snapshot

CONNECT = "hosts/connect"


class Installation:
    """One run of the recipe, told by `events`.

    After the run `snapshot` holds what the verification saw (None if it was not reached).
    """

    def __init__(
        self,
        session: Session,
        phase: Phase | None = None,
        waived: Iterable[str] = (),
        pause: Pause | None = None,
    ) -> None:
        self.session = session
        self._pause = pause or Pause()
        self.plan = make_plan(session.cluster, session.directory)
        self._waived = check_waivers(self.plan, waived)
        self.snapshot: Snapshot | None = None
        self._pki: Pki | None = None
        self._holders: Holders | None = None
        self._phase = phase
        self._run: Run | None = None
        self._stopped = False

    def interrupt(self) -> None:
        """Stop following: jobs on the hosts go on, a later run finds them."""
        self._stopped = True
        if self._run is not None:
            self._run.interrupt()

    async def events(self) -> AsyncGenerator[ev.Event]:
        """The stream, once. Close it (`contextlib.aclosing`) when you stop before its end."""
        session, started = self.session, time.monotonic()
        save(session.cluster, session.directory)
        with Journal(session.journal) as journal:
            if errors := await session.connect():
                async for event in self._refused(errors, started):
                    yield event
                return
            # Under the journal's lock: two runs must never make two sets of certificates.
            self._pki = secure(session.cluster, session.directory)
            if self._pki is not None and self._pki.made:
                self.plan = make_plan(session.cluster, session.directory)
            findings = await survey(self.plan, session.hosts, journal.state)
            bringing = self._bringing(findings)
            self._run = Run(
                self.plan,
                findings,
                journal=journal,
                tools=Tools(
                    hosts=session.hosts,
                    artifact=self._artifact,
                    operator={
                        "fetch-release": self._fetch_release,
                        "certificates": self._certificates,
                        "verify": self._verify,
                    },
                    secrets=self._secrets,
                    bringing=bringing,
                    pause=self._pause,
                ),
                logs=session.logs,
                phase=self._phase,
                waived=self._waived,
            )
            if self._stopped:
                return
            async with aclosing(bringing), aclosing(self._run.events()) as events:
                async for event in events:
                    yield event

    def _bringing(self, findings: Mapping[str, Finding]) -> Bringing:
        """Hosts that need a file no more are those most likely to have it still."""
        keepers: dict[str, list[str]] = {}
        for task in self.plan.tasks:
            place = task.step.action
            if isinstance(place, Place) and findings[task.id].state is State.DONE:
                keepers.setdefault(place.target, []).append(task.host_label)
        return Bringing(
            self.session.hosts,
            {h.name: h.address for h in self.session.cluster.hosts},
            keepers=lambda target: [*self._having(target), *keepers.get(target, ())],
            passing=not self.session.rehearsal,
            pause=self._pause,
        )

    def _having(self, target: str) -> tuple[str, ...]:
        held = self._holders
        return held.hosts if held is not None and held.target == target else ()

    async def _refused(
        self, errors: dict[str, KwizardError], started: float
    ) -> AsyncIterator[ev.Event]:
        """Nothing is begun while a host is missing: half a cluster helps nobody."""
        name = self.session.cluster.name
        yield ev.RunStarted(time=ev.now(), cluster=name, due=0, total=len(self.plan.tasks))
        for host, error in errors.items():
            yield ev.StepFailed(
                time=ev.now(),
                cluster=name,
                phase=Phase.HOSTS.value,
                step=CONNECT,
                host=host,
                exit=None,
                reason=clean(error.message),
                hint=clean(error.remedy) or "nothing was started on any host",
                log_tail=clean(error.log_tail),
            )
        refused = any(isinstance(e, HostRefused) for e in errors.values())
        yield ev.RunFinished(
            time=ev.now(),
            cluster=name,
            status="failed",
            seconds=time.monotonic() - started,
            exit=4 if refused else 1,
        )

    async def _artifact(self, name: str) -> tuple[Path, str] | Held:
        if name == "release" and self._holders is not None:
            return self._holders.file
        return await located(self.session.cluster, name)

    def _secrets(self, bundle: str, host: str) -> Mapping[str, bytes]:
        if self._pki is None:
            raise KeyError(bundle)
        return secret_files(self._pki, self.session.cluster, bundle, host)

    async def _certificates(self, context: OperatorContext) -> None:
        """They are there when a run begins; here it is told which, and until when they hold."""
        if self._pki is not None:
            await context.say("\n".join(told(self._pki, self.session.directory)))

    async def _fetch_release(self, context: OperatorContext) -> None:
        if await self._held(context):
            return
        obtained = await self._obtained(context)
        if obtained.architecture == "script" and not self.session.rehearsal:
            raise ReleaseError(
                f"the programs in {obtained.server_tarball.name} are scripts, not binaries",
                remedy="use the official release tarball for your hosts' architecture",
            )
        await context.say(
            f"{obtained.server_tarball.name}: {obtained.version}, {obtained.architecture}, "
            f"sha256 {obtained.sha256}"
        )

    async def _obtained(self, context: OperatorContext) -> Obtained:
        """Have the release here. A pause breaks the download off, not the look into what has
        arrived; it goes on at the byte."""
        told, done, total = 0.0, 0, 0
        found: list[Obtained] = []

        async def progress(here: int, of: int) -> None:
            nonlocal told, done, total
            done, total = here, of
            if done == total or time.monotonic() - told > PROGRESS_EVERY:
                told = time.monotonic()
                await context.progress(done, total, "bytes")

        cluster = self.session.cluster

        async def work() -> None:
            found.append(await obtain(cluster, progress=progress, notice=context.say))

        def coming() -> bool:
            return cluster.release.tarball is None and (done < total or not total)

        while not found:
            if self._pause.held and not await self._is_here():
                await context.progress(done, total, "bytes", held=True)
                await context.say(HELD)
                await self._pause.over()
                await context.say(GOES_ON)
                await context.progress(done, total, "bytes")
            await self._pause.unless_held(work(), coming)
        return found[0]

    async def _is_here(self) -> bool:
        cluster = self.session.cluster
        return cluster.release.tarball is not None or await look(cluster) is not None

    async def _held(self, context: OperatorContext) -> bool:
        """Whether hosts have the release while this machine would have to download it, or is not to
        be asked for it. Raises ReleaseError where hosts are to have it and none has."""
        session, cluster = self.session, self.session.cluster
        chosen, wanted = cluster.release.on_hosts, published(cluster)
        if not chosen and (session.rehearsal or await look(cluster) is not None):
            return False
        if wanted is not None:
            self._holders = await holders(self.plan, session.hosts, wanted)
        if wanted is None or self._holders is None:
            if chosen:
                raise nobody_has_it(cluster, await on_hosts(cluster, session.hosts))
            return False
        await context.say(
            f"{', '.join(self._holders.hosts)}: the release {cluster.version} is there already, by"
            f" its {wanted.algorithm} {wanted.value}; it is passed on from there, nothing is"
            " downloaded"
        )
        return True

    async def _verify(self, context: OperatorContext) -> None:
        from kwizard.monitor.snapshot import take  # not before anything of it is needed

        snapshot = await take(context.hosts, self.session.cluster, matrix="full")
        self.snapshot = snapshot
        await context.say("\n".join(snapshot.summary()), "\n".join(snapshot.summary(in_words)))
        if not snapshot.ok:
            causes = "; ".join(d.cause for d in snapshot.diagnoses)
            raise StepFailed(
                "the cluster is not as it should be: " + (causes or "see the tables"),
                exit=1,
                host="operator",
                step="verify",
                log_tail="\n".join(snapshot.summary()),
                remedy="; ".join(d.remedy for d in snapshot.diagnoses),
            )


def install(
    session: Session,
    *,
    phase: Phase | None = None,
    waived: Iterable[str] = (),
    pause: Pause | None = None,
) -> Installation:
    """Plan, look, run, record. `waived` are task ids (`STEP@HOST`) that a person skips this once;
    while `pause` is held nothing is sent or fetched.

    Raises InvalidInput for what cannot be skipped; its events raise JournalLocked when another
    kwizard is at it.
    """
    return Installation(session, phase, waived, pause)
