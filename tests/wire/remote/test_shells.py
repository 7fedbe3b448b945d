"""The scripts of assets/job in themselves: clean, and the same under every sh."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.assets_dir import assets_dir
from kwizard.remote.host import Grant, Job, JobEnd, JobOutcome
from kwizard.remote.jobs import _follow_script, _launch_script, _with_boot
from kwizard.remote.passing import grant_script, receive_script
from kwizard.remote.shell import asset, wrap
from kwizard.remote.ssh import SSHHost
from kwizard.remote.transfer import Task
from tests.wire.remote.server import FakeHost
from tests.wire.remote.test_jobs import follow
from tests.wire.remote.test_look import ended

SHELLS = {"dash": "dash", "bash": "bash --posix", "busybox": "busybox sh"}


TASK = Task(Path("x"), "/srv/x", "0" * 64, 0o644, 1, print)
GRANT = Grant(id="00ff", giver="boba", login="op@10.0.63.203", port=22, known_hosts=b"", key=b"")


def _task(name: str) -> str:
    return TASK.script(name, fresh=True)


SENT = {
    "launch": lambda: _launch_script([Job("j", "true\n", "s", {"key": b"x"})]),
    "follow": lambda: _follow_script("j", 7),
    "cancel": lambda: _with_boot("JOB_ID=j", "cancel.sh"),
    "place-look": lambda: _task("place-look.sh"),
    "place": lambda: _task("place.sh"),
    "place-has": lambda: _task("place-has.sh"),
    "place-sums": lambda: "\n".join(
        ("PLACE_TARGET=/srv/x", asset("place-common.sh"), asset("place-sums.sh"))
    ),
}
JOBS = {
    "grant": grant_script("00ff", "op", "/srv/x", IPv4Address("10.0.63.204"), "ssh-ed25519 AAAA"),
    "receive": receive_script(TASK, GRANT, fresh=False),
}


def _shellcheck(text: str) -> None:
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        # Not every script uses all of what they share.
        [str(program), "-s", "sh", "-e", "SC2034,SC2329", "-"],
        input=text,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_is_clean(name: str):
    _shellcheck(wrap(SENT[name](), "mark", watch=True))


@pytest.mark.parametrize("name", JOBS)
def test_what_passes_a_file_on_is_clean(name: str):
    _shellcheck(JOBS[name])


def test_the_job_itself_is_clean():
    _shellcheck(asset("run.sh"))


def test_every_asset_says_what_it_does():
    for file in sorted((assets_dir() / "job").glob("*.sh")):
        assert file.read_text().startswith("# "), file.name


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, server: FakeHost) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} here")
    server.tool("sh", f'#!/bin/sh\nexec {SHELLS[request.param]} "$@"\n')
    return str(request.param)


async def test_jobs_and_looks(host: SSHHost, server: FakeHost, shell: str):
    script = 'cat "$KWIZARD_JOB_DIR/key"; printf "\\303\\244"; exit 3'
    await host.launch(Job("j", script, files={"key": b"\0\xff"}))
    assert await follow(host, "j") == (b"\0\xff\xc3\xa4", JobEnd(JobOutcome.EXITED, 3))
    assert await follow(host, "j", 2) == (b"\xc3\xa4", JobEnd(JobOutcome.EXITED, 3))
    await host.launch(Job("a", "echo a"), Job("b", "printf b; exit 1"), Job("c", "true"))
    assert [await follow(host, name) for name in "abc"] == [
        (b"a\n", JobEnd(JobOutcome.EXITED, 0)),
        (b"b", JobEnd(JobOutcome.EXITED, 1)),
        (b"", JobEnd(JobOutcome.UNKNOWN)),
    ]
    await host.launch(Job("long", "sleep 600 & sleep 600"))
    await host.cancel("long")
    assert (await follow(host, "long"))[1] == JobEnd(JobOutcome.EXITED, 143)
    with pytest.raises(TimeoutError):
        await host.look("sleep 600", timeout=0.5)
    await ended(server)


async def test_uploads(host: SSHHost, server: FakeHost, shell: str, tmp_path: Path):
    source, target = tmp_path / "source", server.root / "srv/target"
    source.write_bytes(b"x" * (3 << 20))
    await host.look("true")
    server.drop_input_after = 2 << 20
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    await host.upload(source, str(target), sha256=digest)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("tool", ["sha256sum", "busybox", "shasum", "openssl"])
def test_sums_without_sha256sum(tmp_path: Path, tool: str):
    if (found := shutil.which(tool)) is None:
        pytest.skip(f"no {tool} here")
    (tmp_path / tool).write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin exec {found} "$@"\n')
    (tmp_path / tool).chmod(0o755)
    (tmp_path / "file").write_bytes(b"hello")
    script = f"{asset('place-common.sh')}\nplace_sha256 {tmp_path}/file"
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.stdout == hashlib.sha256(b"hello").hexdigest() + "\n"
    assert done.stderr == ""
