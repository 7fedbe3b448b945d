"""The pages of the release, the options and the review, in all their states."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from kwizard.app.holders import OnHosts
from kwizard.app.preview import Change, Line
from kwizard.cluster.check import findings
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import Cluster, RecipeName, Release, Version
from kwizard.engine.plan import Finding, Plan, State
from kwizard.errors import HostUnreachable, InvalidInput, Problem, ReleaseError
from kwizard.release.bundle import Bundle, Item
from kwizard.release.catalog import locate
from kwizard.tui.facts import release_facts
from kwizard.tui.screens.dialogs import Notice
from kwizard.tui.screens.jump import JumpScreen
from kwizard.tui.screens.options import OptionsScreen
from kwizard.tui.screens.paths import AskPath
from kwizard.tui.screens.release import ReleaseScreen
from kwizard.tui.screens.review import ReviewScreen
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.usecases import Asker, Fetching, ReleaseReport

from .looks import Look, keys, then
from .scripted import CLUSTER, ScriptedCases, plan_of

TO_RELEASE = ("enter", "tab", "enter")
TO_OPTIONS = (*TO_RELEASE, "up", "enter")
TO_REVIEW = (*TO_OPTIONS, "up", "enter")
PART = {
    t.id: Finding(State.DONE, "as wanted")
    if t.step.phase.value in ("hosts", "release")
    else Finding(State.DUE, "no such unit")
    for t in plan_of(CLUSTER).tasks
}
AWAY = HostUnreachable(
    "did not answer within 15 s", host="boba", remedy="is it on, and its port 22 open?"
)
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


class Surveying(ScriptedCases):
    """The hosts never answer."""

    async def survey(self, plan: Plan, asker: object) -> dict[str, Finding]:
        await asyncio.Event().wait()
        return {}


class Inspecting(ScriptedCases):
    """The files are looked into for ever."""

    async def check_release(self, cluster: Cluster, asker: Asker | None = None) -> ReleaseReport:
        await asyncio.Event().wait()
        return ReleaseReport()


class Refusing(ScriptedCases):
    """No plan can be made."""

    def plan(self, cluster: Cluster) -> Plan:
        raise InvalidInput(
            [
                Problem("etcd runs on 2 hosts", "choose one, three or five of them"),
                Problem("the pod range and the service range overlap", "give them other ranges"),
            ]
        )


PATH = Path("/files/kubernetes-1.36.3.tar")
BUNDLE = Bundle(
    "modern",
    "v1.36.3",
    "amd64",
    (
        Item("release.tarball", "kubernetes.tar.gz", 380 << 20, "1" * 64),
        Item("etcd.binaries", "etcd-v3.6.16.tar.gz", 24 << 20, "2" * 64),
        Item("runtime.containerd", "containerd.tar.gz", 33 << 20, "3" * 64),
        Item("images.pause_archive", "pause.tar", 700 << 10, "4" * 64),
    ),
    {"images.pause": "example.org/pause:7"},
)
LYING = "5" * 64
WITHOUT_SUM = OnHosts((), "", others=(("anakin", LYING), ("c3po", LYING)))
CHOSEN = ReleaseReport(
    release_facts(None, locate(MODERN.version), WITHOUT_SUM, chosen=True),
    (
        Problem(
            f"no sum of the release {MODERN.version} is known to hold the hosts' copies against;"
            f" there lie: sha256 {LYING}: anakin, c3po",
            "if you know that sum to be right, give it as `release: sha256:`",
        ),
    ),
    LYING,
)
"""What is said of hosts that were chosen, where nobody published a sum."""
TO_BUNDLE = (*TO_RELEASE, "f4")


def bundled(**kwargs: Any) -> ScriptedCases:
    """A bundle lies around."""
    return modern(bundles={PATH: BUNDLE}, lying_around={("bundle",): (PATH,)}, **kwargs)


RELEASE = {
    "release": Look(
        ReleaseScreen, "empty", ScriptedCases, keys(*TO_RELEASE, then="What will be used")
    ),
    "release_found": Look(
        ReleaseScreen,
        "found",
        lambda: modern(lying_around={("etcd", "binaries"): (Path("/files/etcd-v3.6.16.tar.gz"),)}),
        keys(*TO_RELEASE, then="F4 takes"),
    ),
    "release_bundle_found": Look(
        ReleaseScreen, "bundle found", bundled, keys(*TO_RELEASE, then="F4 takes the bundle")
    ),
    "release_bundle_busy": Look(
        ReleaseScreen,
        "bundle busy",
        lambda: bundled(unpacking=asyncio.Event()),
        keys(*TO_BUNDLE, then="33 %"),
    ),
    "release_bundle": Look(
        ReleaseScreen, "bundle read", bundled, keys(*TO_BUNDLE, then="every file has its sum")
    ),
    "release_bundle_wrong": Look(
        ReleaseScreen,
        "bundle refused",
        lambda: bundled(
            bundle_error=ReleaseError("kubernetes-1.36.3.tar is cut off", remedy="copy it again")
        ),
        keys(*TO_BUNDLE, then="is cut off"),
    ),
    "release_on_hosts": Look(
        ReleaseScreen,
        "on hosts",
        lambda: modern(
            release=ReleaseReport(
                release_facts(
                    None,
                    locate(MODERN.version),
                    OnHosts(("anakin", "c3po"), "sha512"),
                )
            )
        ),
        keys(*TO_RELEASE, "f5", then="anakin, c3po"),
    ),
    "release_hosts": Look(
        ReleaseScreen,
        "hosts chosen",
        lambda: ScriptedCases(
            cluster=replace(MODERN, release=Release(on_hosts=True)), rules=findings, release=CHOSEN
        ),
        keys(*TO_RELEASE, "f5", then="F4 takes that sum"),
    ),
    "release_inspecting": Look(
        ReleaseScreen, "inspecting", Inspecting, keys(*TO_RELEASE, "f5", then="looking …")
    ),
    "release_busy": Look(
        ReleaseScreen,
        "busy",
        lambda: modern(fetches=((*HALF, asyncio.Event()),)),
        keys(*TO_RELEASE, "f6", then="25 %"),
    ),
    "release_paused": Look(
        ReleaseScreen,
        "paused",
        lambda: modern(fetches=((*HALF, asyncio.Event()),)),
        then(keys(*TO_RELEASE, "f6", then="25 %"), keys("f6", then="‖ paused")),
    ),
    "release_failed": Look(
        ReleaseScreen,
        "failed",
        lambda: modern(
            fetches=((*HALF, ReleaseError("the line did not come back", remedy="try later")),)
        ),
        keys(*TO_RELEASE, "f6", then="did not come back"),
    ),
    "release_done": Look(
        ReleaseScreen,
        "done",
        lambda: modern(
            fetches=((Fetching(400 << 20, 400 << 20),),),
            release=ReleaseReport((("here", "yes, v1.36.3 for amd64"), ("etcd-binaries", "good"))),
        ),
        keys(*TO_RELEASE, "f6", "f5", then="for amd64"),
    ),
    "release_missing": Look(
        ReleaseScreen,
        "missing",
        lambda: modern(
            release=ReleaseReport(
                (("here", "no"), ("source", "https://dl.k8s.io/v1.36.3")),
                (Problem("etcd.binaries: no file /files/etcd.tar.gz", "check the path"),),
            )
        ),
        keys(*TO_RELEASE, "f5", then="check the path"),
    ),
    "release_mirror": Look(
        ReleaseScreen,
        "mirror",
        ScriptedCases,
        keys(*TO_RELEASE, "down", "down", "right", "f6", then="first say where"),
    ),
}

OPTIONS = {
    "options": Look(
        OptionsScreen, "done", ScriptedCases, keys(*TO_OPTIONS, then="What this changes")
    ),
    "options_modern": Look(
        OptionsScreen,
        "compared",
        lambda: modern(changes=CHANGES),
        keys(*TO_OPTIONS, *["down"] * 5, then="mode: iptables"),
    ),
    "options_wrong": Look(
        OptionsScreen,
        "failed",
        modern,
        keys(*TO_OPTIONS, *["down"] * 6, "backspace", "backspace", "4", "0", then="✗ Pod range"),
    ),
    "options_jump": Look(
        JumpScreen, "over a form", modern, keys(*TO_OPTIONS, "ctrl+o", then=" a ")
    ),
}

REVIEW = {
    "review": Look(
        ReviewScreen, "due", lambda: ScriptedCases(findings=PART), keys(*TO_REVIEW, then="to do")
    ),
    "review_by_host": Look(
        ReviewScreen,
        "by host",
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "g", then="operator"),
    ),
    "review_busy": Look(
        ReviewScreen, "busy", Surveying, keys(*TO_REVIEW, then="looking at the hosts")
    ),
    "review_failed": Look(
        ReviewScreen,
        "failed",
        lambda: ScriptedCases(survey_error=AWAY),
        keys(*TO_REVIEW, then="did not answer"),
        top=Notice,
    ),
    "review_not_looked": Look(
        ReviewScreen,
        "not looked at",
        lambda: ScriptedCases(survey_error=AWAY),
        then(keys(*TO_REVIEW, then="did not answer"), keys("enter", then="not looked at")),
    ),
    "review_refused": Look(
        ReviewScreen, "refused", Refusing, keys(*TO_REVIEW, then="etcd runs on 2 hosts")
    ),
    "review_done": Look(
        ReviewScreen,
        "done",
        lambda: ScriptedCases(
            findings={t.id: Finding(State.DONE, "as wanted") for t in plan_of(CLUSTER).tasks}
        ),
        keys(*TO_REVIEW, then="nothing would change"),
    ),
    "review_bundle": Look(
        ReviewScreen,
        "from a bundle",
        lambda: bundled(findings=PART),
        then(
            keys(*TO_BUNDLE, then="every file has its sum"),
            keys("up", "enter", "up", "enter", then="--bundle"),
        ),
    ),
    "review_save": Look(
        AskPath,
        "write",
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "s", "ctrl+u", *"/classic.yaml", then="/classic.yaml"),
    ),
    "review_saved": Look(
        ReviewScreen,
        "saved",
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "s", "ctrl+u", *"/classic.yaml", "enter", then="saved:"),
    ),
    "script": Look(
        ScriptScreen,
        "script",
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "enter", then="ExecStart"),
    ),
    "script_probe": Look(
        ScriptScreen,
        "probe",
        lambda: ScriptedCases(findings=PART),
        keys(*TO_REVIEW, "enter", "p", then="looks whether"),
    ),
}
