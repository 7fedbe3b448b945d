"""Hosts that pass files on among themselves: what crosses the operator's line, and what is left."""

from __future__ import annotations

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
from tests.lab.seen import eventually
from tests.lab.site import NAMES
from tests.lab.test_lab_remote import ROOT, Told

# Grants end by themselves after a minute, and that is waited for: nothing for the quick tier.
pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(300)]

SIZE = 12 << 20
LINE = "br1"
"""The operator logs in by the second network, so the first is the hosts' own. What leaves by the
bridge itself is what the operator sends; what hosts send to each other passes it by."""


class Desk:
    """The operator, his slow line, and what he can say about the hosts."""

    def __init__(self, lab: Lab, user: str, folder: Path) -> None:
        self.lab, self.user, self.folder = lab, user, folder
        self.source = folder / "release"
        self.source.write_bytes(os.urandom(SIZE))
        self.target = f"/var/lib/kwizard/artifacts/{secrets.token_hex(4)}.tar.gz"
        self._running: list[subprocess.Popen[str]] = []

    def start(self, *wanting: str, keepers: tuple[str, ...] = (), here: bool = True) -> Told:
        seats = [self.lab.layout.seat(n) for n in NAMES]
        settings = {
            "hosts": [[s.name, str(s.address), str(s.second_address)] for s in seats],
            "user": self.user,
            "key": str(self.lab.key),
            "password": self.lab.password,
            "known_hosts": str(self.folder / "known_hosts"),
            "source": str(self.source),
            "target": self.target,
            "wanting": wanting,
            "keepers": keepers,
            "here": here,
        }
        process = self.lab.popen_exec(
            [sys.executable, "-m", "tests.lab.passing_side"],
            cwd=ROOT,
            env={**os.environ, "SETTINGS": json.dumps(settings)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return Told(process)

    def bring(self, *wanting: str, keepers: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Bring the file to these hosts, and wait until it is there."""
        return self.start(*wanting, keepers=keepers).rest()

    def sent(self) -> int:
        """Bytes the operator has sent so far."""
        shown = self.lab.exec(["ip", "-j", "-s", "link", "show", LINE]).stdout
        return int(json.loads(shown)[0]["stats64"]["tx"]["bytes"])

    def on(self, host: str, command: str) -> str:
        done = self.lab.run(host, command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def whole(self, *hosts: str) -> bool:
        """Whether the hosts say that they have the very file, and nothing half done beside it."""
        wanted = subprocess.run(
            ["sha256sum", self.source], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        found = {
            h: self.lab.run(h, f"sha256sum <{self.target}; ls {self.target}*").stdout.split()
            for h in hosts
        }
        return all(f == [wanted, "-", self.target] for f in found.values())

    def traces(self) -> dict[str, str]:
        """All that letting a host in could leave behind, on each host."""
        look = (
            "find /root/.ssh /home/op/.ssh -exec ls -lnd --time-style=+ {} + -type f -exec"
            " sha256sum {} + 2>/dev/null; stat -c '%a %u %g' /var/lib/kwizard;"
            " ls -A /var/lib/kwizard/grants 2>/dev/null; ls -d /var/lib/kwizard/jobs/*/files"
            " 2>/dev/null; grep -rls kwizard-grant /etc/ssh /root/.ssh /home; true"
        )
        return {h: self.on(h, look) for h in NAMES}

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture(params=["root", "op"])
def desk(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    ours = Desk(lab, request.param, tmp_path)
    slow = f"tc qdisc add dev {LINE} root tbf rate 8mbit burst 32kb latency 200ms"
    for name in NAMES:
        ours.on(name, "mkdir -p -m 700 /var/lib/kwizard")
    lab.exec(slow.split(), check=True)
    try:
        yield ours
    finally:
        lab.exec(f"tc qdisc del dev {LINE} root".split(), check=True)
        ours.end()
        for name in NAMES:
            lab.heal(name)
            lab.shape(name, None)


AS_ROOT = pytest.mark.parametrize("desk", ["root"], indirect=True)
AS_OP = pytest.mark.parametrize("desk", ["op"], indirect=True)


def test_it_crosses_the_operators_line_once_and_nothing_is_left(
    desk: Desk, measured: Callable[[str], None]
):
    before, sent = desk.traces(), desk.sent()
    came = desk.bring(*NAMES)[-1]["came"]
    sent = desk.sent() - sent
    measured(f"{SIZE} bytes to three hosts as {desk.user}: {sent} bytes left the operator: {came}")
    assert desk.whole(*NAMES)
    assert sorted(came.values()).count("operator") == 1
    assert SIZE < sent < SIZE * 1.1
    assert desk.traces() == before


@AS_OP
def test_what_hosts_have_with_the_published_sum_is_not_sent_at_all(desk: Desk):
    before = desk.traces()
    assert desk.bring("c3po")[-1] == {"came": {"c3po": "operator"}}
    sent = desk.sent()
    told = desk.start("anakin", keepers=("c3po",), here=False)
    assert told.rest()[-1] == {"came": {"anakin": "c3po"}}
    assert {"holders": ["c3po"]} in told.lines
    assert desk.sent() - sent < SIZE / 10
    assert desk.whole("anakin", "c3po")
    assert desk.traces() == before


@AS_OP
def test_a_cut_in_the_middle_of_a_hop_goes_on_at_the_byte(desk: Desk):
    assert desk.bring("anakin")[-1] == {"came": {"anakin": "operator"}}
    desk.lab.shape("boba", "20mbit")
    told = desk.start("boba", keepers=("anakin",))
    told.until(lambda x: x.get("done", 0) > 4 << 20)
    desk.lab.cut("boba", second=False)  # between hosts; the operator still sees it
    told.until(lambda x: "said" in x)
    desk.lab.heal("boba")
    lines = told.rest()
    assert lines[-1] == {"came": {"boba": "anakin"}}
    said = next(i for i, x in enumerate(lines) if "said" in x)
    assert lines[said]["said"].endswith("it goes on at that byte")
    assert next(x["done"] for x in lines[said:] if "done" in x) >= 4 << 20
    assert desk.whole("boba")


@AS_OP
def test_a_hop_ends_well_without_the_operator_and_leaves_nothing(desk: Desk):
    before = desk.traces()
    assert desk.bring("anakin")[-1] == {"came": {"anakin": "operator"}}
    desk.lab.shape("boba", "20mbit")
    told = desk.start("boba", keepers=("anakin",))
    told.until(lambda x: x.get("done", 0) > 1 << 20)
    told.process.kill()
    told.process.wait()
    eventually(lambda: desk.whole("boba"), lambda whole: whole, 60)
    sent = desk.sent()
    assert desk.bring("boba", "c3po", keepers=("anakin",))[-1]["came"]["c3po"] in ("anakin", "boba")
    assert desk.sent() - sent < SIZE / 10
    assert desk.whole(*NAMES)
    eventually(desk.traces, lambda now: now == before, 90)


@AS_ROOT
def test_what_a_giver_without_power_kept_is_gone_after_the_next_run(desk: Desk):
    before = desk.traces()
    assert desk.bring("anakin")[-1] == {"came": {"anakin": "operator"}}
    desk.lab.shape("boba", "20mbit")
    told = desk.start("boba", keepers=("anakin",))
    told.until(lambda x: x.get("done", 0) > 1 << 20)
    desk.on("anakin", "sync")
    desk.lab.power_cut("anakin")
    told.process.kill()
    told.process.wait()
    desk.lab.power_on("anakin")
    assert "kwizard-grant" in desk.traces()["anakin"] + desk.on("anakin", "cat /root/.ssh/*")
    eventually(
        lambda: desk.on("boba", "ls /var/lib/kwizard/jobs/*/files 2>/dev/null; true"),
        lambda x: not x,
        60,
    )
    lines = desk.bring("boba", keepers=("anakin",))
    assert lines[-1] == {"came": {"boba": "anakin"}}
    assert next(x["done"] for x in lines if "done" in x) >= 1 << 20
    assert desk.whole("boba")
    assert desk.traces() == before


@AS_OP
def test_hosts_closed_to_each_other_are_sent_it_and_the_log_says_why(desk: Desk):
    for name in NAMES:
        rule = "INPUT -s 10.0.63.0/24 -p tcp --dport 22 -j REJECT"
        desk.on(name, f"iptables -I {rule}")
    try:
        lines = desk.bring("anakin", "boba")
    finally:
        for name in NAMES:
            desk.on(name, f"iptables -D {rule}")
    assert set(lines[-1]["came"].values()) == {"operator"}
    (said,) = (x["said"] for x in lines if "said" in x)
    assert "onnection refused" in said
    assert said.endswith("it is sent from here instead")
    assert desk.whole("anakin", "boba")


@AS_ROOT
def test_a_host_without_an_ssh_program_is_sent_it(desk: Desk):
    desk.on("boba", "mount --bind /dev/null /usr/bin/ssh")
    try:
        assert desk.bring("anakin")[-1] == {"came": {"anakin": "operator"}}
        lines = desk.bring("boba", keepers=("anakin",))
    finally:
        desk.on("boba", "umount /usr/bin/ssh")
    assert lines[-1] == {"came": {"boba": "operator"}}
    (said,) = (x["said"] for x in lines if "said" in x)
    assert said.startswith("boba cannot fetch files from other hosts: there is no ssh program")
    assert said.endswith("it is sent from here instead")
    assert desk.whole("boba")
