"""What is good to know once the cluster is there, or once one has left: plain sentences."""

from __future__ import annotations

import shlex
from pathlib import Path

from kwizard.app.certificates import ADMIN_KUBECONFIG
from kwizard.cluster.model import Cluster, RecipeName, Role
from kwizard.errors import HostRefused, KwizardError
from kwizard.language import _
from kwizard.monitor.snapshot import Snapshot
from kwizard.paths import cluster_dir
from kwizard.tui.model import RunModel, Status


def rehearsed() -> str:
    """The last sentence after a rehearsal."""
    return _("That was a rehearsal: its hosts are gone, and nothing was installed anywhere.")


def kubeconfig(cluster: Cluster) -> Path | None:
    """The operator's own kubeconfig on this machine. None where the recipe has none: the classic
    API server asks for no certificate."""
    if cluster.recipe is not RecipeName.MODERN:
        return None
    return cluster_dir(cluster.name) / ADMIN_KUBECONFIG


def first_commands(cluster: Cluster) -> tuple[str, ...]:
    """What to type first on a new cluster, a line each. A modern one is asked from this machine,
    with the operator's kubeconfig; a classic one by its open port."""
    if not cluster.with_role(Role.CONTROL_PLANE):
        return ()
    file = kubeconfig(cluster)
    if file is not None:
        asked = f"kubectl --kubeconfig {shlex.quote(str(file))}"
        first = f"{asked} get --raw='/readyz?verbose'"
    else:
        asked = f"kubectl -s http://{cluster.control_plane.address}:8080"
        first = f"{asked} get componentstatus"
    return (first, f"{asked} get nodes", f"{asked} get pods --all-namespaces")


def exit_code(model: RunModel, error: KwizardError | None, snapshot: Snapshot | None) -> int:
    """What the program ends with after such a run (docs/cli.md). `snapshot`: what a person was
    shown of the cluster at the end; `error`: the last thing that did not work."""
    if isinstance(error, HostRefused):
        return 4
    match model.status:
        case "running" | "interrupted":
            return 3
        case "failed":
            return model.exit or 1
        case "done":
            return 0 if snapshot is None or snapshot.ok else 1
        case _:
            return 1 if error else 0


def last_words(cluster: Cluster, status: Status, *, well: bool, rehearsal: bool) -> str:
    """For the terminal, after the screen; empty when nothing happened."""
    if status == "idle":
        return ""
    if rehearsal:
        return rehearsed()
    name = cluster.name
    if status in ("running", "interrupted"):
        said = _("What runs on the hosts goes on. To come back:")
        return f"{said}\n  kwizard resume {name}"
    if status == "failed":
        said = _("{name} is not finished. To try again what is still to do:", name=name)
        return f"{said}\n  kwizard resume {name}"
    if not well:
        said = _("{name} is installed, but not well. To look again:", name=name)
        return f"{said}\n  kwizard monitor {name}"
    lines = "".join(f"\n  {line}" for line in first_commands(cluster))
    said = _("{name} is up and proven.", name=name)
    return f"{said}{lines}\n  kwizard monitor {name}"
