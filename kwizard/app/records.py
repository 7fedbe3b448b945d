"""What earlier and present runs of a cluster left on this machine: logs, scripts, how long it took.

Everything is in the cluster's directory; nothing here asks a host.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster
from kwizard.engine.journal import read
from kwizard.engine.locallog import log_name
from kwizard.engine.plan import Plan, Task
from kwizard.errors import KwizardError
from kwizard.paths import cluster_dir, state_home


def log_file(cluster: Cluster, step: str, host: str) -> Path:
    """Where the whole log of a step on a host is; it may not be there yet."""
    return cluster_dir(cluster.name) / "logs" / log_name(step, host)


def save_log(plan: Plan, host: str, target: Path) -> int:
    """Write all logs of a host, whole, in the order of the plan, to `target`; returns how many.

    Raises OSError where it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with target.open("wb") as out:
        for task in plan.tasks:
            file = log_file(plan.cluster, task.step.id, host)
            if task.host_label == host and file.is_file():
                out.write(f"== {task.step.id}: {task.step.title}\n".encode())
                with file.open("rb") as log:
                    shutil.copyfileobj(log, out)
                count += 1
    return count


def save_script(plan: Plan, task: Task) -> Path:
    """Write the very script of `task` beside the logs, for reading or running by hand."""
    folder = cluster_dir(plan.cluster.name) / "scripts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / log_name(task.step.id, task.host_label).replace(".log", ".sh")
    file.write_text(task.script, encoding="utf-8")
    return file


def expected(plan: Plan) -> Mapping[str, float]:
    """By task id, the seconds it took before: on the same host of this cluster, else the same step
    anywhere in journals of clusters with this recipe (the median). What never ran is not in it.
    """
    own: dict[str, list[float]] = {}
    any_host: dict[str, list[float]] = {}
    for directory in (state_home() / "clusters").glob("*/"):
        mine = directory.name == plan.cluster.name
        try:
            if not mine and load(directory / "cluster.yaml").cluster.recipe != plan.cluster.recipe:
                continue
            times = list(_times(directory / "journal.jsonl"))
        except (KwizardError, OSError):
            continue
        for task, seconds in times:
            if mine:
                own.setdefault(task, []).append(seconds)
            any_host.setdefault(task.partition("@")[0], []).append(seconds)
    found = {t.id: own.get(t.id) or any_host.get(t.step.id) for t in plan.tasks}
    return {task: statistics.median(times) for task, times in found.items() if times}


def _times(journal: Path) -> Iterator[tuple[str, float]]:
    """How long each task took that began and ended well in one run. One that was only followed to
    its end tells nothing."""
    begun: set[str] = set()
    for record in read(journal):
        task, seconds = str(record.get("task", "")), record.get("seconds")
        match record.get("kind"):
            case "run.started":
                begun.clear()
            case "task.started":
                begun.add(task)
            case "task.ended" if record.get("exit") == 0 and task in begun:
                if isinstance(seconds, int | float):
                    yield task, float(seconds)
