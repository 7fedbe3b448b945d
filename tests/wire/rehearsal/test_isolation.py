"""Scripts that want to do harm. Every target is a sentinel of this test: were the isolation to
fail, nothing else would be hit."""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

from kwizard.rehearsal.namespace import owner
from tests.wire.rehearsal.conftest import begin, connect


@pytest.fixture
def sentinels():
    """A tree anybody may write, so that only the kernel's mounts stand between it and a script."""
    directory = Path(tempfile.mkdtemp(prefix="kwizard-sentinels-"))
    for name in ("shown", "hidden"):
        (directory / name / "lib").mkdir(parents=True)
        (directory / name / "lib" / "libprecious.so").write_text(name)
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o777)
    yield directory
    shutil.rmtree(directory)


def _listing(directory: Path) -> dict[str, bytes | None]:
    return {
        str(p.relative_to(directory)): p.read_bytes() if p.is_file() else None
        for p in directory.rglob("*")
    }


@pytest.fixture
async def host(sentinels):
    async with begin(hosts=1, speed=0, shown=[sentinels / "shown"]) as rehearsal:
        yield rehearsal


HARM = {
    "removal": "rm -rf {shown}/* /machine{shown}/* {hidden}",
    "overwriting": "echo gone >/machine{shown}/lib/libprecious.so",
    "a new file": "mkdir -p /machine{shown}/new; touch /machine{shown}/lib/new",
    "making it writable again": (
        "mount -o remount,bind,rw /machine{shown}; mount -o remount,rw /machine{shown}; "
        "rm -rf /machine{shown}/*"
    ),
    "unmounting": "umount -l /machine{shown}; rm -rf /machine{shown}/*",
    "another bind": (
        "mount --bind /machine{shown} /mnt; mount -o remount,bind,rw /mnt; rm -rf /mnt/*"
    ),
    "further namespaces": (
        "unshare --user --map-root-user --mount sh -c "
        "'mount -o remount,bind,rw /machine{shown}; rm -rf /machine{shown}/*'"
    ),
    "the first process's root": "rm -rf /proc/1/root{hidden} /proc/1/cwd{hidden}",
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
async def test_the_machines_files_stay_as_they_are(host, sentinels, harm):
    before = _listing(sentinels)
    async with connect(host) as ssh:
        seen = await ssh.run(f"cat /machine{sentinels}/shown/lib/libprecious.so")
        assert seen.stdout == "shown", "the sentinel is really in view"
        await ssh.run(harm.format(shown=sentinels / "shown", hidden=sentinels / "hidden"))
    assert _listing(sentinels) == before


async def test_a_host_may_ruin_itself_and_its_neighbour_stays_whole():
    """The harm is done to links and files of the scratch root, among them /usr/lib and /home.

    The script first makes sure that it is nowhere else: its root is the rehearsal's tmpfs.
    """
    async with begin(hosts=2, speed=0) as r:
        async with connect(r, "anakin") as a:
            said = await a.run(
                "grep -q '^rehearsal / tmpfs ' /proc/mounts || exit 99; "
                "rm -rf /usr/lib/* /home /etc /var/* /root"
            )
            assert said.exit_status != 99
            ruined = await a.run("ls /")
        async with connect(r, "boba") as b:
            assert (await b.run("ls /")).exit_status == 0
    assert ruined.exit_status != 0


async def test_processes_of_the_machine_cannot_be_signalled(host):
    uid, gid = owner()
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        drop = {"user": uid, "group": gid, "extra_groups": []}
    process = await asyncio.create_subprocess_exec("/bin/sleep", "1000", **drop)
    try:
        async with connect(host) as ssh:
            said = await ssh.run(
                f"ls -d /proc/{process.pid}; kill -9 {process.pid}; kill -9 -1; kill -9 1; echo on"
            )
            assert said.stdout.endswith("on\n")
        async with connect(host) as ssh:
            assert (await ssh.run("true")).exit_status == 0
        assert process.returncode is None
    finally:
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL


async def test_the_network_is_a_host_s_own(host):
    """A listener of the machine, on an address that also exists there, is out of reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = f"{listener.getsockname()[1]:04X}"
        mine = Path("/proc/net/tcp").read_text()
        async with connect(host) as ssh:
            theirs = (await ssh.run("cat /proc/net/tcp /proc/net/dev")).stdout
    assert f":{port} " in mine
    assert f":{port} " not in theirs
    assert [line.split(":")[0].strip() for line in theirs.splitlines() if ": " in line][-1] == "lo"


async def test_the_kernel_cannot_be_set(host):
    writable = (
        "for f in /proc/sysrq-trigger /proc/sys/kernel/panic /proc/sys/vm/overcommit_memory "
        "/proc/sys/kernel/core_pattern /dev/kmsg; do if ( : >>$f ) 2>/dev/null; then echo $f; fi; "
        "done; ls /sys; grep -c ' sysfs ' /proc/mounts"
    )
    async with connect(host) as ssh:
        said = await ssh.run(writable)
        device = await ssh.run("/machine/usr/bin/mknod /tmp/disk b 7 0")
    assert said.stdout == "/dev/kmsg\n0\n"  # that one is /dev/null by another name
    assert device.exit_status != 0


async def test_the_key_and_the_directory_are_out_of_reach(host):
    async with connect(host) as ssh:
        said = await ssh.run(f"cat {host.identity}; ls {host.directory}")
    assert said.stdout == ""
    assert host.identity.stat().st_mode & 0o077 == 0
