"""The command lines of the modern recipe's daemons, and where their files are.

Every word passes `word`, so nothing out of a cluster file can act in a unit file or a shell.
"""

from __future__ import annotations

from collections.abc import Iterable

from kwizard.cluster.model import Cluster, EtcdMode, FlannelStore, Host, Join
from kwizard.recipes.render import Shell, word

BIN = "/usr/local/bin"
PKI = "/etc/kubernetes/pki"
ETCD_DATA = "/var/lib/etcd/kwizard"
MONITOR = "/etc/kubernetes/monitor.kubeconfig"
AUDIT_POLICY = "/etc/kubernetes/audit-policy.yaml"
AUDIT_LOG = "/var/log/kubernetes/audit.log"
KUBELET_PKI = "/var/lib/kubelet/pki"
"""Where a kubelet keeps the keys it makes itself, and the certificates it is given for them."""
BOOTSTRAP = "/etc/kubernetes/bootstrap.kubeconfig"
"""What a kubelet asks for its first certificate with; there only until it has it."""
FLANNEL_CONFIG = "/etc/kube-flannel/net-conf.json"


API_PORT = 6443
GATEWAY = "kube-api-gateway"
GATEWAY_PORT = 6444
"""Where a host's own gateway listens, on its loopback, when there are several control planes."""


def server_url(host: Host) -> str:
    """The API server of a control-plane host."""
    return f"https://{host.address}:{API_PORT}"


def has_gateway(cluster: Cluster) -> bool:
    """Whether hosts reach the API through a gateway of their own: where there are several."""
    return len(cluster.control_planes) > 1


def api_url(cluster: Cluster) -> str:
    """Where kubelets, kube-proxies and whatever else runs on every host reach the API."""
    if has_gateway(cluster):
        return f"https://127.0.0.1:{GATEWAY_PORT}"
    return server_url(cluster.control_plane)


def own_api_url(cluster: Cluster, host: Host) -> str:
    """Where what belongs to the control plane reaches the API: the server of its own host."""
    return server_url(host) if host in cluster.control_planes else api_url(cluster)


def etcd_endpoints(cluster: Cluster) -> tuple[str, ...]:
    """Client URLs of all etcd members."""
    if cluster.etcd.mode is EtcdMode.EXISTING:
        return tuple(url.rstrip("/") for url in cluster.etcd.endpoints)
    return tuple(f"https://{host.address}:2379" for host in cluster.etcd_members)


def joins_by_token(cluster: Cluster) -> bool:
    """Whether kubelets ask the cluster for their certificates."""
    return cluster.kubelet.join is Join.BOOTSTRAP_TOKEN


def _if(wanted: bool, *arguments: str) -> tuple[str, ...]:
    return arguments if wanted else ()


def line(program: str, arguments: Iterable[str]) -> Shell:
    r"""A unit's ExecStart: one argument a line, `\` between them. What is `Shell` is ours, and
    passes as it is."""
    words = [f"{BIN}/{program}", *(a if isinstance(a, Shell) else word(a) for a in arguments)]
    return Shell(" \\\n    ".join(words))


def etcd(cluster: Cluster, host: Host) -> Shell:
    """The etcd member on `host`: TLS towards clients and towards the other members."""
    members = ",".join(f"{h.name}=https://{h.address}:2380" for h in cluster.etcd_members)
    client, peer = f"https://{host.address}:2379", f"https://{host.address}:2380"
    return line(
        "etcd",
        (
            f"--name={host.name}",
            f"--data-dir={ETCD_DATA}",
            f"--listen-client-urls={client},https://127.0.0.1:2379",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster={members}",
            f"--initial-cluster-token=kwizard-{cluster.name}",
            "--initial-cluster-state=new",
            f"--cert-file={PKI}/etcd.crt",
            f"--key-file={PKI}/etcd.key",
            f"--trusted-ca-file={PKI}/etcd-ca.crt",
            "--client-cert-auth",
            f"--peer-cert-file={PKI}/etcd.crt",
            f"--peer-key-file={PKI}/etcd.key",
            f"--peer-trusted-ca-file={PKI}/etcd-ca.crt",
            "--peer-client-cert-auth",
            "--auto-compaction-retention=1",
        ),
    )


