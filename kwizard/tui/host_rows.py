"""A host in the table of hosts, and what a look at it found, as a page shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from kwizard.cluster.finding import Finding
from kwizard.cluster.model import Cluster, Host, Role
from kwizard.language import _, _n
from kwizard.tui.host_cells import Column, shown_target
from kwizard.tui.plain import cell, hung, plain
from kwizard.tui.theme import Palette
from kwizard.tui.usecases import HostReport
from kwizard.tui.whereabouts import answered_at
from kwizard.tui.widgets.form import in_full

COLUMNS: Mapping[str, int] = {
    Column.NAME: 12,
    Column.ADDRESS: 15,
    Column.SSH: 13,
    Column.ROLES: 19,
    "check": 10,
}
"""The columns of the table and their widths: 79 cells with the blanks between, and a scroll bar."""

IN_FULL, NARROWEST = 80, 60
"""Cells of a window that has room for them, and of the smallest there is a page in."""

LETTERS: Mapping[str, int] = {Column.SSH: 7, Column.ROLES: 5}
"""What is narrower in the smallest window: there a role is the letter of its key."""


def columns(room: int) -> Mapping[str, int]:
    """The columns and their widths in a window of `room` cells. What a window has more than the
    smallest one is for the column of ssh."""
    if room >= IN_FULL:
        return COLUMNS
    ssh = min(COLUMNS[Column.SSH], LETTERS[Column.SSH] + max(0, room - NARROWEST))
    return {**COLUMNS, **LETTERS, Column.SSH: ssh}


def legend(widths: Mapping[str, int]) -> str:
    """What the letters of the roles stand for; "" where the roles are words."""
    return _("Roles: c control plane, w worker, e etcd") if _as_letters(widths) else ""


def _as_letters(widths: Mapping[str, int]) -> bool:
    return widths[Column.ROLES] < COLUMNS[Column.ROLES]


def roles_of(host: Host, widths: Mapping[str, int]) -> str:
    """In words; where there is no room for them, `c·e` in place of `control-plane, etcd`."""
    if not host.roles:
        return ""
    if _as_letters(widths):
        return "".join(r.value[0] if r in host.roles else "·" for r in Role)
    return ", ".join(r.value for r in Role if r in host.roles)


def row_of(
    cluster: Cluster,
    host: Host,
    mistakes: Sequence[Finding],
    colours: Palette,
    widths: Mapping[str, int] = COLUMNS,
) -> list[Text]:
    """The cells that can be changed: a `!` before what a mistake of the cluster is about."""
    roles, target = roles_of(host, widths), shown_target(host)
    shown = {
        Column.NAME: cell(host.name, "bold"),
        Column.ADDRESS: cell(str(host.address)),
        Column.SSH: cell(target) if target else cell(_("as ssh"), colours.muted),
        Column.ROLES: cell(roles) if roles else cell(_("none"), colours.warn),
    }
    at = cluster.hosts.index(host)
    blamed = {
        finding.about[0][2]
        for finding in mistakes
        if finding.problem.blocks and finding.about and finding.about[0][:2] == ("hosts", at)
        if len(finding.about[0]) > 2
    }
    row = [
        cell(f"! {text.plain}", colours.bad) if column.key in blamed else text
        for column, text in shown.items()
    ]
    for text, column in zip(row, shown, strict=True):
        text.truncate(widths[column], overflow="ellipsis")
    return row


def verdict(
    report: HostReport | None, *, looking: bool, old: bool = False, colours: Palette
) -> Text:
    """What the look at a host came to. `old`: answers it rests on have changed since."""
    if looking:
        return cell("▸ " + _("looking"), colours.busy)
    if report is None:
        return cell("· " + _("not yet"), colours.muted)
    if old:
        return cell("↻ " + _("old"), colours.warn)
    if report.blocks:
        return cell("✗ " + _("blocked"), colours.bad)
    if report.problems:
        count = len(report.problems)
        return cell("! " + _n("{count} note", "{count} notes", count), colours.warn)
    return cell("✓ " + _("ready"), colours.good)


def found(report: HostReport | None, room: int, *, old: bool = False) -> Content:
    """Problems with their remedies, then the facts, folded to `room` cells."""
    if report is None:
        return Content.styled(_("Not looked at yet: k connects to every host and looks"), "$muted")
    parts = []
    if old:
        said = _("↻ Old: an answer this rests on has changed since; k looks again")
        parts.append(Content.styled(said, "$warning"))
    if report.problems:
        parts.append(in_full(report.problems))
    if where := answered_at(*(p.message for p in report.problems)):
        parts.append(Content.assemble(("  → ", "$secondary"), plain(where)))
    if parts and report.facts:
        parts.append(Content(""))
    width = max((cell_len(what) for what, _ in report.facts), default=0)
    parts += [hung(what, value, width, room) for what, value in report.facts]
    return Content("\n").join(parts)
