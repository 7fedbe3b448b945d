"""Which flag each component knows in which version, and the command lines made of them.

The v1.3 generation gets the article's own lines, character for character. Later ones keep them as
far as the version still knows the flag. What only the host can tell (a name that differs, a sysctl
that cannot be set) is added there, by the scripts.

Sources of the table: `--help` of v1.19.16; for older versions the flag references and change logs
published with them. `until` is the first minor version that refuses the flag: a flag that is
accepted and ignored, or accepted with a deprecation line, still exists. The recipe ends with 1.19,
so later removals are recorded only where it explains why the recipe ends there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from kwizard.cluster.model import Cluster, EtcdMode, Host, Role, Version
from kwizard.recipes.render import Shell, word

Component = Literal[
    "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"
]
Minor = tuple[int, int]

#: Up to here a command line is the article's own.
ARTICLE: Minor = (1, 3)
#: The first minor version without a working insecure port, which this recipe lives on.
FIRST_WITHOUT_INSECURE_PORT: Minor = (1, 20)
#: The member on the same machine, as the article has it.
OWN_ETCD = "http://localhost:2379"
KUBECONFIG = "/etc/kubernetes/kubelet.kubeconfig"


@dataclass(frozen=True, slots=True)
class Flag:
    """`component` knows `name` from minor version `since` on, and no more from `until` on."""

    name: str
    component: Component
    since: Minor = (1, 0)
    until: Minor | None = None

    def exists_in(self, version: Version) -> bool:
        """Whether `version` accepts it."""
        minor = version.minor_pair
        return self.since <= minor and (self.until is None or minor < self.until)


_ALL: tuple[Component, ...] = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
)

FLAGS: tuple[Flag, ...] = (
    *(Flag("--logtostderr", component, until=(1, 26)) for component in _ALL),
    *(Flag("--v", component) for component in _ALL),
    Flag("--admission-control", "kube-apiserver"),
    Flag("--advertise-address", "kube-apiserver"),
    Flag("--allow-privileged", "kube-apiserver"),
    Flag("--etcd-servers", "kube-apiserver"),
    Flag("--insecure-bind-address", "kube-apiserver", until=(1, 24)),
    Flag("--insecure-port", "kube-apiserver", until=(1, 24)),
    Flag("--service-cluster-ip-range", "kube-apiserver"),
    Flag("--master", "kube-controller-manager"),
    Flag("--service-account-private-key-file", "kube-controller-manager"),
    Flag("--master", "kube-scheduler"),
    Flag("--bind-address", "kube-proxy"),
    Flag("--conntrack-max-per-core", "kube-proxy", since=(1, 3)),
    Flag("--conntrack-min", "kube-proxy", since=(1, 6)),
    Flag("--conntrack-tcp-timeout-established", "kube-proxy", since=(1, 3)),
    Flag("--conntrack-tcp-timeout-close-wait", "kube-proxy", since=(1, 6)),
    Flag("--hostname-override", "kube-proxy"),
    Flag("--master", "kube-proxy"),
    Flag("--address", "kubelet"),
    Flag("--allow-privileged", "kubelet", until=(1, 15)),
    Flag("--api-servers", "kubelet", until=(1, 8)),
    Flag("--cgroup-driver", "kubelet", since=(1, 6)),
    Flag("--cluster-dns", "kubelet"),
    Flag("--cluster-domain", "kubelet"),
    Flag("--fail-swap-on", "kubelet", since=(1, 8)),
    Flag("--hostname-override", "kubelet"),
    Flag("--kubeconfig", "kubelet"),
    Flag("--pod-infra-container-image", "kubelet", until=(1, 35)),
    Flag("--register-node", "kubelet"),
)

_TABLE = {(flag.component, flag.name): flag for flag in FLAGS}


def exists(component: Component, name: str, version: Version) -> bool:
    """Whether that component of `version` knows the flag. KeyError: nobody entered it here."""
    return _TABLE[component, name].exists_in(version)


def api_url(cluster: Cluster) -> str:
    """Where the others reach the API: the article's insecure port on the control plane."""
    return f"http://{cluster.control_plane.address}:8080"


def etcd_endpoints(cluster: Cluster) -> tuple[str, ...]:
    """Client URLs of all etcd members, without a slash at the end."""
    if cluster.etcd.mode is EtcdMode.EXISTING:
        return tuple(endpoint.rstrip("/") for endpoint in cluster.etcd.endpoints)
    return tuple(f"http://{host.address}:2379" for host in cluster.with_role(Role.ETCD))


