"""The page of the release: everything out of a bundle, and hosts that have the release already."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button, Input

from kwizard.app.drafts import Remembered
from kwizard.cluster.model import Cluster, RecipeName, Version
from kwizard.errors import ReleaseError
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import Asker, HostReport, ReleaseReport
from kwizard.tui.widgets.form import Choice

from .conftest import Open, sees, text_of, until
from .looks_answers import BUNDLE, PATH
from .scripted import CLUSTER, ScriptedCases
from .test_answers import MODERN, to_page


def cases(cluster: Cluster = MODERN, **kwargs: object) -> ScriptedCases:
    return ScriptedCases(cluster=cluster, bundles={PATH: BUNDLE}, **kwargs)  # type: ignore[arg-type]


def name(pilot: Pilot[int], path: Path | str) -> KwizardApp:
    app = pilot.app
    assert isinstance(app, KwizardApp)
    app.screen.query_one("#source", Choice).choose("bundle")
    app.screen.query_one("#bundle", Input).value = str(path)
    return app


async def test_a_bundle_that_lies_around_is_taken_by_one_key_and_stands_on_the_review(
    opened: Open,
) -> None:
    found = cases(lying_around={("bundle",): (PATH,)})
    async with opened(found, size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        await sees(pilot, "F4 takes the bundle")
        await pilot.press("f4")
        await sees(
            pilot,
            "✓ read: every file has its sum",
            "modern v1.36.3",
            without=["Files for the hosts"],  # they are all in it
        )
        assert app.screen.query_one("#fetch", Button).disabled
        await pilot.click("#next")
        await until(pilot, lambda: type(app.screen).__name__ == "OptionsScreen")
        await pilot.click("#next")
        await sees(pilot, "to do", "kwizard apply --bundle BUNDLE FILE")
        assert app.plan is not None
        assert app.plan.cluster.release.tarball == "/cache/release.tarball/kubernetes.tar.gz"
        assert app.plan.cluster.images.pause == "example.org/pause:7"
        assert app.draft.cluster.release.tarball is None  # the file that is saved names no cache


async def test_the_run_has_the_files_of_the_bundle(opened: Open) -> None:
    got: list[Cluster] = []

    class Installing(ScriptedCases):
        def install(  # type: ignore[override]
            self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
        ) -> object:
            got.append(cluster)
            return super().install(cluster, asker, waived)

    run = Installing(cluster=MODERN, bundles={PATH: BUNDLE}, runs=[[]])
    async with opened(run, size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, PATH)
        await until(pilot, lambda: app.draft.opened is not None)
        app.install()
        await until(pilot, lambda: bool(got))
        assert got[0].runtime.containerd == "/cache/runtime.containerd/containerd.tar.gz"


async def test_what_is_no_bundle_is_said_and_lets_nobody_on(opened: Open) -> None:
    async with opened(cases(), size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, "/nowhere.tar")
        await sees(pilot, "✗ there is no file /nowhere.tar")
        await pilot.click("#next")
        await pilot.pause()
        assert type(app.screen).__name__ == "ReleaseScreen"
        app.screen.query_one("#source", Choice).choose("download")
        await sees(pilot, without=["✗ there is no file"])
        assert app.draft.whole is app.draft.cluster


async def test_a_damaged_one_is_refused_after_it_was_read(opened: Open) -> None:
    bad = cases(bundle_error=ReleaseError("b.tar is cut off", remedy="copy it again"))
    async with opened(bad, size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, PATH)
        await sees(pilot, "✗ b.tar is cut off")
        assert app.draft.opened is None


async def test_while_it_is_read_one_waits_and_sees_how_far_it_is(opened: Open) -> None:
    gate = asyncio.Event()
    async with opened(cases(unpacking=gate), size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, PATH)
        await sees(pilot, "33 %")
        await pilot.click("#next")
        await sees(pilot, "the bundle is still being read")
        assert type(app.screen).__name__ == "ReleaseScreen"
        gate.set()
        await until(pilot, lambda: app.draft.opened is not None)


async def test_its_version_is_taken_and_another_recipe_is_refused(opened: Open) -> None:
    other = replace(MODERN, version=Version(1, 35, 4))
    async with opened(cases(other), size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, PATH)
        await until(pilot, lambda: app.draft.opened is not None)
        assert app.draft.cluster.version == Version(1, 36, 3)
        app.screen.query_one("#version", Input).value = "v1.35.4"
        await sees(pilot, "holds Kubernetes v1.36.3")
    async with opened(cases(CLUSTER), size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        app = name(pilot, PATH)
        await sees(pilot, "is for the recipe modern")
        assert app.draft.cluster.recipe is RecipeName.CLASSIC


async def test_a_restart_reads_it_again_before_the_pages_after_it(opened: Open) -> None:
    again = cases(draft=Remembered(MODERN, "REVIEW", None, PATH))
    async with opened(again, size=(120, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, KwizardApp)
        await until(pilot, lambda: app.draft.opened is not None)
        assert type(app.screen).__name__ == "ReleaseScreen"
        await sees(pilot, "✓ read")


async def test_hosts_that_answered_are_asked_whether_they_have_the_release(opened: Open) -> None:
    facts = (
        ("here", "no, and it will not be downloaded: hosts have it"),
        ("on hosts", "anakin, c3po"),
    )
    seen = tuple(HostReport(h.name, (("system", "Debian"),)) for h in CLUSTER.hosts)
    asked = cases(reports=seen, release=ReleaseReport(facts))
    async with opened(asked, size=(120, 40)) as pilot:
        app = pilot.app
        await pilot.press("enter")
        await until(pilot, lambda: type(app.screen).__name__ == "HostsScreen")
        await pilot.press("k")
        await until(pilot, lambda: text_of(pilot).count("✓ ready") == 3)
        await pilot.click("#next")
        await sees(pilot, "on hosts  anakin, c3po")
