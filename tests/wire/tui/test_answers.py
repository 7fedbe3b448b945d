"""The pages of the release and the options: what depends on what, what cannot be, what is found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from kwizard.app.preview import Change, Line
from kwizard.cluster.check import findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import Cluster, EtcdMode, RecipeName, Role, Version
from kwizard.errors import Problem, ReleaseError
from kwizard.tui.app import KwizardApp
from kwizard.tui.pace import Pace
from kwizard.tui.usecases import Asker, Fetching, ReleaseReport
from kwizard.tui.widgets.form import Choice

from .conftest import Open, sees, until
from .scripted import CLUSTER, ScriptedCases

MODERN = with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3))


def strict(**kwargs: object) -> ScriptedCases:
    """Scripted, but with the real rules."""
    return ScriptedCases(rules=findings, **kwargs)  # type: ignore[arg-type]


async def to_page(pilot: Pilot[int], page: str) -> KwizardApp:
    app = pilot.app
    assert isinstance(app, KwizardApp)
    await pilot.press("enter")
    for name in ("HostsScreen", "ReleaseScreen", "OptionsScreen"):
        await until(pilot, lambda name=name: type(app.screen).__name__ == name)  # type: ignore[misc]
        if name == page:
            return app
        await pilot.click("#next")
    raise AssertionError(page)


def choice(app: KwizardApp, ident: str) -> Choice:
    return app.screen.query_one(f"#{ident}", Choice)


async def test_another_recipe_takes_everything_along_and_gives_it_back(opened: Open) -> None:
    async with opened(strict(), size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        line = app.screen.query_one("#docker-pause-archive", Input)
        line.value = "/images/pause.tar"
        await pilot.pause()
        choice(app, "recipe").focus()
        await pilot.press("left")
        await pilot.pause()
        cluster = app.draft.cluster
        assert cluster.recipe is RecipeName.MODERN
        assert cluster.version == Version(1, 36, 3)
        assert cluster.etcd.mode is EtcdMode.SYSTEMD
        await sees(pilot, "v0.26.7", "CNI plugins", "v1.34 up to v1.37")
        await pilot.press("right")
        await sees(pilot, "/images/pause.tar", without=["CNI plugins"])
        assert app.draft.cluster.version == CLUSTER.version
        assert app.draft.cluster.docker.pause_archive == "/images/pause.tar"


async def test_what_cannot_be_is_passed_over_and_says_why(opened: Open) -> None:
    async with opened(strict(cluster=MODERN), size=(120, 40)) as pilot:
        app = await to_page(pilot, "OptionsScreen")
        etcd = choice(app, "etcd-mode")
        assert set(etcd.refused) == {"docker"}
        etcd.focus()
        await pilot.press("right")
        await pilot.pause()
        assert etcd.value == "existing"
        lines = [app.screen.query_one(f"#etcd-{key}", Input) for key in ("endpoints", "ca", "key")]
        assert all(line.parent is not None and line.parent.display for line in lines), (
            "what it needs is asked for here"
        )
        lines[1].value = "/pki/ca.crt"
        await pilot.pause()
        assert str(app.draft.cluster.etcd.ca) == "/pki/ca.crt"
        etcd.focus()
        await pilot.press("left")
        await pilot.pause()
        assert etcd.value == "systemd"
        assert app.draft.cluster.etcd.ca is None

        def preview() -> str:
            return str(app.screen.query_one("#preview", Static).content)

        why = "× docker: the modern recipe runs etcd as units of systemd"
        await until(pilot, lambda: why in preview())
        await pilot.click("#etcd-mode", offset=(2, 0))
        await sees(pilot, "docker cannot be chosen")
        assert app.draft.cluster.etcd.mode is EtcdMode.SYSTEMD


async def test_an_answer_that_leaves_no_host_for_pods_is_refused(opened: Open) -> None:
    hosts = tuple(replace(h, roles=h.roles - {Role.WORKER} | {Role.ETCD}) for h in MODERN.hosts[:1])
    alone = replace(MODERN, hosts=hosts, control_plane_is_node=True)
    async with opened(strict(cluster=alone), size=(120, 40)) as pilot:
        app = await to_page(pilot, "OptionsScreen")
        assert choice(app, "control-plane-is-node").refused == {"no": "no host would run pods"}


async def test_a_range_that_is_none_is_said_while_it_is_typed(opened: Open) -> None:
    async with opened(strict(cluster=MODERN), size=(120, 40)) as pilot:
        app = await to_page(pilot, "OptionsScreen")
        line = app.screen.query_one("#network-pods", Input)
        line.value = "10.244.0.0/40"
        await sees(pilot, "✗ Pod range:")
        assert app.draft.cluster.network.pods == MODERN.network.pods
        await pilot.click("#next")
        await pilot.pause()
        assert type(app.screen).__name__ == "OptionsScreen"
        assert app.focused is line
        line.value = "10.20.0.0/16"
        await sees(pilot, "10.20.0.0/16", without=["✗ Pod range:"])
        assert str(app.draft.cluster.network.pods) == "10.20.0.0/16"


async def test_further_names_of_the_api_are_held_against_their_form_while_typed(
    opened: Open,
) -> None:
    async with opened(strict(cluster=MODERN), size=(120, 40)) as pilot:
        app = await to_page(pilot, "OptionsScreen")
        line = app.screen.query_one("#apiserver-names", Input)
        field = line.parent
        line.focus()
        line.value = "api.example.com https://b.example.com"
        await sees(pilot, "has more than a name in it")
        assert field is not None
        assert field.has_class("-wrong")
        line.value = "api.example.com, 203.0.113.7"
        await until(pilot, lambda: not field.has_class("-wrong"))
        assert app.draft.cluster.apiserver.names == ("api.example.com", "203.0.113.7")
        await sees(pilot, "load balancer")


async def test_the_preview_shows_lines_of_the_plan(opened: Open) -> None:
    file = "/etc/p.yaml"
    lines = (Line("-", "mode: iptables", file), Line("+", "mode: [nftables]", file))
    hosts = ("anakin", "boba")
    changes = (Change("nodes/kube-proxy", "Start kube-proxy", hosts, "changed", lines),)
    async with opened(strict(cluster=MODERN, changes=changes), size=(120, 40)) as pilot:
        app = await to_page(pilot, "OptionsScreen")
        choice(app, "proxy-mode").focus()
        await sees(
            pilot,
            "+ mode: [nftables]",
            "With nftables instead:",
            "Start kube-proxy  anakin, boba",
            "/etc/p.yaml",
        )


async def test_files_that_lie_around_are_taken_by_one_key(opened: Open) -> None:
    etcd = Path("/home/me/Downloads/etcd-v3.6.16-linux-amd64.tar.gz")
    cases = strict(cluster=MODERN, lying_around={("etcd", "binaries"): (etcd,)})
    async with opened(cases, size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        await sees(pilot, "F4 takes the file")
        await pilot.press("f4")
        await sees(pilot, str(etcd)[:40], without=["F4 takes"])
        assert app.draft.cluster.etcd.binaries == str(etcd)


async def test_a_download_is_watched_paused_and_gone_on_with(opened: Open) -> None:
    half, rest = asyncio.Event(), asyncio.Event()
    cases = strict(
        cluster=MODERN,
        fetches=(
            (Fetching(100 << 20, 400 << 20), Fetching(notice="the line dropped"), half),
            (Fetching(200 << 20, 400 << 20), rest, Fetching(400 << 20, 400 << 20)),
        ),
        release=ReleaseReport((("here", "yes"),)),
    )
    async with opened(cases, size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        await pilot.click("#fetch")
        await sees(pilot, "the line dropped", "25 %", "100.0 MiB of 400.0 MiB")
        await pilot.press("f6")
        await sees(pilot, "paused")
        await pilot.click("#next")
        await until(pilot, lambda: type(app.screen).__name__ == "OptionsScreen")
        await pilot.press("escape")
        await sees(pilot, "paused")
        await pilot.press("f6")
        await sees(pilot, "50 %")
        rest.set()
        await sees(pilot, "✓ fetched and verified")
    assert cases.fetched == 2


async def test_a_download_that_stops_says_why_and_can_go_on(opened: Open) -> None:
    error = ReleaseError("the line did not come back", remedy="try again later")
    cases = strict(cluster=MODERN, fetches=((Fetching(1 << 20, 4 << 20), error), ()))
    async with opened(cases, size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        await pilot.click("#fetch")
        await sees(pilot, "the line did not come back", "→ try again later")
        await pilot.click("#fetch")
        await sees(pilot, "✓ fetched and verified")


async def test_what_inspecting_found_is_shown_with_its_remedy(opened: Open) -> None:
    report = ReleaseReport((), (Problem("etcd.tar.gz is for arm64", "take the one for amd64"),))
    async with opened(strict(cluster=MODERN, release=report), size=(120, 40)) as pilot:
        await to_page(pilot, "ReleaseScreen")
        await pilot.press("f5")
        await sees(pilot, "✗ etcd.tar.gz is for arm64", "→ take the one for amd64")


async def test_what_changed_while_it_was_inspected_is_inspected_too(opened: Open) -> None:
    """As when an archive gives its image a name just then."""
    begun, go = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedCases):
        async def check_release(
            self, cluster: Cluster, asker: Asker | None = None
        ) -> ReleaseReport:
            begun.set()
            await go.wait()
            return ReleaseReport((), (Problem(f"{cluster.images.pause} was looked for", ""),))

    async with opened(Slow(cluster=MODERN), size=(120, 40)) as pilot:
        app = await to_page(pilot, "ReleaseScreen")
        await pilot.press("f5")
        await until(pilot, begun.is_set)
        cluster = app.draft.cluster
        app.draft.change(replace(cluster, images=replace(cluster.images, pause="lab/pause:1")))
        go.set()
        await sees(pilot, "lab/pause:1 was looked for")


def test_the_pace_is_that_of_the_last_ten_seconds() -> None:
    pace = Pace()
    assert (pace.rate, pace.left(100)) == (None, None)
    for second in range(30):
        pace.saw(second, second * 10 if second < 10 else 100 + (second - 10) * 50)
    assert pace.rate == 50
    assert pace.left(100 + 19 * 50 + 500) == 10
    pace.saw(30, 0)  # begun anew
    assert pace.rate is None