def apiserver(cluster: Cluster, host: Host) -> Shell:
    """kube-apiserver: no way in without a certificate or a token."""
    issuer = f"https://kubernetes.default.svc.{cluster.network.domain}"
    return line(
        "kube-apiserver",
        (
            f"--advertise-address={host.address}",
            "--secure-port=6443",
            "--anonymous-auth=false",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            f"--etcd-servers={','.join(etcd_endpoints(cluster))}",
            f"--etcd-cafile={PKI}/etcd-ca.crt",
            f"--etcd-certfile={PKI}/etcd-client.crt",
            f"--etcd-keyfile={PKI}/etcd-client.key",
            f"--client-ca-file={PKI}/ca.crt",
            f"--tls-cert-file={PKI}/kube-apiserver.crt",
            f"--tls-private-key-file={PKI}/kube-apiserver.key",
            f"--kubelet-certificate-authority={PKI}/ca.crt",
            f"--kubelet-client-certificate={PKI}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={PKI}/apiserver-kubelet-client.key",
            "--kubelet-preferred-address-types=InternalIP,Hostname",
            f"--service-account-issuer={issuer}",
            f"--service-account-key-file={PKI}/service-account.pub",
            f"--service-account-signing-key-file={PKI}/service-account.key",
            f"--service-cluster-ip-range={cluster.network.services}",
            f"--requestheader-client-ca-file={PKI}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={PKI}/front-proxy-client.crt",
            f"--proxy-client-key-file={PKI}/front-proxy-client.key",
            *_if(joins_by_token(cluster), "--enable-bootstrap-token-auth"),
            *_if(
                cluster.apiserver.audit,
                f"--audit-policy-file={AUDIT_POLICY}",
                f"--audit-log-path={AUDIT_LOG}",
                "--audit-log-maxage=30",  # days
                "--audit-log-maxsize=50",  # MiB
                "--audit-log-maxbackup=5",
            ),
            *_if(
                cluster.apiserver.encrypt_secrets,
                f"--encryption-provider-config={PKI}/encryption.key",
            ),
        ),
    )


def controller_manager(cluster: Cluster, _host: Host) -> Shell:
    """kube-controller-manager. It signs kubelets' certificates alone, and only where they ask for
    them: with one signer's key named, the other signers have none and sign nothing.

    Nodes get ranges of it only where flannel asks for them: a /24 each, which is its default.
    """
    signers = ("kubelet-client", "kubelet-serving")
    return line(
        "kube-controller-manager",
        (
            *_through_the_api("kube-controller-manager"),
            f"--root-ca-file={PKI}/ca.crt",
            f"--service-account-private-key-file={PKI}/service-account.key",
            "--use-service-account-credentials=true",
            # Each of some forty controllers begins with an account and a token of its own. By its
            # default (30, then 20 a second) that alone takes 5 s before the first node can join.
            "--kube-api-burst=200",
            f"--cluster-name={cluster.name}",
            *_if(
                joins_by_token(cluster),
                *(f"--cluster-signing-{s}-cert-file={PKI}/ca.crt" for s in signers),
                *(f"--cluster-signing-{s}-key-file={PKI}/ca.key" for s in signers),
                # The cleaner, which is off by itself, takes tokens away that have ended. A unit
                # file expands no pattern.
                Shell("--controllers=*,token-cleaner-controller"),
            ),
            *_if(
                cluster.flannel.store is FlannelStore.KUBERNETES,
                "--allocate-node-cidrs=true",
                f"--cluster-cidr={cluster.network.pods}",
            ),
        ),
    )


def scheduler(_cluster: Cluster, _host: Host) -> Shell:
    """kube-scheduler."""
    return line("kube-scheduler", _through_the_api("kube-scheduler"))


def _through_the_api(daemon: str) -> tuple[str, ...]:
    """What a daemon needs that asks the API for everything, also who may ask itself."""
    config = f"/etc/kubernetes/{daemon}.kubeconfig"
    return (
        "--bind-address=127.0.0.1",
        f"--kubeconfig={config}",
        f"--authentication-kubeconfig={config}",
        f"--authorization-kubeconfig={config}",
        f"--tls-cert-file={PKI}/{daemon}.crt",
        f"--tls-private-key-file={PKI}/{daemon}.key",
    )


