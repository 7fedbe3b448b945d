"""The screens' use cases for real: `kwizard.app`, nothing else."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kwizard.app import bundles as bundles_app
from kwizard.app import clusters, drafts, records, verifying
from kwizard.app.artifacts import artifacts, lying_around, named_as_archived, usual_folders
from kwizard.app.checkup import HostCheck, checkup, examine, preflights, rests_on, skewed
from kwizard.app.holders import OnHosts, nobody_has_it, on_hosts
from kwizard.app.install import Installation, install
from kwizard.app.planning import make_plan, survey
from kwizard.app.preview import Change, preview
from kwizard.app.report import keep_report, write_report
from kwizard.app.shell import ShellLine, shell_line
from kwizard.cluster.check import check, findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.dump import dump
from kwizard.cluster.files import files_of
from kwizard.cluster.finding import Finding as Mistake
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, Host, RecipeName, Version
from kwizard.cluster.paste import parse_hosts
from kwizard.engine.events import Event
from kwizard.engine.pause import Pause
from kwizard.engine.plan import Finding, Plan, Task
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.language import _
from kwizard.monitor.snapshot import Snapshot
from kwizard.recipes.modern.versions import SUGGESTED, TRIED
from kwizard.release import bundle as bundles
from kwizard.release.bundle import Bundle
from kwizard.release.catalog import known_to_classic, locate
from kwizard.release.store import look, obtain, published
from kwizard.release.sums import SHA256, SHA512
from kwizard.remote.looked import Looked
from kwizard.remote.target import USER_CONFIG, SSHConfig
from kwizard.tui.connecting import TRIES, Connections
from kwizard.tui.facts import artifact_facts, host_facts, release_facts
from kwizard.tui.usecases import Asker, Fetching, HostReport, Pasted, ReleaseReport

BUNDLE: Place = ("bundle",)  # which is no key of the cluster file: a bundle stands beside it


class LiveUseCases:
    """Forwards to the use cases, over the connections of the cluster in hand.

    `ssh_config` as in `kwizard.remote.target`; a rehearsal looks at neither config nor agent.
    """

    def __init__(self, *, rehearsal: bool = False, ssh_config: SSHConfig = USER_CONFIG) -> None:
        self._rehearsal = rehearsal
        self._ssh_config = None if rehearsal else ssh_config
        self._connections = Connections(rehearsal=rehearsal, ssh_config=self._ssh_config)
        self._installation: Installation | None = None
        self._pause = Pause()

    @property
    def rehearsal(self) -> bool:
        """Pretend hosts."""
        return self._rehearsal

    # -- clusters and files ----------------------------------------------------------------

    def known(self) -> Sequence[clusters.KnownCluster]:
        """Clusters this machine remembers."""
        return clusters.known()

    def load(self, name: str) -> Cluster:
        """A remembered cluster."""
        return clusters.load_known(name)

    def remember(self, draft: drafts.Remembered) -> None:
        """Keep the draft, unless the hosts are pretend ones."""
        if not self._rehearsal:
            drafts.remember(draft)

    def remembered(self) -> drafts.Remembered | None:
        """The draft kept last."""
        return None if self._rehearsal else drafts.remembered()

    def forget(self) -> None:
        """Keep no draft."""
        if not self._rehearsal:
            drafts.forget()

    def blank(self) -> Cluster:
        """No hosts yet; a current Kubernetes."""
        old = Cluster(name="my-cluster", version=Version(1, 19, 16), hosts=())
        return with_recipe(old, RecipeName.MODERN, SUGGESTED)

    def versions(self, recipe: RecipeName = RecipeName.MODERN) -> Sequence[Version]:
        """Of the classic recipe those with a known sum; of the modern one what was tried."""
        if recipe is RecipeName.MODERN:
            return (SUGGESTED, *(v for v in TRIED if v != SUGGESTED))
        found = {Version.parse(key.split("/")[0]) for key in (*SHA256, *SHA512)}
        return sorted((v for v in found if known_to_classic(v)), reverse=True)

    def read_table(self, text: str) -> Pasted:
        """Hosts out of a pasted table; they have no roles yet."""
        pasted = parse_hosts(text)
        hosts = (Host(name=p.name, address=p.address, ssh=p.ssh) for p in pasted.hosts)
        return Pasted(tuple(hosts), pasted.problems)

    def read_file(self, path: Path) -> Cluster:
        """A cluster file."""
        return load(path).cluster

    def problems(self, cluster: Cluster) -> Sequence[Problem]:
        """Everything wrong with it."""
        return check(cluster)

    def mistakes(self, cluster: Cluster) -> Sequence[Mistake]:
        """Everything wrong with it, and where."""
        return findings(cluster)

    def resting(self, cluster: Cluster) -> Mapping[str, str]:
        """By host, what a look rests on."""
        return rests_on(cluster)

    def preview(self, before: Cluster, after: Cluster) -> Sequence[Change]:
        """What differs between two plans."""
        return preview(before, after)

    async def around(self, cluster: Cluster, file: Path | None) -> Mapping[Place, Sequence[Path]]:
        """Files that lie in the usual folders, and bundles."""

        def look_around() -> Mapping[Place, Sequence[Path]]:
            fitting = bundles_app.lying_around(cluster, usual_folders(cluster, file))
            return {**lying_around(cluster, file), **({BUNDLE: fitting} if fitting else {})}

        return await asyncio.to_thread(look_around)

    async def named_as_archived(self, cluster: Cluster) -> Cluster:
        """Look into the archives of images."""
        return await asyncio.to_thread(named_as_archived, cluster)

    def save(self, cluster: Cluster, path: Path | None = None) -> Path:
        """Write the cluster file."""
        if path is None:
            return clusters.save(cluster)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(cluster), encoding="utf-8")
        return path

    def apply_line(self, file: Path, bundle: Path | None = None) -> str:
        """`kwizard apply`, with the SSH config of this run."""
        given = self._ssh_config
        option = [] if not isinstance(given, Path) else ["--ssh-config", str(given)]
        option += [] if bundle is None else ["--bundle", str(bundle)]
        return shlex.join(["kwizard", "apply", *option, str(file)])

    async def read_bundle(self, path: Path) -> Bundle:
        """Its list of files."""
        return await asyncio.to_thread(bundles.read, path)

    async def open_bundle(self, path: Path, told: Callable[[int, int], None]) -> bundles_app.Opened:
        """Into kwizard's cache."""
        return await asyncio.to_thread(bundles_app.opened, path, told)

    def plan(self, cluster: Cluster) -> Plan:
        """What would be run where."""
        return make_plan(cluster)

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        """What is here already, which named files are missing, and which hosts have the release
        where it is not here. Nothing is downloaded."""
        missing = await asyncio.to_thread(_missing, cluster)
        if any(p.message.startswith("release.tarball") for p in missing):
            return ReleaseReport(problems=tuple(missing))
        obtained = await look(cluster)
        place = locate(cluster.version, cluster.release.mirror)
        held = None
        chosen = cluster.release.on_hosts
        ask = (chosen or not self._rehearsal) and not _blocked(cluster)
        if obtained is None and asker is not None and ask:
            held = await self._held(cluster, asker)
            if chosen and not held.hosts:
                error = nobody_has_it(cluster, held)
                missing.append(Problem(error.message, error.remedy))
        facts = release_facts(obtained, place, held, chosen=chosen)
        if missing or _blocked(cluster):
            return ReleaseReport(facts, tuple(missing), held.unknown if held and chosen else "")
        found = await artifacts(cluster)
        wrong = [Problem(a.error.message, a.error.remedy) for a in found if a.error is not None]
        return ReleaseReport(facts + artifact_facts(found), tuple(wrong))

    async def _held(self, cluster: Cluster, asker: Asker) -> OnHosts:
        """Which hosts have the release. None is connected to where nothing could be told."""
        if published(cluster) is None and not cluster.release.on_hosts:
            return await on_hosts(cluster, {})
        session = await self._connections.ready(cluster, asker)
        there = {n: h for n, h in session.hosts.items() if n not in self._connections.away}
        held = await on_hosts(cluster, there)
        return replace(held, away=self._connections.away)

    async def fetch(self, cluster: Cluster) -> AsyncGenerator[Fetching]:
        """Download, telling how far it is."""
        told: asyncio.Queue[Fetching | None] = asyncio.Queue()

        async def progress(done: int, total: int) -> None:
            told.put_nowait(Fetching(done, total))

        async def notice(text: str) -> None:
            told.put_nowait(Fetching(notice=text))

        task = asyncio.create_task(obtain(cluster, progress=progress, notice=notice))
        task.add_done_callback(lambda _task: told.put_nowait(None))
        try:
            while (step := await told.get()) is not None:
                yield step
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # -- hosts -----------------------------------------------------------------------------

    async def check_hosts(self, cluster: Cluster, asker: Asker) -> AsyncIterator[HostReport]:
        """Connect, asking what has to be asked, and look at every host: each as soon as it
        answered, and once more where its clock turns out to be off the others'."""
        session = await self._connections.session(cluster, asker)
        resting = rests_on(cluster)
        try:
            asked = preflights(session)
        except InvalidInput:
            asked = {}  # the page says what the cluster still lacks

        async def one(name: str) -> tuple[str, HostCheck]:
            for _attempt in range(TRIES):
                found = await examine(session, name, asked.get(name))
                if found.error is None or not self._connections.refused(name, found.error):
                    break
            return name, found

        checks: dict[str, HostCheck] = {}
        tasks = [asyncio.create_task(one(name)) for name in session.hosts]
        try:
            for next_one in asyncio.as_completed(tasks):
                name, found = await next_one
                checks[name] = found
                yield _report(name, found, resting[name])
            for name, found in skewed(checks).items():
                yield _report(name, found, resting[name])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def survey(self, plan: Plan, asker: Asker) -> Mapping[str, Finding]:
        """What is as wanted already."""
        return await survey(await self._connections.ready(plan.cluster, asker), plan)

    async def obstacles(self, plan: Plan, asker: Asker) -> Mapping[str, Sequence[Problem]]:
        """What blocks, by host."""
        looked = await checkup(await self._connections.ready(plan.cluster, asker, anew=False))
        found = {name: _report(name, check) for name, check in looked.items()}
        return {n: [p for p in r.problems if p.blocks] for n, r in found.items() if r.blocks}

    async def install(
        self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
    ) -> AsyncGenerator[Event]:
        """Run what is due, but for what a person skips."""
        session = await self._connections.ready(cluster, asker)
        run = self._installation = install(session, waived=waived, pause=self._pause)
        async with aclosing(run.events()) as events:
            async for event in events:
                yield event

    def pause(self, held: bool) -> None:
        """Hold what is sent and fetched, or go on."""
        if held:
            self._pause.hold()
        else:
            self._pause.go_on()

    def looked(self) -> Looked:
        """What was run to look."""
        return self._connections.looked

    def interrupt(self) -> None:
        """Stop following the run; jobs on the hosts go on."""
        if self._installation is not None:
            self._installation.interrupt()

    def shell(self, cluster: Cluster, host: str) -> ShellLine:
        """An ssh to that host, as kwizard itself reaches it."""
        if self._rehearsal:
            raise KwizardError(
                _("a pretend host runs commands, it offers no shell"),
                host=host,
                remedy=_("on real hosts this opens ssh"),
            )
        return shell_line(cluster, host, ssh_config=self._ssh_config)

    def log_file(self, cluster: Cluster, step: str, host: str) -> Path:
        """A step's whole log."""
        return records.log_file(cluster, step, host)

    def save_log(self, plan: Plan, host: str, path: Path) -> int:
        """All logs of a host."""
        return records.save_log(plan, host, path)

    def save_script(self, plan: Plan, task: Task) -> Path:
        """A task's script."""
        return records.save_script(plan, task)

    async def expected(self, plan: Plan) -> Mapping[str, float]:
        """From the journals on this machine."""
        return await asyncio.to_thread(records.expected, plan)

    def verified(self) -> Snapshot | None:
        """What the run saw when it verified."""
        return self._installation.snapshot if self._installation is not None else None

    async def verify(self, cluster: Cluster, asker: Asker) -> Snapshot:
        """Look once, with the whole matrix."""
        return await verifying.verify(await self._connections.ready(cluster, asker))

    async def watch(
        self, cluster: Cluster, interval: float, asker: Asker
    ) -> AsyncGenerator[Snapshot]:
        """Look again and again."""
        session = await self._connections.ready(cluster, asker)
        async for snapshot in verifying.watch(session.hosts, cluster, interval):
            yield snapshot

    def report(self, name: str, target: Path) -> Sequence[str]:
        """Everything needed to ask for help, in one file."""
        try:
            return write_report(name, target)
        except FileNotFoundError as error:
            raise KwizardError(
                f"no report could be written to {target}: {error.filename or error} is not there",
                remedy="give a folder that is there; of a cluster that was never saved or begun "
                "there is nothing to report",
            ) from error

    def keep_report(self, name: str, words: str) -> Path:
        """After a failure: kept without being asked for."""
        try:
            return keep_report(name, words, datetime.now(UTC))
        except FileNotFoundError as error:
            raise KwizardError(_("nothing of this cluster is kept here yet")) from error
        except OSError as error:
            raise KwizardError(
                _("the report could not be written: {error}", error=error)
            ) from error

    async def close(self) -> None:
        """End all connections."""
        await self._connections.close()


def _blocked(cluster: Cluster) -> bool:
    """A mistake stands in the way of a plan."""
    return any(p.blocks for p in check(cluster))


def _missing(cluster: Cluster) -> list[Problem]:
    """The files the cluster names that are not there; keys of hosts are left to the login."""
    return [
        Problem(f"{'.'.join(map(str, place))}: no file {file}", "check the path")
        for place, file in files_of(cluster)
        if place[0] != "hosts" and not Path(file).exists()
    ]


def _report(name: str, found: HostCheck, resting: str = "") -> HostReport:
    problems = list(found.problems)
    if found.error is not None:
        problems.insert(0, Problem(found.error.message, found.error.remedy))
    facts = host_facts(found.facts, found.ahead) if found.facts else ()
    return HostReport(name, facts, tuple(problems), resting)
