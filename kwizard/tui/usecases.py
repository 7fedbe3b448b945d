"""What the screens may ask for. The screens know this and nothing below it: no SSH, no engine.

`kwizard.tui.live.LiveUseCases` forwards to `kwizard.app`; tests give a scripted one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from kwizard.app.bundles import Opened
from kwizard.app.clusters import KnownCluster
from kwizard.app.drafts import Remembered
from kwizard.app.preview import Change
from kwizard.app.shell import ShellLine
from kwizard.cluster.finding import Finding as Mistake
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import Cluster, Host, RecipeName, Version
from kwizard.engine.events import Event
from kwizard.engine.plan import Finding, Plan, Task
from kwizard.errors import Problem
from kwizard.monitor.snapshot import Snapshot
from kwizard.release.bundle import Bundle
from kwizard.remote.looked import Looked


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read out of a pasted table."""

    hosts: tuple[Host, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class HostReport:
    """What a look at one host found. `facts` are (what, value) pairs in reading order; `rests_on`
    is a sum of the answers it rests on (`UseCases.resting`)."""

    host: str
    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    rests_on: str = ""

    @property
    def blocks(self) -> bool:
        """A problem stands in the way of an installation."""
        return any(p.blocks for p in self.problems)


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What was found out about where the binaries come from. `unknown` is the sha256 of what lies
    on hosts, the same on all that have something, where no sum is known to hold it against."""

    facts: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Fetching:
    """Where a download stands: bytes done and in all (0: not known); or, with `notice`, a sentence
    about what happened on the way."""

    done: int = 0
    total: int = 0
    notice: str = ""


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """A host key nobody has confirmed yet: `number` of the `total` that are to be asked about."""

    host: str
    address: str
    key_type: str
    fingerprint: str
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class PasswordQuestion:
    """A password is needed. `again`: the last one was not accepted. For a "key", `user` is the
    key's file and `host` is empty."""

    host: str
    user: str
    what: Literal["login", "sudo", "key"]
    again: bool = False


class Asker(Protocol):
    """The person at the screen, seen from below."""

    async def confirm_key(self, question: KeyQuestion) -> bool:
        """Whether the person takes this for the host's key."""
        ...

    async def password(self, question: PasswordQuestion) -> str | None:
        """The password; None when the person declines."""
        ...


class UseCases(Protocol):
    """Everything the screens can cause. Errors are of `kwizard.errors`."""

    @property
    def rehearsal(self) -> bool:
        """Pretend hosts: nothing is installed anywhere."""
        ...

    def known(self) -> Sequence[KnownCluster]:
        """Clusters this machine remembers, the latest first."""
        ...

    def load(self, name: str) -> Cluster:
        """A remembered cluster. Raises InvalidInput."""
        ...

    def remember(self, draft: Remembered) -> None:
        """Keep an unfinished draft over a restart, in place of the one before."""
        ...

    def remembered(self) -> Remembered | None:
        """The draft that was kept last, if any."""
        ...

    def forget(self) -> None:
        """No draft is kept any more."""
        ...

    def blank(self) -> Cluster:
        """What a new cluster begins with; may have no hosts yet."""
        ...

    def versions(self, recipe: RecipeName = RecipeName.MODERN) -> Sequence[Version]:
        """Versions a recipe is best known with: the first one is suggested."""
        ...

    def read_table(self, text: str) -> Pasted:
        """Hosts out of a pasted table."""
        ...

    def read_file(self, path: Path) -> Cluster:
        """A cluster file. Raises InvalidInput with every mistake in it."""
        ...

    def problems(self, cluster: Cluster) -> Sequence[Problem]:
        """Every mistake and warning in `cluster`."""
        ...

    def mistakes(self, cluster: Cluster) -> Sequence[Mistake]:
        """The same, each with the keys of the cluster file it is about."""
        ...

    def resting(self, cluster: Cluster) -> Mapping[str, str]:
        """By host, a sum of the answers a look at it would rest on: where it differs from that of a
        report, the report is old."""
        ...

    def preview(self, before: Cluster, after: Cluster) -> Sequence[Change]:
        """What would differ on the hosts between two clusters. Raises KwizardError where one of
        them cannot be planned."""
        ...

    async def around(self, cluster: Cluster, file: Path | None) -> Mapping[Place, Sequence[Path]]:
        """By key of the cluster file, files found in the usual folders, the newest first. `file`
        is where the cluster file is."""
        ...

    async def named_as_archived(self, cluster: Cluster) -> Cluster:
        """`cluster` with its images called what the archives it names call them."""
        ...

    def save(self, cluster: Cluster, path: Path | None = None) -> Path:
        """Write the cluster file, into kwizard's own place unless `path` says where."""
        ...

    def apply_line(self, file: Path, bundle: Path | None = None) -> str:
        """What to type for the same installation without the screen."""
        ...

    async def read_bundle(self, path: Path) -> Bundle:
        """What a bundle says of itself. Raises ReleaseError where it is none."""
        ...

    async def open_bundle(self, path: Path, told: Callable[[int, int], None]) -> Opened:
        """Have the files of a bundle here, verified; `told` hears, from a thread, of bytes done and
        in all. Raises ReleaseError."""
        ...

    def plan(self, cluster: Cluster) -> Plan:
        """What would be run where. Raises InvalidInput, KwizardError."""
        ...

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        """Look at the tarball, or at what is in the cache already; where it would be downloaded and
        there is somebody to ask (`asker`), also at which hosts have it. Changes nothing."""
        ...

    def fetch(self, cluster: Cluster) -> AsyncGenerator[Fetching]:
        """Have the release on this machine. Closed early it keeps what has arrived; the next call
        goes on there. Raises ReleaseError."""
        ...

    def check_hosts(self, cluster: Cluster, asker: Asker) -> AsyncIterator[HostReport]:
        """Connect to every host and look at it; each result as it comes."""
        ...

    async def survey(self, plan: Plan, asker: Asker) -> Mapping[str, Finding]:
        """By task id, what is as wanted already. Read only."""
        ...

    async def obstacles(self, plan: Plan, asker: Asker) -> Mapping[str, Sequence[Problem]]:
        """By host, what would stop the installation there, as the hosts are now; only hosts with
        something. Read only."""
        ...

    def install(
        self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
    ) -> AsyncGenerator[Event]:
        """Run what is due, but for the tasks in `waived`, which a person skips. Jobs go on when
        the caller stops listening."""
        ...

    def pause(self, held: bool) -> None:
        """Send nothing to hosts and fetch nothing in an installation, one that goes on and those
        to come; or, with False, go on at the byte. What runs on the hosts goes on."""
        ...

    def looked(self) -> Looked:
        """Everything that was run on hosts to look, since kwizard began; the last ones."""
        ...

    def interrupt(self) -> None:
        """Stop following the installation; its stream ends soon, jobs on the hosts go on."""
        ...

    def shell(self, cluster: Cluster, host: str) -> ShellLine:
        """What to run on this machine for a shell on that host. Raises KwizardError with the
        reason where there can be none."""
        ...

    def log_file(self, cluster: Cluster, step: str, host: str) -> Path:
        """Where the whole log of a step on a host is; it may not be there yet."""
        ...

    def save_log(self, plan: Plan, host: str, path: Path) -> int:
        """Write all logs of a host, whole; returns how many there were. Raises OSError."""
        ...

    def save_script(self, plan: Plan, task: Task) -> Path:
        """Write the very script of a task to a file on this machine."""
        ...

    async def expected(self, plan: Plan) -> Mapping[str, float]:
        """By task id, the seconds it took in earlier runs; what never ran is not in it."""
        ...

    def verified(self) -> Snapshot | None:
        """What the last installation saw when it verified the cluster; None before."""
        ...

    async def verify(self, cluster: Cluster, asker: Asker) -> Snapshot:
        """Look at the cluster once, with the ping matrix."""
        ...

    def watch(self, cluster: Cluster, interval: float, asker: Asker) -> AsyncGenerator[Snapshot]:
        """Look at the cluster again and again, `interval` seconds apart. Read only."""
        ...

    def report(self, name: str, target: Path) -> Sequence[str]:
        """Write everything needed to ask for help with that cluster into `target` (a .tar.gz),
        secrets removed; the names of what is in it. Raises KwizardError, OSError."""
        ...

    def keep_report(self, name: str, words: str) -> Path:
        """The same after a failure, into kwizard's own place, where a few are kept; `words` say
        what failed. May be called from a thread. Raises KwizardError."""
        ...

    async def close(self) -> None:
        """End all connections. Jobs on the hosts go on."""
        ...


@dataclass(frozen=True, slots=True)
class Practice:
    """Pretend hosts that are up: what can be done on them, and their cluster."""

    cases: UseCases
    cluster: Cluster


Practise = Callable[[], AbstractAsyncContextManager[Practice]]
"""Brings pretend hosts up, for as long as the context lasts. Raises KwizardError on entering where
this machine has none."""
