"""From bare hosts to the article's cluster, with real Kubernetes: both supervisors, both backends,
with and without a firewall. Everything is read from the hosts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.lab.etcd_writer import EtcdWriter
from tests.lab.pods import PODS, pod_addresses, start_pods
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site, jobs_begun
from tests.lab.watched import begins, killed_at

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]


def pings(site: Site) -> dict[tuple[str, str], bool]:
    """One real ping from the container on every host to every host, gateway and container."""
    targets = dict(ADDRESSES)
    for name in NAMES:
        found = json.loads(site.on(name, "docker inspect kwizard-ping"))[0]["NetworkSettings"]
        targets[f"gateway of {name}"] = found["Gateway"]
        targets[f"container on {name}"] = found["IPAddress"]
    return {
        (source, target): site.lab.run(
            source, f"docker exec kwizard-ping ping -c 1 -W 2 {address}"
        ).returncode
        == 0
        for source in NAMES
        for target, address in targets.items()
    }


def whole(site: Site, seconds: float = 90) -> None:
    """Waits until the cluster is what the article ends with, as the hosts themselves tell it."""
    components = eventually(
        lambda: site.components() or {"": ""}, lambda c: set(c.values()) == {"True"}, seconds
    )
    assert components.keys() >= {"controller-manager", "scheduler", "etcd-0"}
    nodes = eventually(site.nodes, lambda n: set(n.values()) == {"True"}, seconds)
    assert nodes.keys() == {"boba", "c3po"}
    # After a power cut a node is Ready by what was last said of it, until somebody notices.
    eventually(lambda: [n for n in NAMES if not behind_flannel(site, n)], lambda n: not n, seconds)
    reached = eventually(lambda: pings(site), lambda p: all(p.values()), seconds)
    assert len(reached) == len(NAMES) * 3 * len(NAMES)


def behind_flannel(site: Site, name: str) -> bool:
    """docker's bridge on the host has the subnet and the MTU that flannel wrote down."""
    lease, bridge = site.subnet_env(name), site.bridge(name)
    gateway: str = bridge["IPAM"]["Config"][0]["Gateway"]
    mtu: str = bridge["Options"]["com.docker.network.driver.mtu"]
    return (gateway, mtu) == (lease["FLANNEL_SUBNET"].partition("/")[0], lease["FLANNEL_MTU"])


