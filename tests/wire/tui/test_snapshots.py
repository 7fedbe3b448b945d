"""Pictures of the screens in their states, at two sizes. A changed picture is looked at before it
is taken over: `pytest tests/wire/tui/test_snapshots.py --snapshot-update`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kwizard import language
from kwizard.app.clusters import KnownCluster
from kwizard.app.preview import Change, Line
from kwizard.cluster.check import findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import RecipeName, Version
from kwizard.engine.events import Event
from kwizard.engine.plan import Finding, State
from kwizard.errors import HostUnreachable, Problem, ReleaseError
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import (
    Fetching,
    HostReport,
    KeyQuestion,
    PasswordQuestion,
    ReleaseReport,
)

from .conftest import text_of, until
from .pictures import snapshot
from .scripted import CLUSTER, NOW, ScriptedCases, Story, plan_of

NARROW, WIDE = (80, 24), (120, 40)
LATER = NOW + timedelta(seconds=118)
Steps = Callable[[Pilot[int]], Awaitable[None]]

KNOWN = (
    KnownCluster("classic", Path("/s/classic/cluster.yaml"), "done", when=NOW),
    KnownCluster(
        "attic", Path("/s/attic/cluster.yaml"), "unfinished", "network", "network/docker", "boba",
        NOW,
    ),
)  # fmt: skip

REPORTS = (
    HostReport(
        "anakin",
        (
            ("system", "Debian GNU/Linux 12 (bookworm)"),
            ("kernel", "6.1.0-18-amd64 amd64"),
            ("room", "2 CPUs, 3.8 GiB memory, 12.4 GiB free"),
            ("network", "eth0 10.0.63.202/24, eth1 10.1.63.202/24"),
            ("docker", "20.10.24, running"),
            ("firewalld", "running, zone public"),
        ),
        (
            Problem("port 8080 is taken by nginx", "stop nginx, or move it"),
            Problem("its clock is +42 s off the others", "set the clocks", blocks=False),
        ),
    ),
    HostReport("boba"),
    HostReport("c3po", (), (Problem("swap is on", "swapoff -a", blocks=False),)),
)


def running() -> list[Event]:
    story = Story()
    done = [story.begin(), *story.whole(last="network/flannel")]
    return [
        *done,
        story.started("network/flannel", "anakin"),
        story.log("network/flannel", "anakin", "I1104 lease acquired: 10.0.70.0/24"),
        story.finished("network/flannel", "anakin", 3.2),
        story.started("network/flannel", "boba"),
        story.log("network/flannel", "boba", "I1104 waiting for a lease"),
        story.started("network/flannel", "c3po", attached=True),
    ]


def failed() -> list[Event]:
    story = Story()
    return [
        story.begin(),
        *story.whole(last="master/apiserver"),
        story.started("master/apiserver", "anakin"),
        story.failed(
            "master/apiserver",
            "anakin",
            "port 8080 is taken by nginx (pid 812)",
            "stop what listens there, then retry",
            "+ ss -ltnp\nLISTEN 0 511 *:8080 users:((nginx,pid=812))",
        ),
        *[
            story.skipped("nodes/kubelet", host, "kube-apiserver failed", blocked=True)
            for host in ("boba", "c3po")
        ],
        story.end("failed", 1),
    ]


def whole() -> list[Event]:
    story = Story()
    return [story.begin(), *story.whole(), story.end()]


def waived() -> list[Event]:
    story = Story()
    return [
        story.begin(),
        *story.whole(last="master/apiserver"),
        story.skipped("master/apiserver", "anakin", "skipped by you, not done", waived=True),
        *story.whole(first="master/scheduler"),
        story.end(),
    ]


@pytest.fixture
def look(snap_compare: Any, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare a screen with its picture, at every size."""

    def _look(cases: ScriptedCases, steps: Steps, size: tuple[int, int], **kwargs: Any) -> None:
        app = KwizardApp(cases, clock=lambda: LATER, **kwargs)

        async def before(pilot: Pilot[int]) -> None:
            await pilot.pause()
            await steps(pilot)
            for line in app.screen.query(Input):
                line.cursor_blink = False
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=before)

    return _look


