"""Pieces of the scripts, run by real shells (tests/pure/recipes/shells.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.cluster.model import Etcd, EtcdMode, Firewall
from kwizard.engine.plan import build
from kwizard.recipes import steps_for
from tests.pure.recipes.clusters import ENDPOINTS, article, later
from tests.pure.recipes.shells import answer, asset, etcd_stub, kubectl, run

DEBIAN = """# /lib/systemd/system/docker.service
[Service]
ExecStartPre=/bin/true
ExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS
"""
CENTOS = r"""# /usr/lib/systemd/system/docker.service
[Service]
Environment=A=b
ExecStart=/usr/bin/dockerd-current \
          --add-runtime docker-runc=/usr/libexec/runc \
          $OPTIONS \
          $NET
ExecReload=/bin/kill -s HUP $MAINPID
"""
OURS = "\n# /etc/systemd/system/docker.service.d/zz-kwizard-flannel.conf\n[Service]\nExecStart=\n"


@pytest.mark.parametrize(
    ("unit", "command"),
    [
        (
            DEBIAN,
            "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS",
        ),
        (
            CENTOS,
            "/usr/bin/dockerd-current --add-runtime docker-runc=/usr/libexec/runc $OPTIONS $NET",
        ),
        (
            "[Service]\nExecStart=/usr/bin/dockerd --bip=10.0.7.1/24 --mtu=1472 -H fd://\n",
            "/usr/bin/dockerd -H fd://",
        ),
        (
            DEBIAN + "\n# /etc/systemd/system/docker.service.d/override.conf\n[Service]\n"
            "ExecStart=\nExecStart=/usr/sbin/dockerd --debug\n",
            "/usr/sbin/dockerd --debug",
        ),
        (DEBIAN + OURS + "ExecStart=/usr/sbin/dockerd --bip=10.0.9.1/24 --mtu=1400\n", None),
    ],
    ids=["debian", "centos", "edited as in the article", "somebody's drop-in", "ours is there"],
)
def test_docker_keeps_its_own_options_and_gets_the_lease_s(shell, unit, command):
    text = asset("network/docker-options.inc.sh", later())
    stub = f"systemctl() {{ cat <<'UNIT'\n{unit}\nUNIT\n}}\n"
    ran = run(shell, f"{stub}{text}\nFLANNEL_SUBNET=10.0.104.1/24 FLANNEL_MTU=1472\nwanted\n")
    command = command or (
        "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS"
    )
    assert ran.exit == 0
    assert ran.lines[-2:] == [
        "ExecStart=",
        f"ExecStart={command} --bip=10.0.104.1/24 --mtu=1472",
    ]


@pytest.mark.parametrize(
    ("written", "exit_status", "said"),
    [
        ("FLANNEL_NETWORK=10.0.0.0/16\nFLANNEL_SUBNET=10.0.104.1/24\nFLANNEL_MTU=1472\n", 0,
         "10.0.104.1/24 with MTU 1472"),
        ("FLANNEL_NETWORK=10.9.0.0/16\nFLANNEL_SUBNET=10.9.4.1/24\nFLANNEL_MTU=1472\n", 1,
         "flanneld's network is 10.9.0.0/16, not 10.0.0.0/16"),
        ("FLANNEL_NETWORK=10.0.0.0/16\nFLANNEL_SUBNET=$(reboot)\nFLANNEL_MTU=1472\n", 1,
         "is not what flanneld writes"),
        ("FLANNEL_NETWORK=10.0.0.0/16\n", 1, "is not what flanneld writes"),
        (None, 1, "flanneld has not written"),
    ],
    ids=["lease", "another network", "not a subnet", "half written", "nothing"],
)  # fmt: skip
def test_a_lease_is_read_as_text_and_checked(shell, tmp_path: Path, written, exit_status, said):
    file = tmp_path / "subnet.env"
    if written is not None:
        file.write_text(written)
    text = asset("network/lease.inc.sh", later()).replace("/run/flannel/subnet.env", str(file))
    ran = run(shell, f"ip() {{ :; }}\n{text}\nlease\n")
    assert ran.exit == exit_status
    assert said in ran.last.replace(str(file), "/run/flannel/subnet.env")


@pytest.mark.parametrize(
    ("running", "healthy", "turn"),
    [
        (True, ("10.0.63.202", "10.0.63.203", "10.0.63.204"), True),
        (True, ("10.0.63.202", "10.0.63.204"), True),
        (True, ("10.0.63.203", "10.0.63.204"), False),
        (True, (), False),
        (False, (), True),
    ],
    ids=["all well", "only this one ill", "another one ill", "no quorum", "no etcd here"],
)
def test_docker_s_turn_comes_only_while_the_other_members_are_a_quorum(
    shell, running, healthy, turn
):
    docker = answer("docker", "etcd lab/etcd:3.4.23 0.0.0.0:2379->2379/tcp" if running else "")
    ran = run(shell, docker + etcd_stub(healthy) + asset("hosts/quorum.wait.sh", later()))
    assert (ran.exit == 0) is turn, ran.lines


@pytest.mark.parametrize(("healthy", "turn"), [(("10.0.63.202",), True), ((), False)])
def test_with_two_members_the_other_one_must_be_well(shell, healthy, turn):
    etcd = Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS[:2])
    docker = answer("docker", "etcd-abc quay.io/coreos/etcd 0.0.0.0:2379->2379/tcp")
    text = asset("hosts/quorum.wait.sh", later(etcd=etcd))
    assert (run(shell, docker + etcd_stub(healthy) + text).exit == 0) is turn


@pytest.mark.parametrize(
    ("chains", "healthy", "turn"),
    [
        (False, (), True),
        (False, ("10.0.63.203",), False),
        (False, ("10.0.63.202", "10.0.63.203", "10.0.63.204"), True),
        (True, (), False),
    ],
    ids=["all cut off", "this one still works", "all well", "chains are there, no quorum"],
)
def test_where_firewalld_cut_etcd_off_docker_s_repair_waits_for_no_quorum(
    shell, chains, healthy, turn
):
    stubs = (
        answer("docker", "etcd lab/etcd:3.4.23 0.0.0.0:2379->2379/tcp")
        + answer("iptables", "-A PREROUTING -j DOCKER" if chains else "-P PREROUTING ACCEPT")
        + "systemctl() { :; }\n"
    )
    text = asset("hosts/docker-chains.wait.sh", later())
    assert (run(shell, stubs + etcd_stub(healthy) + text).exit == 0) is turn


def test_a_host_without_a_member_need_not_ask(shell):
    etcd = Etcd(mode=EtcdMode.EXISTING, endpoints=("http://10.9.9.9:2379",))
    docker = answer("docker", "etcd-of-another-cluster etcd 0.0.0.0:2379->2379/tcp")
    text = asset("hosts/quorum.wait.sh", later(etcd=etcd))
    assert run(shell, docker + etcd_stub(()) + text).exit == 0


NODES = """NAME   STATUS   ROLES    AGE   VERSION
boba   {}    <none>   23s   v1.19.16
c3po   {}    <none>   22s   v1.19.16
"""


@pytest.mark.parametrize(
    ("rows", "last", "exit_status"),
    [
        (NODES.format("Ready", "Ready"), "2 of 2 nodes are Ready", 0),
        (NODES.format("Ready", "NotReady"), "not Ready yet: c3po", 1),
        (NODES.format("Ready", "Ready,SchedulingDisabled"), "2 of 2 nodes are Ready", 0),
        ("No resources found", "not Ready yet: boba c3po", 1),
        ("NAME      STATUS    AGE\nboba      Ready     1h\nc3po      Ready     1h",
         "2 of 2 nodes are Ready", 0),
    ],
    ids=["ready", "one not", "cordoned", "none", "as the article prints it"],
)  # fmt: skip
def test_nodes_are_counted_by_name(shell, rows, last, exit_status):
    ran = run(
        shell,
        kubectl(rows) + asset("nodes/ready.wait.sh", later(), "anakin"),
    )
    assert (ran.exit, ran.last) == (exit_status, last)


COMPONENTS = """Warning: v1 ComponentStatus is deprecated in v1.19+
NAME                 STATUS    MESSAGE             ERROR
controller-manager   Healthy   ok
scheduler            {}   ok
etcd-0               Healthy   {{"health":"true"}}
"""


@pytest.mark.parametrize(
    ("rows", "exit_status", "said"),
    [
        (COMPONENTS.format("Healthy"), 0, "are healthy"),
        (COMPONENTS.format("Unhealthy"), 1, "not healthy yet: scheduler"),
        ("NAME STATUS MESSAGE ERROR\nscheduler Healthy ok", 1, "not healthy yet: some"),
        ("", 1, "not healthy yet: some"),
    ],
    ids=["healthy", "scheduler ill", "rows missing", "nothing"],
)
def test_components_are_all_to_be_healthy(shell, rows, exit_status, said):
    text = asset("verify/components.wait.sh", later(), "anakin")
    ran = run(shell, kubectl(rows) + text)
    assert ran.exit == exit_status
    assert said in ran.last


ZONES = """dmz (active)
  target: default
  interfaces: host0
  sources:
  services: ssh
  ports: {ports}

