"""A whole run by keys through the real engine, on a rehearsal host, with everything out of a
bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kwizard.release import bundle as bundles
from kwizard.tui.app import KwizardApp
from kwizard.tui.live import LiveUseCases
from kwizard.tui.widgets.form import Choice
from tests.wire.rehearsal.conftest import begin

from .conftest import focused, sees, until
from .test_live_runs import installed


def on(pilot: Pilot[int], page: str) -> bool:
    return type(pilot.app.screen).__name__ == page


async def test_a_run_takes_the_release_out_of_a_bundle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))
    async with begin(hosts=1, speed=0) as host:
        release = host.cluster.release
        assert release.tarball is not None
        source, file = Path(release.tarball), tmp_path / "carried.tar"
        items = (bundles.item("release.tarball", source),)
        version = str(host.cluster.version)
        made = bundles.Bundle(host.cluster.recipe.value, version, "script", items)
        bundles.write(file, made, {"release.tarball": source})
        source.unlink()  # from here on it is in the bundle alone
        bare = replace(host.cluster, release=replace(release, tarball=None))
        app = KwizardApp(LiveUseCases(rehearsal=True), cluster=bare)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("enter")
            await until(pilot, lambda: on(pilot, "HostsScreen"))
            await pilot.click("#next")
            await until(pilot, lambda: on(pilot, "ReleaseScreen"))
            app.screen.query_one("#source", Choice).choose("bundle")
            app.screen.query_one("#bundle", Input).value = str(file)
            await until(pilot, lambda: app.draft.opened is not None)
            await pilot.click("#next")
            await until(pilot, lambda: on(pilot, "OptionsScreen"))
            await pilot.click("#next")
            await until(pilot, lambda: focused(pilot) == "refuse")
            await pilot.press("right", "enter")
            await sees(pilot, "steps to do")
            await pilot.click("#install")
            await installed(pilot)
            assert app.run_model.status == "done"
        await app.finish()
