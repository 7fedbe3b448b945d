"""What is said on leaving: in the dialog, and on the terminal once the screen is gone."""

from __future__ import annotations

from textual.content import Content

from kwizard.cluster.model import Cluster, Role
from kwizard.tui.model import Status
from kwizard.tui.plain import plain

REHEARSED = "That was a rehearsal: its hosts are gone, and nothing was installed anywhere."


def leaving(name: str, *, rehearsal: bool) -> Content:
    """For the question before a run is left alone."""
    if rehearsal:
        return Content("The pretend hosts end with kwizard. On real hosts what runs would go on.")
    return Content.assemble(
        "What runs on the hosts goes on without kwizard: nothing is broken off.\n"
        "No new step is started meanwhile.\n\nTo come back:  ",
        plain(f"kwizard resume {name}", "bold $accent"),
    )


def first_commands(cluster: Cluster) -> tuple[str, ...]:
    """What to type first on a new cluster, a line each."""
    if not cluster.with_role(Role.CONTROL_PLANE):
        return ()
    server = f"http://{cluster.control_plane.address}:8080"
    return (
        f"kubectl -s {server} get componentstatus",
        f"kubectl -s {server} get nodes",
        f"kubectl -s {server} get pods --all-namespaces",
    )


def last_words(cluster: Cluster, status: Status, *, well: bool, rehearsal: bool) -> str:
    """For the terminal, after the screen; empty when nothing happened."""
    if status == "idle":
        return ""
    if rehearsal:
        return REHEARSED
    name = cluster.name
    if status in ("running", "interrupted"):
        return f"What runs on the hosts goes on. To come back:\n  kwizard resume {name}"
    if status == "failed":
        return f"{name} is not finished. To try again what is still to do:\n  kwizard resume {name}"
    if not well:
        return f"{name} is installed, but not well. To look again:\n  kwizard monitor {name}"
    lines = "".join(f"\n  {line}" for line in first_commands(cluster))
    return f"{name} is up and proven.{lines}\n  kwizard monitor {name}"
