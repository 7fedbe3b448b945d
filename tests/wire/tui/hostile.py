"""Hostile text, and the way to every screen that shows text of hosts, files or other people."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.events import Paste
from textual.pilot import Pilot

from kwizard.app.clusters import KnownCluster
from kwizard.app.preview import Change, Line
from kwizard.cluster.model import Cluster
from kwizard.engine.events import StepEvent
from kwizard.engine.plan import Finding, Plan, State
from kwizard.errors import KwizardError, Problem, ReleaseError
from kwizard.paths import state_home
from kwizard.probes.components import Component
from kwizard.probes.nodes import Node
from kwizard.tui.screens.commands import CommandsScreen
from kwizard.tui.screens.dialogs import Ask, AskPassword, ConfirmKey, Notice
from kwizard.tui.screens.failure import FailureDialog
from kwizard.tui.screens.host_form import HostForm
from kwizard.tui.screens.hosts import HostsScreen
from kwizard.tui.screens.install import InstallScreen
from kwizard.tui.screens.monitor import MonitorScreen
from kwizard.tui.screens.options import OptionsScreen
from kwizard.tui.screens.paste import PasteScreen
from kwizard.tui.screens.paths import AskPath
from kwizard.tui.screens.ping import PingScreen
from kwizard.tui.screens.release import ReleaseScreen
from kwizard.tui.screens.review import ReviewScreen
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.screens.start import StartScreen
from kwizard.tui.screens.verify import VerifyScreen
from kwizard.tui.usecases import (
    Fetching,
    HostReport,
    KeyQuestion,
    PasswordQuestion,
    ReleaseReport,
)

from .conftest import sees
from .looks import RUN, WATCH, Kind, Look, Steps, keys, then
from .looks_answers import TO_OPTIONS, TO_RELEASE, TO_REVIEW, modern
from .looks_run import verified, whole
from .pictures import SERVICES, snapshot
from .scripted import CLUSTER, NOW, ScriptedCases, Story, plan_of

MARK = "evil[b]"
"""Stands at the beginning of all that is hostile: where it is seen as it is, it was no markup."""

PIECES = (
    "\x1b[2J", "\x1b[31m", "\x1b[1;1H", "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x1b\\",
    "\x1bP$q\x1b\\", "\x1bc", "\x1b", "\x9b2J", "\x9d0;owned\x9c", "\x90q\x9c", "\x00", "\x07",
    "\x08", "\x0b", "\x0c", "\r\n", "\n", "\t", "\x7f", "\u202e", "\u2066", "\u200b", "\u2028",
    "\ufeff", "\U000e0041", "\ud800", "[bold]", "[/]", "[/etc]", "[", "]",
    "[@click=app.exit(9)]x[/]", "[link=x]y[/link]", "\\[", "$error", "{name}", "%s", "网络",
    "e\u0301", "x" * 40, "a b", "1",
)  # fmt: skip


def hostile(seed: int) -> str:
    """Text of pieces that act on terminals or are markup, in an order of that seed's own; and
    bytes as a host may send them."""
    chance = random.Random(seed)
    some = "".join(chance.choices(PIECES, k=30))
    raw = chance.randbytes(40).decode("utf-8", "replace") + chance.randbytes(40).decode("latin-1")
    return MARK + some + raw.replace("\r", "")  # a lone one hides what is before it in a log


def named(text: str) -> Cluster:
    """A cluster whose every name is foreign."""
    hosts = [replace(h, name=f"{text}{n}") for n, h in enumerate(CLUSTER.hosts)]
    return replace(CLUSTER, name=text, hosts=tuple(hosts))


class Planned(ScriptedCases):
    """Its steps have foreign titles and scripts."""

    text = ""

    def plan(self, cluster: Cluster) -> Plan:
        tasks = plan_of(CLUSTER).tasks
        step = replace(tasks[0].step, title=self.text)
        first = replace(tasks[0], step=step, script=self.text, probe=self.text)
        return Plan(cluster, (first, *tasks[1:]))


def planned(text: str, **kwargs: Any) -> Planned:
    cases = Planned(**kwargs)
    cases.text = text
    return cases


def happens(text: str) -> list[StepEvent]:
    """A run with foreign text in everything an event can hold."""
    story = Story()
    story.titles[text] = (story.titles["hosts/docker"][0], text)
    started: Any = story.started(text, text)
    told: Any = story.log(text, text, text)
    return [story.begin(), replace(started, phase=text), told]


def breaks(text: str) -> list[Any]:
    story = Story()
    return [
        *happens(text),
        story.started("hosts/preflight", "anakin"),
        story.failed("hosts/preflight", "anakin", text, text, text),
        story.end("failed", 1),
    ]


def seen(text: str) -> Any:
    """What a look at a cluster brings back, every word of it foreign."""
    picture = snapshot(("anakin", "c3po/container"))
    assert picture.matrix is not None
    cells = [replace(c, error=text, output=text) if not c.ok else c for c in picture.matrix.cells]
    return replace(
        picture,
        components=(Component(name=text, status=text, message=text, error=text),),
        nodes=(Node(name=text, status=text, age=text, version=text, internal_ip=text),),
        matrix=replace(picture.matrix, cells=tuple(cells)),
        services={text: tuple(replace(s, name=text, state=text) for s in SERVICES["boba"])},
        components_error=text,
        nodes_error=text,
        problems={text: text},
        faults=(text,),
        diagnoses=tuple(
            replace(d, cause=text, evidence=text, evidence_command=text, remedy=text)
            for d in picture.diagnoses
        ),
    )


def pasting(text: str) -> Steps:
    async def steps(pilot: Pilot[int]) -> None:
        await keys("enter", "p")(pilot)
        pilot.app.post_message(Paste(text))
        await sees(pilot, MARK)

    return steps


def pasted_there(text: str) -> Steps:
    """Into what has the cursor, which then shows its beginning."""

    async def steps(pilot: Pilot[int]) -> None:
        pilot.app.post_message(Paste(text))
        await sees(pilot, f"✗ '{MARK}")
        await pilot.press("home")
        await pilot.pause()

    return steps


def choosing_a_file(text: str) -> Steps:
    """In a folder with a file of that name."""
    folder = state_home() / "files"

    async def steps(pilot: Pilot[int]) -> None:
        folder.mkdir(parents=True)
        name = text.replace("/", "").replace("\0", "").encode("utf-8", "ignore")[:200]
        (folder / name.decode("utf-8", "ignore")).touch()
        await keys("enter", "i", *str(folder))(pilot)
        await sees(pilot, "in there")

    return steps


def looks(text: str) -> dict[Kind, Look]:
    """Every screen that shows foreign text, showing `text`."""
    known = KnownCluster(text, Path(text), "unfinished", text, text, text, NOW)
    report = HostReport("anakin", ((text, text),), (Problem(text, text),))
    ssh = replace(CLUSTER.hosts[0].ssh, user=text, identity=text, jump=text, address=text)
    login = replace(CLUSTER, hosts=(replace(CLUSTER.hosts[0], ssh=ssh), *CLUSTER.hosts[1:]))
    error = KwizardError(text, remedy=text, host=text)
    cases = ScriptedCases
    found = {t.id: Finding(State.DUE, text) for t in plan_of(CLUSTER).tasks}
    change = Change("s", text, (text,), "changed", (Line("-", text, text), Line("+", text, text)))
    release = ReleaseReport(((text, text),), (Problem(text, text),))
    tarball = replace(CLUSTER, release=replace(CLUSTER.release, tarball=text, sha256=text))

    def run(events: list[Any], **kwargs: Any) -> Callable[[], ScriptedCases]:
        return lambda: cases(runs=[[*events, asyncio.Event()]], **kwargs)

    table = [
        Look(StartScreen, "", lambda: cases(known_clusters=(known,)), keys(then="It stopped")),
        Look(
            HostsScreen,
            "",
            lambda: cases(cluster=login, reports=(report,), found=(Problem(text, text),)),
            then(
                keys("enter", "k", then="✗ blocked"),
                keys("right", "right", "right", "enter", "ctrl+u", at="cell-line"),
                pasted_there(text),
            ),
        ),
        Look(HostForm, "", lambda: cases(cluster=login), keys("enter", "enter", then="Reached by")),
        Look(
            ConfirmKey,
            "",
            lambda: cases(questions=(KeyQuestion(text, text, text, text),)),
            keys("enter", "k", then="Is this the right host?"),
        ),
        Look(
            AskPassword,
            "",
            lambda: cases(questions=(PasswordQuestion(text, text, "sudo", again=True),)),
            keys("enter", "k", then="Kept in memory"),
        ),
        Look(Notice, "", lambda: cases(survey_error=error), keys(*TO_REVIEW, then="did not work")),
        Look(PasteScreen, "", cases, pasting(text)),
        Look(AskPath, "", cases, choosing_a_file(text)),
        Look(
            ReleaseScreen,
            "",
            lambda: cases(
                cluster=tarball,
                release=release,
                fetches=((Fetching(notice=text), ReleaseError(text, remedy=text)),),
                lying_around={("etcd", "image"): (Path(text),)},
            ),
            keys(*TO_RELEASE, "f5", then="✗"),
        ),
        Look(
            OptionsScreen,
            "",
            lambda: modern(changes=(change,)),
            keys(*TO_OPTIONS, *["down"] * 5, then="With nftables instead"),
        ),
        Look(
            ReviewScreen,
            "",
            lambda: planned(text, findings=found),
            keys(*TO_REVIEW, then="to do"),
        ),
        Look(
            ScriptScreen,
            "",
            lambda: planned(text, findings=found),
            keys(*TO_REVIEW, "enter", then="sha256"),
        ),
        Look(InstallScreen, "", run(happens(text)), keys(then="▸ installing"), RUN),
        Look(FailureDialog, "", run(breaks(text)), keys(then="failed"), RUN),
        Look(Ask, "", run(happens(text)), keys("q", then="Leave now?"), {**RUN, "name": text}),
        Look(CommandsScreen, "", run(happens(text)), keys("c", then="so far"), RUN),
        Look(
            VerifyScreen,
            "",
            lambda: cases(runs=[whole()], last=seen(text)),
            verified(text="✗ Not well"),
            RUN,
        ),
        Look(
            PingScreen,
            "",
            lambda: cases(runs=[whole()], last=seen(text)),
            verified(*["down"] * 8, "right", "enter", text="Ping from"),
            RUN,
        ),
        Look(
            MonitorScreen,
            "",
            lambda: cases(cluster=named(text), pictures=(seen(text), asyncio.Event())),
            keys(then="✗ Not well"),
            WATCH,
        ),
    ]
    return {look.page: look for look in table}
