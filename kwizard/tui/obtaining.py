"""Where the programs of a release come from, and what the page says while they do."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from kwizard.errors import Problem
from kwizard.language import _
from kwizard.tui.answers import BUNDLE, DOWNLOAD, HOSTS, MIRROR, TARBALL
from kwizard.tui.download import Download, Status
from kwizard.tui.facts import Pairs
from kwizard.tui.measures import duration, size
from kwizard.tui.plain import hung, plain
from kwizard.tui.rows import Row
from kwizard.tui.usecases import ReleaseReport
from kwizard.tui.widgets.form import Answer, in_full

BAR = 30  # cells of a bar


def sources() -> tuple[Answer, ...]:
    """The answers to where from."""
    return (
        Answer(
            DOWNLOAD,
            _("download"),
            _(
                "From the official place, by this machine, once: over a bad line it goes on at the"
                " byte. It is checked by its sum, and every host verifies its copy."
            ),
        ),
        Answer(
            MIRROR,
            _("mirror"),
            _("From a mirror you name, by this machine, once. Known sums hold there too."),
        ),
        Answer(TARBALL, _("tarball"), _("A file on this machine; nothing is downloaded.")),
        Answer(
            HOSTS,
            _("hosts"),
            _(
                "Hosts of this cluster that have it already, from before, pass it on to the others."
                " This machine neither needs nor downloads it. Theirs is held against its sum."
            ),
        ),
        Answer(
            BUNDLE,
            _("bundle"),
            _(
                "One file made by `kwizard bundle create` where there is a network: everything is"
                " in it, nothing is downloaded, here or by the hosts."
            ),
        ),
    )


def not_fetched(source: str) -> str:
    """Why nothing is downloaded from there; "" where something is."""
    return {
        TARBALL: _("the tarball is here already: Inspect looks into it"),
        BUNDLE: _("the bundle is here already: nothing is downloaded"),
        HOSTS: _("hosts pass it on: nothing is downloaded; Inspect asks which have it"),
    }.get(source, "")


def fetch_label(status: Status) -> str:
    """What the button for fetching does."""
    if status == "running":
        return _("Pause")
    return _("Go on") if status in ("paused", "failed") else _("Fetch now")


def is_file(row: Row) -> bool:
    """Whether a row of the release's page names a file."""
    return row.place[-1] not in ("version", "pause", "coredns", "pause_image")


def reported(report: ReleaseReport, room: int) -> list[Content | str]:
    """What a look into the files found, folded to `room` cells: problems first."""
    parts: list[Content | str] = [in_full(report.problems)] if report.problems else []
    return [*parts, *paired(report.facts, room)]


def paired(facts: Pairs, room: int) -> list[Content]:
    """Pairs below one another, each value folded beside its name."""
    width = max((cell_len(what) for what, _value in facts), default=0)
    return [hung(what, value, width, room) for what, value in facts]


def downloading(download: Download) -> list[Content | str]:
    """A bar, bytes, rate and time left; below, what happened on the way."""
    done, total = download.done, download.total
    filled = BAR * done // total if total else 0
    head = {
        "running": (_("▸ fetching"), "bold $accent"),
        "paused": (_("‖ paused: F6 goes on at this byte, also tomorrow"), "bold $warning"),
        "failed": (_("✗ it stopped; what has arrived is kept"), "bold $error"),
        "done": (_("✓ fetched and verified"), "$success"),
    }.get(download.status, ("", ""))
    parts: list[Content | str] = [Content.styled(*head)]
    if total and download.status != "done":
        parts.append(
            Content.assemble(
                ("━" * filled, "$accent"),
                ("─" * (BAR - filled), "$rule"),
                f" {100 * done // total} %",
            )
        )
    if done and download.status != "done":
        said = _("{done} of {total}", done=size(done), total=size(total)) if total else size(done)
        rate, left = download.pace.rate, download.pace.left(total)
        if download.status == "running" and rate is not None:
            said += "   " + _("{rate}/s", rate=size(int(rate)))
            if left is not None:
                said += "   " + _("{time} left", time=duration(left))
        parts.append(said)
    if download.error is not None:
        error = download.error
        parts.append(in_full([Problem(str(error), error.remedy)]))
    parts += [Content.styled(plain(n).plain, "$muted") for n in download.notices]
    return parts
