from __future__ import annotations

import asyncio

import pytest

from kwizard.errors import SudoRefused
from kwizard.remote.host import Job, JobEnd, JobOutcome
from tests.wire.remote.conftest import Answers, MakeHost
from tests.wire.remote.server import FakeHost
from tests.wire.remote.test_jobs import follow

SECRET = "open sesame"


async def test_root_needs_no_sudo(make: MakeHost, server: FakeHost):
    await make(user="root").look("true")
    assert server.commands == ["exec sh -s"]


async def test_sudo_without_a_password(make: MakeHost, server: FakeHost):
    answers = Answers()
    output = await make(user="op", credentials=answers).look("id -u")
    assert output.stdout == b"0\n"
    assert answers.asked == ["login op@anakin"]


async def test_sudo_with_a_password(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    answers = Answers(sudo=SECRET)
    host = make(user="op", credentials=answers)
    outputs = await asyncio.gather(*(host.look("id -u; cat") for _ in range(5)))
    assert {o.stdout for o in outputs} == {b"0\n"}
    assert answers.asked == ["login op@anakin", "sudo op@anakin"]
    assert set(server.sudo_attempts) == {SECRET}
    assert not any(SECRET in command for command in server.commands)


async def test_a_lecture_is_not_output(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    (server.root / "fake/lecture").write_text("We trust you have received the usual lecture\n")
    output = await make(user="op", credentials=Answers(sudo=SECRET)).look("echo a; echo b >&2")
    assert (output.stdout, output.stderr) == (b"a\n", b"b\n")


async def test_a_wrong_sudo_password_is_given_once(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    answers = Answers(sudo="wrong")
    host = make(user="op", credentials=answers)
    for _ in range(3):
        with pytest.raises(SudoRefused, match="did not accept the password of op"):
            await host.look("true")
    assert server.sudo_attempts == ["wrong"]
    answers.sudo = SECRET
    await host.look("true")


async def test_a_password_that_stops_being_right_is_not_repeated(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    host = make(user="op", credentials=Answers(sudo=SECRET))
    await host.look("true")
    server.sudo("password", "changed")
    before = len(server.sudo_attempts)
    for _ in range(3):
        with pytest.raises(SudoRefused):
            await host.look("echo $SECRET_SCRIPT")
    assert server.sudo_attempts[before:] == [SECRET]


async def test_a_password_sudo_does_not_ask_for_reaches_nobody(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    host = make(user="op", credentials=Answers(sudo=SECRET))
    await host.look("true")
    before = len(server.sudo_attempts)
    server.sudo("free")
    output = await host.look("echo fine")
    assert (output.exit, output.stdout, output.stderr) == (0, b"fine\n", b"")
    assert len(server.sudo_attempts) == before


async def test_no_password_for_sudo(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    with pytest.raises(SudoRefused, match="sudo wants the password of op, and there is none"):
        await make(user="op", credentials=Answers(sudo=None)).look("true")
    assert server.sudo_attempts == []


async def test_a_user_who_may_not(make: MakeHost, server: FakeHost):
    server.sudo("forbidden", SECRET)
    with pytest.raises(SudoRefused, match="op is not in the sudoers file") as caught:
        await make(user="op", credentials=Answers(sudo=SECRET)).look("true")
    assert caught.value.exit_code == 4


async def test_rules_that_change_are_found_out_anew(make: MakeHost, server: FakeHost):
    answers = Answers(sudo=SECRET)
    host = make(user="op", credentials=answers)
    await host.look("true")
    server.sudo("password", SECRET)
    with pytest.raises(SudoRefused, match="a password is required"):
        await host.look("true")
    await host.look("true")


async def test_no_sudo_at_all(make: MakeHost, server: FakeHost):
    (server.root / "bin/sudo").unlink()
    server.env["PATH"] = f"{server.root}/bin:{server.root}/few"
    (server.root / "few").mkdir()
    for name in ("sh", "id"):
        (server.root / "few" / name).symlink_to(f"/bin/{name}")
    with pytest.raises(SudoRefused, match="there is no sudo"):
        await make(user="op").look("true")


async def test_jobs_run_as_root(make: MakeHost, server: FakeHost):
    server.sudo("password", SECRET)
    host = make(user="op", credentials=Answers(sudo=SECRET))
    await host.launch(Job("j", "id -u; echo ${SUDO_USER-none}"))
    assert await follow(host, "j") == (b"0\nnone\n", JobEnd(JobOutcome.EXITED, 0))