def kubelet(cluster: Cluster, host: Host) -> Shell:
    """The kubelet; all else is in its configuration file."""
    return line(
        "kubelet",
        (
            "--config=/etc/kubernetes/kubelet.yaml",
            "--kubeconfig=/etc/kubernetes/kubelet.kubeconfig",
            *_if(
                joins_by_token(cluster),
                f"--bootstrap-kubeconfig={BOOTSTRAP}",
                f"--cert-dir={KUBELET_PKI}",
            ),
            f"--hostname-override={host.name}",
            f"--node-ip={host.address}",
        ),
    )


def gateway(cluster: Cluster, host: Host) -> Shell:
    """The TCP proxy that is part of etcd, under a name of its own, in front of all API servers.

    It takes them in turn, so each host begins with another one: with its own where it has one. A
    server that refused is left out and tried again after the delay; etcd's own, a minute, would be
    long after a boot, when none answers yet.
    """
    servers = [f"{h.address}:{API_PORT}" for h in cluster.control_planes]
    if host in cluster.control_planes:
        first = cluster.control_planes.index(host)
    else:
        first = cluster.hosts.index(host) % len(servers)
    return line(
        GATEWAY,
        (
            "gateway",
            "start",
            f"--endpoints={','.join(servers[first:] + servers[:first])}",
            f"--listen-addr=127.0.0.1:{GATEWAY_PORT}",
            "--retry-delay=1s",
        ),
    )


def peers(cluster: Cluster, host: Host) -> tuple[str, ...]:
    """Addresses of the other hosts whose API server or member of etcd `host` speaks to."""
    wanted = (*cluster.control_planes, *cluster.etcd_members)
    return tuple(dict.fromkeys(str(h.address) for h in wanted if h != host))


FAILOVER = (
    "Environment=HTTP2_READ_IDLE_TIMEOUT_SECONDS=5",
    "Environment=HTTP2_PING_TIMEOUT_SECONDS=3",
)
"""How soon a client of the API gives up a connection on which nothing arrives any more: it asks
after 5 s and waits 3 s, where 30 s and 15 s are what client-go does by itself. Without it a node
whose API server's host fell silent would be silent for 45 s too."""


def failover(cluster: Cluster) -> tuple[str, ...]:
    """Lines of the [Service] of what must find another API server soon; () where there is none."""
    return FAILOVER if has_gateway(cluster) else ()


def proxy(_cluster: Cluster, _host: Host) -> Shell:
    """kube-proxy; all else is in its configuration file."""
    return line("kube-proxy", ("--config=/etc/kubernetes/kube-proxy.yaml",))


def containerd(_cluster: Cluster, _host: Host) -> Shell:
    """containerd; all else is in its configuration file."""
    return line("containerd", ())


def flanneld(cluster: Cluster, host: Host) -> Shell:
    """Command of flanneld. The interface is named by its address: on a machine with two networks
    flannel would take the one of the default route."""
    if cluster.flannel.store is FlannelStore.KUBERNETES:
        store: tuple[str, ...] = (
            "-kube-subnet-mgr",
            "-kubeconfig-file=/etc/kubernetes/flanneld.kubeconfig",
            f"-net-config-path={FLANNEL_CONFIG}",
        )
    else:
        store = (
            f"-etcd-endpoints={','.join(etcd_endpoints(cluster))}",
            f"-etcd-prefix={cluster.network.prefix}",
            f"-etcd-cafile={PKI}/etcd-ca.crt",
            f"-etcd-certfile={PKI}/etcd-client.crt",
            f"-etcd-keyfile={PKI}/etcd-client.key",
        )
    return line(
        "flanneld",
        (
            *store,
            f"-iface={host.address}",
            f"-public-ip={host.address}",
            "-ip-masq",
        ),
    )


COMMANDS = {
    "etcd": etcd,
    "kube-apiserver": apiserver,
    "kube-controller-manager": controller_manager,
    "kube-scheduler": scheduler,
    GATEWAY: gateway,
    "kubelet": kubelet,
    "kube-proxy": proxy,
    "containerd": containerd,
    "flanneld": flanneld,
}
"""By daemon, what its unit starts."""
