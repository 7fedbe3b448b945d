"""What a host is noted to be before an installation, so that `kwizard reset` can put it back.

One step for all recipes. What steps write later they note themselves, file by file, with what was
there before (assets/common/keep.sh).
"""

from __future__ import annotations

from collections.abc import Mapping

from kwizard.recipes.step import Phase, Script, Step, same

DAEMONS = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "flanneld",
)
"""Daemons that a host may have had units of; docker and containerd are always looked at."""

DIRECTORIES = (
    "/etc",
    "/opt",
    "/root",
    "/run",
    "/usr/libexec",
    "/var/lib",
    "/var/lib/kubelet",
    "/var/lib/etcd",
    "/var/lib/cni",
    "/var/lib/dockershim",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/run/containerd",
    "/run/docker",
    "/run/flannel",
    "/run/kubernetes",
    "/run/netns",
    "/run/nri",
    "/opt/containerd",
    "/etc/cni",
    "/etc/docker",
)
"""Where daemons put things that no step writes itself."""

DATA = (
    "/var/lib/kubelet",
    "/var/lib/etcd",
    "/var/lib/cni",
    "/var/lib/dockershim",
    "/run/flannel",
    "/run/kubernetes",
)
"""Those of them whose contents are the cluster's own."""

SETTINGS: Mapping[str, str] = {
    # docker, the CNI's bridge and our own step
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/bridge/bridge-nf-call-iptables": "1",
    "net/bridge/bridge-nf-call-ip6tables": "1",
    # kube-proxy
    "net/ipv4/conf/all/route_localnet": "1",
    "net/netfilter/nf_conntrack_max": "*",
    "net/netfilter/nf_conntrack_tcp_timeout_established": "*",
    "net/netfilter/nf_conntrack_tcp_timeout_close_wait": "*",
    # the kubelet, and our own step before it
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
    "fs/inotify/max_user_instances": "1024",
    "fs/inotify/max_user_watches": "524288",
}
"""Settings of the kernel that daemons change, as paths below /proc/sys, and to which value ("*": it
depends on the host). One that has another value by now was changed by somebody else."""


def record_step(hosts: tuple[str, ...]) -> Step:
    """Note how each host is, once it has passed preflight and before anything of it is changed. It
    comes in one go with preflight: steps that change a host wait for both, on every host."""
    return Step(
        id="hosts/record",
        phase=Phase.HOSTS,
        title="Note how the host is, for a reset",
        action=Script("common/record.sh"),
        hosts=hosts,
        after=(same("hosts/preflight"),),
        probe="common/record.probe.sh",
        stamped=False,
        exclusive=False,
        changes=False,
        hint="look for room under /var/lib/kwizard on that host",
        values={"daemons": DAEMONS, "settings": tuple(SETTINGS), "directories": DIRECTORIES},
    )
