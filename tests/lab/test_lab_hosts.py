"""Practice hosts are real hosts: they boot, are reached, fail and come back, and leave nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from kwizard.errors import InvalidInput, LabError
from tests.lab.seen import boot_id, eventually, on, said

pytestmark = pytest.mark.lab

HOSTS = ("anakin", "boba", "c3po")
EACH = pytest.mark.parametrize("host", HOSTS)


@EACH
def test_a_host_boots_without_a_failed_unit(lab, host):
    assert on(lab, host, "systemctl is-system-running") == "running"
    assert on(lab, host, "systemctl --failed --no-legend") == ""
    assert on(lab, host, "hostname") == host


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("user", ["root", "op"])
@EACH
def test_ssh_takes_the_key(lab, host, user, second):
    done = lab.ssh(host, ["echo", "$(id -un)@$(hostname)"], user=user, second=second)
    assert said(done) == f"{user}@{host}"


def test_the_addresses_are_the_articles_and_the_second_network(lab):
    links = json.loads(on(lab, "c3po", "ip -j -4 addr"))
    addresses = {
        link["ifname"]: f"{a['local']}/{a['prefixlen']}"
        for link in links
        for a in link["addr_info"]
    }
    assert addresses == {
        "lo": "127.0.0.1/8",
        "host0": "10.0.63.204/24",
        "host1": "10.1.63.204/24",
    }


def test_hosts_know_each_other_by_name(lab):
    assert said(lab.run("anakin", "ping -c 1 -W 2 c3po")).startswith("PING c3po (10.0.63.204)")


def test_op_needs_a_password_for_sudo(lab):
    refused = lab.ssh("boba", ["sudo", "-n", "true"], user="op")
    assert refused.returncode != 0
    assert "password is required" in refused.stderr
    wrong = lab.ssh("boba", ["sudo", "-S", "id", "-u"], user="op", input="not it\n")
    assert wrong.returncode != 0
    right = lab.ssh("boba", ["sudo", "-S", "id", "-u"], user="op", input=lab.password + "\n")
    assert said(right) == "0"
    assert lab.password_file.stat().st_mode & 0o777 == 0o600


@EACH
def test_a_new_host_is_bare(lab, host):
    for unit in ("docker", "containerd", "firewalld"):
        assert lab.run(host, ["systemctl", "is-enabled", unit]).stdout.strip() == "disabled"
    for program in ("etcd", "flanneld", "kubelet", "kube-apiserver", "kubectl"):
        assert lab.run(host, f"command -v {program}").returncode != 0
    on(lab, host, "command -v dockerd && command -v firewall-cmd")


def test_no_two_hosts_are_the_same_machine(lab):
    for command in ("cat /etc/machine-id", "cat /etc/ssh/ssh_host_ed25519_key.pub"):
        assert len({on(lab, host, command) for host in HOSTS}) == len(HOSTS)


def test_the_lab_has_no_way_out(lab):
    routes = json.loads(said(lab.exec(["ip", "-j", "route"])))
    assert [r["dst"] for r in routes] == ["10.0.63.0/24", "10.1.63.0/24"]
    assert said(lab.exec(["cat", "/proc/sys/net/ipv4/ip_forward"])) == "0"
    out = lab.exec(["ip", "route", "get", "192.0.2.1"])
    assert out.returncode != 0
    assert "unreachable" in out.stderr
    # Every cable ends in a host: one that ended in the machine's own namespace would be seen there.
    inside = {link["ifname"] for link in json.loads(said(lab.exec(["ip", "-j", "link"])))}
    cables = {f"{kind}-{host}" for kind in ("vb", "vc") for host in HOSTS}
    assert inside == {"lo", "br0", "br1"} | cables
    outside = json.loads(_of_machine(["ip", "-j", "-4", "addr"]))
    addresses = {a["local"] for link in outside for a in link["addr_info"]}
    assert not {a for a in addresses if a.startswith(("10.0.63.", "10.1.63."))}
    peers = {link.get("link_index") for link in outside if "link_netnsid" in link}
    indexes = {link["ifindex"] for link in json.loads(said(lab.exec(["ip", "-j", "link"])))}
    assert not peers & indexes


def _of_machine(command):
    return said(subprocess.run(command, capture_output=True, text=True, check=False))


def test_run_passes_input_arguments_and_exit_status_on(lab):
    script = "cat; printf '%s|' \"$@\"; exit 7"
    done = lab.run("boba", ["sh", "-c", script, "x", "a b", "--help", "$HOME"], input="in\n")
    assert (done.returncode, done.stdout) == (7, "in\na b|--help|$HOME|")


@pytest.mark.parametrize(
    ("where", "name"), [(("run", "c3po"), "c3po"), (("exec",), None)], ids=["run", "exec"]
)
def test_the_commands_become_the_command(lab, where, name):
    script = "cat; cat /proc/sys/kernel/hostname; ip -4 -br addr show to 10.0.63.0/24; exit 9"
    line = [
        sys.executable,
        "-m",
        "kwizard.lab",
        "--lab",
        lab.name,
        *where,
        "--",
        "sh",
        "-c",
        script,
    ]
    done = subprocess.run(line, input="in\n", capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0]) == (9, "in")
    assert ("10.0.63.1/24" in lines[2]) == (name is None)
    assert name in (None, lines[1])


def test_a_reboot_is_another_boot_of_the_same_host(lab):
    on(lab, "c3po", "touch /root/kept /run/lost")
    keys = on(lab, "c3po", "cat /etc/ssh/ssh_host_*.pub /etc/machine-id")
    before = boot_id(lab, "c3po")
    lab.reboot("c3po")
    assert boot_id(lab, "c3po") != before
    assert on(lab, "c3po", "cat /etc/ssh/ssh_host_*.pub /etc/machine-id") == keys
    assert on(lab, "c3po", "ls /root/kept; ls /run/lost 2>&1 || true").startswith("/root/kept\nls:")
    assert said(lab.ssh("c3po", ["hostname"], second=True)) == "c3po"


def test_reboot_from_inside_does_the_same(lab):
    before = boot_id(lab, "boba")
    lab.ssh("boba", ["systemctl", "reboot"])
    eventually(
        lambda: lab.ssh("boba", ["cat", "/proc/sys/kernel/random/boot_id"]).stdout.strip(),
        lambda now: now not in ("", before),
    )
    assert lab.wait_ready("boba") == "running"


def test_a_power_cut_takes_one_host_only(lab):
    on(lab, "boba", "echo kept >/root/note; sync; systemd-run --unit=stays sleep 1000")
    others = [boot_id(lab, host) for host in ("anakin", "c3po")]
    lab.power_cut("boba")
    assert [h.state for h in lab.status().hosts] == ["on", "off", "on"]
    with pytest.raises(LabError, match="is off"):
        lab.run("boba", "true")
    assert lab.power_on("boba") == {"boba": "running"}
    assert on(lab, "boba", "cat /root/note; systemctl is-active stays || true") == "kept\ninactive"
    assert [boot_id(lab, host) for host in ("anakin", "c3po")] == others


def test_a_cut_host_is_alive_but_unreachable(lab):
    lab.cut("anakin")
    try:
        assert lab.ssh("anakin", ["true"]).returncode == 255
        assert lab.ssh("anakin", ["true"], second=True).returncode == 255
        assert on(lab, "anakin", "hostname") == "anakin"
        assert [h.cut for h in lab.status().hosts] == [True, False, False]
        assert said(lab.ssh("boba", ["hostname"])) == "boba"
    finally:
        lab.heal("anakin")
    eventually(lambda: lab.ssh("anakin", ["hostname"]).stdout, lambda name: name == "anakin\n")


def test_a_cut_outlasts_a_reboot_and_may_be_of_one_network(lab):
    lab.cut("c3po", second=False)
    try:
        lab.reboot("c3po")
        assert lab.ssh("c3po", ["true"]).returncode == 255
        eventually(
            lambda: lab.ssh("c3po", ["hostname"], second=True).stdout, lambda n: n == "c3po\n"
        )
    finally:
        lab.heal("c3po")
    assert lab.wait_ready("c3po") == "running"


def test_a_slow_line_stays_slow_over_a_reboot(lab):
    def queues():
        return {
            q["dev"]: q.get("options", {}).get("rate")
            for q in json.loads(said(lab.exec(["tc", "-j", "qdisc"])))
            if q["kind"] == "tbf"
        }

    lab.shape("boba", "8mbit")
    try:
        slow = {"vb-boba": 1_000_000, "vc-boba": 1_000_000}
        assert queues() == slow
        lab.reboot("boba")
        assert queues() == slow
    finally:
        lab.shape("boba", None)
    assert queues() == {}


@pytest.mark.parametrize("rate", ["fast", "0mbit", "2 mbit", "2mbit; true", "-2mbit"])
def test_a_rate_that_is_none_is_refused(lab, rate):
    with pytest.raises(InvalidInput):
        lab.shape("boba", rate)


def test_a_host_that_is_not_there_is_named(lab):
    with pytest.raises(LabError, match="no host host9"):
        lab.power_cut("host9")
    with pytest.raises(InvalidInput, match="called 'luke'"):
        lab.run("luke", "true")


def test_up_again_touches_nothing(lab):
    before = [boot_id(lab, host) for host in HOSTS]
    assert lab.up(3) == dict.fromkeys(HOSTS, "running")
    assert [boot_id(lab, host) for host in HOSTS] == before


def test_docker_runs_what_asks_for_a_negative_oom_score(lab):
    from kwizard.lab import images

    web = images.web(print)
    on(lab, "anakin", "systemctl start docker")
    load = [*lab.run_command("anakin", ["docker", "load"])]
    with web.archive.open("rb") as archive:
        loaded = subprocess.run(load, stdin=archive, capture_output=True, text=True, check=False)
    assert web.name in said(loaded)
    on(lab, "anakin", f"docker run -d --name web -p 8088:80 --oom-score-adj=-998 {web.name}")
    try:
        assert said(lab.exec(["curl", "-fsS", "http://10.0.63.202:8088/"])) == "hello"
    finally:
        lab.run("anakin", "docker rm -f web; systemctl stop docker.socket docker containerd")


def test_the_etcd_image_speaks_both_apis(lab):
    from kwizard.lab import images

    etcd = images.etcd(print)
    on(lab, "anakin", "systemctl start docker")
    with etcd.archive.open("rb") as archive:
        line = lab.run_command("anakin", ["docker", "load"])
        said(subprocess.run(line, stdin=archive, capture_output=True, text=True, check=False))
    on(lab, "anakin", f"docker run -d --name etcd {etcd.name} --enable-v2=true")
    try:
        ask = "docker exec -e ETCDCTL_API={} etcd etcdctl {}"
        eventually(
            lambda: lab.run("anakin", ask.format(3, "put key three")).stdout,
            lambda out: "OK" in out,
        )
        assert on(lab, "anakin", ask.format(2, "set key two")) == "two"
        assert on(lab, "anakin", ask.format(3, "get --print-value-only key")) == "three"
    finally:
        lab.run("anakin", "docker rm -f etcd; systemctl stop docker.socket docker containerd")
