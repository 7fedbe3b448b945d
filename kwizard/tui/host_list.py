"""What is to be said of the list of hosts as a whole: how to fill it, that its name is taken, what
it lacks for the next page. Pure."""

from __future__ import annotations

from textual.content import Content

from kwizard.cluster.model import Cluster, Role
from kwizard.errors import Problem
from kwizard.language import _
from kwizard.tui.plain import lines, plain

EXAMPLE = "anakin 10.0.63.202/10.1.63.202"


def no_hosts() -> Content:
    """In the place of the table: how to get some."""
    return lines(
        _("No hosts yet."),
        "",
        *(
            Content.assemble("  ", (key, "bold $accent"), "   ", plain(said))
            for key, said in (
                ("a", _("add one by a form")),
                ("p", _("paste a table, as in:  {example}", example=EXAMPLE)),
                ("i", _("import a cluster file")),
            )
        ),
    )


def name_taken(name: str) -> Problem:
    """Another cluster of that name is remembered on this machine."""
    return Problem(
        _("{name} is a cluster known here: its records would go on", name=name),
        _("give this one another name, or go back and choose Resume"),
        blocks=False,
    )


def lacking(cluster: Cluster) -> str:
    """What must be there before the next page, in a sentence; "" when it is."""
    if not cluster.hosts:
        return _("a cluster needs at least one host: a adds one, p pastes a table")
    if not cluster.name:
        return _("the cluster needs a name")
    if not cluster.with_role(Role.CONTROL_PLANE):
        return _("one host must be the control plane: put the cursor on it, press c")
    return ""
