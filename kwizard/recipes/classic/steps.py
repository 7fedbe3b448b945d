"""The classic recipe's steps, in the order the article would have a person read them.

`after` names exactly what a step needs, so reading order is not running order: the release travels
while docker is made ready, flannel is set up while the API server starts. Nothing changes on any
host before every host has passed preflight.
"""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster, EtcdMode, Supervisor
from kwizard.recipes.classic import commands, flags, values
from kwizard.recipes.classic.etcd import etcd_steps
from kwizard.recipes.classic.flags import Component
from kwizard.recipes.classic.kinds import logs_of, place, script, until_when, wait
from kwizard.recipes.record import record_step
from kwizard.recipes.release import fetch
from kwizard.recipes.step import (
    After,
    Operator,
    Phase,
    Retry,
    Rolling,
    Step,
    every,
    names,
    same,
)

# Docker is restarted on one host at a time over all steps that do it, while etcd can spare that
# host's member.
_ROLLING = Rolling(group="docker", guard="classic/hosts/quorum.wait.sh", deadline=180)
_REPAIR = Rolling(group="docker", guard="classic/hosts/docker-chains.wait.sh", deadline=180)
_DOCKER_HINT = "journalctl -u docker on that host tells why docker does not start"


def hosts_phase(cluster: Cluster) -> Iterator[Step]:
    """Hosts: looked at, named, their firewalls opened, docker and etcd made ready."""
    everyone = names(cluster.hosts)
    ready = every("hosts/record")
    yield script(
        "hosts/preflight",
        "Look whether the hosts can become a cluster",
        everyone,
        probe=False,  # it only looks; the journal remembers that it passed
        exclusive=False,
        changes=False,
        timeout=120,
        hint="nothing was changed on any host; mend what is named and start again",
    )
    yield record_step(everyone)
    yield script("hosts/names", "Write the hosts' names into /etc/hosts", everyone, ready)
    yield script(
        "hosts/docker",
        "Have docker installed and running",
        everyone,
        ready,
        retry=Retry(attempts=3, delay=10),
        timeout=1800,
        hint="install docker from the distribution's packages and start again; " + _DOCKER_HINT,
    )
    yield script(
        "hosts/docker-chains",
        "Restart docker where firewalld was started after it",
        everyone,
        same("hosts/docker"),
        rolling=_REPAIR,
        hint=_DOCKER_HINT,
    )
    # After docker: its first start makes a zone of its own and reloads firewalld, and what was
    # opened only for now at that very moment would be lost again.
    yield script(
        "hosts/firewall",
        "Open the needed ports in firewalld",
        everyone,
        same("hosts/docker-chains"),
        asset="common/firewall",
        exclusive=False,
        hint="firewall-cmd --get-active-zones shows which zone each interface is in",
        shows=commands.open_ports(cluster),
    )
    yield from etcd_steps(cluster)
    yield wait(
        "hosts/etcd-healthy",
        "Wait until every member of etcd is healthy",
        names((cluster.control_plane,)),
        every("hosts/etcd") if cluster.etcd.mode is not EtcdMode.EXISTING else ready,
        hint="a member that stays ill: its ports 2379 and 2380 are closed to the others, or"
        " /var/lib/etcd holds the data of an older cluster",
    )


def release_phase(cluster: Cluster) -> Iterator[Step]:
    """Release: fetched once, brought to the hosts that need it, unpacked into /usr/bin."""
    users = tuple(h.name for h in cluster.hosts if h in (cluster.control_plane, *cluster.nodes))
    yield fetch(cluster)
    yield place(
        "release/place",
        "Bring the release to the host",
        users,
        every("release/fetch"),
        every("hosts/record"),
        artifact="release",
        target=values.RELEASE,
    )
    yield script(
        "release/unpack",
        "Unpack the programs into /usr/bin",
        users,
        same("release/place"),
        exclusive=False,
        timeout=900,
        hint="no space left: make room on the file system of /usr/bin; another architecture or"
        " version: name the right tarball as release.tarball",
    )


