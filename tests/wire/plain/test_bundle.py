"""The plain questions about the release: everything out of a bundle, or from hosts that have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from kwizard.cluster.model import Cluster, Release, Version
from kwizard.errors import ReleaseError
from kwizard.plain.questions import Questions
from kwizard.plain.release import ask_release
from kwizard.plain.talk import Talk
from kwizard.plain.terminal import Terminal
from kwizard.tui.draft import Draft
from kwizard.tui.usecases import Asker, ReleaseReport
from tests.wire.tui.looks_answers import BUNDLE, CHOSEN, LYING
from tests.wire.tui.scripted import ScriptedCases

from .paper import Paper
from .test_form import MODERN


async def asked(cases: ScriptedCases, *answers: str) -> tuple[Talk, Paper]:
    paper = Paper(*answers)
    talk = Talk(Questions(cast("Terminal", paper)), cases, Draft(cases.cluster))
    await ask_release(talk)
    return talk, paper


async def test_a_bundle_that_lies_around_is_offered_and_its_version_taken(tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.touch()
    older = replace(MODERN, version=Version(1, 35, 4))
    cases = ScriptedCases(
        cluster=older, bundles={file: BUNDLE}, lying_around={("bundle",): (file,)}
    )
    talk, paper = await asked(cases, "", "", "bundle", "")
    assert f"Bundle [{file}" in paper.said
    assert "v1.36.3 is what the bundle holds." in paper.said
    assert "no network is needed" in paper.said
    assert talk.draft.cluster.version == Version(1, 36, 3)
    assert talk.draft.whole.release.tarball == "/cache/release.tarball/kubernetes.tar.gz"


async def test_one_that_will_not_do_is_said_and_the_other_questions_are_asked(
    tmp_path: Path,
) -> None:
    file = tmp_path / "b.tar"
    file.touch()
    cases = ScriptedCases(
        cluster=MODERN,
        bundles={file: BUNDLE},
        bundle_error=ReleaseError("b.tar is cut off", remedy="copy it again"),
    )
    talk, paper = await asked(cases, "", "", "bundle", str(file), "no")
    assert "b.tar is cut off" in paper.said
    assert "copy it again" in paper.said
    assert talk.draft.bundle is None
    assert talk.draft.whole is talk.draft.cluster


class Lying(ScriptedCases):
    """Hosts have a file of which no sum is known, until the person gives one."""

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        if cluster.release.sha256 == LYING:
            return ReleaseReport((("on hosts", "anakin, c3po"),))
        return CHOSEN


async def test_hosts_are_chosen_and_the_sum_of_what_lies_there_is_taken_on_a_word() -> None:
    cases = Lying(cluster=MODERN)
    talk, paper = await asked(cases, "", "", "hosts", "", "no", "no")
    assert talk.draft.cluster.release == Release(on_hosts=True)
    assert f"The sha256 of what lies there: {LYING}" in paper.said
    talk, paper = await asked(cases, "", "", "hosts", "", "no", "yes")
    assert talk.draft.cluster.release == Release(on_hosts=True, sha256=LYING)
    assert "on hosts: anakin, c3po" in paper.said
    # Another answer takes it back.
    cases.cluster = talk.draft.cluster
    talk, paper = await asked(cases, "", "", "download", "-", "no", "no")
    assert "Programs from [4]" in paper.said
    assert talk.draft.cluster.release == Release()
