"""kwizard.remote against real hosts: sshd, systemd, sudo, reboots, cables that are pulled out."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kwizard.lab.lab import Lab

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[2]
HOST = "boba"


class Operator:
    """Starts the operator's side inside the lab's network."""

    def __init__(self, lab: Lab, user: str, folder: Path) -> None:
        self.lab, self.user = lab, user
        self.settings = {
            "name": HOST,
            "address": str(lab.layout.seat(HOST).address),
            "user": user,
            "key": str(lab.key),
            "password": lab.password,
            "known_hosts": str(folder / "known_hosts"),
        }
        self._running: list[subprocess.Popen[str]] = []

    def start(self, *command: str) -> Told:
        process = self.lab.popen_exec(
            [sys.executable, "-m", "tests.lab.operator_side", *command],
            cwd=ROOT,
            env={**os.environ, "SETTINGS": json.dumps(self.settings)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return Told(process)

    def do(self, *command: str) -> list[dict[str, Any]]:
        return self.start(*command).rest()

    def look(self, script: str) -> str:
        (answer,) = (x for x in self.do("look", script) if "out" in x)
        assert answer["exit"] == 0, answer
        return str(answer["out"])

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


class Told:
    """What one program said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended: {self.lines}"
        self.lines.append(json.loads(line))
        return self.lines[-1]

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not wanted(found := self.next()):
            pass
        return found

    def rest(self) -> list[dict[str, Any]]:
        assert self.process.stdout is not None
        self.lines += [json.loads(line) for line in self.process.stdout]
        assert self.process.wait() == 0
        return self.lines

    def log(self) -> bytes:
        """The job's log; its pieces must fit without a gap."""
        log = b""
        for line in self.lines:
            if "data" in line:
                assert line["offset"] == len(log)
                log += base64.b64decode(line["data"])
        return log


@pytest.fixture(params=["root", "op"])
def operator(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Operator]:
    ours = Operator(lab, request.param, tmp_path)
    yield ours
    ours.end()


AS_ROOT = pytest.mark.parametrize("operator", ["root"], indirect=True)
AS_OP = pytest.mark.parametrize("operator", ["op"], indirect=True)
"""Where the user makes no difference that matters."""


@pytest.fixture
def job() -> str:
    return f"test-{secrets.token_hex(4)}"


def test_a_job_is_a_unit_of_its_own_and_runs_as_root(operator: Operator, lab: Lab, job: str):
    script = 'id -u; cat /proc/self/cgroup; echo "$PATH $HOME"; cat "$KWIZARD_JOB_DIR/secret"'
    told = operator.start("run", job, script)
    told.rest()
    log = told.log().decode()
    assert told.lines[-1] == {"outcome": "exited", "exit": 0}
    assert log.startswith("0\n")
    assert f"kwizard-job-{job}.service" in log
    assert "/usr/sbin" in log
    assert "/root\nhidden" in log
    listed = lab.run(
        HOST, f"find /var/lib/kwizard/jobs/{job} -name files; stat -c %a /var/lib/kwizard"
    )
    assert listed.stdout == "700\n"


@AS_OP
def test_what_a_script_leaves_running_lives_on(operator: Operator, lab: Lab, job: str):
    told = operator.start("run", job, "nohup sleep 1000 >/dev/null 2>&1 & echo $!")
    told.rest()
    pid = told.log().decode().strip()
    try:
        operator.do("cancel", job)
        units = lab.run(HOST, f"systemctl is-active kwizard-job-{job}; cat /proc/{pid}/comm")
        assert units.stdout == "inactive\nsleep\n"
    finally:
        lab.run(HOST, f"kill {pid}")


@AS_OP
def test_a_job_outlives_sshd_the_login_and_the_wizard(operator: Operator, lab: Lab, job: str):
    script = "echo one; until [ -e /run/go ]; do sleep 0.1; done; echo two"
    told = operator.start("run", job, script)
    told.until(lambda x: "data" in x)
    told.process.kill()
    lab.run(HOST, f"systemctl restart ssh; loginctl terminate-user {operator.user}", check=False)
    lab.run(HOST, "touch /run/go", check=True)
    again = operator.start("follow", job, "4")
    assert again.rest()[-1] == {"outcome": "exited", "exit": 0}
    assert base64.b64decode(again.lines[-2]["data"]) == b"two\n"
    lab.run(HOST, "rm /run/go")


