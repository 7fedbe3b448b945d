"""What the lab builds, as data: which module, with which requirements, and what must be mended.

Everything that decides the bytes of a build stands here, so that its digest is the cache key.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kwizard.errors import InvalidInput, Problem

STAND_INS = Path(__file__).parent / "stand_ins"

PACKING = 1
"""Raised when the form of the tarballs changes, so that those made before are made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesSource:
    """One version of Kubernetes as the Go module proxy has it.

    The module's own go.mod names its sister modules (`k8s.io/api` and others) by folders that are
    not part of it; they are taken at `staging` instead. `pins` replaces the version of a module the
    present Go cannot compile, `stand_ins` a module that cannot be fetched any more by a folder of
    ours. `missing_openapi`: pkg/generated/openapi is not in the module and is generated first.
    `stamped` lists the packages whose gitVersion and so on are set by the linker. `go` is the
    oldest Go that builds it.
    """

    version: str
    staging: str
    stamped: tuple[str, ...]
    go: tuple[int, int] = (1, 25)
    pins: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)
    missing_openapi: bool = False
    tags: tuple[str, ...] = ()
    programs: tuple[str, ...] = (
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kube-proxy",
        "kubelet",
        "kubectl",
    )

    def digest(self) -> str:
        """Changes whenever anything above, a stand-in or the packing does."""
        parts = [repr(sorted(asdict(self).items())), str(PACKING)]
        for folder in sorted(self.stand_ins.values()):
            files = sorted((STAND_INS / folder).glob("*.go"))
            parts += [file.read_text(encoding="utf-8") for file in files]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlannelSource:
    """One version of flannel. Static, with cgo, which its udp backend needs."""

    version: str
    go: tuple[int, int] = (1, 25)
    tags: tuple[str, ...] = ("osusergo", "netgo")

    def digest(self) -> str:
        """Changes whenever anything above does."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program: its main package, the arguments that make it print its version, and build tags
    beyond those of all."""

    package: str
    ask: tuple[str, ...] = ("--version",)
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramsSource:
    """A release of static programs that the Go module proxy has whole, so that nothing is mended.

    `modules` are required at `version`; the first one's date goes onto the files. `archive` is the
    official tarball's name (none, no tarball), `folder` the directory inside it ("" when it is
    flat), and `licence` whether it has the first module's. `stamps`: variables set by the linker.
    `form` is raised when something else that is made of the programs changes.
    """

    name: str
    version: str
    modules: tuple[str, ...]
    programs: dict[str, Program]
    archive: str = ""
    folder: str = ""
    licence: bool = True
    go: tuple[int, int] = (1, 26)
    tags: tuple[str, ...] = ()
    stamps: dict[str, str] = field(default_factory=dict)
    form: int = 1

    def digest(self) -> str:
        """Changes whenever anything above or the packing does."""
        parts = repr((sorted(asdict(self).items()), PACKING))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


KUBERNETES = (
    KubernetesSource(
        version="v1.19.16",
        staging="v0.19.16",
        stamped=("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"),
        # 1.0.1 reads the runtime's insides, which have changed since.
        pins={"github.com/modern-go/reflect2": "v1.0.2"},
        stand_ins={"vbom.ml/util": "sortorder"},
        missing_openapi=True,
        # No cloud's own volumes and load balancers: a quarter less to compile, a third smaller.
        tags=("providerless",),
    ),
    *(
        KubernetesSource(
            version=f"v1.{number}",
            staging=f"v0.{number}",
            go=(1, 26),
            stamped=("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"),
        )
        for number in ("34.4", "35.4", "36.3", "37.2")
    ),
)

FLANNEL = FlannelSource(version="v0.26.7")

_ETCD = "go.etcd.io/etcd"
_CONTAINERD = "github.com/containerd/containerd/v2"
_CNI = "github.com/containernetworking/plugins"
_COREDNS = "github.com/coredns/coredns"

ETCD = ProgramsSource(
    name="etcd",
    version="v3.6.16",
    modules=(f"{_ETCD}/server/v3", f"{_ETCD}/etcdctl/v3", f"{_ETCD}/etcdutl/v3"),
    programs={
        "etcd": Program(package=f"{_ETCD}/server/v3"),
        "etcdctl": Program(package=f"{_ETCD}/etcdctl/v3", ask=("version",)),
        "etcdutl": Program(package=f"{_ETCD}/etcdutl/v3", ask=("version",)),
    },
    archive="etcd-v3.6.16-linux-amd64.tar.gz",
    folder="etcd-v3.6.16-linux-amd64",
)

CONTAINERD = ProgramsSource(
    name="containerd",
    version="v2.2.9",
    modules=(_CONTAINERD,),
    programs={
        "containerd": Program(package=f"{_CONTAINERD}/cmd/containerd"),
        # One of these runs beside every pod: as in the official build, it does without gRPC.
        "containerd-shim-runc-v2": Program(
            package=f"{_CONTAINERD}/cmd/containerd-shim-runc-v2", ask=("-v",), tags=("no_grpc",)
        ),
        "ctr": Program(package=f"{_CONTAINERD}/cmd/ctr"),
    },
    archive="containerd-2.2.9-linux-amd64.tar.gz",
    folder="bin",
    # It is unpacked over /usr/local, whose bin is no place for a licence.
    licence=False,
    tags=("urfave_cli_no_docs", "osusergo", "netgo", "static_build"),
    stamps={f"{_CONTAINERD}/version.Version": "v2.2.9"},
)

CNI = ProgramsSource(
    name="cni-plugins",
    version="v1.9.1",
    modules=(_CNI,),
    programs={
        # Asked nothing at all, a plugin tells its version.
        "bridge": Program(package=f"{_CNI}/plugins/main/bridge", ask=()),
        "host-local": Program(package=f"{_CNI}/plugins/ipam/host-local", ask=()),
        "loopback": Program(package=f"{_CNI}/plugins/main/loopback", ask=()),
        "portmap": Program(package=f"{_CNI}/plugins/meta/portmap", ask=()),
    },
    archive="cni-plugins-linux-amd64-v1.9.1.tgz",
    stamps={f"{_CNI}/pkg/utils/buildversion.BuildVersion": "v1.9.1"},
)

COREDNS = ProgramsSource(
    name="coredns",
    version="v1.15.0",
    modules=(_COREDNS,),
    programs={"coredns": Program(package=_COREDNS, ask=("-version",))},
)


def kubernetes_source(version: str) -> KubernetesSource:
    """The entry for `version` (`v1.19.16`; the v may be left out). Raises InvalidInput."""
    wanted = version if version.startswith("v") else f"v{version}"
    for source in KUBERNETES:
        if source.version == wanted:
            return source
    known = ", ".join(s.version for s in KUBERNETES)
    raise InvalidInput([Problem(f"the lab cannot build Kubernetes {version}", f"it knows {known}")])
