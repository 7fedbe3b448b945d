"""Broken networks, made on purpose on a real cluster: what the matrix shows and what it is called;
and the lease that would cut every host off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site
from tests.lab.test_classic_install import whole

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]


def verify(site: Site) -> dict[str, Any]:
    result = site.kwizard("verify", "--json", str(site.file))
    found: dict[str, Any] = json.loads(result.stdout)
    assert result.returncode == (0 if found["ok"] else 1)
    return found


def lost(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(c["source"], c["target"]) for c in found["matrix"]["cells"] if not c["received"]}


def causes(found: dict[str, Any]) -> str:
    return "; ".join(d["cause"] for d in found["diagnoses"])


@pytest.fixture(scope="class")
def walled(bare_site: Callable[..., Site]) -> Site:
    """vxlan behind firewalld, the interface in dmz, all green to begin with."""
    site = bare_site(backend="vxlan")
    for name in NAMES:
        site.on(
            name,
            "systemctl enable -q --now firewalld; for p in '' --permanent; do "
            "firewall-cmd -q $p --zone=dmz --change-interface=host0; done",
        )
    site.apply()
    whole(site)
    return site


def everywhere(site: Site, command: str) -> None:
    for name in NAMES:
        site.on(name, command)


class TestFirewall:
    """Run-time changes only; each is taken back, and the matrix is green again."""

    @pytest.fixture(autouse=True)
    def _green_again(self, walled: Site) -> Iterator[None]:
        yield
        eventually(lambda: lost(verify(walled)), lambda cells: not cells, 90)

    def test_flannels_port_closed(self, walled: Site):
        everywhere(walled, "firewall-cmd --zone=dmz --remove-port=8472/udp; conntrack -F || true")
        try:
            found = verify(walled)
            across = {(s, t) for s, t in lost(found)}
            assert across == {
                (s, f"{t}/{kind}")
                for s in NAMES
                for t in NAMES
                if s != t
                for kind in ("gateway", "container")
            }, "every ping over the overlay, and none beside it"
            assert "8472" in causes(found)
            assert "closed" in causes(found)
            diagnosis = next(d for d in found["diagnoses"] if "8472" in d["cause"])
            assert "firewall-cmd" in diagnosis["evidence_command"]
            assert "8472/udp" in diagnosis["remedy"]
        finally:
            everywhere(walled, "firewall-cmd --zone=dmz --add-port=8472/udp")

    def test_flannels_interface_in_no_zone(self, walled: Site):
        everywhere(walled, "firewall-cmd --zone=trusted --remove-interface=flannel.1")
        try:
            found = verify(walled)
            assert lost(found) == {(s, f"{t}/container") for s in NAMES for t in NAMES if s != t}, (
                "gateways answer, containers do not"
            )
            assert "flannel.1 is" in causes(found)
        finally:
            everywhere(walled, "firewall-cmd --zone=trusted --add-interface=flannel.1")

    def test_docker_without_the_bip(self, walled: Site):
        drop_in = "/etc/systemd/system/docker.service.d/zz-kwizard-flannel.conf"
        walled.on(
            "boba",
            f"sed -i 's#--bip=[^ ]*#--bip=172.30.0.1/24#' {drop_in} && systemctl daemon-reload && "
            "systemctl restart docker && ip -4 addr show docker0 | grep -q 172.30.0.1",
        )
        try:
            found = eventually(lambda: verify(walled), lambda f: bool(lost(f)))
            assert "without flannel's --bip" in causes(found)
            assert all("boba" in source + target for source, target in lost(found))
        finally:
            walled.apply()
        lease = walled.subnet_env("boba")["FLANNEL_SUBNET"]
        assert f"--bip={lease} " in walled.on("boba", f"cat {drop_in}")

    def test_a_port_opened_in_the_articles_zone_has_no_effect_elsewhere(self, walled: Site):
        """The interface is put into another zone: apply finds it, and opens the ports there."""
        for p in ("", "--permanent"):
            walled.on("boba", f"firewall-cmd -q {p} --zone=public --change-interface=host0")
        try:
            events = walled.apply()
            ran = {(e["step"], e["host"]) for e in events if e["event"] == "step.finished"}
            assert ("hosts/firewall", "boba") in ran
            ports = walled.on("boba", "firewall-cmd --zone=public --list-ports")
            assert {"8472/udp", "10250/tcp"} <= set(ports.split())
        finally:
            for p in ("", "--permanent"):
                walled.on("boba", f"firewall-cmd -q {p} --zone=dmz --change-interface=host0")
            walled.apply()


def leases(site: Site) -> set[str]:
    """The subnets leased in etcd."""
    text = site.on(
        MASTER,
        "docker exec -e ETCDCTL_API=3 etcd etcdctl get --prefix --keys-only "
        "/atomic.io/network/subnets/",
    )
    return {line.rpartition("/")[2].partition("-")[0] for line in text.split()}


def reaches(site: Site, source: str, target: str) -> bool:
    return site.lab.run(source, f"ping -c 1 -W 2 {ADDRESSES[target]}").returncode == 0


def want_the_hosts_own_subnet(site: Site, host: str) -> None:
    """flanneld on `host` asks for 10.0.63.0/24, the hosts' own network, as after bad luck."""
    site.on(
        host,
        "systemctl stop flanneld; "
        "for k in $(docker exec -e ETCDCTL_API=3 etcd etcdctl get --prefix --keys-only "
        "/atomic.io/network/subnets/); do case $k in *$(. /run/flannel/subnet.env; "
        "echo ${FLANNEL_SUBNET%.*})*) docker exec -e ETCDCTL_API=3 etcd etcdctl del $k;; esac; "
        "done; sed -i 's/^FLANNEL_SUBNET=.*/FLANNEL_SUBNET=10.0.63.1\\/24/' "
        "/run/flannel/subnet.env; systemctl start flanneld",
    )


def test_the_lease_that_would_cut_every_host_off_is_never_given(bare_site: Callable[..., Site]):
    """The article's pod range contains its hosts. With kwizard's limits the deadly lease is
    refused; without them, the same request takes every host's route away: the proof that the
    first half means something. (Nothing of this lab is used afterwards.)"""
    site = bare_site(backend="vxlan")
    site.apply()
    want_the_hosts_own_subnet(site, "c3po")
    eventually(lambda: leases(site), lambda found: len(found) == 3)
    assert "10.0.63.0" not in leases(site)
    assert all(reaches(site, a, b) for a in NAMES for b in NAMES)

    plain = json.dumps({"Network": "10.0.0.0/16", "Backend": {"Type": "vxlan"}})
    site.on(
        MASTER,
        f"docker exec -e ETCDCTL_API=3 etcd etcdctl put /atomic.io/network/config '{plain}'",
    )
    want_the_hosts_own_subnet(site, "c3po")
    eventually(lambda: reaches(site, "anakin", "boba"), lambda reached: not reached, 30)
