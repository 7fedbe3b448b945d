"""Which certificates and keys a modern cluster needs, and on which host each is used.

Three authorities, as the API server wants them: the cluster's own, one for etcd, and one for the
front proxy, whose certificates say "this request was made by that user" and must not be had any
other way. Their keys never leave the operator's side, but for one: where kubelets ask the cluster
for their certificates (`kubelet.join: bootstrap-token`), the controller manager signs them, so the
hosts of the control plane hold the key of the cluster's own authority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from kwizard.cluster.model import Cluster, EtcdMode, FlannelStore, Host, Join, Role

_EXISTING = EtcdMode.EXISTING

CLUSTER_CA = "ca"
ETCD_CA = "etcd-ca"
FRONT_PROXY_CA = "front-proxy-ca"
AUTHORITIES = (CLUSTER_CA, ETCD_CA, FRONT_PROXY_CA)

SERVICE_ACCOUNT = "service-account"
"""The key pair that service account tokens are signed and verified with; no certificate."""

ENCRYPTION = "encryption"
"""The key that Secrets are encrypted with in etcd; on a host, the configuration that holds it."""

ADMIN = "admin"
"""The operator's own certificate. It is on no host."""

MONITOR_GROUP = "kwizard:monitors"
"""The group of the certificate that looks at the cluster and can change nothing."""

FLANNELD_USER = "kwizard:flanneld"
"""Who flanneld is to the API, where Kubernetes keeps its subnets."""

ETCD_CLIENT = "etcd-client"
"""What opens etcd, all of it: on hosts whose programs ask etcd themselves, and on no other."""


@dataclass(frozen=True, slots=True)
class Need:
    """One certificate. `name` is its file's stem on the host; `authority` who signs it.

    `names` are the DNS names and addresses it serves; () for a pure client.
    """

    name: str
    authority: str
    common_name: str
    organization: str = ""
    names: tuple[str, ...] = ()
    client: bool = True

    @property
    def server(self) -> bool:
        """Whether somebody connects to its holder."""
        return bool(self.names)


def admin() -> Need:
    """What the operator's kubeconfig holds."""
    return Need(ADMIN, CLUSTER_CA, "kwizard-admin", "system:masters")


def needs(cluster: Cluster, host: Host) -> tuple[Need, ...]:
    """The certificates of `host`, in the order a person would name them."""
    return tuple(_needs(cluster, host))


def authorities(cluster: Cluster) -> tuple[str, ...]:
    """The authorities that are made for `cluster`: an etcd that exists already has its own."""
    return tuple(a for a in AUTHORITIES if a != ETCD_CA or cluster.etcd.mode is not _EXISTING)


def given(cluster: Cluster) -> Mapping[str, str]:
    """Files that the operator gives, by the name they have on a host: paths of this machine."""
    if cluster.etcd.mode is not _EXISTING:
        return {}
    named = {
        f"{ETCD_CA}.crt": cluster.etcd.ca,
        f"{ETCD_CLIENT}.crt": cluster.etcd.cert,
        f"{ETCD_CLIENT}.key": cluster.etcd.key,
    }
    return {name: path for name, path in named.items() if path is not None}


def asks_etcd(cluster: Cluster, host: Host) -> bool:
    """Whether a program on `host` is a client of etcd: the API server, and flanneld where it keeps
    its subnets there."""
    return Role.CONTROL_PLANE in host.roles or (
        cluster.flannel.store is FlannelStore.ETCD and host in cluster.nodes
    )


def files(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """The names of the files `host` gets: authorities' certificates, then pairs."""
    of_etcd = host in cluster.etcd_members or asks_etcd(cluster, host)
    out = [f"{CLUSTER_CA}.crt"]
    out += [f"{ETCD_CA}.crt"] if of_etcd else []
    out += [f"{FRONT_PROXY_CA}.crt"] if Role.CONTROL_PLANE in host.roles else []
    stems = [need.name for need in needs(cluster, host)]
    if cluster.etcd.mode is _EXISTING and asks_etcd(cluster, host):
        stems.append(ETCD_CLIENT)
    for stem in stems:
        out += [f"{stem}.crt", f"{stem}.key"]
    if Role.CONTROL_PLANE in host.roles:
        out += [f"{SERVICE_ACCOUNT}.pub", f"{SERVICE_ACCOUNT}.key"]
        if cluster.kubelet.join is Join.BOOTSTRAP_TOKEN:
            out.append(f"{CLUSTER_CA}.key")
        if cluster.apiserver.encrypt_secrets:
            out.append(f"{ENCRYPTION}.key")
    return tuple(out)


def _needs(cluster: Cluster, host: Host) -> Iterator[Need]:
    here = (host.name, str(host.address))
    local = ("localhost", "127.0.0.1")
    if host in cluster.etcd_members:
        # A member is server and client to the others with one certificate.
        yield Need("etcd", ETCD_CA, host.name, names=(*here, *local))
    if cluster.etcd.mode is not _EXISTING and asks_etcd(cluster, host):
        yield Need(ETCD_CLIENT, ETCD_CA, f"client-{host.name}")
    if Role.CONTROL_PLANE in host.roles:
        yield Need(
            "kube-apiserver",
            CLUSTER_CA,
            "kube-apiserver",
            names=_api_names(cluster, host),
            client=False,
        )
        yield Need("apiserver-kubelet-client", CLUSTER_CA, "kwizard:apiserver-kubelet-client")
        yield Need("front-proxy-client", FRONT_PROXY_CA, "front-proxy-client")
        for daemon in ("kube-controller-manager", "kube-scheduler"):
            yield Need(daemon, CLUSTER_CA, f"system:{daemon}", names=local)
        yield Need("monitor", CLUSTER_CA, "kwizard-monitor", MONITOR_GROUP)
    if host in cluster.nodes:
        if cluster.kubelet.join is Join.CERTIFICATES:
            yield Need("kubelet", CLUSTER_CA, host.name, names=here, client=False)
            yield Need("kubelet-client", CLUSTER_CA, f"system:node:{host.name}", "system:nodes")
        yield Need("kube-proxy", CLUSTER_CA, "system:kube-proxy")
        if cluster.flannel.store is FlannelStore.KUBERNETES:
            yield Need("flanneld", CLUSTER_CA, FLANNELD_USER)


def _api_names(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """Every name under which pods, hosts and the operator reach the API server of `host`."""
    service = "kubernetes.default.svc"
    every: list[str] = ["kubernetes", "kubernetes.default", service]
    every += [f"{service}.{cluster.network.domain}", host.name, "localhost"]
    every += [str(cluster.network.services[1]), str(host.address), "127.0.0.1"]
    if host.ssh.address:
        every.append(host.ssh.address)
    every += cluster.apiserver.names
    return tuple(dict.fromkeys(every))


def is_address(name: str) -> bool:
    """Whether a certificate has to name it as an address and not as a DNS name."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
