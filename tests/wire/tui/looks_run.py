"""The pages of the installation, the verification and the monitor, in all their states."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from kwizard.engine.events import Event
from kwizard.errors import HostUnreachable, JournalLocked
from kwizard.tui.screens.commands import CommandsScreen
from kwizard.tui.screens.dialogs import Ask, Notice
from kwizard.tui.screens.failure import FailureDialog
from kwizard.tui.screens.help import HelpScreen
from kwizard.tui.screens.install import InstallScreen
from kwizard.tui.screens.monitor import MonitorScreen
from kwizard.tui.screens.paths import AskPath
from kwizard.tui.screens.ping import PingScreen
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.screens.verify import VerifyScreen

from .looks import RUN, WATCH, Look, Steps, keys, then, to, to_the_end
from .pictures import highly_available, looked, snapshot, uneven
from .scripted import ScriptedCases, Story


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


def held_up() -> list[Event]:
    """The release is on its way to one host while another one has it already."""
    story = Story()
    return [
        story.begin(),
        *story.whole(last="release/place"),
        story.started("release/place", "anakin"),
        story.finished("release/place", "anakin", 4.1),
        story.started("release/place", "boba"),
        story.progress("release/place", "boba", 190 << 20, 328 << 20, source="anakin"),
        story.started("release/place", "c3po"),
        story.progress("release/place", "c3po", 47 << 20, 328 << 20, source="operator", held=True),
        story.started("release/install", "anakin"),
        story.log("release/install", "anakin", "+ Programs into /usr/bin"),
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


def twice_failed() -> list[Event]:
    """On two hosts at once."""
    story = Story()
    out = [story.begin(), *story.whole(last="nodes/kubelet")]
    for host in ("boba", "c3po"):
        out += [
            story.started("nodes/kubelet", host),
            story.failed(
                "nodes/kubelet",
                host,
                "the kubelet ended with status 1 (cgroup driver differs)",
                "give docker native.cgroupdriver=systemd, or the kubelet cgroupfs",
                "\n".join(f"F1104 10:3{n} server.go:27{n} failed to run Kubelet" for n in range(9)),
            ),
        ]
    return [*out, story.end("failed", 1)]


RED = snapshot(("anakin", "c3po/container"), scheduler=False)
AWAY = HostUnreachable("no answer within 15 s", host="anakin", remedy="is it on?")
LOCKED = JournalLocked("another kwizard is at this cluster", remedy="wait for it, or end it")


def goes_on() -> ScriptedCases:
    return ScriptedCases(runs=[[*running(), asyncio.Event()]])


def broke() -> ScriptedCases:
    return ScriptedCases(runs=[failed()])


def verified(*names: str, text: str) -> Steps:
    """Once it is installed, on to the verification."""
    return then(keys(then="✓ installed"), keys("enter", *names, then=text))


INSTALL = {
    "install_running": Look(InstallScreen, "busy", goes_on, keys(then="waiting for a lease"), RUN),
    "install_failed": Look(
        InstallScreen,
        "failed",
        broke,
        keys(then="A report for help"),
        RUN,
        FailureDialog,
    ),
    "install_failed_twice": Look(
        InstallScreen,
        "failed twice",
        lambda: ScriptedCases(runs=[twice_failed()]),
        then(keys(then="A report for help"), keys("n", then="(2 of 2)")),
        RUN,
        FailureDialog,
    ),
    "install_error": Look(
        InstallScreen,
        "not begun",
        lambda: ScriptedCases(runs=[[LOCKED]]),
        keys(then="A report for help"),
        RUN,
        FailureDialog,
    ),
    "install_paused": Look(
        InstallScreen,
        "paused",
        lambda: ScriptedCases(runs=[[*held_up(), asyncio.Event()]]),
        then(keys(then="Programs into"), keys("p", then="2 at work now, 1 waiting")),
        RUN,
    ),
    "install_paused_leave": Look(
        InstallScreen,
        "paused, leave",
        lambda: ScriptedCases(runs=[[*held_up(), asyncio.Event()]]),
        then(keys("p", then="‖ paused"), keys("q", then="without the pause")),
        RUN,
        Ask,
    ),
    "install_empty": Look(
        InstallScreen,
        "empty",
        lambda: ScriptedCases(runs=[[asyncio.Event()]]),
        keys(then="looking at the hosts"),
        RUN,
    ),
    "install_closed": Look(
        InstallScreen, "closed", broke, keys("escape", then="What can be done"), RUN
    ),
    "install_skip": Look(
        InstallScreen,
        "skip",
        broke,
        then(keys(then="A report for help"), keys("x", then="Go on without")),
        RUN,
        Ask,
    ),
    "install_skipped": Look(
        InstallScreen,
        "skipped",
        lambda: ScriptedCases(runs=[waived()]),
        keys(then="1 skipped by you"),
        RUN,
    ),
    "install_find": Look(
        InstallScreen,
        "find",
        goes_on,
        keys("z", "slash", *"well", "enter", "N", then="“well” 6 of 7"),
        RUN,
    ),
    "install_filtered": Look(
        InstallScreen,
        "filtered",
        goes_on,
        keys("ampersand", *"done", "enter", then="only lines with"),
        RUN,
    ),
    "install_asked": Look(InstallScreen, "asked", goes_on, keys("slash", *"lea", then="Find"), RUN),
    "install_zoom": Look(
        InstallScreen, "zoom", goes_on, keys("z", then="waiting for a lease"), RUN
    ),
    "install_save_log": Look(
        AskPath, "write", goes_on, keys("w", "ctrl+u", *"/boba.log", then="/boba.log"), RUN
    ),
    "install_commands": Look(
        CommandsScreen, "done", broke, keys("escape", "c", then="commands so far"), RUN
    ),
    "install_commands_running": Look(
        CommandsScreen, "busy", goes_on, keys("c", then="commands so far"), RUN
    ),
    "install_commands_looks": Look(
        CommandsScreen,
        "looks",
        lambda: ScriptedCases(runs=[failed()], record=looked()),
        keys("escape", "c", "ctrl+home", then="3 looks"),
        RUN,
    ),
    "script_look": Look(
        ScriptScreen,
        "look",
        lambda: ScriptedCases(runs=[failed()], record=looked()),
        keys("escape", "c", "t", "t", "enter", then="look (read only)"),
        RUN,
    ),
    "install_done": Look(
        InstallScreen, "done", lambda: ScriptedCases(runs=[whole()]), keys(then="✓ installed"), RUN
    ),
    "install_leave": Look(
        InstallScreen, "leave", goes_on, keys("q", then="kwizard resume classic"), RUN, Ask
    ),
    "install_help": Look(HelpScreen, "done", goes_on, keys("question_mark", then="Install"), RUN),
    "rehearsal": Look(
        InstallScreen,
        "rehearsal",
        lambda: ScriptedCases(runs=[[*running(), asyncio.Event()]], rehearsal=True),
        keys(then="REHEARSAL"),
        RUN,
    ),
}

VERIFY = {
    "verify_busy": Look(
        VerifyScreen,
        "busy",
        lambda: ScriptedCases(runs=[whole()], looks=[asyncio.Event()]),
        verified(text="asking the hosts"),
        RUN,
    ),
    "verify": Look(
        VerifyScreen,
        "done",
        lambda: ScriptedCases(runs=[whole()], last=snapshot()),
        verified(text="✓ All is well"),
        RUN,
    ),
    "verify_end": Look(
        VerifyScreen,
        "end",
        lambda: ScriptedCases(runs=[whole()], last=snapshot()),
        then(verified(text="✓ All is well"), to_the_end, keys(then="kwizard monitor")),
        RUN,
    ),
    "verify_red": Look(
        VerifyScreen,
        "not well",
        lambda: ScriptedCases(runs=[whole()], last=RED),
        verified(text="✗ Not well"),
        RUN,
    ),
    "verify_heat": Look(
        VerifyScreen,
        "uneven pings",
        lambda: ScriptedCases(runs=[whole()], last=replace(RED, matrix=uneven())),
        verified(text="~ 1 lost"),
        RUN,
    ),
    "verify_listed": Look(
        VerifyScreen,
        "listed",
        lambda: ScriptedCases(runs=[whole()], last=highly_available()),
        then(verified(text="✗ Not well"), to("#listed-part"), keys(then="THE TRUE CHECK")),
        RUN,
    ),
    "verify_ping": Look(
        VerifyScreen,
        "ping",
        lambda: ScriptedCases(runs=[whole()], last=RED),
        verified(*["down"] * 8, "right", "enter", text="packets transmitted"),
        RUN,
        PingScreen,
    ),
    "verify_failed": Look(
        VerifyScreen,
        "failed",
        lambda: ScriptedCases(runs=[whole()], looks=[AWAY]),
        verified(text="no answer within"),
        RUN,
        Notice,
    ),
    "verify_not_looked": Look(
        VerifyScreen,
        "not looked at",
        lambda: ScriptedCases(runs=[whole()], looks=[AWAY]),
        then(verified(text="no answer within"), keys("enter", then="did not work")),
        RUN,
    ),
    "verify_report": Look(
        AskPath,
        "write",
        lambda: ScriptedCases(runs=[whole()], last=snapshot()),
        verified("w", "ctrl+u", *"/report.tar.gz", text="/report.tar.gz"),
        RUN,
    ),
}

MONITOR = {
    "monitor_busy": Look(
        MonitorScreen,
        "busy",
        lambda: ScriptedCases(pictures=(asyncio.Event(),)),
        keys(then="asking the hosts"),
        WATCH,
    ),
    "monitor": Look(
        MonitorScreen,
        "done",
        lambda: ScriptedCases(pictures=(snapshot(), asyncio.Event())),
        keys(then="✓ All is well"),
        WATCH,
    ),
    "monitor_red": Look(
        MonitorScreen,
        "not well",
        lambda: ScriptedCases(pictures=(RED, asyncio.Event())),
        keys(then="✗ Not well"),
        WATCH,
    ),
    "monitor_listed": Look(
        MonitorScreen,
        "listed",
        lambda: ScriptedCases(pictures=(highly_available(), asyncio.Event())),
        then(keys(then="✗ Not well"), to("#listed-part"), keys(then="componentstatus can")),
        WATCH,
    ),
    "monitor_paused": Look(
        MonitorScreen,
        "paused",
        lambda: ScriptedCases(pictures=(snapshot(), asyncio.Event())),
        keys("p", then="paused"),
        WATCH,
    ),
    "monitor_host": Look(
        MonitorScreen,
        "one host",
        lambda: ScriptedCases(pictures=(RED, asyncio.Event())),
        keys("f3", "slash", *"kube", then="only rows with: kube"),
        WATCH,
    ),
    "monitor_lost": Look(
        MonitorScreen,
        "lost",
        lambda: ScriptedCases(pictures=(snapshot(), AWAY)),
        keys(then="no longer refreshed"),
        WATCH,
    ),
    "monitor_failed": Look(
        MonitorScreen,
        "failed",
        lambda: ScriptedCases(pictures=(AWAY,)),
        keys(then="no longer refreshed"),
        WATCH,
    ),
    "monitor_shell": Look(
        MonitorScreen,
        "no shell",
        lambda: ScriptedCases(pictures=(snapshot(), asyncio.Event())),
        keys("s", then="opens no shell"),
        WATCH,
    ),
}
