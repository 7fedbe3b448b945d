"""Leave hosts as they were before kwizard, from whatever state they are in."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from kwizard.app.certificates import ADMIN_KUBECONFIG, FOLDER
from kwizard.app.session import Session
from kwizard.cluster.model import Cluster
from kwizard.engine import events as ev
from kwizard.engine.actions import Tools
from kwizard.engine.journal import Journal, state_of
from kwizard.engine.plan import Finding, Plan, build
from kwizard.engine.run import Run
from kwizard.engine.survey import survey
from kwizard.errors import HostRefused, InvalidInput, KwizardError, Problem
from kwizard.recipes.reset import reset_steps
from kwizard.recipes.step import Phase
from kwizard.text import clean

CONNECT = "reset/connect"


def chosen(cluster: Cluster, names: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts to reset, in file order: all of them, or those named. Raises InvalidInput."""
    known = tuple(h.name for h in cluster.hosts)
    if strange := [n for n in names if n not in known]:
        raise InvalidInput(
            [Problem(f"no host called {n!r}", f"there are: {', '.join(known)}") for n in strange]
        )
    return tuple(n for n in known if n in names) if names else known


def reset_plan(cluster: Cluster, hosts: tuple[str, ...], *, keep_programs: bool = False) -> Plan:
    """What takes an installation back on `hosts`; programs stay if so wished. Asks no host."""
    return build(reset_steps(cluster, hosts, keep_programs=keep_programs))


async def look(
    session: Session, hosts: tuple[str, ...], *, keep_programs: bool = False
) -> tuple[Plan, dict[str, Finding]]:
    """What would be removed where, changing nothing. A host that does not answer is UNKNOWN."""
    plan = reset_plan(session.cluster, hosts, keep_programs=keep_programs)
    return plan, await survey(plan, session.hosts, state_of(session.journal))


class Reset:
    """One reset of `hosts`, told by `events`; with `keep_programs` what an installation had to
    bring stays there.

    Hosts that do not answer are told and left out; the others are reset all the same. When every
    host of the cluster is reset, the operator's certificates and kubeconfig are moved to `moved_to`
    (else None): they open nothing any more, and a later installation makes its own.
    """

    def __init__(
        self, session: Session, hosts: tuple[str, ...], *, keep_programs: bool = False
    ) -> None:
        self.session = session
        self.hosts = hosts
        self.keep_programs = keep_programs
        self.moved_to: Path | None = None
        self._run: Run | None = None
        self._stopped = False
        self._failed: set[str] = set()

    def interrupt(self) -> None:
        """Stop following: jobs on the hosts go on, a later reset finds them."""
        self._stopped = True
        if self._run is not None:
            self._run.interrupt()

    async def events(self) -> AsyncGenerator[ev.Event]:
        """The stream, once. Close it (`contextlib.aclosing`) when you stop before its end."""
        started = time.monotonic()
        with Journal(self.session.journal) as journal:
            errors = await self._absent()
            here = tuple(n for n in self.hosts if n not in errors)
            stream = self._reset(journal, here) if here else self._nobody(started)
            async with aclosing(stream) as events:
                async for event in events:
                    if isinstance(event, ev.RunFinished):
                        self._void(journal, here, event)
                        yield self._ended(event, errors)
                        return
                    yield event
                    if isinstance(event, ev.RunStarted):
                        for failure in self._told(errors):
                            yield failure

    async def _absent(self) -> dict[str, KwizardError]:
        errors = await self.session.connect()
        return {n: e for n, e in errors.items() if n in self.hosts}

    async def _reset(self, journal: Journal, hosts: tuple[str, ...]) -> AsyncGenerator[ev.Event]:
        plan = reset_plan(self.session.cluster, hosts, keep_programs=self.keep_programs)
        findings = await survey(plan, self.session.hosts, journal.state)
        self._run = Run(
            plan,
            findings,
            journal=journal,
            tools=Tools(hosts=self.session.hosts, artifact=_no_artifact, operator={}),
            logs=self.session.logs,
        )
        if self._stopped:
            return
        async with aclosing(self._run.events()) as events:
            async for event in events:
                if isinstance(event, ev.StepFailed):
                    self._failed.add(event.host)
                yield event

    async def _nobody(self, started: float) -> AsyncGenerator[ev.Event]:
        name = self.session.cluster.name
        yield ev.RunStarted(time=ev.now(), cluster=name, due=0, total=0)
        seconds = time.monotonic() - started
        yield ev.RunFinished(time=ev.now(), cluster=name, status="failed", seconds=seconds, exit=1)

    def _told(self, errors: Mapping[str, KwizardError]) -> Iterator[ev.Event]:
        for host, error in errors.items():
            yield ev.StepFailed(
                time=ev.now(),
                cluster=self.session.cluster.name,
                phase=Phase.RESET.value,
                step=CONNECT,
                host=host,
                exit=None,
                reason=f"{clean(error.message)}; this host was not reset",
                hint=clean(error.remedy) or "reset it when it can be reached again",
                log_tail=clean(error.log_tail),
            )

    def _ended(self, event: ev.RunFinished, errors: Mapping[str, KwizardError]) -> ev.RunFinished:
        if not errors or event.status == "interrupted":
            return event
        refused = any(isinstance(e, HostRefused) for e in errors.values())
        return replace(event, status="failed", exit=max(event.exit, 4 if refused else 1))

    def _void(self, journal: Journal, here: tuple[str, ...], event: ev.RunFinished) -> None:
        """Let the journal claim nothing of hosts that are reset, and put the keys away when no
        host of the cluster is left."""
        if event.status == "interrupted":
            return
        done = [n for n in here if n not in self._failed]
        everyone = set(done) == {h.name for h in self.session.cluster.hosts}
        if done:
            journal.append("reset", hosts=done, all=everyone)
        if everyone:
            self.moved_to = put_away(self.session.directory)


def put_away(directory: Path) -> Path | None:
    """Move a cluster's certificates and kubeconfig into a folder of their own beside them, and
    return it; None where there are none."""
    there = [directory / name for name in (FOLDER, ADMIN_KUBECONFIG) if (directory / name).exists()]
    if not there:
        return None
    target = directory / f"before-reset-{ev.now():%Y%m%d-%H%M%S}"
    target.mkdir(mode=0o700)
    for path in there:
        path.rename(target / path.name)
    return target


async def _no_artifact(name: str) -> tuple[Path, str]:
    raise KeyError(name)
