"""What a cluster file says, as frozen dataclasses. No I/O, no defaults that depend on a host."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Self


class Role(StrEnum):
    """What a host is for. A host may have several roles."""

    CONTROL_PLANE = "control-plane"
    WORKER = "worker"
    ETCD = "etcd"


class RecipeName(StrEnum):
    """The generations of Kubernetes kwizard can install."""

    CLASSIC = "classic"
    MODERN = "modern"


class Supervisor(StrEnum):
    """What keeps the daemons running: the article's `nohup ... &`, or systemd units."""

    NOHUP = "nohup"
    SYSTEMD = "systemd"


class Backend(StrEnum):
    """flannel's ways of carrying packets between hosts."""

    UDP = "udp"
    VXLAN = "vxlan"
    HOST_GW = "host-gw"


class ProxyMode(StrEnum):
    """What kube-proxy writes its rules with."""

    IPTABLES = "iptables"
    NFTABLES = "nftables"


class Join(StrEnum):
    """How a kubelet of the modern recipe comes by its certificates."""

    BOOTSTRAP_TOKEN = "bootstrap-token"  # noqa: S105 - the name of a way, no token
    CERTIFICATES = "certificates"


class FlannelStore(StrEnum):
    """Where flannel finds out which subnet each host has: leases of its own in etcd, or the ranges
    Kubernetes gives its nodes."""

    ETCD = "etcd"
    KUBERNETES = "kubernetes"