public
  interfaces:
  ports: 10250/tcp 8285/udp

trusted (active)
  target: ACCEPT
  interfaces: {trusted}
  sources:
"""


@pytest.mark.parametrize(
    ("ports", "trusted", "exit_status", "said"),
    [
        ("10250/tcp 8285/udp", "flannel0", 0, "open in zone dmz, where host0 is"),
        ("8285/udp", "flannel0", 1, "10250/tcp is not open in zone dmz, where host0 is"),
        ("10250/tcp 8285/udp", "", 1, "flannel0 is not in zone trusted"),
        ("102500/tcp 8285/udp", "flannel0", 1, "10250/tcp is not open in zone dmz"),
    ],
    ids=["open", "closed", "overlay untrusted", "another number"],
)
def test_the_firewall_is_judged_by_the_zone_the_interface_is_in(
    shell, ports, trusted, exit_status, said
):
    stubs = (
        answer("firewall-cmd".replace("-", "_"), ZONES.format(ports=ports, trusted=trusted))
        + "systemctl() { :; }\nip() { echo '2: host0 inet 10.0.63.203/24'; }\ncommand() { :; }\n"
    )
    probe = build(steps_for(article())).task("hosts/firewall@boba").probe
    text = (probe or "").replace("firewall-cmd", "firewall_cmd")
    ran = run(shell, stubs + text)
    assert (ran.exit, said in ran.last) == (exit_status, True), ran.lines


def test_where_the_wanted_zone_is_not_the_interface_s_the_step_fails_and_says_the_remedy(shell):
    stubs = (
        "firewall_cmd() { echo public; }\nsystemctl() { :; }\ncommand() { :; }\n"
        "ip() { echo '2: host0 inet 10.0.63.203/24'; }\n"
    )
    cluster = article(firewall=Firewall(zone="dmz"))
    text = build(steps_for(cluster)).task("hosts/firewall@boba").script
    ran = run(shell, stubs + text.replace("firewall-cmd", "firewall_cmd"))
    assert ran.exit == 1
    assert ran.last == (
        "kwizard: the interface host0 is in firewalld's zone public, so opening ports in zone dmz"
        " would have no effect: take firewall.zone: public, or set firewall.move_interface"
    )
