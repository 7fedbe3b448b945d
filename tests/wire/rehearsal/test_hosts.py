"""The pretend hosts themselves: SSH in and out, and how they begin and end."""

import asyncio
import os
import sys
from pathlib import Path

import asyncssh
import pytest

from kwizard.errors import InvalidInput
from kwizard.rehearsal import NoRehearsal, Rehearsal, namespace
from tests.wire.rehearsal.conftest import begin, connect


async def test_a_command_runs_as_root_of_its_own_host(one):
    async with connect(one) as ssh:
        said = await ssh.run("id -u; uname -n; pwd; tr a-z A-Z >&2", input="to stderr")
    assert said.stdout == "0\nanakin\n/root\n"
    assert said.stderr == "TO STDERR"
    assert said.exit_status == 0


@pytest.mark.parametrize("status", [0, 1, 7, 255])
async def test_exit_status_is_passed_on(one, status):
    async with connect(one) as ssh:
        assert (await ssh.run(f"exit {status}")).exit_status == status


async def test_the_signal_that_ended_a_command_is_told(one):
    async with connect(one) as ssh:
        said = await ssh.run("kill -KILL $$")
    assert said.exit_signal is not None
    assert said.exit_signal[0] == "KILL"


async def test_a_signal_reaches_the_command(one):
    async with connect(one) as ssh:
        process = await ssh.create_process(
            "trap 'echo got it; exit 3' TERM; echo on; sleep 1000 & wait"
        )
        assert await process.stdout.readline() == "on\n"
        process.send_signal("TERM")
        assert await process.stdout.read() == "got it\n"
        assert (await process.wait()).exit_status == 3


async def test_bytes_go_both_ways_unchanged(one):
    data = bytes(range(256)) * 8192
    async with connect(one) as ssh:
        said = await ssh.run("cat", input=data, encoding=None)
    assert said.stdout == data


async def test_a_script_over_stdin_is_run_by_sh(one):
    async with connect(one) as ssh:
        said = await ssh.run("sh -s one", input="echo $1\nexit 4\n")
    assert (said.stdout, said.exit_status) == ("one\n", 4)


async def test_what_was_detached_survives_the_connection_and_what_was_not_ends(one):
    async with connect(one) as ssh:
        process = await ssh.create_process(
            "mkfifo /run/a; setsid sh -c 'cat /run/a >/run/kept' >/dev/null 2>&1 </dev/null & "
            "echo $$ >/run/shell; echo ready; sleep 1000"
        )
        assert await process.stdout.readline() == "ready\n"
    async with connect(one) as ssh:
        gone = await ssh.run("while kill -0 $(cat /run/shell) 2>/dev/null; do sleep 0.05; done")
        assert gone.exit_status == 0
        kept = await ssh.run(
            "echo alive >/run/a; until [ -s /run/kept ]; do sleep 0.05; done; cat /run/kept"
        )
        assert kept.stdout == "alive\n"


async def test_a_cut_ends_connections_and_lets_in_again(one):
    async with connect(one) as ssh:
        process = await ssh.create_process("echo on; cat")
        assert await process.stdout.readline() == "on\n"
        one.cut("anakin")
        await ssh.wait_closed()
        with pytest.raises(asyncssh.ConnectionLost):
            await process.stdout.read()
    async with connect(one) as ssh:
        assert (await ssh.run("true")).exit_status == 0


async def test_only_the_key_of_this_run_is_let_in(one):
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        await asyncssh.connect(
            "127.0.0.1",
            one.cluster.hosts[0].ssh.port,
            username="root",
            client_keys=[stranger],
            known_hosts=None,
            agent_path=None,
            config=None,
        )


async def test_hosts_are_apart_but_share_one_directory():
    async with begin(hosts=2, speed=0) as r:
        async with connect(r, "anakin") as a, connect(r, "boba") as b:
            await a.run("echo x >/etc/mine; echo y >/run/rehearsal-shared/ours", check=True)
            said = await b.run("cat /etc/mine; cat /run/rehearsal-shared/ours")
        assert said.stdout == "y\n"


async def test_leaving_ends_every_process_and_removes_the_directory():
    async with begin(hosts=2, speed=0) as r:
        async with connect(r) as ssh:
            await ssh.run("setsid sleep 1000 >/dev/null 2>&1 </dev/null &", check=True)
        pids, directory = r.pids(), r.directory
        children = [
            int(p.name)
            for p in Path("/proc").iterdir()
            if p.name.isdigit() and _namespace(p.name) == _namespace(str(pids["anakin"]))
        ]
        assert len(children) > 2
    assert not directory.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in [*pids.values(), *children])


def _namespace(pid: str) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return None


async def test_hosts_end_when_whoever_started_them_is_killed():
    """Their input ends with that process; nothing else holds them."""
    code = (
        "import asyncio\nfrom kwizard.rehearsal import Rehearsal\n"
        "async def main():\n"
        "    async with Rehearsal(hosts=1, speed=0) as r:\n"
        "        print(r.pids()['anakin'], r.directory, flush=True)\n"
        "        await asyncio.sleep(1000)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pid, directory = (await process.stdout.readline()).decode().split()
    process.kill()
    await process.wait()
    while Path(f"/proc/{pid}").exists():
        await asyncio.sleep(0.01)
    assert Path(directory).exists()
    async with begin(hosts=1, speed=0) as living, begin(hosts=1, speed=0):
        assert not Path(directory).exists(), "the next rehearsal clears up after a killed one"
        assert living.directory.exists()


async def test_twenty_hosts_take_little_memory():
    async with begin(hosts=20, speed=0) as r:
        used = 0
        for pid in r.pids().values():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    used += int(line.split()[1])
        async with connect(r, "node20") as ssh:
            tree = int((await ssh.run("du -sk --one-file-system /")).stdout.split()[0])
        assert used < 20 * 2048  # KiB: a host at rest is a shell
        assert tree < 4096  # KiB on its tmpfs


async def test_without_namespaces_nothing_is_run(monkeypatch, tmp_path):
    refuse = tmp_path / "unshare"
    refuse.write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")
    refuse.chmod(0o755)
    for directory in (tmp_path, *tmp_path.parents):
        if directory.stat().st_uid == os.geteuid() and directory != Path("/"):
            directory.chmod(directory.stat().st_mode | 0o011)
    real = namespace.tool
    monkeypatch.setattr(namespace, "tool", lambda n: str(refuse) if n == "unshare" else real(n))
    with pytest.raises(NoRehearsal, match="could not be started") as caught:
        async with Rehearsal(hosts=1):
            pass
    assert "Operation not permitted" in caught.value.log_tail
    assert "unprivileged_userns_clone" in caught.value.remedy


async def test_another_system_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoRehearsal, match="Linux namespaces"):
        async with Rehearsal(hosts=1):
            pass


@pytest.mark.parametrize("count", [0, 51])
def test_a_senseless_number_of_hosts_is_refused(count):
    with pytest.raises(InvalidInput):
        Rehearsal(hosts=count)
