"""After a reset a host is what it was before: its disk, its network, its packet filter, its units.

Each host has things of its owner's, some from before the installation and some that came later;
they are there afterwards as well. What may differ is named here, with the reason.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from kwizard.lab import images
from tests.lab.footprint import footprints
from tests.lab.modern import WEB, Modern
from tests.lab.site import NAMES, Site
from tests.lab.taken_back import (
    BEFORE,
    EMPTY_CHAINS,
    FIREWALLD,
    RULES,
    as_before,
    failures,
    reset,
)
from tests.lab.watched import begins, killed_at

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

CONTAINERD_IS_USED = {
    r"^(files|sums|mounts): .*/(var/lib|run|opt)/containerd|^files: .*/run/nri": "boba's owner has"
    " an image and a container in it by now",
}
DOCKER_IS_USED = EMPTY_CHAINS | {
    r"^(files|sums|mounts): .*/(var/lib|run)/(docker|containerd)": "docker's own books, while it is"
    " used: what it holds is compared by its own commands",
    r"^files: .*/opt/containerd|^files: .*/etc/cni": "made by each start of containerd",
    r"^processes: .*containerd-shim|^processes: .*dockerd": "another process id in its words",
}

WALLED = """
systemctl enable -q --now firewalld
for when in '' --permanent; do
    firewall-cmd -q $when --zone=dmz --change-interface=host0
    firewall-cmd -q $when --zone=dmz --add-port=7777/tcp
done
"""

LATER = """
echo later >/etc/kubernetes/later.conf
echo '10.9.9.8 scanner' >>/etc/hosts
iptables -A INPUT -p udp --dport 9998 -j ACCEPT
"""

LATER_IS = {
    "files: +/etc/kubernetes/later.conf|f|644|0:0|6",
    "iptables: +-A INPUT -p udp -m udp --dport 9998 -j ACCEPT",
}


def loaded(site: Site, host: str, command: str) -> None:
    """The owner of `host` gives the lab's web image to a command there."""
    with images.web(print).archive.open("rb") as archive:
        load = site.lab.run_command(host, command)
        subprocess.run(load, stdin=archive, check=True, capture_output=True, timeout=60)


def test_modern(bare_site: Callable[..., Site], measured: Callable[[str], None]):
    """One cluster is half finished, the other whole; together they have all there is to remove."""
    site = bare_site(recipe="modern", store="etcd", backend="vxlan", proxy="iptables")
    for name in NAMES:
        site.on(name, WALLED + BEFORE.format(bin="/usr/local/bin") + RULES)
    before = footprints(site)

    killed_at(site, begins("network/coredns"))
    status, events = reset(site)
    assert (status, failures(events)) == (0, [])
    as_before(site, before, FIREWALLD)

    # The journal claims nothing of what is gone: the next installation is whole, with new keys.
    site.lab.cluster_file(
        file=site.file,
        recipe="modern",
        control_planes=3,
        store="kubernetes",
        backend="host-gw",
        proxy="nftables",
    )
    site.apply()
    cluster = Modern(site, site.lab.layout.name)
    cluster.whole()
    for name in NAMES:
        site.on(name, LATER)
    # What is dead is reset like what lives: pods' processes have lost who started them.
    site.on(
        "anakin", "rm /usr/local/bin/containerd; systemctl kill -s KILL containerd kubelet etcd"
    )
    loaded(site, "boba", "/usr/local/bin/ctr images import --local -")
    site.on("boba", f"/usr/local/bin/ctr containers create {WEB} mine")

    site.lab.cut("c3po")
    status, events = reset(site)
    assert status == 1
    (failure,) = failures(events)
    assert (failure["host"], failure["step"]) == ("c3po", "reset/connect")
    assert "was not reset" in failure["reason"]
    assert (cluster.state / "pki").is_dir(), "c3po still holds certificates"
    site.lab.heal("c3po")
    site.lab.wait_ready("c3po")
    status, events = reset(site, "--host", "c3po")
    assert (status, failures(events)) == (0, [])
    measured(f"modern: a reset took {events[-1]['seconds']:.1f} s")
    as_before(site, before, FIREWALLD | CONTAINERD_IS_USED, later=frozenset(LATER_IS))
    for name in ("anakin", "c3po"):
        assert not site.on(name, "ls /var/lib/containerd"), "only boba's is used"

    status, events = reset(site)
    assert status == 0
    assert not [e for e in events if e["event"] == "step.started"], "a second one does nothing"
    assert not (cluster.state / "pki").exists()
    assert not (cluster.state / "admin.kubeconfig").exists()
    for name in NAMES:
        assert site.lab.run(name, "ls /var/lib/kwizard").returncode != 0


@pytest.mark.parametrize("kind", ["udp-systemd-firewalld", "vxlan-nohup-docker"])
def test_classic(kind: str, bare_site: Callable[..., Site], measured: Callable[[str], None]):
    backend, supervisor, what = kind.split("-")
    site = bare_site(backend=backend, supervisor=supervisor)
    used = what == "docker"
    for name in NAMES:
        if used:
            # docker was there before, with its own settings, an image and a container that runs.
            site.on(name, "mkdir -p /etc/docker; echo '{\"debug\": true}' >/etc/docker/daemon.json")
            site.on(name, "systemctl enable -q --now docker")
            loaded(site, name, "docker load")
            site.on(name, f"docker run --detach --name mine --stop-signal=KILL {WEB}")
        else:
            site.on(name, WALLED)
        site.on(name, BEFORE.format(bin="/usr/bin") + (RULES if used else ""))
    before = footprints(site)
    site.apply()
    for name in NAMES:
        site.on(name, LATER)

    shown = site.kwizard("reset", str(site.file))
    assert shown.returncode == 2, "without --yes and without a terminal nothing is done"
    assert "container etcd" in shown.stdout
    assert site.on("boba", "docker ps --quiet --filter name=etcd")

    status, events = reset(site)
    assert (status, failures(events)) == (0, [])
    measured(f"{kind}: a reset took {events[-1]['seconds']:.1f} s")
    as_before(site, before, DOCKER_IS_USED if used else FIREWALLD, later=frozenset(LATER_IS))
    if used:
        for name in NAMES:
            assert site.on(name, "docker ps --format '{{.Names}}'").split() == ["mine"]
        # And docker keeps its former address when its owner starts it again.
        site.on("boba", "systemctl restart docker")
        assert "inet 172.17.0.1/16" in site.on("boba", "ip -o -4 addr show dev docker0")
