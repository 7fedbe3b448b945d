from __future__ import annotations

import pytest

from kwizard.errors import InvalidInput, RemoteCommandFailed
from kwizard.remote.host import Job
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.server import FakeHost
from tests.wire.remote.test_jobs import run, there


async def test_everything_goes(host: SSHHost, server: FakeHost):
    await run(host, "true")
    await host.forget()
    assert not server.state.exists()
    await host.forget()


async def test_what_is_to_be_kept_stays(host: SSHHost, server: FakeHost):
    await run(host, "true")
    for name in ("artifacts/deep/archive", "steps/unpack", "steps/kernel", "saved/written"):
        (server.state / name).parent.mkdir(parents=True, exist_ok=True)
        (server.state / name).write_text("x")
    (server.state / ".hidden").write_text("x")
    await host.forget(("artifacts", "steps/unpack", "not-there"))
    left = {str(p.relative_to(server.state)) for p in server.state.rglob("*") if p.is_file()}
    assert left == {"artifacts/deep/archive", "steps/unpack"}
    await host.forget(("not-there",))
    assert not server.state.exists()


async def test_not_while_a_job_runs(host: SSHHost, server: FakeHost):
    await host.launch(Job("j", "sleep 60"))
    await there(server.state / "jobs" / "j" / "pid")
    with pytest.raises(RemoteCommandFailed, match="could not be removed"):
        await host.forget(("artifacts",))
    assert (server.state / "jobs" / "j" / "pid").exists()
    await host.cancel("j")


@pytest.mark.parametrize("bad", ["../etc", "a b", "'; x", "", "/etc", "a/"])
async def test_what_is_no_path_below_is_refused(host: SSHHost, server: FakeHost, bad: str):
    (server.state / "jobs").mkdir(parents=True)
    with pytest.raises(InvalidInput):
        await host.forget((bad,))
    assert server.state.exists()
