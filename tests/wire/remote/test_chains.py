"""Jobs handed over together: one exchange, one after the other, up to the first that fails."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from kwizard.remote.host import Job, JobEnd, JobOutcome
from kwizard.remote.jobs import _Follower
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.conftest import MakeHost
from tests.wire.remote.server import FakeHost
from tests.wire.remote.test_jobs import EXITED, alive, follow, there
from tests.wire.remote.test_look import ended

WELL = JobEnd(EXITED, 0)


async def test_each_has_its_own_log_status_and_record_and_all_cost_one_exec(
    host: SSHHost, server: FakeHost
):
    assert await host.launch(
        Job("a", "echo one", "first"),
        Job("b", "true", "second"),
        Job("c", "printf 'no newline'; exit 3", "third"),
    )
    assert await follow(host, "a") == (b"one\n", WELL)
    assert await follow(host, "b") == (b"", WELL)
    assert await follow(host, "c") == (b"no newline", JobEnd(EXITED, 3))
    assert len(server.commands) == 1
    assert sorted(f.name for f in (server.state / "steps").iterdir()) == ["first", "second"]
    for name in "abc":
        assert (server.state / "jobs" / name / "exit").exists()
        assert not (server.state / "jobs" / name / "files").exists()


async def test_one_is_begun_when_the_one_before_it_has_ended(host: SSHHost, tmp_path: Path):
    await host.launch(
        Job("a", f"sleep 0.2; echo a >>{tmp_path}/order"), Job("b", f"echo b >>{tmp_path}/order")
    )
    assert (await follow(host, "b"))[1] == WELL
    assert (tmp_path / "order").read_text() == "a\nb\n"


async def test_nothing_is_left_of_what_comes_after_one_that_failed(
    host: SSHHost, server: FakeHost, tmp_path: Path
):
    later = [Job(n, f"touch {tmp_path}/{n}", n, files={"key": b"secret"}) for n in "bc"]
    await host.launch(Job("a", "exit 1"), *later)
    assert (await follow(host, "a"))[1] == JobEnd(EXITED, 1)
    for name in "bc":
        assert await follow(host, name) == (b"", JobEnd(JobOutcome.UNKNOWN))
        assert not (server.state / "jobs" / name).exists()
    assert list(tmp_path.glob("[bc]")) == []


async def test_who_waits_for_one_that_is_never_begun_is_told(host: SSHHost, tmp_path: Path):
    await host.launch(
        Job("a", f"until [ -e {tmp_path}/go ]; do sleep 0.02; done; exit 1"), Job("b", "")
    )
    waiting = asyncio.ensure_future(follow(host, "b"))
    await asyncio.sleep(0)
    (tmp_path / "go").touch()
    assert await waiting == (b"", JobEnd(JobOutcome.UNKNOWN))


@pytest.mark.parametrize(
    "script", ["sleep 600", "trap 'exit 0' TERM; sleep 600 & wait", "trap '' TERM; sleep 600"]
)
async def test_a_cancelled_one_is_the_last(
    host: SSHHost, server: FakeHost, tmp_path: Path, script: str
):
    first = Job("a", f"echo $$ >{tmp_path}/pid; {script}", files={"key": b"secret"})
    await host.launch(first, Job("b", f"touch {tmp_path}/b", files={"key": b"secret"}))
    await there(tmp_path / "pid")
    await host.cancel("a")
    assert not alive(int((tmp_path / "pid").read_text()))
    assert (await follow(host, "b"))[1].exit is None
    assert not (tmp_path / "b").exists()
    assert list((server.state / "jobs").glob("*/files")) == []


async def test_another_kwizard_takes_up_each_of_them(host: SSHHost, make: MakeHost, tmp_path: Path):
    wait = f"until [ -e {tmp_path}/go ]; do sleep 0.02; done"
    await host.launch(Job("a", f"echo a; {wait}"), Job("b", "echo b"))
    await host.close()
    other = make()
    both = asyncio.gather(follow(other, "b"), follow(other, "a"))
    await asyncio.sleep(0)
    (tmp_path / "go").touch()
    assert list(await both) == [(b"b\n", WELL), (b"a\n", WELL)]


@pytest.mark.parametrize("cut", [0, 10, 30, 1000, 5050, 9000])
async def test_a_cut_anywhere_in_the_answer_runs_each_once(
    host: SSHHost, server: FakeHost, tmp_path: Path, cut: int
):
    await host.look("true")
    server.drop_after = cut
    jobs = [Job(n, f"echo {n} >>{tmp_path}/runs; head -c 5000 /dev/zero") for n in "abc"]
    assert await host.launch(*jobs)
    for job in jobs:
        assert await follow(host, job.id) == (bytes(5000), WELL)
    assert (tmp_path / "runs").read_text() == "a\nb\nc\n"


async def test_a_runaway_log_ends_only_what_has_not_ended(host: SSHHost, server: FakeHost):
    server.env["KWIZARD_LOG_LIMIT"] = "100000"
    await host.launch(
        Job("a", "echo fine"), Job("b", "head -c 200000 /dev/zero; sleep 600"), Job("c", "")
    )
    assert await follow(host, "a") == (b"fine\n", WELL)
    log, end = await follow(host, "b")
    assert b"the log is larger than 100000 bytes" in log
    assert end.exit == 143
    assert (await follow(host, "c"))[1] == JobEnd(JobOutcome.UNKNOWN)


async def test_one_of_an_earlier_boot_is_recognised_though_it_was_not_begun(
    host: SSHHost, server: FakeHost
):
    await host.launch(Job("a", "sleep 600"), Job("b", "true", files={"key": b"secret"}))
    await there(server.state / "jobs/a/pid")
    for name in "ab":
        (server.state / "jobs" / name / "boot_id").write_text("another-boot\n")
    assert (await follow(host, "b"))[1] == JobEnd(JobOutcome.REBOOTED)
    assert not (server.state / "jobs/b/files").exists()
    await host.close()
    await ended(server)


class _Pieces:
    """An exec that has printed `pieces`."""

    mark = "0123456789abcdef"

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def read(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    async def read_error(self) -> bytes:
        return b""

    def close(self) -> None: ...


async def test_logs_are_told_apart_wherever_the_pieces_end():
    between = f"{_Pieces.mark} next\n".encode()
    logs = [b"one\n", b"", b"0123456789 next\n0123456789abcdef nex", b"four 0123456789abcdef"]
    text = between.join(logs)
    chance = random.Random(7)
    for _ in range(300):
        cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(8)))
        edges = zip([0, *cuts], [*cuts, len(text)], strict=True)
        pieces = [piece for a, b in edges if (piece := text[a:b])]
        follower = _Follower(_Pieces(pieces), ["b", "c", "d"])  # type: ignore[arg-type]
        seen = []
        while True:
            log = b""
            while data := await follower.read():
                log += data
            seen.append(log)
            if follower.next_job() is None:
                break
        follower.close()
        assert seen == logs