def keys(*names: str, then: str = "") -> Steps:
    """Press these; then wait for a text to be there."""

    async def steps(pilot: Pilot[int]) -> None:
        for name in names:
            await pilot.press(name)
            await pilot.pause()
        said = CHINESE[then] if language.language() == "zh" else then
        await until(pilot, lambda: said in text_of(pilot))

    return steps


def after_install(*names: str, then: str, scrolled: bool = False) -> Steps:
    """The same once the installation is done; with `scrolled` at the end of the page."""

    async def steps(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        await keys(*names)(pilot)
        if scrolled:
            pilot.app.screen.query_one("#verify-area").scroll_end(animate=False)
        await until(pilot, lambda: then in text_of(pilot))

    return steps


RED = snapshot(("anakin", "c3po/container"), scheduler=False)
MODERN = replace(CLUSTER, recipe=RecipeName.MODERN)
TO_REVIEW = ("enter", "tab", "enter", "up", "enter", "up", "enter")
PART = {
    t.id: Finding(State.DONE, "as wanted")
    if t.step.phase.value in ("hosts", "release")
    else Finding(State.DUE, "no such unit")
    for t in plan_of(CLUSTER).tasks
}
KEY = KeyQuestion("anakin", "10.0.63.202", "ssh-ed25519", "SHA256:" + "k3Jx" * 10 + "abc")

MODERN = with_recipe(CLUSTER, RecipeName.MODERN, Version(1, 36, 3))
HALF = (Fetching(100 << 20, 400 << 20), Fetching(notice="the line dropped: trying again in 2 s"))
CHANGES = (
    Change(
        "nodes/kube-proxy",
        "Start kube-proxy",
        ("anakin", "boba", "c3po"),
        "changed",
        (
            Line("-", "mode: iptables", "/etc/kubernetes/kube-proxy.yaml"),
            Line("+", "mode: nftables", "/etc/kubernetes/kube-proxy.yaml"),
        ),
    ),
)


def modern(**kwargs: Any) -> ScriptedCases:
    return ScriptedCases(cluster=MODERN, rules=findings, **kwargs)


SCREENS: dict[str, tuple[Callable[[], ScriptedCases], Steps, dict[str, Any]]] = {
    "start": (ScriptedCases, keys(then="New cluster"), {}),
    "start_unfinished": (
        lambda: ScriptedCases(known_clusters=KNOWN),
        keys(then="It stopped at"),
        {},
    ),
    "hosts_empty": (
        lambda: ScriptedCases(cluster=replace(CLUSTER, hosts=())),
        keys("enter", then="No hosts yet"),
        {},
    ),
    "hosts_busy": (
        lambda: ScriptedCases(reports=(*REPORTS[:1], asyncio.Event())),
        keys("enter", "k", then="✗ blocked"),
        {},
    ),
    "hosts": (ScriptedCases, keys("enter", then="not yet"), {}),
    "hosts_checked": (
        lambda: ScriptedCases(
            reports=REPORTS,
            found=(Problem("the pod range contains addresses of hosts", "-", blocks=False),),
        ),
        keys("enter", "k", then="✗ blocked"),
        {},
    ),
    "hosts_form": (ScriptedCases, keys("enter", "enter", then="Reached by"), {}),
    "hosts_key": (
        lambda: ScriptedCases(questions=(KEY,)),
        keys("enter", "k", then="Is this the right host?"),
        {},
    ),
    "hosts_password": (
        lambda: ScriptedCases(questions=(PasswordQuestion("boba", "operator", "sudo"),)),
        keys("enter", "k", then="needs a password"),
        {},
    ),
    "release": (ScriptedCases, keys(*TO_REVIEW[:3], then="What will be used"), {}),
    "options": (ScriptedCases, keys(*TO_REVIEW[:5], then="What this changes"), {}),
    "release_found": (
        lambda: modern(lying_around={("etcd", "binaries"): (Path("/files/etcd-v3.6.16.tar.gz"),)}),
        keys(*TO_REVIEW[:3], then="F4 takes"),
        {},
    ),
    "release_busy": (
        lambda: modern(fetches=((*HALF, asyncio.Event()),)),
        keys(*TO_REVIEW[:3], "f6", then="25 %"),
        {},
    ),
    "release_failed": (
        lambda: modern(fetches=((*HALF, ReleaseError("the line did not come back")),)),
        keys(*TO_REVIEW[:3], "f6", then="did not come back"),
        {},
    ),
    "release_done": (
        lambda: modern(
            fetches=((Fetching(400 << 20, 400 << 20),),),
            release=ReleaseReport((("here", "yes, v1.36.3 for amd64"), ("etcd-binaries", "good"))),
        ),
        keys(*TO_REVIEW[:3], "f6", "f5", then="for amd64"),
        {},
    ),
    "options_modern": (
        lambda: modern(changes=CHANGES),
        keys(*TO_REVIEW[:5], *["down"] * 4, then="mode: iptables"),
        {},
    ),
    "options_wrong": (
        modern,
        keys(*TO_REVIEW[:5], *["down"] * 5, "backspace", "backspace", "4", "0", then="✗ Pod range"),
        {},
    ),
    "review_by_host": (
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "g", then="operator"),
        {},
    ),
    "review_done": (
        lambda: ScriptedCases(
            findings={t.id: Finding(State.DONE, "as wanted") for t in plan_of(CLUSTER).tasks}
        ),
        keys(*TO_REVIEW, then="nothing would change"),
        {},
    ),
    "review": (lambda: ScriptedCases(findings=PART), keys(*TO_REVIEW, then="to do"), {}),
    "script": (
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "enter", then="ExecStart"),
        {},
    ),
    "install_running": (
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]]),
        keys(then="waiting for a lease"),
        {"start": "resume", "name": "classic"},
    ),
    "install_failed": (
        lambda: ScriptedCases(runs=[failed()]),
        keys(then="master/apiserver on anakin failed"),
        {"start": "resume", "name": "classic"},
    ),
    "install_empty": (
        lambda: ScriptedCases(runs=[[asyncio.Event()]]),
        keys(then="looking at the hosts"),
        {"start": "resume", "name": "classic"},
    ),
    "install_closed": (
        lambda: ScriptedCases(runs=[failed()]),
        keys("escape", then="What can be done"),
        {"start": "resume", "name": "classic"},
    ),
    "install_skip": (
        lambda: ScriptedCases(runs=[failed()]),
        keys("x", then="Go on without"),
        {"start": "resume", "name": "classic"},
    ),
    "install_skipped": (
        lambda: ScriptedCases(runs=[waived()]),
        keys(then="1 skipped by you"),
        {"start": "resume", "name": "classic"},
    ),
    "install_find": (
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]]),
        keys("z", "slash", *"well", "enter", "N", then="“well” 6 of 7"),
        {"start": "resume", "name": "classic"},
    ),
    "install_filtered": (
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]]),
        keys("ampersand", *"done", "enter", then="only lines with"),
        {"start": "resume", "name": "classic"},
    ),
    "install_commands": (
        lambda: ScriptedCases(runs=[failed()]),
        keys("escape", "c", then="commands so far"),
        {"start": "resume", "name": "classic"},
    ),
    "install_done": (
        lambda: ScriptedCases(runs=[whole()]),
        keys(then="✓ installed"),
        {"start": "resume", "name": "classic"},
    ),
    "install_leave": (
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]]),
        keys("q", then="kwizard resume classic"),
        {"start": "resume", "name": "classic"},
    ),
    "rehearsal": (
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]], rehearsal=True),
        keys(then="REHEARSAL"),
        {"start": "resume", "name": "classic"},
    ),
    "monitor_busy": (
        lambda: ScriptedCases(pictures=(asyncio.Event(),)),
        keys(then="asking the hosts"),
        {"start": "monitor", "name": "classic"},
    ),
    "monitor": (
        lambda: ScriptedCases(pictures=(snapshot(), asyncio.Event())),
        keys(then="✓ All is well"),
        {"start": "monitor", "name": "classic"},
    ),
    "monitor_red": (
        lambda: ScriptedCases(pictures=(RED, asyncio.Event())),
        keys(then="✗ Not well"),
        {"start": "monitor", "name": "classic"},
    ),
    "monitor_paused": (
        lambda: ScriptedCases(pictures=(snapshot(), asyncio.Event())),
        keys("p", then="paused"),
        {"start": "monitor", "name": "classic"},
    ),
    "monitor_host": (
        lambda: ScriptedCases(pictures=(RED, asyncio.Event())),
        keys("f3", "slash", *"kube", then="only rows with: kube"),
        {"start": "monitor", "name": "classic"},
    ),
    "monitor_lost": (
        lambda: ScriptedCases(pictures=(snapshot(), HostUnreachable("no answer", host="anakin"))),
        keys(then="no longer refreshed"),
        {"start": "monitor", "name": "classic"},
    ),
    "verify_busy": (
        lambda: ScriptedCases(runs=[whole()], looks=[asyncio.Event()]),
        after_install("enter", then="asking the hosts"),
        {"start": "resume", "name": "classic"},
    ),
    "verify": (
        lambda: ScriptedCases(runs=[whole()], last=snapshot()),
        after_install("enter", then="✓ All is well"),
        {"start": "resume", "name": "classic"},
    ),
    "verify_red": (
        lambda: ScriptedCases(runs=[whole()], last=RED),
        after_install("enter", then="✗ Not well"),
        {"start": "resume", "name": "classic"},
    ),
    "verify_ping": (
        lambda: ScriptedCases(runs=[whole()], last=RED),
        after_install("enter", *["down"] * 8, "right", "enter", then="packets transmitted"),
        {"start": "resume", "name": "classic"},
    ),
    "verify_failed": (
        lambda: ScriptedCases(
            runs=[whole()], looks=[HostUnreachable("no answer within 15 s", host="anakin")]
        ),
        after_install("enter", then="no answer within"),
        {"start": "resume", "name": "classic"},
    ),
    "help": (ScriptedCases, keys("question_mark", then="Monitor"), {}),
}


