"""Use cases that follow a script: no host, no clock, no network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kwizard.app.bundles import Opened
from kwizard.app.clusters import KnownCluster
from kwizard.app.drafts import Remembered
from kwizard.app.preview import Change
from kwizard.app.shell import ShellLine
from kwizard.cluster.finding import Finding as Mistake
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Role, Version
from kwizard.engine import events as ev
from kwizard.engine.plan import Finding, Plan, State, Task
from kwizard.errors import KwizardError, Problem, ReleaseError
from kwizard.monitor.snapshot import Snapshot
from kwizard.recipes import step as steps
from kwizard.recipes.step import Action, Operator, Phase, Script, Step, Wait
from kwizard.release.bundle import Bundle
from kwizard.remote.looked import Looked
from kwizard.tui.usecases import (
    Asker,
    Fetching,
    HostReport,
    KeyQuestion,
    PasswordQuestion,
    Pasted,
    ReleaseReport,
)

from .pictures import snapshot

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
HOSTS = ("anakin", "boba", "c3po")

CLUSTER = Cluster(
    name="classic",
    version=Version(1, 19, 16),
    hosts=tuple(
        Host(
            name=name,
            address=IPv4Address(f"10.0.63.{202 + i}"),
            roles=frozenset({Role.WORKER if i else Role.CONTROL_PLANE, Role.ETCD}),
            ssh=SSH(user="root" if i else "operator"),
        )
        for i, name in enumerate(HOSTS)
    ),
)

STEPS: tuple[tuple[str, Phase, str, Action, tuple[str, ...]], ...] = (
    ("hosts/preflight", Phase.HOSTS, "Look before touching", Script("a"), HOSTS),
    ("hosts/docker", Phase.HOSTS, "Docker is installed and runs", Script("a"), HOSTS),
    ("etcd/start", Phase.HOSTS, "Start etcd in docker", Script("a"), HOSTS),
    ("etcd/healthy", Phase.HOSTS, "etcd has its quorum", Wait("a"), ("anakin",)),
    ("release/fetch", Phase.RELEASE, "Get the release", Operator("fetch-release"), ()),
    ("release/place", Phase.RELEASE, "Bring it to the host", steps.Place("release", "/r"), HOSTS),
    ("release/install", Phase.RELEASE, "Programs into /usr/bin", Script("a"), HOSTS),
    ("master/apiserver", Phase.CONTROL_PLANE, "kube-apiserver", Script("a"), ("anakin",)),
    ("master/scheduler", Phase.CONTROL_PLANE, "kube-scheduler", Script("a"), ("anakin",)),
    ("nodes/kubelet", Phase.NODES, "kubelet", Script("a"), HOSTS[1:]),
    ("nodes/proxy", Phase.NODES, "kube-proxy", Script("a"), HOSTS),
    ("network/flannel", Phase.NETWORK, "flanneld", Script("a"), HOSTS),
    ("network/docker", Phase.NETWORK, "Docker into flannel's subnet", Script("a"), HOSTS),
    ("verify/cluster", Phase.VERIFY, "Components, nodes, pings", Operator("verify"), ()),
)

SCRIPT = """\
# Starts kube-apiserver with the article's flags, as a unit of systemd.
set -eu
cat > /etc/systemd/system/kube-apiserver.service <<'UNIT'
[Service]
ExecStart=/usr/bin/kube-apiserver --etcd-servers=http://localhost:2379 [--not-markup=1]
UNIT
systemctl enable --now kube-apiserver
"""


def plan_of(cluster: Cluster) -> Plan:
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for ident, phase, title, action, hosts in STEPS:
        step = Step(id=ident, phase=phase, title=title, action=action, hosts=hosts)
        script = SCRIPT if isinstance(action, Script | Wait) else ""
        tasks += [
            Task(
                id=f"{ident}@{host or 'operator'}",
                step=step,
                host=host,
                script=script,
                sha256="5" * 64,
                record="5" * 64,
                key="k",
                probe="# looks whether the unit is there\nexit 0\n",
                guard=None,
                after=before,
            )
            for host in hosts or (None,)
        ]
        before = tuple(f"{ident}@{host or 'operator'}" for host in hosts or (None,))
    return Plan(cluster, tuple(tasks))


class Story:
    """Makes engine events, a second apart."""

    def __init__(self, start: datetime = NOW) -> None:
        self.time = start
        self.titles = {ident: (phase, title) for ident, phase, title, _, _ in STEPS}

    def tick(self, seconds: float = 1.0) -> datetime:
        self.time += timedelta(seconds=seconds)
        return self.time

    def _of(self, step: str, host: str) -> dict[str, Any]:
        phase, _ = self.titles.get(step, (Phase.HOSTS, step))
        return {
            "time": self.tick(),
            "cluster": "classic",
            "phase": phase.value,
            "step": step,
            "host": host,
        }

    def begin(self, due: int = 32) -> ev.Event:
        return ev.RunStarted(time=self.tick(), cluster="classic", due=due, total=32)

    def started(self, step: str, host: str, *, attached: bool = False) -> ev.Event:
        title = self.titles[step][1]
        return ev.StepStarted(**self._of(step, host), title=title, attached=attached)

    def log(self, step: str, host: str, text: str) -> ev.Event:
        return ev.Log(**self._of(step, host), text=text)

    def progress(
        self,
        step: str,
        host: str,
        done: int,
        total: int,
        unit: str = "bytes",
        source: str = "",
        *,
        held: bool = False,
    ) -> ev.Event:
        at = self._of(step, host)
        return ev.Progress(**at, done=done, total=total, unit=unit, source=source, held=held)

    def finished(self, step: str, host: str, seconds: float = 2.0) -> ev.Event:
        return ev.StepFinished(**self._of(step, host), seconds=seconds)

    def skipped(
        self, step: str, host: str, reason: str, *, blocked: bool = False, waived: bool = False
    ) -> ev.Event:
        return ev.StepSkipped(**self._of(step, host), reason=reason, blocked=blocked, waived=waived)

    def failed(self, step: str, host: str, reason: str, hint: str, tail: str) -> ev.Event:
        return ev.StepFailed(
            **self._of(step, host), exit=1, reason=reason, hint=hint, log_tail=tail
        )

    def end(self, status: str = "done", exit: int = 0) -> ev.Event:
        return ev.RunFinished(
            time=self.tick(),
            cluster="classic",
            status=status,  # type: ignore[arg-type]
            seconds=48.2,
            exit=exit,
        )

    def whole(self, first: str = "", last: str = "") -> list[ev.Event]:
        """Every task from step `first` up to, without, step `last` begun, with a log, ended."""
        out: list[ev.Event] = []
        on = not first
        for ident, _, title, _, hosts in STEPS:
            on = on or ident == first
            if ident == last:
                break
            if not on:
                continue
            for host in hosts or ("operator",):
                out += [
                    self.started(ident, host),
                    self.log(ident, host, f"+ {title}\nall is well on {host}"),
                    self.finished(ident, host),
                ]
        return out


Play = Sequence[ev.Event | asyncio.Event | KwizardError]


@dataclass
class ScriptedCases:
    """What happens is what the fields say. Each call of `install` plays the next of `runs`; an
    asyncio.Event in it is waited for, an error in it is raised."""

    runs: list[Play] = field(default_factory=list)
    known_clusters: tuple[KnownCluster, ...] = ()
    cluster: Cluster = CLUSTER
    reports: tuple[HostReport | asyncio.Event, ...] = ()
    questions: tuple[KeyQuestion | PasswordQuestion, ...] = ()
    answers: list[object] = field(default_factory=list)
    found: tuple[Problem, ...] = ()
    rules: Callable[[Cluster], Sequence[Mistake]] = lambda _cluster: ()
    rests: Callable[[Cluster], str] = lambda _cluster: ""
    changes: tuple[Change, ...] = ()
    fitted: Callable[[Cluster], Cluster] = lambda cluster: cluster
    lying_around: Mapping[Place, Sequence[Path]] = field(default_factory=dict)
    bundles: Mapping[Path, Bundle] = field(default_factory=dict)
    unpacking: asyncio.Event | None = None
    bundle_error: KwizardError | None = None
    fetches: Sequence[Sequence[Fetching | asyncio.Event | KwizardError]] = ((),)
    fetched: int = 0
    draft: Remembered | None = None
    release: ReleaseReport = field(default_factory=ReleaseReport)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    survey_error: KwizardError | None = None
    obstructed: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    pictures: tuple[Snapshot | asyncio.Event | KwizardError, ...] = ()
    looks: list[Snapshot | asyncio.Event | KwizardError] = field(default_factory=list)
    last: Snapshot | None = None
    rehearsal: bool = False
    saved: list[Path | None] = field(default_factory=list)
    reported: list[tuple[str, Path]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    keep_error: KwizardError | None = None
    installs: int = 0
    waived: list[frozenset[str]] = field(default_factory=list)
    shell_error: KwizardError | None = None
    known_times: Mapping[str, float] = field(default_factory=dict)
    folder: Path = Path("/state/classic")
    logs_saved: list[tuple[str, Path]] = field(default_factory=list)
    record: Looked = field(default_factory=Looked)
    paused: list[bool] = field(default_factory=list)
    closed: bool = False
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    def known(self) -> Sequence[KnownCluster]:
        return self.known_clusters

    def load(self, name: str) -> Cluster:
        return replace(self.cluster, name=name)

    def remember(self, draft: Remembered) -> None:
        self.draft = draft

    def remembered(self) -> Remembered | None:
        return self.draft

    def forget(self) -> None:
        self.draft = None

    def blank(self) -> Cluster:
        return self.cluster

    def versions(self, recipe: RecipeName = RecipeName.MODERN) -> Sequence[Version]:
        if recipe is RecipeName.MODERN:
            return (Version(1, 36, 3),)
        return (Version(1, 19, 16), Version(1, 3, 5))

    def read_table(self, text: str) -> Pasted:
        hosts, problems = [], []
        for number, line in enumerate(text.splitlines(), 1):
            name, _, address = line.strip().partition(" ")
            try:
                hosts.append(Host(name=name, address=IPv4Address(address.split("/")[0])))
            except ValueError:
                problems.append(Problem(f"no address in {line!r}", line=number, file="pasted"))
        return Pasted(tuple(hosts), tuple(problems))

    def read_file(self, path: Path) -> Cluster:
        return replace(CLUSTER, name=path.stem)

    def problems(self, cluster: Cluster) -> Sequence[Problem]:
        return self.found

    def mistakes(self, cluster: Cluster) -> Sequence[Mistake]:
        return [*(Mistake(p, ()) for p in self.found), *self.rules(cluster)]

    def resting(self, cluster: Cluster) -> Mapping[str, str]:
        return {h.name: self.rests(cluster) for h in cluster.hosts}

    def preview(self, before: Cluster, after: Cluster) -> Sequence[Change]:
        return self.changes

    async def around(self, cluster: Cluster, file: Path | None) -> Mapping[Place, Sequence[Path]]:
        return self.lying_around

    async def named_as_archived(self, cluster: Cluster) -> Cluster:
        return self.fitted(cluster)

    async def fetch(self, cluster: Cluster) -> AsyncGenerator[Fetching]:
        script = self.fetches[min(self.fetched, len(self.fetches) - 1)]
        self.fetched += 1
        for item in script:
            if isinstance(item, asyncio.Event):
                await item.wait()
            elif isinstance(item, KwizardError):
                raise item
            else:
                yield item

    def save(self, cluster: Cluster, path: Path | None = None) -> Path:
        self.saved.append(path)
        return path or Path("/state/classic/cluster.yaml")

    def apply_line(self, file: Path, bundle: Path | None = None) -> str:
        return f"kwizard apply {f'--bundle {bundle} ' if bundle else ''}{file}"

    async def read_bundle(self, path: Path) -> Bundle:
        if path not in self.bundles:
            raise ReleaseError(f"there is no file {path}", remedy="check the path of the bundle")
        return self.bundles[path]

    async def open_bundle(self, path: Path, told: Callable[[int, int], None]) -> Opened:
        bundle = self.bundles[path]
        told(bundle.size // 3, bundle.size)
        if self.unpacking is not None:
            await self.unpacking.wait()
        if self.bundle_error is not None:
            raise self.bundle_error
        return Opened(path, bundle, {i.key: Path("/cache") / i.member for i in bundle.items})

    def plan(self, cluster: Cluster) -> Plan:
        return plan_of(cluster)

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        return self.release

    async def check_hosts(self, cluster: Cluster, asker: Asker) -> AsyncIterator[HostReport]:
        for question in self.questions:
            if isinstance(question, KeyQuestion):
                self.answers.append(await asker.confirm_key(question))
            else:
                self.answers.append(await asker.password(question))
        for report in self.reports:
            if isinstance(report, asyncio.Event):
                await report.wait()
            else:
                yield report

    async def survey(self, plan: Plan, asker: Asker) -> Mapping[str, Finding]:
        if self.survey_error is not None:
            raise self.survey_error
        return self.findings or {t.id: Finding(State.DUE, "no such unit") for t in plan.tasks}

    async def obstacles(self, plan: Plan, asker: Asker) -> Mapping[str, Sequence[Problem]]:
        return self.obstructed

    async def install(
        self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
    ) -> AsyncGenerator[ev.Event]:
        self.waived.append(waived)
        script = self.runs[min(self.installs, len(self.runs) - 1)]
        self.installs += 1
        for item in script:
            if isinstance(item, asyncio.Event):
                waiting = asyncio.create_task(item.wait())
                left = asyncio.create_task(self.interrupted.wait())
                await asyncio.wait({waiting, left}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                left.cancel()
                if self.interrupted.is_set():
                    return
            elif isinstance(item, KwizardError):
                raise item
            else:
                yield item

    def pause(self, held: bool) -> None:
        self.paused.append(held)

    def looked(self) -> Looked:
        return self.record

    def interrupt(self) -> None:
        self.interrupted.set()

    def shell(self, cluster: Cluster, host: str) -> ShellLine:
        if self.shell_error is not None:
            raise self.shell_error
        return ShellLine(host, "operator", ("ssh", "--", str(cluster.host(host).address)))

    def log_file(self, cluster: Cluster, step: str, host: str) -> Path:
        return self.folder / "logs" / f"{step.replace('/', '.')}@{host}.log"

    def save_log(self, plan: Plan, host: str, path: Path) -> int:
        self.logs_saved.append((host, path))
        return 7

    def save_script(self, plan: Plan, task: Task) -> Path:
        return self.folder / "scripts" / f"{task.stamp}@{task.host_label}.sh"

    async def expected(self, plan: Plan) -> Mapping[str, float]:
        return self.known_times

    def verified(self) -> Snapshot | None:
        return self.last

    async def verify(self, cluster: Cluster, asker: Asker) -> Snapshot:
        look = self.looks.pop(0) if self.looks else snapshot()
        if isinstance(look, asyncio.Event):
            await look.wait()
            return snapshot()
        if isinstance(look, KwizardError):
            raise look
        return look

    async def watch(
        self, cluster: Cluster, interval: float, asker: Asker
    ) -> AsyncGenerator[Snapshot]:
        for picture in self.pictures:
            if isinstance(picture, asyncio.Event):
                await picture.wait()
            elif isinstance(picture, KwizardError):
                raise picture
            else:
                yield picture

    def report(self, name: str, target: Path) -> Sequence[str]:
        self.reported.append((name, target))
        return ("versions.txt", "cluster.yaml", "journal.jsonl")

    def keep_report(self, name: str, words: str) -> Path:
        if self.keep_error is not None:
            raise self.keep_error
        self.kept.append((name, words))
        return self.folder / "reports" / "20260304-103000.tar.gz"

    async def close(self) -> None:
        self.closed = True