def test_no_follower_stays_behind(operator: Operator, lab: Lab, job: str):
    told = operator.start("run", job, "echo begun; sleep 1000")
    told.until(lambda x: "data" in x)
    mine = "ps -eo args | grep -c '^s[h] -s'; true"
    assert lab.run(HOST, mine).stdout != "0\n"
    told.process.kill()
    gone = f"for i in $(seq 100); do [ $({mine}) = 0 ] && exit; sleep 0.1; done; ps -ef; exit 1"
    lab.run(HOST, gone, check=True)
    operator.do("cancel", job)
    assert lab.run(HOST, f"cat /var/lib/kwizard/jobs/{job}/exit").stdout.strip() == "143"


@AS_OP
def test_a_reboot_in_the_middle_is_recognised(operator: Operator, lab: Lab, job: str):
    told = operator.start("run", job, "echo begun; sleep 1000")
    told.until(lambda x: "data" in x)
    lab.reboot(HOST)
    assert told.rest()[-1] == {"outcome": "rebooted", "exit": None}
    assert told.log() == b"begun\n"
    assert operator.do("launch", job, "true")[-1] == {"started": False}


@AS_ROOT
def test_a_cut_cable_loses_no_byte_and_doubles_none(operator: Operator, lab: Lab, job: str):
    count = 200
    script = f"i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo line $i; sleep 0.05; done"
    told = operator.start("run", job, script)
    told.until(lambda x: "data" in x)
    lab.cut(HOST)
    try:
        # Our keepalive of a second gives up after three; the job goes on in the dark.
        wait = f"until grep -q 'line 100' /var/lib/kwizard/jobs/{job}/log; do sleep 0.1; done"
        lab.run(HOST, wait, check=True)
    finally:
        lab.heal(HOST)
    assert told.rest()[-1] == {"outcome": "exited", "exit": 0}
    assert told.log().decode() == "".join(f"line {i}\n" for i in range(1, count + 1))


@AS_OP
def test_an_upload_goes_on_after_a_cut(operator: Operator, lab: Lab, tmp_path: Path):
    source = tmp_path / "release"
    source.write_bytes(os.urandom(48 << 20))
    target = f"/srv/{secrets.token_hex(4)}/release"
    lab.shape(HOST, "80mbit")
    try:
        told = operator.start("upload", str(source), target)
        told.until(lambda x: x.get("done", 0) > 12 << 20)
        lab.cut(HOST)
        # The host does not know yet that this connection is dead: our side gives up first.
        told.until(lambda x: "lost" in x)
        lab.heal(HOST)
        lines = told.rest()
    finally:
        lab.heal(HOST)
        lab.shape(HOST, None)
    assert "seconds" in lines[-1], lines[-1]
    found = lab.run(HOST, f"sha256sum <{target}; ls {target}*").stdout.split()
    assert found == [hashlib.sha256(source.read_bytes()).hexdigest(), "-", target]
    last = max(i for i, x in enumerate(lines) if "lost" in x)
    assert lines[last + 1]["done"] > 4 << 20


@AS_ROOT
def test_a_full_file_system(operator: Operator, lab: Lab, tmp_path: Path):
    source = tmp_path / "release"
    source.write_bytes(os.urandom(8 << 20))
    lab.run(HOST, "mkdir -p /srv/small && mount -t tmpfs -o size=4m tmpfs /srv/small", check=True)
    try:
        error = operator.do("upload", str(source), "/srv/small/release")[-1]
        assert error["error"] == "RemoteCommandFailed"
        assert f"{8 << 20} bytes are needed and {4 << 20} are free" in error["message"]
        assert error["message"].endswith("/srv/small")
        assert lab.run(HOST, "ls -A /srv/small").stdout == ""
    finally:
        lab.run(HOST, "umount /srv/small")


@AS_ROOT
def test_a_host_installed_anew_is_refused(operator: Operator, lab: Lab):
    operator.look("true")
    lab.run(HOST, "cp -a /etc/ssh /root/ssh-before; rm /etc/ssh/ssh_host_*; ssh-keygen -A -q")
    lab.run(HOST, "systemctl restart ssh", check=True)
    try:
        error = operator.do("look", "true")[-1]
        assert error["error"] == "HostKeyChanged"
    finally:
        lab.run(HOST, "cp -a /root/ssh-before/. /etc/ssh/; rm -r /root/ssh-before")
        lab.run(HOST, "systemctl restart ssh")
    operator.look("true")


def test_a_wrong_sudo_password_is_given_once(lab: Lab, tmp_path: Path):
    operator = Operator(lab, "op", tmp_path)
    operator.settings["password"] = "wrong"
    since = lab.run(HOST, "date +%s").stdout.strip()
    error = operator.do("look", "true")[-1]
    assert error["error"] == "SudoRefused"
    assert "wrong" not in error["message"]
    failed = f"journalctl --no-pager --since=@{since} -t sudo | grep -c 'authentication failure'"
    assert lab.run(HOST, failed).stdout.strip() == "1"
    operator.end()
