"""What would be done where: a recipe's steps spread over hosts, rendered and keyed.

Making a plan needs nothing but the cluster file; whether a task is due is found out by a survey
(`kwizard.engine.survey`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.recipes.render import render
from kwizard.recipes.step import (
    After,
    Forget,
    Image,
    Operator,
    Place,
    RecipeSteps,
    Script,
    Step,
    Wait,
)

OPERATOR = "operator"

PublicPart = Callable[[str, str], str]
"""A digest of the public part of a bundle of secret files, by bundle and host."""


class State(StrEnum):
    """Whether a task still has to be done."""

    DUE = "due"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """A task's state and, in a sentence, why."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """A step on one host.

    `id` is `<step>@<host>`. `host` is None on the operator's side. `script` holds the exact bytes
    a job will run (empty where the action has none); `sha256` is its hash, or that of what is
    placed; `record` is what the host keeps as the sign that this was applied: the same, and where
    secret files go beside the script, their public part too. `key` also covers recipe, step and
    host: a changed key means due again. `probe` and `guard` are rendered read-only scripts. `after`
    names tasks.
    """

    id: str
    step: Step
    host: str | None
    script: str
    sha256: str
    record: str
    key: str
    probe: str | None
    guard: str | None
    after: tuple[str, ...]

    @property
    def host_label(self) -> str:
        """The host's name, or "operator"."""
        return self.host or OPERATOR

    @property
    def waivable(self) -> bool:
        """Whether a person may skip it. Not what is done on the operator's side: without the
        release and the certificates nothing after it can be begun, and a verification that was
        skipped proves nothing."""
        return not isinstance(self.step.action, Operator)

    @property
    def stamp(self) -> str:
        """The name under which the host remembers the applied script."""
        return self.step.id.replace("/", ".")


@dataclass(frozen=True, slots=True)
class Plan:
    """All tasks, in reading order: step by step, host by host; and the images they need."""

    cluster: Cluster
    tasks: tuple[Task, ...]
    images: tuple[Image, ...] = ()

    def task(self, task_id: str) -> Task:
        """The task of that id. Raises KeyError."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)

    def of_step(self, step_id: str) -> tuple[Task, ...]:
        """The tasks of one step, in host order."""
        return tuple(t for t in self.tasks if t.step.id == step_id)

    def followers(self, task_id: str) -> tuple[Task, ...]:
        """All tasks that come after that one, directly or not, in reading order."""
        found = {task_id}
        for task in self._in_order():
            if found.intersection(task.after):
                found.add(task.id)
        return tuple(t for t in self.tasks if t.id in found and t.id != task_id)

    def _in_order(self) -> Iterable[Task]:
        by_id = {t.id: t for t in self.tasks}
        order = TopologicalSorter({t.id: t.after for t in self.tasks}).static_order()
        return (by_id[task_id] for task_id in order)

    def dependents(self) -> Mapping[str, frozenset[str]]:
        """For each task id, the ids of the tasks that come directly after it."""
        out: dict[str, set[str]] = {t.id: set() for t in self.tasks}
        for task in self.tasks:
            for before in task.after:
                out[before].add(task.id)
        return {k: frozenset(v) for k, v in out.items()}


def check_waivers(plan: Plan, waived: Iterable[str]) -> frozenset[str]:
    """`waived` as a set of task ids. Raises InvalidInput for what is no task of the plan, and for
    a task that may not be skipped."""
    tasks = {t.id: t for t in plan.tasks}
    wanted = tuple(dict.fromkeys(waived))
    problems = []
    for task_id in wanted:
        if task_id not in tasks:
            near = get_close_matches(task_id, tasks, n=3)
            remedy = f"did you mean {' or '.join(near)}?" if near else "kwizard plan lists them"
            problems.append(Problem(f"there is nothing called {task_id!r} to skip", remedy))
        elif not tasks[task_id].waivable:
            problems.append(
                Problem(
                    f"{task_id} cannot be skipped",
                    "nothing after it could be begun or believed without it",
                )
            )
    if problems:
        raise InvalidInput(problems)
    return frozenset(wanted)


def no_files(bundle: str, host: str) -> str:  # noqa: ARG001
    """The public part of secret files that nobody has made yet."""
    return ""


def build(recipe: RecipeSteps, public: PublicPart = no_files) -> Plan:
    """Spread `recipe` over its hosts and render every script. `public` tells of secret files.

    Raises KwizardError when the recipe itself is wrong: a step comes after one that does not
    exist, or steps wait for each other in a circle.
    """
    places = {s.id: s.hosts or (None,) for s in recipe.steps}
    tasks = tuple(
        _task(recipe, step, host, places, public)
        for step in recipe.steps
        for host in places[step.id]
    )
    try:
        TopologicalSorter({t.id: t.after for t in tasks}).prepare()
    except CycleError as error:
        raise KwizardError(f"steps wait for each other: {' -> '.join(error.args[1])}") from error
    return Plan(recipe.cluster, tasks, recipe.images)


def task_id(step: str, host: str | None) -> str:
    """`<step>@<host>`."""
    return f"{step}@{host or OPERATOR}"


def _task(
    recipe: RecipeSteps,
    step: Step,
    host: str | None,
    places: Mapping[str, tuple[str | None, ...]],
    public: PublicPart,
) -> Task:
    values = {**recipe.values, **step.values}

    def text(asset: str) -> str:
        target = recipe.cluster.host(host) if host else None
        return render(asset, cluster=recipe.cluster, host=target, values=values)

    script, probe = "", text(step.probe) if step.probe else None
    beside: tuple[str, ...] = ()
    match step.action:
        case Script(asset, files):
            script = text(asset)
            subject = script
            beside = tuple(f"{name} {public(name, host or OPERATOR)}" for name in files)
        case Wait(asset):
            script = probe = text(asset)
            subject = script
        case Place(artifact, target, mode):
            subject = f"place {artifact} {recipe.cluster.version} {target} {mode:o}"
        case Operator(action):
            subject = f"operator {action}"
        case Forget(keep):
            subject = " ".join(("forget", *keep))
    sha = _hash(subject)
    record = _hash(sha, *beside) if beside else sha
    return Task(
        id=task_id(step.id, host),
        step=step,
        host=host,
        script=script,
        sha256=sha,
        record=record,
        key=_hash(recipe.cluster.recipe, step.id, host or OPERATOR, record),
        probe=probe,
        guard=text(step.rolling.guard) if step.rolling and step.rolling.guard else None,
        after=tuple(_before(step, host, places)),
    )


def _before(
    step: Step, host: str | None, places: Mapping[str, tuple[str | None, ...]]
) -> Iterable[str]:
    for after in step.after:
        if after.step not in places:
            raise KwizardError(f"{step.id} comes after {after.step}, which is no step")
        yield from (task_id(after.step, h) for h in _hosts_before(after, host, places))


def _hosts_before(
    after: After, host: str | None, places: Mapping[str, tuple[str | None, ...]]
) -> tuple[str | None, ...]:
    where = places[after.step]
    if after.scope == "all-hosts" or where == (None,):
        return where
    return (host,) if host in where else ()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
