"""The page of the release: hosts that have it as the source that was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from textual.widgets import Button, Input

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, Release
from kwizard.tui.usecases import Asker, HostReport, ReleaseReport
from kwizard.tui.widgets.form import Choice

from .conftest import Open, sees, until
from .looks_answers import CHOSEN, LYING
from .scripted import HOSTS, ScriptedCases
from .test_answers import MODERN, to_page

REPORTS = tuple(HostReport(name, (("OS", "Debian"),)) for name in HOSTS)


@dataclass
class Lying(ScriptedCases):
    """Hosts of which two have a file; `asked` is for which release they were asked."""

    asked: list[Release] = field(default_factory=list)

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        self.asked.append(cluster.release)
        right = cluster.release.sha256 == LYING
        return ReleaseReport((("on hosts", "anakin, c3po"),)) if right else CHOSEN


async def test_the_hosts_are_chosen_and_the_sum_of_what_lies_there_is_taken_by_one_key(
    opened: Open,
) -> None:
    cases = Lying(cluster=MODERN)
    async with opened(cases, size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        app.draft.checks |= {report.host: report for report in REPORTS}
        source = app.screen.query_one("#source", Choice)
        source.focus()
        source.choose("hosts")
        await until(pilot, lambda: cases.asked[-1:] == [Release(on_hosts=True)])
        await sees(pilot, "F4 takes that sum for the right one")
        assert app.screen.query_one("#fetch", Button).disabled
        await pilot.press("f4")
        await until(pilot, lambda: app.draft.cluster.release.sha256 == LYING)
        await until(pilot, lambda: cases.asked[-1].sha256 == LYING)
        await sees(pilot, "anakin, c3po")
        assert app.draft.cluster.release == Release(on_hosts=True, sha256=LYING)
        # Another recipe is another release, and comes from hosts as well.
        app.screen.query_one("#recipe", Choice).choose("classic")
        await until(pilot, lambda: app.draft.cluster.release == Release(on_hosts=True))
        app.screen.query_one("#source", Choice).choose("download")
        await until(pilot, lambda: app.draft.cluster.release == Release())


async def test_a_cluster_file_that_says_so_opens_with_it_and_says_it_again(
    opened: Open, tmp_path: Path
) -> None:
    chosen = replace(MODERN, release=Release(on_hosts=True, sha256=LYING))
    cases = ScriptedCases(cluster=chosen)
    async with opened(cases, size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        assert app.screen.query_one("#source", Choice).value == "hosts"
        assert app.screen.query_one("#release-sha256", Input).value == LYING
        await pilot.press("f6")
        await sees(pilot, "hosts pass it on: nothing is downloaded")
    file = tmp_path / "saved.yaml"
    file.write_text(dump(chosen))
    assert load(file).cluster.release == chosen.release