class EtcdMode(StrEnum):
    """Where etcd comes from: containers on docker, systemd units, or a cluster already there."""

    DOCKER = "docker"
    SYSTEMD = "systemd"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A release version such as v1.19.16. Ordered by its three numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `v1.19.16` or `1.19.16`. Raises ValueError for anything else."""
        match = _VERSION.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a version of the form v1.19.16")
        return cls(*(int(x) for x in match.groups()))

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}.{self.patch}"

    @property
    def minor_pair(self) -> tuple[int, int]:
        """(major, minor): what decides which flags exist."""
        return (self.major, self.minor)


_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SSH:
    """How we reach a host. None means: as ~/.ssh/config and the defaults of ssh have it.

    `address` where it differs from the host's own; `identity` a private key file; `jump` a
    ProxyJump in ssh's form (`[user@]host[:port]`); `host_key` the host's public key as OpenSSH
    writes it (type and base64), for those who know it beforehand: then nothing is asked.
    Passwords are never part of a cluster file.
    """

    address: str | None = None
    user: str | None = None
    port: int | None = None
    identity: str | None = None
    jump: str | None = None
    host_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One machine. `address` is what the other hosts reach it by. `labels` (`disk=ssd`) and
    `taints` (`dedicated=db:NoSchedule`) are the node's, written as kubectl has them."""

    name: str
    address: IPv4Address
    roles: frozenset[Role] = frozenset()
    labels: tuple[str, ...] = ()
    taints: tuple[str, ...] = ()
    ssh: SSH = field(default_factory=SSH)

    @property
    def ssh_address(self) -> str:
        """The address or name we connect to."""
        return self.ssh.address or str(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Ranges and the overlay. `prefix` is flannel's directory in etcd, the article's by default."""

    pods: IPv4Network = IPv4Network("10.0.0.0/16")
    services: IPv4Network = IPv4Network("10.254.0.0/16")
    dns: IPv4Address = IPv4Address("10.254.10.2")
    domain: str = "cluster.local"
    backend: Backend = Backend.UDP
    prefix: str = "/atomic.io/network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Etcd:
    """`endpoints` are client URLs, for mode `existing` only. `image` is the docker image's name,
    `archive` a docker archive on the operator's machine it is loaded from, `binaries` a tarball or
    directory with etcd and etcdctl for mode `systemd` (None: the host has them).

    `ca`, `cert`, `key`: PEM files on the operator's machine for an existing etcd with TLS: who
    signed the members' certificates, and what clients of this cluster show to them.
    """

    mode: EtcdMode = EtcdMode.DOCKER
    endpoints: tuple[str, ...] = ()
    image: str = "quay.io/coreos/etcd:v3.4.23"
    archive: str | None = None
    binaries: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flannel:
    """`binary` is a flanneld program (or flannel's release tarball) on the operator's machine;
    None: the host has it, or its package manager does. `store` is for the modern recipe, whose
    default is the other one (`defaults`)."""

    version: Version = Version(0, 5, 5)
    binary: str | None = None
    store: FlannelStore = FlannelStore.ETCD


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Where the Kubernetes binaries come from: `tarball` on this machine, else `mirror` (a base URL
    that replaces the official one), else the official place. `on_hosts`: from neither, but from
    hosts of this cluster that have the server tarball already. `sha256` overrides the known sum."""

    tarball: str | None = None
    mirror: str | None = None
    on_hosts: bool = False
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """`install`: docker is installed from the distribution's packages where it is missing.
    `pause_image`: what the kubelet's sandboxes run; `pause_archive`: a docker archive of it."""

    install: bool = True
    pause_image: str | None = None
    pause_archive: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What runs containers in the modern recipe, as release tarballs on the operator's machine:
    `containerd` (with its runc shim and ctr) and `cni_plugins`. runc itself is the host's own."""

    containerd: str | None = None
    cni_plugins: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images of the modern recipe. None: the version's own, from its registry. `*_archive` are
    docker archives on the operator's machine; with both nothing is pulled."""

    pause: str | None = None
    pause_archive: str | None = None
    coredns: str | None = None
    coredns_archive: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kubelet:
    """`allow_cgroup_v1`: the operator knows that a kubelet from 1.35 on refuses cgroup v1, and
    wants it to run there nevertheless. `join`: it asks the cluster for its certificates, or they
    are made beforehand and brought to it."""

    allow_cgroup_v1: bool = False
    join: Join = Join.BOOTSTRAP_TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """kube-proxy in the modern recipe."""

    mode: ProxyMode = ProxyMode.IPTABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiServer:
    """kube-apiserver in the modern recipe. `audit`: it writes down who changed what.
    `encrypt_secrets`: what it keeps of Secrets in etcd is encrypted. `names`: DNS names and
    addresses it is also reached by (a load balancer's, a public one), for its certificate."""

    audit: bool = True
    encrypt_secrets: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall:
    """`zone` is the firewalld zone ports are opened in (None: the one the interface is in).
    `move_interface`: put the interface into that zone where it is in another one."""

    zone: str | None = None
    move_interface: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A whole cluster file. Host order is the file's order."""

    name: str
    version: Version
    hosts: tuple[Host, ...]
    recipe: RecipeName = RecipeName.CLASSIC
    supervisor: Supervisor = Supervisor.SYSTEMD
    control_plane_is_node: bool = False
    network: Network = field(default_factory=Network)
    etcd: Etcd = field(default_factory=Etcd)
    flannel: Flannel = field(default_factory=Flannel)
    release: Release = field(default_factory=Release)
    docker: Docker = field(default_factory=Docker)
    firewall: Firewall = field(default_factory=Firewall)
    runtime: Runtime = field(default_factory=Runtime)
    images: Images = field(default_factory=Images)
    apiserver: ApiServer = field(default_factory=ApiServer)
    kubelet: Kubelet = field(default_factory=Kubelet)
    proxy: Proxy = field(default_factory=Proxy)

    def with_role(self, role: Role) -> tuple[Host, ...]:
        """Hosts that have `role`, in file order."""
        return tuple(h for h in self.hosts if role in h.roles)

    def host(self, name: str) -> Host:
        """The host of that name. Raises KeyError."""
        for host in self.hosts:
            if host.name == name:
                return host
        raise KeyError(name)

    @property
    def control_plane(self) -> Host:
        """The first control-plane host (the article's master)."""
        return self.with_role(Role.CONTROL_PLANE)[0]

    @property
    def control_planes(self) -> tuple[Host, ...]:
        """Every control-plane host, in file order."""
        return self.with_role(Role.CONTROL_PLANE)

    @property
    def etcd_members(self) -> tuple[Host, ...]:
        """Hosts on which kwizard runs a member of etcd: none where etcd exists already."""
        return () if self.etcd.mode is EtcdMode.EXISTING else self.with_role(Role.ETCD)

    @property
    def nodes(self) -> tuple[Host, ...]:
        """Hosts that run a kubelet: the workers, and the control plane where asked.

        In the modern recipe the control plane always runs one, since its API server has to reach
        pods; unless asked it carries a taint that keeps ordinary pods away.
        """
        always = self.recipe is RecipeName.MODERN or self.control_plane_is_node
        wanted = {Role.WORKER} | ({Role.CONTROL_PLANE} if always else set())
        return tuple(h for h in self.hosts if wanted & h.roles)
