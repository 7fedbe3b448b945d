"""What the recipe runs for v1.3.5 is what the article prints.

The article's commands stand in tests/data/recipes/article-commands.txt with its own line breaks.
Two places in the article are slips, and are read as they are meant: the controller manager's line
lacks the backslash before its last line, and the tarball kubernetes.tar.gz is once called
Kubernetes.tar.gv.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from kwizard.cluster.model import Firewall, Flannel, Network, Supervisor, Version
from kwizard.engine.plan import build
from kwizard.recipes import steps_for
from tests.pure.recipes.clusters import article, later

DATA = Path(__file__).parents[2] / "data" / "recipes" / "article-commands.txt"

WHERE = {
    "kube-apiserver": "control-plane/kube-apiserver@anakin",
    "kube-controller-manager": "control-plane/kube-controller-manager@anakin",
    "kube-scheduler": "control-plane/kube-scheduler@anakin",
    "kube-proxy": "nodes/kube-proxy@boba",
    "kubelet": "nodes/kubelet@c3po",
}


def one_line(text: str) -> str:
    """A command without its line breaks, and without the place where a host's own arguments go."""
    return re.sub(r"\s+", " ", text.replace("\\\n", " ").replace('"$@"', " ")).strip()


def printed() -> dict[str, str]:
    """The article's command of each program."""
    commands = DATA.read_text().strip().split("\n\n")
    return {command.split()[1]: one_line(command) for command in commands}


@pytest.mark.parametrize("program", WHERE)
def test_the_script_holds_the_article_s_command(program: str):
    script = build(steps_for(article())).task(WHERE[program]).script
    assert printed()[program] in one_line(script)


def test_the_control_plane_s_kube_proxy_is_the_same_command():
    script = build(steps_for(article())).task("control-plane/kube-proxy@anakin").script
    assert printed()["kube-proxy"] in one_line(script)


@pytest.mark.parametrize("program", WHERE)
def test_under_systemd_it_is_the_same_command_line(program: str):
    script = build(steps_for(article(supervisor=Supervisor.SYSTEMD))).task(WHERE[program]).script
    arguments = printed()[program].removeprefix("nohup ").partition(" >>")[0]
    assert f"set -- /usr/bin/{arguments} " in one_line(script) + " "


def test_a_plan_shows_the_article_s_commands_in_the_article_s_order():
    recipe = steps_for(article(firewall=Firewall(zone="dmz")))
    shown = [command for step in recipe.steps for command in step.shows]
    commands = [
        "firewall-cmd --zone=dmz --add-port=8080/tcp --permanent",
        *printed().values(),
        "cat /run/flannel/subnet.env",
        "systemctl daemon-reload",
        "systemctl restart docker.service",
        "docker start etcd",
        "kubectl -s http://10.0.63.202:8080 get componentstatus",
        "kubectl -s http://10.0.63.202:8080 get node",
    ]
    assert set(commands) <= set(shown)
    daemons = [shown.index(command) for command in printed().values()]
    assert daemons == sorted(daemons)


def test_where_hosts_differ_the_shown_command_says_so():
    recipe = steps_for(later())
    shown = {step.id: step.shows for step in recipe.steps}
    assert shown["nodes/kube-proxy"][0].endswith("--bind-address=ADDRESS")
    assert shown["control-plane/kube-proxy"][0].endswith("--bind-address=10.0.63.202")
    assert "10.0.63.202:2379,http" in shown["network/flanneld"][0]


def test_flannel_s_key_is_the_article_s_where_pods_and_hosts_do_not_overlap():
    cluster = article(network=Network(pods=IPv4Network("10.244.0.0/16")))
    script = build(steps_for(cluster)).task("network/flannel-key@anakin").script
    assert """# etcdctl set atomic.io/network/config '{"Network":"10.244.0.0/16"}'\n""" in script


def test_where_they_overlap_leases_are_kept_off_the_hosts_and_the_script_says_so():
    script = build(steps_for(article())).task("network/flannel-key@anakin").script
    assert '{"Network":"10.0.0.0/16","SubnetMin":"10.0.64.0","SubnetMax":"10.0.255.0"' in script
    assert "# 10.0.63.0/24: once flannel leases a subnet the hosts live in" in script
    assert "value_of atomic.io/network/subnets/10.0.63.0-24" in script


def test_a_flannel_of_the_v3_api_gets_its_key_with_put_and_the_leading_slash():
    cluster = article(flannel=Flannel(version=Version(0, 26, 7)))
    script = build(steps_for(cluster)).task("network/flannel-key@anakin").script
    assert "# etcdctl put /atomic.io/network/config " in script
    assert "ETCDCTL_API=3" in script
    assert "ETCDCTL_API=2" not in script


def test_the_firewall_s_port_is_the_article_s_command_without_its_reload():
    script = build(steps_for(article())).task("hosts/firewall@anakin").script
    commands = [line for line in script.splitlines() if not line.startswith("#")]
    permanent = next(line for line in commands if line.endswith("--permanent"))
    assert "--add-port=8080/tcp" in permanent
    assert not any("--reload" in line for line in commands)


def test_docker_takes_the_article_s_options_from_the_lease():
    script = build(steps_for(article())).task("network/docker-options@boba").script
    assert "--bip=$FLANNEL_SUBNET --mtu=$FLANNEL_MTU" in script


def test_etcd_is_started_again_in_the_step_that_restarts_docker():
    plan = build(steps_for(article()))
    for host in ("anakin", "boba", "c3po"):
        script = plan.task(f"network/docker-restart@{host}").script
        restart = script.index("systemctl restart docker.service")
        assert restart < script.index("docker start etcd")
