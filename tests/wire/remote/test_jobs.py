from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kwizard.errors import ConnectionLost, InvalidInput, RemoteCommandFailed
from kwizard.remote.host import Job, JobEnd, JobLog, JobOutcome
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.conftest import MakeHost, our_side
from tests.wire.remote.server import FakeHost
from tests.wire.remote.test_look import ended

EXITED = JobOutcome.EXITED


async def follow(host: SSHHost, job_id: str, offset: int = 0) -> tuple[bytes, JobEnd]:
    """The rest of a log, and the end. Pieces must fit without a gap."""
    log = b""
    async for piece in host.follow(job_id, offset):
        if isinstance(piece, JobEnd):
            return log, piece
        assert piece.offset == offset + len(log)
        log += piece.data
    raise AssertionError("no end")


async def run(host: SSHHost, script: str, job_id: str = "j") -> tuple[bytes, JobEnd]:
    assert await host.launch(Job(job_id, script))
    return await follow(host, job_id)


async def there(file: Path) -> None:
    """Wait until a file has something in it."""
    while not file.exists() or not file.read_text():
        await asyncio.sleep(0.01)


async def test_a_job_leaves_its_log_and_status_on_the_host(host: SSHHost, server: FakeHost):
    log, end = await run(host, "echo out; echo err >&2; exit 7")
    assert (log, end) == (b"out\nerr\n", JobEnd(EXITED, 7))
    folder = server.state / "jobs" / "j"
    assert (folder / "log").read_bytes() == log
    assert (folder / "exit").read_text().strip() == "7"
    assert {f.name for f in folder.iterdir()} - {"guard"} == {
        *(
            "script",
            "run",
            "log",
            "exit",
            "boot_id",
            "pid",
            "pgid",
            "started",
            "chain",
            "try",
            "begun",
        )
    }
    assert stat.S_IMODE(server.state.stat().st_mode) == 0o700


async def test_launch_and_follow_cost_one_exec(host: SSHHost, server: FakeHost):
    assert await run(host, "true") == (b"", JobEnd(EXITED, 0))
    assert len(server.commands) == 1


async def test_a_job_that_has_ended_is_followed_from_any_byte(host: SSHHost):
    await run(host, "printf 0123456789")
    assert await follow(host, "j", 4) == (b"456789", JobEnd(EXITED, 0))
    assert await follow(host, "j", 10) == (b"", JobEnd(EXITED, 0))


async def test_an_id_is_started_once(host: SSHHost, make: MakeHost, tmp_path: Path):
    script = f"echo ran >>{tmp_path}/runs"
    other = make()
    started = await asyncio.gather(*(h.launch(Job("j", script)) for h in (host, other, host)))
    assert sorted(started) == [False, False, True]
    assert (await follow(host, "j"))[1] == JobEnd(EXITED, 0)
    assert (tmp_path / "runs").read_text() == "ran\n"


@pytest.mark.parametrize(
    "text",
    [
        "no newline at the end",
        "newlines at the end\n\n\n",
        "\n\nat the start",
        "KW_END\nEOF\n$(exit 1) `exit 1` $HOME \\ \\\\ \\n 'single' \"double\" # } ) \t",
        "".join(map(chr, range(32, 127))),
        "中文 für naïve \u202e\u00ad\U0001f600",
        "crlf\r\nand \r alone, \x01\x7f\x1b[31m",
        "x" * 300_000,
    ],
    ids=lambda text: ascii(text)[:20],
)
async def test_a_script_arrives_as_it_is(host: SSHHost, server: FakeHost, text: str):
    await run(host, f"exit 0\n{text}")
    assert (server.state / "jobs/j/script").read_bytes() == f"exit 0\n{text}".encode()


async def test_log_bytes_are_exact(host: SSHHost):
    log, _ = await run(host, r"printf 'a\000\377\033[31m\r\n'; head -c 300000 /dev/zero")
    assert log == b"a\0\xff\x1b[31m\r\n" + bytes(300_000)


async def test_a_job_has_nothing_on_standard_input_and_a_session_of_its_own(
    host: SSHHost, server: FakeHost
):
    log, _ = await run(host, "cat; pwd; umask; cut -d' ' -f5 /proc/self/stat")
    where, mask, group = log.decode().split()
    assert (where, mask) == ("/", "0022")
    assert group == (server.state / "jobs/j/pgid").read_text().strip()


async def test_secret_files_are_private_and_gone_in_the_end(host: SSHHost, server: FakeHost):
    secret = bytes(range(256))
    script = 'cat "$KWIZARD_JOB_DIR/key"; stat -c %a "$KWIZARD_JOB_DIR/key" >&2; exit 1'
    await host.launch(Job("j", script, files={"key": secret}))
    log, end = await follow(host, "j")
    assert (log, end) == (secret + b"600\n", JobEnd(EXITED, 1))
    assert not (server.state / "jobs/j/files").exists()
    assert secret not in b"".join(
        f.read_bytes()
        for f in (server.state / "jobs/j").iterdir()
        if f.is_file() and f.name != "log"
    )