def times(events: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds from the start of the run to the end of each phase, and of the whole."""
    begin = datetime.fromisoformat(events[0]["time"])
    out: dict[str, float] = {}
    for event in events:
        if event["event"] == "step.finished":
            out[event["phase"]] = (datetime.fromisoformat(event["time"]) - begin).total_seconds()
    return {**out, "all": events[-1]["seconds"]}


@pytest.fixture(scope="class", params=["vxlan-nohup", "udp-systemd-firewalld"])
def installed(
    request: pytest.FixtureRequest, bare_site: Callable[..., Site], measured: Callable[[str], None]
) -> Iterator[tuple[Site, str]]:
    """A site on which `apply` has just ended 0; `site.figures` has times and counts."""
    kind: str = request.param
    backend, supervisor, *firewall = kind.split("-")
    site = bare_site(backend=backend, supervisor=supervisor)
    for name in NAMES if firewall else ():
        # As the article has it: the interface is in dmz. Nothing is opened there yet.
        site.on(
            name,
            "systemctl enable -q --now firewalld; for p in '' --permanent; do "
            "firewall-cmd -q $p --zone=dmz --change-interface=host0; done",
        )
    with EtcdWriter(site) as writer:
        events = site.apply()
    site.figures.update(times(events))
    site.figures |= {"etcd writes": writer.tries, "of them failed": writer.failed}
    measured(f"{kind}: " + ", ".join(f"{k} {v:.1f}" for k, v in site.figures.items()))
    yield site, kind
    site.lab.down(wipe=True)  # before the next kind's hosts: they need the machine


class TestInstalled:
    def test_the_cluster_is_whole(self, installed: tuple[Site, str]):
        whole(installed[0])

    def test_etcd_took_every_write_through_the_docker_restarts(self, installed: tuple[Site, str]):
        figures = installed[0].figures
        assert figures["etcd writes"] > 20
        assert figures["of them failed"] == 0

    def test_pods_on_different_nodes_reach_each_other(self, installed: tuple[Site, str]):
        site, _ = installed
        start_pods(site)
        addresses = pod_addresses(site)
        assert addresses.keys() == PODS.keys()
        subnets = {site.subnet_env(n)["FLANNEL_SUBNET"].rpartition(".")[0] for n in PODS.values()}
        assert {a.rpartition(".")[0] for a in addresses.values()} == subnets
        for pod in PODS:
            for address in addresses.values():
                site.kubectl(f"exec {pod} -- ping -c 1 -W 2 {address}")

    def test_a_second_apply_runs_no_script(self, installed: tuple[Site, str]):
        installed[0].apply_again()

    def test_verify_agrees_and_says_so_in_json(self, installed: tuple[Site, str]):
        site, _ = installed
        result = site.kwizard("verify", "--json", str(site.file))
        assert result.returncode == 0, result.stdout + result.stderr
        found = json.loads(result.stdout)
        assert found["ok"] is True
        nodes = {(n["name"], n["status"], n["internal_ip"]) for n in found["nodes"]}
        assert nodes == {(n, "Ready", ADDRESSES[n]) for n in ("boba", "c3po")}
        assert len(found["matrix"]["cells"]) == 27
        assert all(c["received"] >= 1 for c in found["matrix"]["cells"])

    def test_only_the_needed_ports_are_open(self, installed: tuple[Site, str]):
        site, kind = installed
        if "firewalld" not in kind:
            pytest.skip("no firewall in this one")
        for name in NAMES:
            ports = set(site.on(name, "firewall-cmd --zone=dmz --list-ports").split())
            assert ports == {"8285/udp", "8080/tcp" if name == MASTER else "10250/tcp"}
            assert site.on(name, "firewall-cmd --get-zone-of-interface=host0").strip() == "dmz"

    def test_the_monitor_changes_nothing_on_the_hosts_disks(self, installed: tuple[Site, str]):
        site, _ = installed
        snapshot(site)
        before = {n: disk(site, n) for n in NAMES}
        assert snapshot(site)["ok"] is True
        for name in NAMES:
            assert disk(site, name) ^ before[name] == set()

    def test_the_monitor_sees_a_scheduler_that_somebody_stopped(self, installed: tuple[Site, str]):
        site, kind = installed
        systemd = "systemd" in kind
        assert status_of(snapshot(site), "scheduler") == "Healthy"
        stop = "systemctl stop" if systemd else "pkill -STOP -x"
        start = "systemctl start" if systemd else "pkill -CONT -x"
        site.on(MASTER, f"{stop} kube-scheduler")
        try:
            seen = eventually(
                lambda: snapshot(site), lambda s: status_of(s, "scheduler") != "Healthy"
            )
            assert seen["ok"] is False
        finally:
            site.on(MASTER, f"{start} kube-scheduler")
        eventually(lambda: snapshot(site), lambda s: status_of(s, "scheduler") == "Healthy")

    def test_power_off_and_on_brings_it_back_by_itself(
        self, installed: tuple[Site, str], measured: Callable[[str], None]
    ):
        site, kind = installed
        if "nohup" in kind:
            pytest.skip("what nohup started does not survive a reboot, as in the article")
        site.lab.power_cut()
        site.lab.power_on()
        began = time.monotonic()
        whole(site, 180)
        measured(f"{kind}: whole again {time.monotonic() - began:.1f} s after power on")

    def test_apply_after_a_power_cut_starts_what_nohup_could_not_keep(
        self, installed: tuple[Site, str]
    ):
        site, kind = installed
        if "nohup" not in kind:
            pytest.skip("systemd started everything already")
        site.lab.power_cut()
        site.lab.power_on()
        site.apply()
        whole(site)


def snapshot(site: Site) -> dict[str, Any]:
    """The monitor's one snapshot."""
    result = site.kwizard("monitor", "--file", str(site.file), "--once", "--json")
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def status_of(seen: dict[str, Any], component: str) -> str | None:
    return next((c["status"] for c in seen["components"] if c["name"] == component), None)


# What a running cluster, a journal and a login write by themselves, watched or not.
OWN_LIFE = re.compile(
    r"^/(?:var/log/|var/lib/etcd/|run/|var/lib/docker/containers/[0-9a-f]+/[0-9a-f]+-json\.log"
    r"|var/lib/kubelet/(?:pods|device-plugins)|var/lib/systemd/timers/)"
)


def disk(site: Site, host: str) -> set[str]:
    """Every file and link on the host's disks with size, times and mode, but for what lives."""
    listing = site.on(
        host,
        "find / /var/lib/docker /var/lib/kubelet -xdev -not -type d "
        r"-printf '%p %y %s %T@ %C@ %m\n'",
        timeout=120,
    )
    return {line for line in listing.splitlines() if not OWN_LIFE.match(line)}


def test_a_sudo_user_s_installation_is_killed_in_the_middle_and_taken_up(
    bare_site: Callable[..., Site],
):
    """udp and systemd without a firewall, by a login that needs a password for sudo. SIGKILL on the
    operator's side while jobs run; the same command again goes on to green."""
    site = bare_site(backend="udp", user="op")
    site.secrets["KWIZARD_SUDO_PASSWORD"] = site.lab.password
    seen = killed_at(site, begins("release/unpack"))
    finished = {(e["step"], e["host"]) for e in seen if e["event"] == "step.finished"}
    again = jobs_begun(site.apply())
    assert finished & again == set(), "what was finished is not done twice"
    whole(site)

    state = b"".join(p.read_bytes() for p in (site.folder / "state").rglob("*") if p.is_file())
    assert site.lab.password.encode() not in state
    for name in NAMES:
        found = site.lab.run(name, ["grep", "-rl", site.lab.password, "/var/lib/kwizard", "/tmp"])
        assert found.stdout == ""

    site.lab.power_cut()
    site.lab.power_on()
    whole(site, 180)
