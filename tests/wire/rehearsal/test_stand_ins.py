"""The stand-ins themselves: readable, and judged on a host as real programs are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kwizard.rehearsal import launcher
from kwizard.rehearsal.skeleton import rehearsal_assets
from tests.wire.rehearsal.conftest import connect

SHELLCHECK = shutil.which("shellcheck") or str(Path(sys.executable).parent / "shellcheck")


def test_every_script_passes_shellcheck():
    scripts = [
        p
        for p in rehearsal_assets().rglob("*")
        if p.is_file() and (p.suffix == ".sh" or p.read_text().startswith("#!/bin/sh"))
    ]
    assert len(scripts) > 30
    done = subprocess.run(
        [SHELLCHECK, "--shell=sh", "--severity=warning", *map(str, scripts)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("machine", sorted(launcher.CODE))
def test_the_launcher_is_what_its_source_assembles_to(machine, tmp_path):
    assembler, copier = shutil.which("llvm-mc"), shutil.which("llvm-objcopy")
    if assembler is None or copier is None:
        pytest.skip("no llvm-mc and llvm-objcopy here to assemble the launcher with")
    source = rehearsal_assets() / "launcher" / f"{machine}.s"
    made, code = tmp_path / "code.o", tmp_path / "code"
    subprocess.run(
        [assembler, f"-triple={machine}-linux-gnu", "-filetype=obj", "-o", made, source], check=True
    )
    subprocess.run([copier, "-O", "binary", "-j", ".text", made, code], check=True)
    assert code.read_bytes() == launcher.CODE[machine]


async def test_a_pretend_program_is_judged_by_proc_as_a_real_one_is(one):
    script = launcher.executable(b'#!/bin/sh\necho "$0 $1 $PROGRAM"\nsleep 1000 &\nwait\n')
    async with connect(one) as ssh:
        await ssh.run(
            "cat >/usr/bin/pretend; chmod 755 /usr/bin/pretend", input=script, encoding=None
        )
        said = await ssh.run(
            "setsid /usr/bin/pretend --one 'two words' >/run/said 2>&1 & pid=$!\n"
            "until [ -s /run/said ]; do sleep 0.05; done; cat /run/said; echo $pid\n"
            "cat /proc/$pid/comm; readlink /proc/$pid/exe; tr '\\0' ',' </proc/$pid/cmdline; echo\n"
            "shell=$(pgrep -P $pid); kill $pid; wait $pid\n"
            "while kill -0 $shell 2>/dev/null; do sleep 0.05; done; echo both ended\n"
        )
    first, pid, comm, exe, cmdline, ended = said.stdout.splitlines()
    assert first == f"/usr/bin/pretend --one {pid}"
    assert comm == "pretend"
    assert exe == "/usr/bin/pretend"
    assert cmdline == "/usr/bin/pretend,--one,two words,"
    assert ended == "both ended"


@pytest.mark.parametrize("status", [0, 3, 255])
async def test_a_pretend_program_ends_as_its_script_ends(one, status):
    script = launcher.executable(f"#!/bin/sh\nexit {status}\n".encode())
    async with connect(one) as ssh:
        await ssh.run(
            "cat >/usr/bin/pretend; chmod 755 /usr/bin/pretend", input=script, encoding=None
        )
        assert (await ssh.run("pretend")).exit_status == status


UNIT = """\
[Service]
Environment=WORD=first
Environment="WORDS=two words"
ExecStart=/usr/bin/env sh -c 'echo "$WORD $WORDS"; exit 3'
Restart=always
RestartSec=0.05
"""


async def test_a_unit_that_ends_is_started_again_until_it_is_stopped(one):
    async with connect(one) as ssh:
        await ssh.run("cat >/etc/systemd/system/short.service", input=UNIT, check=True)
        said = await ssh.run(
            "systemctl start short\n"
            "until [ $(systemctl show -p NRestarts --value short) -gt 2 ]; do sleep 0.05; done\n"
            "journalctl -u short -o cat -n 50 | grep -c '^first two words$'\n"
            "systemctl stop short; systemctl is-active short; systemctl show -p MainPID short\n"
        )
    count, state, pid = said.stdout.splitlines()
    assert int(count) > 2
    assert (state, pid) == ("inactive", "MainPID=0")


async def test_a_unit_without_restart_fails_and_says_so(one):
    unit = UNIT.replace("Restart=always", "Restart=no").replace("Environment=WORD=first\n", "")
    async with connect(one) as ssh:
        await ssh.run("cat >/etc/systemd/system/short.service", input=unit, check=True)
        said = await ssh.run(
            "systemctl start short; until systemctl is-failed -q short; do sleep 0.05; done\n"
            "systemctl is-active short; systemctl start nothing"
        )
    assert said.stdout == "failed\n"
    assert said.exit_status == 5
    assert "nothing.service not found" in said.stderr


async def test_what_a_drop_in_says_replaces_the_command(one):
    async with connect(one) as ssh:
        said = await ssh.run(
            "mkdir -p /etc/systemd/system/docker.service.d\n"
            "printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/dockerd --bip=10.9.8.1/24 "
            "--mtu=1400\\n' >/etc/systemd/system/docker.service.d/x.conf\n"
            "systemctl daemon-reload; systemctl restart docker\n"
            "docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' bridge; "
            "ip -o -4 addr show dev docker0\n"
        )
    subnet, address = said.stdout.splitlines()
    assert subnet == "10.9.8.0/24"
    assert " 10.9.8.1/24 " in address


async def test_docker_without_its_daemon_answers_nothing(one):
    async with connect(one) as ssh:
        await ssh.run("systemctl stop docker", check=True)
        said = await ssh.run("docker ps")
    assert said.exit_status == 1
    assert "Is the docker daemon running?" in said.stderr


async def test_two_daemons_cannot_have_one_port(one):
    script = launcher.executable(
        b"#!/bin/sh\n. /usr/lib/rehearsal/lib.sh\nlive\n"
        b"listen tcp 8080 0.0.0.0 pretend pretend || die taken\necho has it\nstay\n"
    )
    async with connect(one) as ssh:
        await ssh.run(
            "cat >/usr/bin/pretend; chmod 755 /usr/bin/pretend", input=script, encoding=None
        )
        said = await ssh.run(
            "setsid pretend >/run/a 2>&1 & a=$!; until [ -s /run/a ]; do sleep 0.05; done\n"
            "setsid pretend 2>&1; ss -ltnp 'sport = :8080' | grep -c \"pid=$a,\"\n"
            "kill -9 $a; wait $a; while ss -ltn | grep -q :8080; do sleep 0.05; done\n"
            "setsid pretend >/run/b 2>&1 & until [ -s /run/b ]; do sleep 0.05; done; cat /run/b\n"
        )
    assert said.stdout == "taken\n1\nhas it\n"


async def test_a_daemon_refuses_flags_its_version_does_not_know(rehearsals):
    """As the real ones do; the release is unpacked by hand here."""
    async with rehearsals(hosts=1, speed=0) as r, connect(r) as ssh:
        release = Path(r.cluster.release.tarball or "").read_bytes()
        said = await ssh.run(
            "tar -xzf - -C /tmp; cd /tmp/kubernetes/server; tar -xzf *.tar.gz\n"
            "cd kubernetes/server/bin; ./kubelet --version; ./kubelet --api-servers=http://x:8080",
            input=release,
            encoding=None,
        )
    assert said.stdout == b"Kubernetes v1.19.16\n"
    assert b"unknown flag: --api-servers" in said.stderr
    assert said.exit_status == 1