@pytest.mark.parametrize(("script", "kept"), [("true", True), ("false", False)])
async def test_only_success_is_stamped(host: SSHHost, server: FakeHost, script: str, kept: bool):
    await host.launch(Job("j", script, stamp="nodes.kubelet"))
    await follow(host, "j")
    file = server.state / "steps/nodes.kubelet"
    assert file.exists() is kept
    assert not kept or file.read_text() == hashlib.sha256(script.encode()).hexdigest() + "\n"


async def test_a_job_with_secret_files_is_remembered_by_more_than_its_script(
    host: SSHHost, server: FakeHost
):
    await host.launch(Job("j", "true", "hosts.certificates", {"key": b"x"}, "ab" * 32))
    await follow(host, "j")
    assert (server.state / "steps/hosts.certificates").read_text() == "ab" * 32 + "\n"
    with pytest.raises(InvalidInput):
        await host.launch(Job("k", "true", "hosts.certificates", record="$(id)"))


@pytest.mark.parametrize("bad", [".", "..", "a/b", "", "a b", "a;b", "x" * 101, "a\n"])
async def test_ids_that_are_no_file_names_are_refused(host: SSHHost, server: FakeHost, bad: str):
    with pytest.raises(InvalidInput):
        await host.launch(Job(bad, "true"))
    with pytest.raises(InvalidInput):
        await host.launch(Job("j", "true", files={bad: b""}))
    with pytest.raises(InvalidInput):
        await follow(host, bad)
    assert not server.commands


async def test_a_job_nobody_knows(host: SSHHost):
    assert await follow(host, "j") == (b"", JobEnd(JobOutcome.UNKNOWN))
    await host.cancel("j")


async def test_a_job_survives_the_cut_and_its_log_goes_on_at_the_byte(
    host: SSHHost, server: FakeHost, tmp_path: Path
):
    script = f"for i in 1 2 3; do cat <{tmp_path}/go; seq 1000; done"
    os.mkfifo(tmp_path / "go")
    await host.launch(Job("j", script))
    expected = "".join(f"{i}\n" for i in range(1, 1001)) * 3
    log, seen = b"", 0
    async with aclosing(host.follow("j")) as pieces:  # type: ignore[type-var]
        for _ in range(3):
            await asyncio.to_thread((tmp_path / "go").write_text, "")
            while len(log) < len(expected) / 3 * (seen + 1):
                piece = await anext(pieces)
                assert isinstance(piece, JobLog)
                assert piece.offset == len(log)
                log += piece.data
            seen += 1
            await server.drop()
        assert await anext(pieces) == JobEnd(EXITED, 0)
    assert log.decode() == expected
    assert server.logins >= 3


async def test_another_kwizard_takes_a_job_up(host: SSHHost, make: MakeHost, server: FakeHost):
    await host.launch(Job("j", "echo a; sleep 0.3; echo b"))
    await host.close()
    assert await follow(make(), "j", 2) == (b"b\n", JobEnd(EXITED, 0))


@pytest.mark.parametrize("cut", [0, 10, 30, 1000])
async def test_a_cut_anywhere_in_the_answer_of_launch_starts_it_once(
    host: SSHHost, server: FakeHost, tmp_path: Path, cut: int
):
    await host.look("true")
    server.drop_after = cut
    script = f"echo ran >>{tmp_path}/runs; head -c 5000 /dev/zero"
    assert await host.launch(Job("j", script))
    assert await follow(host, "j") == (bytes(5000), JobEnd(EXITED, 0))
    assert (tmp_path / "runs").read_text() == "ran\n"


async def test_a_cut_in_the_text_of_launch_starts_it_once(
    host: SSHHost, server: FakeHost, tmp_path: Path
):
    await host.look("true")
    server.drop_input_after = 40_000
    script = f"echo ran >>{tmp_path}/runs\n: {'x' * 100_000}"
    assert await run(host, script) == (b"", JobEnd(EXITED, 0))
    assert (tmp_path / "runs").read_text() == "ran\n"


async def test_a_host_that_stays_away(make: MakeHost, server: FakeHost):
    host = make(patience=0.6)
    await host.launch(Job("j", "echo begun; sleep 600"))
    pieces = host.follow("j")
    assert await anext(pieces) == JobLog(0, b"begun\n")
    await server.stop()
    with pytest.raises(ConnectionLost, match=r"did not come back within 0.6 s"):
        await anext(pieces)


async def test_cancel_ends_the_whole_group(host: SSHHost, server: FakeHost, tmp_path: Path):
    script = f"sleep 600 & echo $! >{tmp_path}/child; sleep 601"
    await host.launch(Job("j", script, files={"secret": b"x"}))
    await there(tmp_path / "child")
    await host.cancel("j")
    assert not alive(int((tmp_path / "child").read_text()))
    assert (await follow(host, "j"))[1] == JobEnd(EXITED, 143)
    assert not (server.state / "jobs/j/files").exists()


