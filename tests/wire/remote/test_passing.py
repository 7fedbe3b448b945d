"""Grants: what they write into a user's authorized keys, and that all of it goes again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.errors import NotPassedOn
from kwizard.remote.passing import authorized_line, grant_script
from kwizard.remote.shell import asset

TO = IPv4Address("10.0.63.204")
PUBLIC = "ssh-ed25519 AAAAC3Nza comment"
OWN = "ssh-rsa AAAAB3Nza operator@desk\n"


def test_the_line_lets_one_host_read_one_file_and_nothing_else():
    assert authorized_line("00ff", "/var/lib/kwizard/artifacts/etcd.tar.gz", TO, PUBLIC) == (
        'restrict,from="10.0.63.204",command="exec tail -c \\"+$SSH_ORIGINAL_COMMAND\\"'
        ' /var/lib/kwizard/artifacts/etcd.tar.gz" ssh-ed25519 AAAAC3Nza kwizard-grant-00ff'
    )


@pytest.mark.parametrize("path", ["/x y", '/x"', "/x;id", "/$(id)", "x", "/x\ny"])
def test_a_path_that_would_need_quoting_is_not_passed_on(path: str):
    with pytest.raises(NotPassedOn):
        authorized_line("00ff", path, TO, PUBLIC)


@pytest.mark.parametrize("asked", ["1", "4", "$(touch owned)", "1 /etc/passwd", "-n 1", "; id", ""])
def test_whatever_is_asked_for_only_that_file_is_read(asked: str, tmp_path: Path):
    file, secret = tmp_path / "file", tmp_path / "secret"
    file.write_text("0123456789")
    secret.write_text("secret")
    line = authorized_line("00ff", str(file), TO, PUBLIC)
    command = line.partition('command="')[2].partition('" ssh-ed25519')[0].replace('\\"', '"')
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "SSH_ORIGINAL_COMMAND": asked},
    )
    whole = {"1": b"0123456789", "4": b"3456789"}
    assert done.stdout == whole.get(asked, b"")
    assert {p.name for p in tmp_path.iterdir()} == {"file", "secret"}


class Giver:
    """A host that runs grant.sh: its own root, a stand-in for sshd that tells its settings."""

    def __init__(self, folder: Path) -> None:
        self.root, self.home, self.tools = folder / "kw", folder / "home", folder / "tools"
        self.file = self.root / "artifacts" / "release"
        self.file.parent.mkdir(parents=True)
        self.file.write_text("release")
        (self.home / ".ssh").mkdir(parents=True)
        self.tools.mkdir()
        self.settings("authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2", "port 2222")
        self._tool("getent", f'echo "op:x:{os.getuid()}:{os.getgid()}::{self.home}:/bin/sh"')

    def settings(self, *lines: str) -> None:
        self._tool("sshd", "\n".join(f"echo '{line}'" for line in lines))

    def _tool(self, name: str, body: str) -> None:
        (self.tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.tools / name).chmod(0o755)

    def environment(self) -> dict[str, str]:
        path = f"{self.tools}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "KWIZARD_ROOT": str(self.root)}

    def keys(self) -> dict[str, str]:
        return {p.name: p.read_text() for p in sorted((self.home / ".ssh").iterdir())}

    @contextmanager
    def granting(self, grant: str = "00ff") -> Iterator[tuple[subprocess.Popen[str], str]]:
        script = grant_script(grant, "op", str(self.file), TO, PUBLIC)
        with subprocess.Popen(
            ["sh", "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment(),
            start_new_session=True,
        ) as job:
            assert job.stdout is not None
            try:
                yield job, job.stdout.readline().strip()
            finally:
                if job.poll() is None:
                    os.killpg(job.pid, signal.SIGTERM)
                job.wait(20)

    def sweep(self) -> None:
        parts = [f"KW_ROOT={self.root}", asset("boot.sh"), asset("grant-common.sh"), "grant_sweep"]
        subprocess.run(["sh", "-c", "\n".join(parts)], check=True, env=self.environment())


@pytest.fixture
def giver(tmp_path: Path) -> Giver:
    return Giver(tmp_path)


def test_a_grant_has_a_file_of_its_own_where_the_server_reads_one_more(giver: Giver):
    (giver.home / ".ssh/authorized_keys").write_text(OWN)
    with giver.granting() as (_job, answer):
        assert answer == "granted 2222"
        keys = giver.keys()
        assert keys["authorized_keys"] == OWN
        line = keys["authorized_keys2"]
        assert line.startswith('expiry-time="20')
        assert line.endswith("kwizard-grant-00ff\n")
        assert (giver.home / ".ssh/authorized_keys2").stat().st_mode & 0o777 == 0o600
    assert giver.keys() == {"authorized_keys": OWN}
    assert not list((giver.root / "grants").iterdir())


@pytest.mark.parametrize("own", [OWN, OWN.rstrip("\n"), OWN + "# a comment\n\n", ""])
def test_a_users_own_file_is_the_same_to_the_byte_afterwards(giver: Giver, own: str):
    giver.settings("authorizedkeysfile .ssh/authorized_keys")
    file = giver.home / ".ssh/authorized_keys"
    file.write_text(own)
    file.chmod(0o640)
    with giver.granting() as (_job, answer):
        assert answer == "granted 22"
        assert len(giver.keys()["authorized_keys"].splitlines()) == len(own.splitlines()) + 1
    assert giver.keys() == {"authorized_keys": own}
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_directory_that_was_made_for_it_goes_too(giver: Giver):
    (giver.home / ".ssh").rmdir()
    with giver.granting():
        assert (giver.home / ".ssh").stat().st_mode & 0o777 == 0o700
    assert not (giver.home / ".ssh").exists()


def test_two_grants_do_not_take_each_other_back(giver: Giver):
    with giver.granting("aa"):
        with giver.granting("bb"):
            assert len(giver.keys()["authorized_keys"].splitlines()) == 1
            assert len(giver.keys()["authorized_keys2"].splitlines()) == 1
        assert "kwizard-grant-aa" in str(giver.keys())
    assert giver.keys() == {}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("pubkeyauthentication no", "takes no keys"),
        ("forcecommand /usr/bin/menu", "ForceCommand"),
        ("authorizedkeysfile none", "no file for keys"),
        ("authorizedkeysfile /nowhere/%u", "no file for keys"),
    ],
)
def test_a_server_that_will_not_have_it_is_told_and_left_alone(
    giver: Giver, settings: str, why: str
):
    giver.settings(settings)
    with giver.granting() as (job, answer):
        assert answer.startswith("refused ")
        assert why in answer
        assert job.wait(20) == 0
    assert giver.keys() == {}
    assert not list((giver.root / "grants").iterdir())


def test_what_a_killed_job_left_is_swept_away(giver: Giver):
    with giver.granting() as (job, _answer):
        os.killpg(job.pid, signal.SIGKILL)
    assert giver.keys()
    giver.sweep()
    assert giver.keys() == {}
    assert not list((giver.root / "grants").iterdir())


def test_a_grant_that_is_alive_is_not_swept_away(giver: Giver):
    with giver.granting():
        giver.sweep()
        assert giver.keys()


def test_what_a_host_kept_from_before_its_power_was_cut_is_swept_away(giver: Giver):
    with giver.granting() as (job, _answer):
        note = giver.root / "grants" / "00ff" / "by"
        pid, start, _boot = note.read_text().split()
        note.write_text(f"{pid} {start} another-boot\n")
        giver.sweep()
        assert giver.keys() == {}
        assert job.poll() is None


def test_it_ends_by_itself(giver: Giver):
    script = grant_script("00ff", "op", str(giver.file), TO, PUBLIC)
    script = script.replace("GRANT_SECONDS=60", "GRANT_SECONDS=1")
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, env=giver.environment(), timeout=60
    )
    assert done.stdout.startswith("granted")
    assert giver.keys() == {}
