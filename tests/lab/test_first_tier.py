"""What needs real hosts but no Kubernetes: etcd in docker under its quorum, and the faults that
have to be told before anything is changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lab.etcd_writer import EtcdWriter
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]


def healthy_members(site: Site, via: str) -> int:
    """How many members etcd itself calls healthy, asked on one host."""
    endpoints = ",".join(f"http://{a}:2379" for a in ADDRESSES.values())
    found = site.lab.run(
        via, f"docker exec -e ETCDCTL_API=3 etcd etcdctl --endpoints={endpoints} endpoint health"
    )
    return (found.stdout + found.stderr).count("is healthy")


def roll(site: Site, *hosts: str) -> list[str]:
    """The command line that restarts docker on `hosts` as the recipe does."""
    program = [sys.executable, "-m", "tests.lab.roll"]
    return [*program, str(site.file), str(site.folder / "roll"), *hosts]


class TestHostsPhase:
    """`apply --phase hosts` on bare hosts, and what follows from it."""

    @pytest.fixture(scope="class")
    def site(self, bare_site: Callable[..., Site]) -> Site:
        site = bare_site()
        site.apply("--phase", "hosts")
        return site

    def test_etcd_runs_in_docker_on_every_host_and_agrees(self, site: Site):
        assert eventually(lambda: healthy_members(site, "c3po"), lambda n: n == 3) == 3
        for name in NAMES:
            state = site.on(name, "docker inspect -f '{{.State.Running}} {{.Name}}' etcd")
            assert state.split() == ["true", "/etcd"]

    def test_a_second_run_starts_nothing(self, site: Site):
        site.apply_again("--phase", "hosts")

    def test_what_was_changed_by_hand_is_found_and_mended(self, site: Site):
        site.on("boba", "docker stop etcd && sed -i '/anakin/d' /etc/hosts")
        events = site.apply("--phase", "hosts")
        ran = {(e["step"], e["host"]) for e in events if e["event"] == "step.finished"}
        assert {("hosts/names", "boba"), ("hosts/etcd", "boba")} <= ran
        assert {host for _, host in ran if host != MASTER} == {"boba"}
        assert eventually(lambda: healthy_members(site, "anakin"), lambda n: n == 3) == 3
        assert "anakin" in site.on("boba", "getent hosts 10.0.63.202")

    def test_docker_is_restarted_host_by_host_and_etcd_takes_every_write(self, site: Site):
        for number, name in enumerate(NAMES):
            lease = f"10.0.0.0/16\\nFLANNEL_SUBNET=10.0.{100 + number}.1/24\\nFLANNEL_MTU=1472\\n"
            site.on(
                name,
                "ip tuntap add flannel0 mode tun && mkdir -p /run/flannel && "
                f"printf 'FLANNEL_NETWORK={lease}' >/run/flannel/subnet.env",
            )
        started = {
            n: site.on(n, "systemctl show -p ActiveEnterTimestampMonotonic docker") for n in NAMES
        }
        with EtcdWriter(site) as writer:
            result = site.lab.exec(
                roll(site, *NAMES),
                env=site.environment,
                timeout=300,
            )
        assert result.returncode == 0, result.stderr
        events = [json.loads(line) for line in result.stdout.splitlines()]
        assert events[-1]["status"] == "done", [e for e in events if "failed" in e["event"]]
        assert writer.tries > 10
        assert writer.failed == 0
        restarts = [
            (e["event"], e["host"])
            for e in events
            if e.get("step") == "network/docker-restart" and e["event"].startswith("step.")
        ]
        assert [event for event, _ in restarts] == ["step.started", "step.finished"] * 3
        for number, name in enumerate(NAMES):
            assert (
                site.on(name, "systemctl show -p ActiveEnterTimestampMonotonic docker")
                != started[name]
            )
            assert site.bridge(name)["IPAM"]["Config"][0]["Gateway"] == f"10.0.{100 + number}.1"
            assert site.on(name, "docker inspect -f '{{.State.Running}}' etcd").strip() == "true"

    def test_docker_waits_while_etcd_could_lose_its_quorum(self, site: Site):
        """With another member away, this host's docker must not be restarted."""
        for name in NAMES:
            site.on(name, "sed -i 's/10\\.0\\.10\\([0-9]\\)/10.0.11\\1/' /run/flannel/subnet.env")
        site.on("boba", "docker stop etcd")
        before = site.on("c3po", "systemctl show -p MainPID docker")
        with site.lab.popen_exec(
            roll(site, "c3po"), env=site.environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                waiting = json.loads(line)
                if "are needed" in waiting.get("text", ""):
                    break
            assert "1 of etcd's other members are healthy, 2 are needed" in waiting["text"]
            assert site.on("c3po", "systemctl show -p MainPID docker") == before
            site.on("boba", "docker start etcd")
            rest = [json.loads(line) for line in process.stdout]
        assert rest[-1]["status"] == "done"
        assert eventually(lambda: healthy_members(site, "anakin"), lambda n: n == 3) == 3


class TestRefusals:
    """One clear sentence, the host, the step, what to do; and nothing was changed."""

    @pytest.fixture(scope="class")
    def site(self, bare_site: Callable[..., Site]) -> Site:
        return bare_site()

    def failures(self, site: Site, expect: int, *options: str) -> list[dict[str, Any]]:
        result = site.kwizard("apply", "--json", *options, str(site.file))
        assert result.returncode == expect, result.stdout[-2000:] + result.stderr
        events = [json.loads(line) for line in result.stdout.splitlines()]
        return [e for e in events if e["event"] == "step.failed"]

    def untouched(self, site: Site) -> None:
        for name in NAMES:
            assert site.lab.run(name, "docker ps -q").returncode != 0, "docker was started"
            assert site.lab.run(name, "command -v kube-apiserver").returncode != 0

    def test_a_stranger_on_the_apis_port_is_named(self, site: Site):
        stranger = subprocess.Popen(
            site.lab.run_command(MASTER, ["socat", "TCP-LISTEN:8080,fork,reuseaddr", "SYSTEM:true"])
        )
        try:
            eventually(lambda: site.lab.run(MASTER, "ss -ltn").stdout, lambda out: ":8080" in out)
            (failure,) = self.failures(site, 1)
        finally:
            stranger.terminate()
            stranger.wait(timeout=10)
            site.lab.run(
                MASTER,
                "for p in $(ss -ltnp 'sport = :8080' | "
                "sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p'); do kill $p; done",
            )
        assert (failure["step"], failure["host"]) == ("hosts/preflight", MASTER)
        assert "8080" in failure["reason"]
        assert "socat" in failure["reason"]
        assert failure["hint"]
        self.untouched(site)

    def test_a_host_that_cannot_be_reached(self, site: Site):
        site.lab.cut("c3po")
        try:
            (failure,) = self.failures(site, 1)
        finally:
            site.lab.heal("c3po")
        assert failure["host"] == "c3po"
        assert failure["hint"]
        self.untouched(site)

    def test_a_changed_host_key_is_refused(self, site: Site):
        text = site.file.read_text()
        keys = [
            line.split("host_key:")[1].strip() for line in text.splitlines() if "host_key:" in line
        ]
        site.file.write_text(text.replace(keys[1], keys[2]))
        try:
            (failure,) = self.failures(site, 4)
        finally:
            site.file.write_text(text)
        assert failure["host"] == "boba"
        assert "recorded is" in failure["reason"]
        self.untouched(site)

    def test_an_unknown_host_key_is_not_taken_without_a_person(self, site: Site):
        text = site.file.read_text()
        site.file.write_text(
            "".join(line for line in text.splitlines(keepends=True) if "host_key:" not in line)
        )
        try:
            failures = self.failures(site, 4)
        finally:
            site.file.write_text(text)
        assert {f["host"] for f in failures} == set(NAMES)
        assert all("SHA256:" in f["reason"] for f in failures)
        self.untouched(site)

    def test_a_wrong_sudo_password(self, bare_site: Callable[..., Site], site: Site):
        other = Site(
            site.lab, site.folder, site.lab.cluster_file(file=site.folder / "op.yaml", user="op")
        )
        other.secrets["KWIZARD_SUDO_PASSWORD"] = "not it"
        failures = self.failures(other, 4)
        assert {f["host"] for f in failures} == set(NAMES)
        assert all("sudo" in f["reason"] for f in failures)
        self.untouched(site)

    def test_a_tarball_that_is_none(self, site: Site, tmp_path: Path):
        for name, data in {"page.tar.gz": b"<html>404</html>", "empty.tar.gz": b""}.items():
            broken = tmp_path / name
            broken.write_bytes(data)
            result = site.kwizard("fetch", str(site.file), "--from", str(broken))
            assert result.returncode == 1, result.stdout + result.stderr
            assert name in result.stderr
            assert "what to do" in result.stderr


def test_no_space_left_is_told_before_anything_is_sent(bare_site: Callable[..., Site]):
    site = bare_site(disk_mb=700)
    site.on("boba", "fallocate -l 400M /var/tmp/fill")
    result = site.kwizard("apply", "--json", str(site.file))
    assert result.returncode == 1
    failures = [json.loads(x) for x in result.stdout.splitlines() if "step.failed" in x]
    (failure,) = [f for f in failures if f["host"] == "boba"]
    assert failure["step"] == "hosts/preflight"
    assert "no space left" in failure["reason"]
    assert failure["hint"]