def control_plane_phase(cluster: Cluster) -> Iterator[Step]:
    """Control plane: the API server on etcd, then what works through it."""
    master = names((cluster.control_plane,))
    yield script(
        "control-plane/kube-apiserver",
        "Start kube-apiserver" + until_when(cluster),
        master,
        same("release/unpack"),
        same("hosts/names"),
        every("hosts/etcd-healthy"),
        exclusive=False,
        # Under nohup nobody else starts it again.
        retry=Retry(attempts=3 if cluster.supervisor is Supervisor.NOHUP else 1, delay=3),
        hint="port 8080 taken by another program is named by 'ss -ltnp sport = :8080'; "
        + logs_of(cluster, "kube-apiserver"),
        shows=(commands.daemon(cluster, "kube-apiserver", (cluster.control_plane,)),),
    )
    yield wait(
        "control-plane/apiserver-healthy",
        "Wait until the API answers",
        master,
        same("control-plane/kube-apiserver"),
        hint=logs_of(cluster, "kube-apiserver"),
    )
    others: tuple[Component, ...] = ("kube-controller-manager", "kube-scheduler", "kube-proxy")
    for daemon in others:
        yield script(
            f"control-plane/{daemon}",
            f"Start {daemon}{until_when(cluster)}",
            master,
            same("control-plane/apiserver-healthy"),
            exclusive=False,
            hint=logs_of(cluster, daemon),
            shows=(commands.daemon(cluster, daemon, (cluster.control_plane,)),),
        )


def nodes_phase(cluster: Cluster) -> Iterator[Step]:
    """Nodes: kubelet and kube-proxy, until every node is Ready."""
    nodes = names(cluster.nodes)
    workers = tuple(n for n in nodes if n != cluster.control_plane.name)
    image: tuple[After, ...] = ()
    if cluster.docker.pause_image:
        image = (same("nodes/pause-image"),)
        brought: tuple[After, ...] = ()
        if cluster.docker.pause_archive:
            brought = (same("nodes/pause-archive"),)
            yield place(
                "nodes/pause-archive",
                "Bring the archive of the pause image",
                nodes,
                every("hosts/record"),
                artifact="pause-archive",
                target=values.PAUSE_ARCHIVE,
                probe="nodes/pause-image",
            )
        yield script(
            "nodes/pause-image",
            "Give docker the pause image",
            nodes,
            same("hosts/docker-chains"),
            *brought,
            # Loading lasts a moment and must not fall into docker's restart; a pull may last.
            exclusive=bool(cluster.docker.pause_archive),
            retry=Retry(attempts=3, delay=5),
            timeout=1800,
            hint="where no registry can be reached, save the image elsewhere with 'docker save' and"
            " name the file as docker.pause_archive",
        )
    yield script(
        "nodes/kubelet",
        "Start the kubelet" + until_when(cluster),
        nodes,
        same("release/unpack"),
        same("hosts/docker-chains"),
        same("hosts/names"),
        *image,
        every("control-plane/apiserver-healthy"),
        hint=logs_of(cluster, "kubelet"),
        shows=(commands.daemon(cluster, "kubelet", cluster.nodes),),
    )
    yield script(
        "nodes/kube-proxy",
        "Start kube-proxy" + until_when(cluster),
        workers,
        same("release/unpack"),
        same("hosts/names"),
        every("control-plane/apiserver-healthy"),
        asset="classic/control-plane/kube-proxy",
        exclusive=False,
        hint=logs_of(cluster, "kube-proxy"),
        shows=(commands.daemon(cluster, "kube-proxy", cluster.nodes),),
    )
    yield wait(
        "nodes/ready",
        "Wait until every node is Ready",
        names((cluster.control_plane,)),
        every("nodes/kubelet"),
        every("hosts/firewall"),
        every("control-plane/kube-controller-manager"),
        deadline=180,
        hint=f"'kubectl describe node' on {cluster.control_plane.name} tells what a node lacks; "
        + logs_of(cluster, "kubelet"),
    )


