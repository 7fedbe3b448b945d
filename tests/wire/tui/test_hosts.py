"""The page of hosts: form, paste, roles, keys to trust, passwords."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.model import ApiServer, Backend, Cluster, RecipeName, Role, Version
from kwizard.errors import Problem
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import HostReport, KeyQuestion, PasswordQuestion

from .conftest import Open, focused, sees, text_of, until
from .scripted import CLUSTER, ScriptedCases

EMPTY = replace(CLUSTER, hosts=())


async def to_hosts(pilot: Pilot[int]) -> KwizardApp:
    await pilot.press("enter")
    await until(pilot, lambda: type(pilot.app.screen).__name__ == "HostsScreen")
    assert isinstance(pilot.app, KwizardApp)
    return pilot.app


async def test_an_empty_table_says_how_to_fill_it_and_lets_nobody_on(opened: Open) -> None:
    async with opened(ScriptedCases(cluster=EMPTY)) as pilot:
        await to_hosts(pilot)
        await sees(pilot, "anakin 10.0.63.202/10.1.63.202")
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "HostsScreen"


async def test_a_host_by_form_with_mistakes_said_while_typing(opened: Open) -> None:
    async with opened(ScriptedCases(cluster=EMPTY)) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("a")
        await pilot.press(*"-Yoda")  # a capital is not taken, the dash is and is said to be wrong
        await pilot.pause()
        assert app.screen.query_one("#host-name", Input).value == "-oda"
        await sees(pilot, "neither begins nor ends with -")
        await pilot.press("home", "delete", *"y", "enter")
        await pilot.press(*"10.0.63.999")
        await pilot.pause()
        await sees(pilot, "not an IPv4 address yet")
        await pilot.press("backspace", "backspace", "backspace", *"209")
        await pilot.press(*["down"] * 9, "enter")  # five of SSH, three roles, the buttons
        await pilot.pause()
        host = app.draft.cluster.host("yoda")
        assert str(host.address) == "10.0.63.209"
        assert host.roles == {Role.WORKER}


async def test_labels_and_taints_by_form_and_what_the_form_does_not_ask_stays(
    opened: Open,
) -> None:
    current = with_recipe(ScriptedCases().cluster, RecipeName.MODERN, Version(1, 36, 3))
    boba = current.host("boba")
    keyed = replace(boba, ssh=replace(boba.ssh, host_key="ssh-ed25519 AAAA"), labels=("a=b",))
    hosts = tuple(keyed if h.name == "boba" else h for h in current.hosts)
    async with opened(ScriptedCases(cluster=replace(current, hosts=hosts))) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("down", "enter")
        await pilot.pause()
        app.screen.query_one("#node-labels", Input).focus()
        await pilot.press("end", *" disk", "down", *"db:Never")
        await pilot.pause()
        await sees(pilot, "is no taint; write it like")
        await pilot.press(*["backspace"] * 5, *"NoSchedule", "up", *"=ssd", "down", "down", "enter")
        await pilot.pause()
        host = app.draft.cluster.host("boba")
        assert (host.labels, host.taints) == (("a=b", "disk=ssd"), ("db:NoSchedule",))
        assert host.ssh.host_key == "ssh-ed25519 AAAA"


async def test_pasting_the_articles_table(opened: Open) -> None:
    async with opened(ScriptedCases(cluster=EMPTY)) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("p")
        await pilot.pause()
        app.screen.query_one("#pasted").text = (  # type: ignore[attr-defined]
            "anakin 10.0.63.202/10.1.63.202\nboba 10.0.63.203\nno address"
        )
        await pilot.pause()
        await sees(pilot, "✓ anakin  10.0.63.202", "no address in")
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert [h.name for h in app.draft.cluster.hosts] == ["anakin", "boba"]
        assert app.draft.cluster.hosts[0].roles == {Role.CONTROL_PLANE, Role.ETCD}


@pytest.mark.parametrize(
    ("key", "role"), [("c", Role.CONTROL_PLANE), ("w", Role.WORKER), ("e", Role.ETCD)]
)
async def test_roles_by_key(opened: Open, key: str, role: Role) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        before = app.draft.cluster.host("boba").roles
        await pilot.press("down", key)
        assert app.draft.cluster.host("boba").roles == before ^ {role}
        await pilot.press(key)
        assert app.draft.cluster.host("boba").roles == before


async def test_removing_says_that_nothing_was_done_to_the_host(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("down", "delete")
        await sees(pilot, "boba is out of the list")
        assert [h.name for h in app.draft.cluster.hosts] == ["anakin", "c3po"]


KEY = KeyQuestion("boba", "10.0.63.203", "ssh-ed25519", "SHA256:wHyNoT")
SUDO = PasswordQuestion("boba", "operator", "sudo")


async def test_a_key_is_trusted_only_by_a_deliberate_move(opened: Open) -> None:
    cases = ScriptedCases(questions=(KEY, KEY, KEY))
    async with opened(cases) as pilot:
        await to_hosts(pilot)
        await pilot.press("k")
        await until(pilot, lambda: focused(pilot) == "refuse")
        await sees(pilot, "SHA256:wHyNoT")
        await pilot.press("enter")
        await until(pilot, lambda: len(cases.answers) == 1 and focused(pilot) == "refuse")
        await pilot.press("escape")
        await until(pilot, lambda: len(cases.answers) == 2 and focused(pilot) == "refuse")
        await pilot.press("right", "enter")
        await until(pilot, lambda: len(cases.answers) == 3)
    assert cases.answers == [False, False, True]


async def test_a_key_says_which_of_how_many_it_is(opened: Open) -> None:
    cases = ScriptedCases(questions=(KEY, replace(KEY, number=2, total=3)))
    async with opened(cases) as pilot:
        await to_hosts(pilot)
        await pilot.press("k")
        await until(pilot, lambda: focused(pilot) == "refuse")
        await sees(pilot, KEY.fingerprint, without=["key 1"])  # one alone needs no number
        await pilot.press("escape")
        await sees(pilot, "key 2 of 3")


async def test_a_look_is_called_old_once_an_answer_it_rests_on_has_changed(opened: Open) -> None:
    def rests(cluster: Cluster) -> str:
        return str(cluster.network.backend)

    seen = tuple(HostReport(h.name, (("system", "Debian"),), (), "udp") for h in CLUSTER.hosts)
    async with opened(ScriptedCases(reports=seen, rests=rests)) as pilot:
        app = await to_hosts(pilot)
        await pilot.press("k")
        await until(pilot, lambda: text_of(pilot).count("✓ ready") == 3)
        await pilot.click("#next")
        await until(pilot, lambda: type(app.screen).__name__ == "ReleaseScreen")
        network = replace(app.draft.cluster.network, backend=Backend.VXLAN)
        app.draft.change(replace(app.draft.cluster, network=network))
        await pilot.press("escape")
        await until(pilot, lambda: text_of(pilot).count("↻ old") == 3)
        # What was found is still there to read.
        await sees(pilot, "an answer this rests on has changed since", "Debian")
        app.draft.change(replace(app.draft.cluster, apiserver=ApiServer(audit=False)))
        await pilot.click("#next")
        await until(pilot, lambda: type(app.screen).__name__ == "ReleaseScreen")
        network = replace(app.draft.cluster.network, backend=Backend.UDP)
        app.draft.change(replace(app.draft.cluster, network=network))
        await pilot.press("escape")
        await until(pilot, lambda: text_of(pilot).count("✓ ready") == 3)


async def test_a_password_is_masked_and_may_be_declined(opened: Open) -> None:
    again = replace(SUDO, again=True)
    cases = ScriptedCases(questions=(SUDO, again))
    async with opened(cases) as pilot:
        await to_hosts(pilot)
        await pilot.press("k")
        await sees(pilot, "needs a password for sudo")
        await pilot.press(*"s3cret")
        await sees(pilot, "••••••")
        assert "s3cret" not in text_of(pilot)
        await pilot.press("enter")
        await sees(pilot, "was not accepted")
        await pilot.press("escape")
        await until(pilot, lambda: len(cases.answers) == 2)
    assert cases.answers == ["s3cret", None]


async def test_findings_are_sorted_by_whether_they_block(opened: Open) -> None:
    cases = ScriptedCases(
        reports=(
            HostReport("anakin", (("system", "Debian"),)),
            HostReport(
                "boba",
                (("docker", "20.10, running"),),
                (
                    Problem("the clock is 40 s off", "set it", blocks=False),
                    Problem("port 10250 is taken", "stop what listens there"),
                ),
            ),
        )
    )
    async with opened(cases) as pilot:
        await to_hosts(pilot)
        await pilot.press("k")
        await sees(pilot, "✗ blocked", "✓ ready")
        await pilot.press("down")
        worst, other = "✗ port 10250 is taken", "! the clock is 40 s off"
        await sees(pilot, worst, other, "→ stop what listens there", "docker  20.10, running")
        assert text_of(pilot).index(worst) < text_of(pilot).index(other)