BOTH = ("hosts_checked", "release", "options", "review", "release_busy", "options_modern",
        "install_running", "install_failed", "install_empty", "install_find", "install_filtered",
        "install_done",
        "monitor_busy", "monitor", "monitor_red", "monitor_paused", "monitor_host", "monitor_lost",
        "verify_busy", "verify", "verify_red", "verify_ping",
        "verify_failed")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, NARROW) for name in SCREENS] + [(name, WIDE) for name in BOTH],
    ids=lambda x: x if isinstance(x, str) else f"{x[0]}x{x[1]}",
)
def test_screen(look: Callable[..., None], name: str, size: tuple[int, int]) -> None:
    cases, steps, kwargs = SCREENS[name]
    look(cases(), steps, size, **kwargs)


# What a screen is waited for with, in Chinese.
CHINESE = {
    "New cluster": "新建集群",
    "It stopped at": "停在",
    "✗ blocked": "✗ 受阻",
    "Reached by": "访问地址",
    "Is this the right host?": "这是正确的主机吗",
    "What will be used": "将使用的内容",
    "What this changes": "对主机的改动",
    "to do": "待执行",
    "waiting for a lease": "waiting for a lease",
    "master/apiserver on anakin failed": "master/apiserver 失败",
    "kwizard resume classic": "kwizard resume classic",
    "✗ Not well": "✗ 不正常",
    "Monitor": "监控",
    "REHEARSAL": "演练",
}


