"""The start page and the page of hosts, in all their states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot

from kwizard.app.clusters import KnownCluster
from kwizard.app.drafts import Remembered
from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.tui.screens.dialogs import AskPassword, ConfirmKey, Notice
from kwizard.tui.screens.help import HelpScreen
from kwizard.tui.screens.host_form import HostForm
from kwizard.tui.screens.hosts import HostsScreen
from kwizard.tui.screens.jump import JumpScreen
from kwizard.tui.screens.paste import PasteScreen
from kwizard.tui.screens.paths import AskPath
from kwizard.tui.screens.start import StartScreen
from kwizard.tui.usecases import HostReport, KeyQuestion, PasswordQuestion, Practice

from .conftest import sees
from .looks import Look, Steps, keys
from .scripted import CLUSTER, NOW, ScriptedCases

KNOWN = (
    KnownCluster("classic", Path("/s/classic/cluster.yaml"), "done", when=NOW),
    KnownCluster(
        "attic", Path("/s/attic/cluster.yaml"), "unfinished", "network", "network/docker", "boba",
        NOW,
    ),
)  # fmt: skip

FACTS = (
    ("system", "Debian GNU/Linux 12 (bookworm)"),
    ("kernel", "6.1.0-18-amd64 amd64"),
    ("room", "2 CPUs, 3.8 GiB memory, 12.4 GiB free"),
    ("network", "eth0 10.0.63.202/24, eth1 10.1.63.202/24"),
    ("docker", "20.10.24, running"),
    ("firewalld", "running, zone public"),
)

REPORTS = (
    HostReport(
        "anakin",
        FACTS,
        (
            Problem("port 8080 is taken by nginx", "stop nginx, or move it"),
            Problem("its clock is +42 s off the others", "set the clocks", blocks=False),
        ),
    ),
    HostReport("boba"),
    HostReport("c3po", (), (Problem("swap is on", "swapoff -a", blocks=False),)),
)
READY = tuple(HostReport(h.name, FACTS[:3]) for h in CLUSTER.hosts)
AWAY = HostReport(
    "boba", (), (Problem("no answer from 10.0.63.203 within 10 s", "is it on, and its port 22?"),)
)

KEY = KeyQuestion("anakin", "10.0.63.202", "ssh-ed25519", "SHA256:" + "k3Jx" * 10 + "abc")

TABLE = "anakin 10.0.63.202\nboba 10.0.63.203\nc3po 10.0.63.2o4"


def pasted(*names: str, text: str, then: str) -> Steps:
    """Press these, paste a text, wait for another."""

    async def steps(pilot: Pilot[int]) -> None:
        await keys(*names)(pilot)
        pilot.app.post_message(Paste(text))
        await sees(pilot, then)

    return steps


class Unknown(ScriptedCases):
    """No cluster of that name."""

    def load(self, name: str) -> Cluster:
        raise InvalidInput([Problem(f"no cluster called {name!r} here", "known: attic, classic")])


@asynccontextmanager
async def coming_up() -> AsyncIterator[Practice]:
    await asyncio.Event().wait()
    yield Practice(ScriptedCases(), CLUSTER)


DRAFT = Remembered(CLUSTER, "HOSTS")

START = {
    "start": Look(StartScreen, "empty", ScriptedCases, keys(then="New cluster")),
    "start_unfinished": Look(
        StartScreen,
        "unfinished",
        lambda: ScriptedCases(known_clusters=KNOWN),
        keys(then="It stopped at"),
    ),
    "start_skipped": Look(
        StartScreen,
        "skipped",
        lambda: ScriptedCases(
            known_clusters=(
                replace(
                    KNOWN[0],
                    waived=(
                        ("hosts/names", "boba"),
                        ("hosts/names", "c3po"),
                        ("nodes/proxy", "boba"),
                    ),
                ),
            )
        ),
        keys("down", then="hosts/names on boba, c3po"),
    ),
    "start_done": Look(
        StartScreen,
        "done",
        lambda: ScriptedCases(known_clusters=KNOWN[:1]),
        keys("down", then="It only looks"),
    ),
    "start_draft": Look(
        StartScreen,
        "draft",
        lambda: ScriptedCases(draft=DRAFT),
        keys("escape", then="as you left it"),
    ),
    "start_busy": Look(
        StartScreen,
        "busy",
        ScriptedCases,
        keys("down", "enter", then="coming up"),
        {"practise": coming_up},
    ),
    "start_failed": Look(
        StartScreen,
        "failed",
        Unknown,
        keys(then="no cluster called"),
        {"start": "resume", "name": "barn"},
        Notice,
    ),
    "help": Look(HelpScreen, "done", ScriptedCases, keys("question_mark", then="Monitor")),
}

HOSTS = {
    "hosts_empty": Look(
        HostsScreen,
        "empty",
        lambda: ScriptedCases(cluster=replace(CLUSTER, hosts=())),
        keys("enter", then="No hosts yet"),
    ),
    "hosts": Look(HostsScreen, "given", ScriptedCases, keys("enter", then="not yet")),
    "hosts_busy": Look(
        HostsScreen,
        "busy",
        lambda: ScriptedCases(reports=(*REPORTS[:1], asyncio.Event())),
        keys("enter", "k", then="✗ blocked"),
    ),
    "hosts_checked": Look(
        HostsScreen,
        "blocked",
        lambda: ScriptedCases(
            reports=REPORTS,
            found=(Problem("the pod range contains addresses of hosts", "-", blocks=False),),
        ),
        keys("enter", "k", then="✗ blocked"),
    ),
    "hosts_failed": Look(
        HostsScreen,
        "failed",
        lambda: ScriptedCases(reports=(READY[0], AWAY, READY[2])),
        keys("enter", "k", "down", then="no answer from"),
    ),
    "hosts_done": Look(
        HostsScreen,
        "done",
        lambda: ScriptedCases(reports=READY),
        keys("enter", "k", then="✓ ready"),
    ),
    "hosts_old": Look(
        HostsScreen,
        "old",
        lambda: ScriptedCases(reports=REPORTS, rests=lambda _cluster: "changed since"),
        keys("enter", "k", then="↻ old"),
    ),
    "hosts_problems": Look(
        HostsScreen,
        "problems",
        lambda: ScriptedCases(
            found=(
                Problem("no host is in etcd", "give one, three or five hosts the role etcd (e)"),
                Problem("the pod range contains addresses of hosts", "take another", blocks=False),
            )
        ),
        keys("enter", "f2", then="one, three or five"),
        top=Notice,
    ),
    "hosts_cell": Look(
        HostsScreen,
        "cell",
        ScriptedCases,
        keys("enter", "down", "right", "right", then="Enter changes this cell"),
    ),
    "hosts_cell_wrong": Look(
        HostsScreen,
        "cell refused",
        ScriptedCases,
        keys("enter", "down", "right", "right", "enter", *["backspace"] * 3, then="✗ '10.0.63.'"),
    ),
    "hosts_cell_ssh": Look(
        HostsScreen,
        "cell of ssh",
        ScriptedCases,
        keys(
            "enter",
            "right",
            "right",
            "right",
            "enter",
            *"10.1.63.202:2222",
            then="operator@10.1.63.202:2222",
            at="cell-line",
        ),
    ),
    "hosts_cell_roles": Look(
        HostsScreen,
        "cell of roles",
        ScriptedCases,
        keys("enter", "down", *["right"] * 4, "enter", "right", "right", "space", at="cell-ticks"),
    ),
    "hosts_form": Look(HostForm, "given", ScriptedCases, keys("enter", "enter", then="Reached by")),
    "hosts_form_new": Look(
        HostForm, "empty", ScriptedCases, keys("enter", "a", then="A new host", at="host-name")
    ),
    "hosts_form_wrong": Look(
        HostForm,
        "failed",
        ScriptedCases,
        keys("enter", "a", *"boba", "tab", *"10.0.63", then="not an IPv4 address yet"),
    ),
    "hosts_key": Look(
        ConfirmKey,
        "asked",
        lambda: ScriptedCases(questions=(KEY,)),
        keys("enter", "k", then="Is this the right host?"),
    ),
    "hosts_key_second": Look(
        ConfirmKey,
        "asked second",
        lambda: ScriptedCases(questions=(replace(KEY, number=2, total=3),)),
        keys("enter", "k", then="key 2 of 3"),
    ),
    "hosts_password": Look(
        AskPassword,
        "asked",
        lambda: ScriptedCases(questions=(PasswordQuestion("boba", "operator", "sudo"),)),
        keys("enter", "k", then="needs a password"),
    ),
    "hosts_password_again": Look(
        AskPassword,
        "failed",
        lambda: ScriptedCases(questions=(PasswordQuestion("boba", "root", "login", again=True),)),
        keys("enter", "k", *"wrong", then="Once more"),
    ),
    "hosts_paste": Look(
        PasteScreen, "empty", ScriptedCases, keys("enter", "p", then="Take them in")
    ),
    "hosts_pasted": Look(
        PasteScreen,
        "done",
        ScriptedCases,
        pasted("enter", "p", text=TABLE, then="no address in"),
    ),
    "hosts_import": Look(
        AskPath,
        "read",
        ScriptedCases,
        keys("enter", "i", *"/no.yaml", then="no such file yet"),
    ),
    "hosts_jump": Look(
        JumpScreen, "over a table", ScriptedCases, keys("enter", "ctrl+o", then=" a ")
    ),
    "hosts_save": Look(
        AskPath,
        "write",
        ScriptedCases,
        keys("enter", "s", "ctrl+u", *"/hosts.yaml", then="Save as"),
    ),
}