def etcd_servers(cluster: Cluster) -> str:
    """The apiserver's --etcd-servers.

    The article names only the member on the same machine, and so do we for its own version. With
    one endpoint the API answers errors for up to 15 s while docker, and with it that member, is
    restarted; given all members no call failed. So everything later gets all of them, and so does
    a control plane that has no member of its own.
    """
    endpoints = etcd_endpoints(cluster)
    own = {str(cluster.control_plane.address), "localhost", "127.0.0.1"}
    has_member = any(urlsplit(endpoint).hostname in own for endpoint in endpoints)
    if cluster.version.minor_pair <= ARTICLE and has_member:
        return OWN_ETCD
    return ",".join(endpoints)


def arguments(cluster: Cluster, component: Component, host: Host) -> tuple[str, ...]:
    """The arguments of `component` on `host`, each a word that needs no quoting.

    Raises InvalidInput when something out of the cluster file cannot stand on a command line.
    """
    wanted = ("--logtostderr=true", "--v=0", *_BUILDERS[component](cluster, host))
    for argument in wanted:
        name = argument.partition("=")[0]
        if not exists(component, name, cluster.version):
            raise AssertionError(f"{component} {cluster.version} has no {name}")
    return tuple(word(argument) for argument in wanted)


def _apiserver(cluster: Cluster, _host: Host) -> Iterable[str]:
    # AlwaysAdmit switches every other plugin off, ServiceAccount too: pods get no token. That is
    # the article's cluster, and what it says is kept.
    yield "--admission-control=AlwaysAdmit"
    yield "--allow-privileged=true"
    yield f"--etcd-servers={etcd_servers(cluster)}"
    yield "--insecure-bind-address=0.0.0.0"
    yield "--insecure-port=8080"
    yield f"--service-cluster-ip-range={cluster.network.services}"


def _controller_manager(cluster: Cluster, _host: Host) -> Iterable[str]:
    yield "--service-account-private-key-file=/var/run/kubernetes/apiserver.key"
    yield f"--master={api_url(cluster)}"


def _scheduler(cluster: Cluster, _host: Host) -> Iterable[str]:
    yield f"--master={api_url(cluster)}"


def _proxy(cluster: Cluster, host: Host) -> Iterable[str]:
    yield f"--master={api_url(cluster)}"
    if cluster.version.minor_pair >= (1, 9):
        # Without it kube-proxy looks for a node object of its own name, up to 31 s long, before it
        # serves; a control plane that is no node never has one.
        yield f"--bind-address={host.address}"


def _kubelet(cluster: Cluster, _host: Host) -> Iterable[str]:
    yield "--address=0.0.0.0"
    if exists("kubelet", "--api-servers", cluster.version):
        yield f"--api-servers={api_url(cluster)}"
    else:
        yield f"--kubeconfig={KUBECONFIG}"
    yield "--register-node=true"
    if exists("kubelet", "--allow-privileged", cluster.version):
        yield "--allow-privileged=true"
    yield f"--cluster-dns={cluster.network.dns}"
    yield f"--cluster-domain={cluster.network.domain}"
    if cluster.docker.pause_image:
        yield f"--pod-infra-container-image={cluster.docker.pause_image}"


_BUILDERS = {
    "kube-apiserver": _apiserver,
    "kube-controller-manager": _controller_manager,
    "kube-scheduler": _scheduler,
    "kube-proxy": _proxy,
    "kubelet": _kubelet,
}


def flannel_arguments(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """The arguments of flanneld on `host`.

    The interface is named by its address: on a machine with two networks flannel would take the
    one of the default route.
    """
    return tuple(
        word(argument)
        for argument in (
            f"-etcd-endpoints={','.join(etcd_endpoints(cluster))}",
            f"-etcd-prefix={cluster.network.prefix}",
            f"-iface={host.address}",
            f"-public-ip={host.address}",
        )
    )


def etcd_arguments(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """The arguments of the etcd member on `host`: listening everywhere, known by its address."""
    members = ",".join(f"{h.name}=http://{h.address}:2380" for h in cluster.with_role(Role.ETCD))
    return tuple(
        word(argument)
        for argument in (
            f"--name={host.name}",
            f"--data-dir=/var/lib/etcd/{host.name}.etcd",
            "--listen-client-urls=http://0.0.0.0:2379",
            f"--advertise-client-urls=http://{host.address}:2379",
            "--listen-peer-urls=http://0.0.0.0:2380",
            f"--initial-advertise-peer-urls=http://{host.address}:2380",
            f"--initial-cluster-token=kwizard-{cluster.name}",
            f"--initial-cluster={members}",
            "--initial-cluster-state=new",
        )
    )


def wrapped(words: Iterable[str], indent: int = 2, width: int = 92) -> Shell:
    r"""Words as shell, broken with `\` at the end of a line, further lines indented.

    The words must have passed `word`: nothing is quoted here.
    """
    lines: list[str] = []
    for item in words:
        if lines and len(lines[-1]) + 1 + len(item) <= width:
            lines[-1] += " " + item
        else:
            lines.append(item if not lines else " " * indent + item)
    return Shell(" \\\n".join(lines))
