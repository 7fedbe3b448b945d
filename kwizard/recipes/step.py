"""Steps as data. A recipe is a tuple of these, in the order a person would read them.

Few kinds: run a script on a host, place a file on a host, wait for a named condition, do something
on the operator's side. Who runs them, and when, is the engine's business; it needs nothing but
what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from kwizard.cluster.model import Cluster, Host


class Phase(StrEnum):
    """What the operator sees as a stage, in order. The value is its id on the command line."""

    HOSTS = "hosts"
    RELEASE = "release"
    CONTROL_PLANE = "control-plane"
    NODES = "nodes"
    NETWORK = "network"
    VERIFY = "verify"
    RESET = "reset"
    """No stage of an installation: what takes one back."""

    @property
    def label(self) -> str:
        """As a screen shows it."""
        return self.value.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class After:
    """A step that must have ended well first: on the same host, or on every host it runs on.

    With scope `same-host` and no task of that step on this host there is nothing to wait for.
    """

    step: str
    scope: Literal["same-host", "all-hosts"] = "same-host"


def same(step: str) -> After:
    """After `step` on this host."""
    return After(step, "same-host")


def every(step: str) -> After:
    """After `step` on all hosts it runs on: a barrier, declared."""
    return After(step, "all-hosts")


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` in all (1: no second try), `delay` seconds between them."""

    attempts: int = 1
    delay: float = 2.0


@dataclass(frozen=True, slots=True)
class Script:
    """Run assets/<asset>, rendered, as a detached job on the host.

    `files` names bundles of secret files that are put beside the job while it runs, under
    `$KWIZARD_JOB_DIR`, and resolved by the app for the host: `pki` (what belongs on this host),
    `admin` (admin.kubeconfig), `token` (bootstrap-token, and bootstrap-token-ends with the time).
    When the public part of a bundle changes, the step is due again.
    """

    asset: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Put a file of the operator's side onto the host, resumed and verified by sha256.

    `artifact` names what the app's store resolves to a local path and sum: `release` (the server
    tarball), `flannel`, `etcd-archive`, `etcd-binaries`, `pause-archive`; for the modern recipe
    also `containerd`, `cni-plugins`, `pause-image`, `coredns-image`.
    """

    artifact: str
    target: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Wait:
    """Poll the read-only script assets/<asset> on the host until it exits 0.

    `deadline` and `interval` in seconds. Its last line of output is what it last saw.
    """

    asset: str
    deadline: float = 60.0
    interval: float = 0.3


@dataclass(frozen=True, slots=True)
class Operator:
    """Something on the operator's side, by name: `fetch-release`, `certificates`,
    `verify`."""

    action: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Take kwizard's own directory off the host, with the records of all steps and jobs. It is done
    over the connection and not by a job, which would have nowhere to write down how it ended.

    `keep` names what stays in it: paths below that directory."""

    keep: tuple[str, ...] = ()


Action = Script | Place | Wait | Operator | Forget


@dataclass(frozen=True, slots=True)
class Rolling:
    """One host at a time. `group`: steps that share it never overlap on any two hosts.

    `guard` is a read-only script (assets/<guard>) that must exit 0 before each host's turn, polled
    on that host until `deadline` seconds are over.
    """

    group: str
    guard: str | None = None
    deadline: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing done to one host (or once, on the operator's side).

    `hosts` lists where, in order; () with an Operator action means once. `probe` is a read-only
    script (assets/<probe>): exit 0 and the step is as wanted, its last line says why; anything else
    and it is due. Without a probe the journal alone decides. `stamped`: as wanted also needs the
    host's own record of this very script's hash. `exclusive`: nothing else that is exclusive runs
    on the host meanwhile. `hint` is shown when the step fails. `values` are extra template values.
    `on_demand`: done for the sake of what comes after it: due when something directly after it is,
    or when its probe says so; what the host or the journal remembers does not count.
    `changes`: False for a step that only looks or notes: what comes after it is as it was before.
    `timeout` in seconds for one attempt. `shows` are the commands at the step's heart, each in one
    line as a person would type it: for plans and screens, never run.
    """

    id: str
    phase: Phase
    title: str
    action: Action
    hosts: tuple[str, ...] = ()
    after: tuple[After, ...] = ()
    probe: str | None = None
    stamped: bool = True
    on_demand: bool = False
    exclusive: bool = True
    changes: bool = True
    retry: Retry = Retry()
    timeout: float = 300.0
    rolling: Rolling | None = None
    hint: str = ""
    shows: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A container image the installation needs. `archive`: the file on the operator's machine that
    it is brought from; None: each host pulls it from its registry."""

    name: str
    purpose: str
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class RecipeSteps:
    """What a recipe makes of a cluster: its steps in reading order, the values every template may
    use besides `cluster`, `host` and the step's own `values`, and the images that are needed."""

    cluster: Cluster
    steps: tuple[Step, ...]
    values: Mapping[str, Any]
    images: tuple[Image, ...] = ()


def names(hosts: tuple[Host, ...]) -> tuple[str, ...]:
    """Host names, for `Step.hosts`."""
    return tuple(h.name for h in hosts)
