"""The real use cases below the screens, on rehearsal hosts over real SSH."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster
from kwizard.errors import KwizardError, LoginRefused, SudoRefused
from kwizard.rehearsal import NoRehearsal, Rehearsal
from kwizard.tui.app import KwizardApp
from kwizard.tui.credentials import ScreenCredentials
from kwizard.tui.live import LiveUseCases
from kwizard.tui.usecases import PasswordQuestion

from .conftest import focused, sees, until


@pytest.fixture
async def rehearsal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rehearsal]:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))
    made = Rehearsal(1, speed=0)
    try:
        await made.__aenter__()
    except NoRehearsal as error:
        pytest.skip(f"{error.message}: {error.log_tail}")
    try:
        yield made
    finally:
        await made.__aexit__(None, None, None)


async def test_the_whole_walk_on_a_pretend_host(rehearsal: Rehearsal) -> None:
    app = KwizardApp(LiveUseCases(rehearsal=True), cluster=rehearsal.cluster)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await sees(pilot, "REHEARSAL")
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("k")
        await until(pilot, lambda: focused(pilot) == "refuse")
        await pilot.press("right", "enter")
        await until(pilot, lambda: bool(app.draft.checks))
        assert not app.draft.checks["anakin"].blocks
        assert ("system", "kwizard rehearsal host") in app.draft.checks["anakin"].facts
        await pilot.press("tab", "enter")
        await pilot.pause()
        await pilot.press("f5")
        await until(pilot, lambda: app.draft.release is not None)
        await pilot.press("up", "enter")
        await pilot.pause()
        await pilot.press("up", "enter")
        await sees(pilot, " to do")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: app.run_model.status not in ("idle", "running"))
        assert app.run_model.status == "done", [str(f) for f in app.run_model.failures]
        await sees(pilot, "✓ installed")
        await pilot.press("enter")
        await sees(pilot, "✓ All is well")
        await pilot.press("enter")
        await pilot.pause()
        assert app.return_value == 0
    await app.finish()


async def test_a_refused_key_leaves_the_host_blocked_and_touches_nothing(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    app = KwizardApp(LiveUseCases(rehearsal=True), cluster=rehearsal.cluster)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("k")
        await until(pilot, lambda: focused(pilot) == "refuse")
        await pilot.press("enter")  # Refuse has the cursor
        await until(pilot, lambda: bool(app.draft.checks))
        assert app.draft.checks["anakin"].blocks
        await sees(pilot, "✗ blocked")
    await app.finish()
    recorded = tmp_path / "state/clusters/rehearsal/known_hosts"
    assert not recorded.exists() or recorded.read_text() == ""


def test_reading_a_table_and_a_file_back(tmp_path: Path, rehearsal_cluster: Cluster) -> None:
    cases = LiveUseCases()
    pasted = cases.read_table("HOSTNAME ADDRESS\nanakin 10.0.63.202/10.1.63.202\n")
    assert [(h.name, str(h.address), h.ssh.address) for h in pasted.hosts] == [
        ("anakin", "10.0.63.202", "10.1.63.202")
    ]
    file = cases.save(rehearsal_cluster, tmp_path / "new" / "c.yaml")
    assert cases.read_file(file) == rehearsal_cluster


def test_a_report_of_a_saved_cluster_and_of_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rehearsal_cluster: Cluster
) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    cases, target = LiveUseCases(), tmp_path / "report.tar.gz"
    with pytest.raises(KwizardError, match="no report"):
        cases.report("written", target)
    cases.save(rehearsal_cluster)
    assert "cluster.yaml" in cases.report("written", target)
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.fixture
def rehearsal_cluster() -> Cluster:
    from .scripted import CLUSTER

    return replace(CLUSTER, name="written")


class Person:
    """Answers passwords out of a list."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked: list[PasswordQuestion] = []

    async def confirm_key(self, question: object) -> bool:
        raise AssertionError

    async def password(self, question: PasswordQuestion) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0)


async def test_one_password_serves_all_hosts_of_a_user_until_one_refuses_it() -> None:
    credentials = ScreenCredentials()
    credentials.asker = person = Person("first", "second")
    for host in ("anakin", "boba"):
        assert await credentials.sudo_password(host, "operator") == "first"
    assert len(person.asked) == 1
    assert credentials.note("boba", SudoRefused("no", host="boba"))
    assert await credentials.sudo_password("boba", "operator") == "second"
    assert person.asked[1] == PasswordQuestion("boba", "operator", "sudo", again=True)


async def test_a_refusal_without_a_password_of_ours_is_not_asked_about() -> None:
    credentials = ScreenCredentials()
    credentials.asker = Person(None)
    assert await credentials.login_password("boba", "root") is None
    assert not credentials.note("boba", LoginRefused("no", host="boba"))


async def test_the_environment_answers_before_the_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KWIZARD_SUDO_PASSWORD", "given")
    credentials = ScreenCredentials()
    assert await credentials.sudo_password("boba", "operator") == "given"