def network_phase(cluster: Cluster) -> Iterator[Step]:
    """Network: flannel's key, flanneld everywhere, docker on the leased subnets host by host."""
    everyone = names(cluster.hosts)
    yield script(
        "network/flannel-key",
        "Tell flannel its network, in etcd",
        names((values.etcd_keeper(cluster),)),
        every("hosts/etcd-healthy"),
        hint="etcdctl on that host, or in its etcd container, is what writes the key",
        shows=(commands.flannel_key(cluster),),
    )
    brought: tuple[After, ...] = (every("hosts/record"),)
    if cluster.flannel.binary:
        brought = (same("network/flannel-bring"),)
        yield place(
            "network/flannel-bring",
            "Bring flanneld to the host",
            everyone,
            every("hosts/record"),
            artifact="flannel",
            target=values.FLANNEL_BINARY,
            probe="network/flannel-install",
        )
    yield script(
        "network/flannel-install",
        "Put flanneld into /usr/bin",
        everyone,
        *brought,
        exclusive=False,
        timeout=900,
        hint="fetch flannel's release on another machine and name it as flannel.binary",
    )
    yield script(
        "network/flanneld",
        "Start flanneld" + until_when(cluster),
        everyone,
        same("network/flannel-install"),
        same("hosts/firewall"),
        every("network/flannel-key"),
        exclusive=False,
        # Its only try for a lease may fall into a change of etcd's leader: what it wrote is there
        # then, and it ends, since it takes that for somebody else's.
        retry=Retry(attempts=3, delay=3),
        hint=logs_of(cluster, "flanneld"),
        shows=(commands.flanneld(cluster),),
    )
    yield wait(
        "network/lease",
        "Wait for the host's subnet",
        everyone,
        same("network/flanneld"),
        hint=logs_of(cluster, "flanneld"),
        shows=("cat /run/flannel/subnet.env",),
    )
    yield script(
        "network/docker-options",
        "Give docker the leased subnet and MTU",
        everyone,
        same("network/lease"),
        same("hosts/docker"),
        exclusive=False,
        hint="systemctl cat docker.service on that host shows the options docker is started with",
        shows=("systemctl daemon-reload",),
    )
    # An API server that knows only the member beside it must not lose that one while it starts.
    alone = flags.etcd_servers(cluster) == flags.OWN_ETCD
    started = (same("control-plane/apiserver-healthy"),) if alone else ()
    yield script(
        "network/docker-restart",
        "Restart docker on the leased subnet",
        everyone,
        same("network/docker-options"),
        same("hosts/docker-chains"),
        every("hosts/etcd-healthy"),
        *started,
        rolling=_ROLLING,
        hint="etcd without its quorum holds this step back on purpose; " + _DOCKER_HINT,
        shows=commands.restart_docker(cluster),
    )


def verify_phase(cluster: Cluster) -> Iterator[Step]:
    """Verify: what the cluster says of itself, and pings from containers to everything."""
    everyone, master = names(cluster.hosts), names((cluster.control_plane,))
    yield script(
        "verify/ping-container",
        "Make a container to ping from",
        everyone,
        same("network/docker-restart"),
        hint="it is made of the host's own ping and sleep, by 'docker import'; " + _DOCKER_HINT,
    )
    yield wait(
        "verify/components",
        "Wait until every component is healthy",
        master,
        same("control-plane/kube-controller-manager"),
        same("control-plane/kube-scheduler"),
        every("network/docker-restart"),
        hint="'kubectl get componentstatus' names the one that is not",
        shows=(commands.get(cluster, "componentstatus"),),
    )
    yield wait(
        "verify/nodes-ready",
        "Wait until every node is Ready with its network",
        master,
        every("nodes/ready"),
        every("network/docker-restart"),
        asset="nodes/ready",
        deadline=180,
        hint=logs_of(cluster, "kubelet"),
        shows=(commands.get(cluster, "node"),),
    )
    yield Step(
        id="verify/network",
        phase=Phase.VERIFY,
        title="Ping everything from everywhere",
        action=Operator("verify"),
        after=(
            every("verify/ping-container"),
            every("verify/components"),
            every("verify/nodes-ready"),
            every("control-plane/kube-proxy"),
            every("nodes/kube-proxy"),
        ),
        stamped=False,
        exclusive=False,
        timeout=900,
        shows=("docker exec kwizard-ping ping -w 4 ADDRESS",),
    )
