"""Probe scripts change nothing, and neither probes nor the monitor could."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import jinja2
import pytest

import kwizard
from kwizard.assets_dir import assets_dir
from kwizard.cluster.model import Cluster, Host, Version
from kwizard.probes import components, controlplane, facts, matrix, network, nodes, services
from kwizard.probes.script import render

CLUSTER = Cluster(
    name="starwars",
    version=Version(1, 3, 5),
    hosts=(Host(name="anakin", address=IPv4Address("10.0.63.202")),),
)
HERE = matrix.Endpoints(
    container=matrix.Container(
        id="f" * 64, name=matrix.CONTAINER, pid=77, address=IPv4Address("10.0.7.2")
    ),
    gateway=IPv4Address("10.0.7.1"),
)
OTHER = matrix.Endpoints(
    container=matrix.Container(
        id="e" * 64, name="k8s_POD_web", pid=78, address=IPv4Address("10.0.62.2")
    ),
    gateway=IPv4Address("10.0.62.1"),
)
TARGETS = matrix.targets(
    {"anakin": IPv4Address("10.0.63.202"), "boba": IPv4Address("10.0.63.203")},
    {"anakin": HERE, "boba": OTHER},
)
SCRIPTS = {
    "facts": facts.facts_script(CLUSTER),
    "components": components.script(
        "http://10.0.63.202:8080", ("http://10.0.63.202:2379", "http://10.0.63.203:2379")
    ),
    "nodes": nodes.script("http://10.0.63.202:8080"),
    "services": services.script(),
    "addresses": matrix.addresses_script(),
    "network": network.script(),
    "control-plane": controlplane.script(
        "https://10.0.63.202:6443",
        "/etc/kubernetes/monitor.kubeconfig",
        "/etc/kubernetes/pki",
        {"anakin": "https://10.0.63.202:2379"},
    ),
    "nodes of a modern cluster": nodes.script("", "/etc/kubernetes/monitor.kubeconfig"),
    "services of a modern cluster": services.script(services.MODERN_DAEMONS),
    "pods": matrix.pods_script(),
    "ping full": matrix.ping_script("anakin", HERE, TARGETS, "full"),
    "ping light": matrix.ping_script("boba", OTHER, TARGETS, "light"),
}

WRITERS = re.compile(
    r"""\b(
      mkdir | rmdir | rm | touch | mv | cp | ln | install | tee | dd | truncate | mktemp | chmod
    | chown | chattr | sed\s+-i | kill | pkill | killall | modprobe | insmod | mount | umount
    | useradd | crontab | reboot | shutdown | swapoff | swapon | hostnamectl | sysctl
    | apt(?:-get)? | yum | dnf | rpm | dpkg | pip | wget\s+(?!-q\ -O\ -)
    | systemctl\s+(?!show|is-|cat|status)\S+
    | docker\s+(?!--version|info|network\ inspect|inspect|ps)\S+
    | ip\s+(?:-\S+\s+)*\S+\s+(?:add|del|set|flush|replace|change)
    | iptables\s+(?!-w\ -S)\S+
    | firewall-cmd\s+(?!--state|--get-default-zone|--list-all-zones)\S+
    | kubectl\s+(?!(?:-\S+\s+|'\S+'\s+|\\\s+)*get\ )\S+
    | etcdctl\s+(?!(?:-\S+\s+|\\\s+)*endpoint\ health)\S+
    | ctr\s+(?!\S+\ list|--namespace\ k8s\.io\ --timeout\ 5s\ "\$@")\S+
    | curl\s+\S*\s*-[A-Za-z]*[oOTdXF]
    | journalctl\s+.*--(?:vacuum|rotate|flush|sync)
    )(?=\s|$)""",
    re.VERBOSE,
)
REDIRECTION = re.compile(r"(?<![<=])(\d?>>?\|?)\s*(&\d|\S+)")


def commands(script: str) -> str:
    """The script without its comments and without the programs it only looks for."""
    lines = (line for line in script.split("\n") if not line.lstrip().startswith("#"))
    return re.sub(r"command -v \S+", "", "\n".join(lines))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_probe_runs_no_command_that_writes(name):
    assert not [w for line in commands(SCRIPTS[name]).split("\n") if (w := WRITERS.findall(line))]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_probe_redirects_to_nothing_but_dev_null_and_descriptors(name):
    targets = {m[2].rstrip(";)") for m in REDIRECTION.finditer(commands(SCRIPTS[name]))}
    assert targets <= {"/dev/null", "&1", "&2", "&3"}


@pytest.mark.parametrize(
    "line",
    [
        "mkdir -p /tmp/x",
        "docker run -d web",
        "docker exec kwizard-ping ping x",
        "systemctl restart docker",
        "iptables -w -A FORWARD",
        "firewall-cmd --zone=dmz --add-port=1/tcp",
        "kubectl -s 'http://x' delete node a",
        "kubectl --kubeconfig='/x' delete node a",
        "ctr --namespace k8s.io containers delete x",
        'etcdctl --endpoints="$1" put a b',
        "ip -4 route add default",
        "sysctl -w net.ipv4.ip_forward=1",
        "curl -fsS -XPOST http://x",
    ],
)
def test_the_rule_itself_finds_what_writes(line):
    assert WRITERS.search(commands(line))


def test_the_rule_itself_finds_a_redirection():
    assert [m[2] for m in REDIRECTION.finditer("echo x >/etc/passwd")] == ["/etc/passwd"]
    assert [m[2] for m in REDIRECTION.finditer("echo x >>log 2>&1")] == ["log", "&1"]


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("shell", ["sh", "dash", "busybox sh", "bash --posix"])
def test_shells_can_read_it(name, shell):
    if shutil.which(shell.split()[0]) is None:
        pytest.skip(f"no {shell} here")
    done = subprocess.run(
        [*shell.split(), "-n"], input=SCRIPTS[name], text=True, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_has_nothing_to_say(name, tmp_path):
    program = Path(sys.executable).with_name("shellcheck")
    path = tmp_path / "script.sh"
    path.write_text(SCRIPTS[name])
    done = subprocess.run([program, "-s", "sh", path], text=True, capture_output=True)
    assert done.stdout == ""


@pytest.mark.parametrize("name", SCRIPTS)
def test_begins_with_what_it_is_for(name):
    assert re.match(r"# [A-Z].*\n(# .*\n)*set -u\n", SCRIPTS[name])


def test_every_script_is_tested_here():
    there = {p.stem for p in (assets_dir() / "probes").glob("*.sh") if ".inc" not in p.name}
    assert there == {name.split()[0] for name in SCRIPTS}


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        render("nodes")


SOURCES = [
    path
    for package in ("probes", "monitor")
    for path in sorted((Path(kwizard.__file__).parent / package).glob("*.py"))
]
FORBIDDEN = {
    *("launch", "follow", "cancel", "upload", "forget", "passing", "grant", "receive", "take_back"),
    *("open", "write_text", "write_bytes", "unlink"),
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_neither_probes_nor_monitor_know_how_to_change_a_host(path):
    tree = ast.parse(path.read_text())
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {node.module or "", *(f"{node.module}.{a.name}" for a in node.names)}
        elif isinstance(node, ast.Import):
            imported |= {a.name for a in node.names}
    from_remote = {name for name in imported if name.startswith("kwizard.remote.")}
    assert from_remote <= {
        "kwizard.remote.host",
        "kwizard.remote.host.Output",
        "kwizard.remote.host.ReadOnlyHost",
    }
    assert not {name for name in imported if name.split(".")[0] in ("subprocess", "asyncssh", "os")}
    named = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    named |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert not named & FORBIDDEN