@pytest.mark.parametrize(
    "name",
    ["start_unfinished", "hosts_checked", "hosts_form", "hosts_key", "release", "options", "review",
     "install_running", "install_failed", "install_leave", "rehearsal", "monitor_red", "help"],
)  # fmt: skip
def test_in_chinese(look: Callable[..., None], name: str) -> None:
    language.use("zh")
    cases, steps, kwargs = SCREENS[name]
    look(cases(), steps, NARROW, **kwargs)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_end_of_a_modern_one(
    look: Callable[..., None], monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", "/var/lib/operator")  # it stands on the page
    cases = ScriptedCases(runs=[whole()], cluster=MODERN, last=snapshot())
    steps = after_install("enter", then="get nodes", scrolled=True)
    look(cases, steps, size, start="resume", name="classic")


def test_too_small(look: Callable[..., None]) -> None:
    look(ScriptedCases(), keys(then="too small"), (50, 12))


STATES = ["hosts_checked", "review", "install_failed", "monitor_red"]
"""Screens full of states: each is told by a symbol and a word as well."""


@pytest.mark.parametrize("name", STATES)
def test_without_colours(
    look: Callable[..., None], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    cases, steps, kwargs = SCREENS[name]
    look(cases(), steps, NARROW, **kwargs)


@pytest.mark.parametrize("name", STATES)
def test_on_paper(look: Callable[..., None], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("KWIZARD_THEME", "paper")
    cases, steps, kwargs = SCREENS[name]
    look(cases(), steps, WIDE, **kwargs)
