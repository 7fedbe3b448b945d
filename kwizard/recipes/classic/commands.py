"""The command at the heart of each step, in one line as a person would type it.

Plans and screens show it beside the step; what is run is the script, which has more to see to. For
v1.3.5 under nohup these are the article's commands.
"""

from __future__ import annotations

from kwizard.cluster.model import Cluster, EtcdMode, Host, Supervisor
from kwizard.cluster.ranges import flannel_config
from kwizard.recipes.classic import flags, values
from kwizard.recipes.render import quote


def daemon(cluster: Cluster, component: flags.Component, hosts: tuple[Host, ...]) -> str:
    """How `component` is started. Where hosts differ, ADDRESS stands for the host's own."""
    return _started(
        cluster,
        component,
        [" ".join((component, *flags.arguments(cluster, component, host))) for host in hosts],
        hosts,
    )


def flanneld(cluster: Cluster) -> str:
    """How flanneld is started."""
    lines = [
        " ".join(("flanneld", *flags.flannel_arguments(cluster, host))) for host in cluster.hosts
    ]
    return _started(cluster, "flanneld", lines, cluster.hosts)


def _started(cluster: Cluster, name: str, lines: list[str], hosts: tuple[Host, ...]) -> str:
    line = lines[0] if lines else name
    if len(set(lines)) > 1:
        line = " ".join(
            word.replace(f"={hosts[0].address}", "=ADDRESS")
            if any(word not in other.split() for other in lines)
            else word
            for word in line.split()
        )
    if cluster.supervisor is Supervisor.NOHUP:
        return f"nohup {line} >> /var/log/{name}.log 2>&1 &"
    return line


def flannel_key(cluster: Cluster) -> str:
    """How flannel is told its network."""
    verb = "set" if values.flannel_api(cluster) == 2 else "put"
    return f"etcdctl {verb} {values.flannel_key(cluster)} {quote(flannel_config(cluster))}"


def open_ports(cluster: Cluster) -> tuple[str, ...]:
    """How ports are opened: the same command for each host, with the ports that host needs."""
    zone = quote(cluster.firewall.zone or "ZONE")
    ports = dict.fromkeys(
        port for host in cluster.hosts for port in values.opened_ports(cluster, host)
    )
    return tuple(f"firewall-cmd --zone={zone} --add-port={port} --permanent" for port in ports)


def restart_docker(cluster: Cluster) -> tuple[str, ...]:
    """How docker takes its new options, and etcd comes back."""
    own_etcd = cluster.etcd.mode is EtcdMode.DOCKER
    return (
        "systemctl restart docker.service",
        *(("docker start etcd",) if own_etcd else ()),
    )


def get(cluster: Cluster, what: str) -> str:
    """How kubectl is asked."""
    return f"kubectl -s {flags.api_url(cluster)} get {what}"
