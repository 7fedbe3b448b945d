"""From what failed back to what mends it: the right host, the right answer."""

from __future__ import annotations

from textual.widgets import Button

from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import RecipeName, Version
from kwizard.engine import events as ev
from kwizard.engine.plan import Finding, State
from kwizard.errors import Problem
from kwizard.tui.screens.options import OptionsScreen
from kwizard.tui.screens.review import ReviewScreen

from .conftest import Open, focused, sees, text_of, until
from .scripted import CLUSTER, ScriptedCases, Story, plan_of
from .test_mending import app_of, dialog, terminal

__all__ = ["terminal"]


def with_reason(*hosts: str, reason: str, hint: str) -> list[ev.Event]:
    """Preflight fails on `hosts`, for the same reason."""
    story = Story()
    out = [story.begin()]
    for host in hosts:
        out.append(story.started("hosts/preflight", host))
        out.append(story.failed("hosts/preflight", host, reason, hint, ""))
    return [*out, story.end("failed", 1)]


async def test_a_shell_opens_on_the_host_the_failure_names(
    opened: Open, terminal: list[tuple[str, ...]]
) -> None:
    run = with_reason("anakin", reason="last seen: not Ready yet: boba", hint="look there")
    async with opened(ScriptedCases(runs=[run]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        shell = pilot.app.screen.query_one("#shell", Button)

        def meant() -> bool:
            shell.focus()  # again and again: a dialog that comes up takes the cursor itself
            return "opens ssh on boba" in text_of(pilot)

        await until(pilot, meant)
        await pilot.press("s")
        await sees(pilot, "You are back from boba")
    assert terminal == [("ssh", "--", "10.0.63.203")]


async def test_from_a_failure_to_the_answer_that_mends_it(opened: Open) -> None:
    reason = "this host has cgroup v1: say kubelet.allow_cgroup_v1: true in the cluster file"
    run = with_reason("c3po", "anakin", reason=reason, hint="")
    current = with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3))
    cases = ScriptedCases(cluster=current, runs=[run])
    async with opened(cases, size=(80, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await sees(
            pilot,
            "on anakin failed (1 of 2)",
            "The same happened on c3po.",
            "In this wizard: Options, “Allow cgroup v1”.",
        )
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, OptionsScreen))
        await until(pilot, lambda: focused(pilot) == "kubelet-allow-cgroup-v1")
        await pilot.press("right")
        await pilot.pause()
        assert app_of(pilot).draft.cluster.kubelet.allow_cgroup_v1
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "HostsScreen"


async def test_the_review_says_what_stands_in_the_way_on_the_hosts(opened: Open) -> None:
    problem = Problem("no /dev/net/tun here", "load the module, or set network.backend: vxlan")
    cases = ScriptedCases(obstructed={"anakin": [problem], "c3po": [problem]})
    async with opened(cases, size=(120, 40)) as pilot:
        app_of(pilot).push_screen(ReviewScreen())
        await sees(pilot, "✗ anakin, c3po: no /dev/net/tun here")
        await pilot.press("f2")
        await sees(pilot, "In this wizard: Options, “Overlay”.")


async def test_the_cursor_of_the_review_begins_at_what_is_due(opened: Open) -> None:
    plan = plan_of(CLUSTER)
    done = {t.id: Finding(State.DONE, "so it is") for t in plan.tasks}
    cases = ScriptedCases(findings={**done, "network/flannel@boba": Finding(State.DUE, "no unit")})
    async with opened(cases) as pilot:
        app_of(pilot).push_screen(ReviewScreen())
        await sees(pilot, "network/flannel@boba")