async def test_cancel_kills_what_ignores_term(host: SSHHost, server: FakeHost, tmp_path: Path):
    script = f"trap '' TERM; echo $$ >{tmp_path}/pid; while :; do sleep 1; done"
    await host.launch(Job("j", script, files={"secret": b"x"}))
    await there(tmp_path / "pid")
    await host.cancel("j")
    assert not alive(int((tmp_path / "pid").read_text()))
    assert (await follow(host, "j"))[1] == JobEnd(JobOutcome.KILLED)
    assert not (server.state / "jobs/j/files").exists()


async def test_cancel_leaves_alone_what_a_finished_job_left_running(host: SSHHost, tmp_path: Path):
    await run(host, f"nohup sleep 600 >/dev/null 2>&1 & echo $! >{tmp_path}/daemon")
    daemon = int((tmp_path / "daemon").read_text())
    await host.cancel("j")
    assert alive(daemon)


async def test_a_killed_job_is_told_from_one_that_ended(host: SSHHost, server: FakeHost):
    await host.launch(Job("j", "echo begun; sleep 600", files={"secret": b"x"}))
    await there(server.state / "jobs/j/log")
    os.killpg(int((server.state / "jobs/j/pgid").read_text()), 9)
    assert await follow(host, "j") == (b"begun\n", JobEnd(JobOutcome.KILLED))
    assert not (server.state / "jobs/j/files").exists()


async def test_a_process_that_got_the_same_number_is_not_the_job(host: SSHHost, server: FakeHost):
    await run(host, "true")
    folder = server.state / "jobs/j"
    (folder / "exit").unlink()
    (folder / "pid").write_text(f"{os.getpid()} 1\n")
    assert (await follow(host, "j"))[1] == JobEnd(JobOutcome.KILLED)


async def test_a_job_of_an_earlier_boot_is_recognised(host: SSHHost, server: FakeHost):
    await host.launch(Job("j", "echo begun; sleep 600", files={"secret": b"x"}))
    await there(server.state / "jobs/j/log")
    (server.state / "jobs/j/boot_id").write_text("another-boot\n")
    assert await follow(host, "j") == (b"begun\n", JobEnd(JobOutcome.REBOOTED))


async def test_secrets_of_an_earlier_boot_go_when_the_next_job_starts(
    host: SSHHost, server: FakeHost
):
    await host.launch(Job("old", "sleep 600", files={"secret": b"x"}))
    (server.state / "jobs/old/boot_id").write_text("another-boot\n")
    await host.launch(Job("new", "true"))
    assert not (server.state / "jobs/old/files").exists()


async def test_a_follower_ends_with_its_consumer(host: SSHHost, server: FakeHost):
    await host.launch(Job("j", "echo begun; sleep 600"))
    pieces = host.follow("j")
    assert await anext(pieces) == JobLog(0, b"begun\n")
    await pieces.aclose()  # type: ignore[attr-defined]
    await ended(server)


async def test_a_follower_ends_with_its_connection(host: SSHHost, server: FakeHost):
    await host.launch(Job("j", "echo begun; sleep 600"))
    await server.drop()
    await ended(server)


async def test_a_follower_whose_time_is_over_is_started_anew(host: SSHHost, server: FakeHost):
    server.env["KWIZARD_FOLLOW_LIMIT"] = "100"
    log, end = await run(host, "for i in 1 2 3 4 5; do echo $i; sleep 0.1; done")
    assert (log, end.exit) == (b"1\n2\n3\n4\n5\n", 0)
    assert len(server.commands) > 2


async def test_a_runaway_log_ends_the_job(host: SSHHost, server: FakeHost):
    server.env["KWIZARD_LOG_LIMIT"] = "100000"
    log, end = await run(host, "head -c 200000 /dev/zero; sleep 600")
    assert b"the log is larger than 100000 bytes" in log
    assert end.exit == 143


async def test_a_host_that_cannot_hold_the_job_says_so(host: SSHHost, server: FakeHost):
    server.state.write_text("a file where the directory belongs")
    with pytest.raises(RemoteCommandFailed, match="the job j cannot be started"):
        await host.launch(Job("j", "true"))


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sizes=st.lists(st.integers(1, 70_000), min_size=1, max_size=4), data=st.data())
def test_any_cut_and_any_offset_give_every_byte_once(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
):
    """Whatever the pieces of the log and wherever the connection is cut."""
    total = sum(sizes)
    cut = data.draw(st.integers(0, total + 200))
    offset = data.draw(st.integers(0, total))
    asyncio.run(_cut_and_follow(tmp_path_factory.mktemp("host"), sizes, cut, offset))


async def _cut_and_follow(folder: Path, sizes: list[int], cut: int, offset: int) -> None:
    server = FakeHost(folder / "anakin")
    server.password = "x"
    await server.start()
    host = our_side(server, folder, {})
    try:
        script = "".join(
            f"head -c {n} /dev/zero | tr '\\0' {chr(97 + i)}; " for i, n in enumerate(sizes)
        )
        expected = b"".join(bytes([97 + i]) * n for i, n in enumerate(sizes))
        assert await host.launch(Job("j", script))
        server.drop_after = cut
        assert await follow(host, "j", offset) == (expected[offset:], JobEnd(EXITED, 0))
    finally:
        await host.close()
        await server.clean_up()


def alive(pid: int) -> bool:
    """Whether a process runs (one that nobody has reaped yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
