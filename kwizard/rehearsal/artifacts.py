"""The made-up files a rehearsal installs: a release in the official form, images, flanneld.

Every program in them is a stand-in out of assets/rehearsal/programs: a readable script behind the
few instructions of `kwizard.rehearsal.launcher`. On any other host they do not run.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from kwizard.cluster.model import Cluster, Version
from kwizard.rehearsal.launcher import ARCHITECTURES, executable, machine
from kwizard.rehearsal.skeleton import rehearsal_assets

KUBERNETES = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)
PAUSE_IMAGE = "rehearsal/pause:1"
_FLANNEL = Version(0, 12, 0)
_ETCD = Version(3, 4, 23)


@dataclass(frozen=True, slots=True)
class Artifacts:
    """Files on the operator's side."""

    release: Path
    etcd_image: Path
    etcd_binaries: Path
    pause_image: Path
    flannel: Path

    def settings(self, cluster: Cluster) -> dict[str, Any]:
        """The parts of `cluster` that name these files, for dataclasses.replace."""
        return {
            "release": replace(cluster.release, tarball=str(self.release)),
            "etcd": replace(cluster.etcd, archive=str(self.etcd_image)),
            "flannel": replace(cluster.flannel, version=_FLANNEL, binary=str(self.flannel)),
            "docker": replace(
                cluster.docker, pause_image=PAUSE_IMAGE, pause_archive=str(self.pause_image)
            ),
        }


def make_artifacts(directory: Path, version: Version) -> Artifacts:
    """Write all of them into `directory`. The same version gives the same bytes."""
    made = Artifacts(
        release=directory / f"kubernetes-{version}.tar.gz",
        etcd_image=directory / "etcd-image.tar",
        etcd_binaries=directory / f"etcd-{_ETCD}-linux.tar.gz",
        pause_image=directory / "pause-image.tar",
        flannel=directory / "flanneld",
    )
    made.release.write_bytes(_release(version))
    etcd = _program("etcd", _ETCD)
    etcdctl = _program("etcdctl", _ETCD)
    made.etcd_binaries.write_bytes(
        _gzip(_tar({"etcd-linux/etcd": etcd, "etcd-linux/etcdctl": etcdctl}))
    )
    made.etcd_image.write_bytes(
        _image(
            f"quay.io/coreos/etcd:{_ETCD}",
            {"usr/local/bin/etcd": etcd, "usr/local/bin/etcdctl": etcdctl},
        )
    )
    made.pause_image.write_bytes(_image(PAUSE_IMAGE, {"pause": _program("pause", version)}))
    made.flannel.write_bytes(_program("flanneld", _FLANNEL))
    made.flannel.chmod(0o755)
    return made


def _program(name: str, version: Version) -> bytes:
    """The stand-in for a program. All Kubernetes daemons are one script that looks at its name."""
    programs = rehearsal_assets() / "programs"
    source = programs / f"{name}.sh"
    if not source.is_file():
        source = programs / "kube.sh"
    text = source.read_text(encoding="utf-8")
    return executable(text.replace("@VERSION@", str(version)).encode())


def _release(version: Version) -> bytes:
    """kubernetes.tar.gz with the server's tarball nested, as releases of the article's time are."""
    root, architecture = "kubernetes/server/bin", ARCHITECTURES[machine()]
    server = _gzip(_tar({f"{root}/{name}": _program(name, version) for name in KUBERNETES}))
    whole = _tar(
        {
            "kubernetes/version": f"{version}\n".encode(),
            "kubernetes/README.md": b"A made-up release for rehearsals.\n",
            f"kubernetes/server/kubernetes-server-linux-{architecture}.tar.gz": server,
        }
    )
    return _gzip(whole)


def _image(name: str, files: dict[str, bytes]) -> bytes:
    """A docker archive of one layer, as `docker save` writes it."""
    layer = _tar(files)
    config = json.dumps(
        {
            "architecture": ARCHITECTURES[machine()],
            "os": "linux",
            "config": {"Entrypoint": None, "Cmd": [f"/{next(iter(files))}"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(layer).hexdigest()}"]},
        }
    ).encode()
    id_ = sha256(config).hexdigest()
    manifest = json.dumps(
        [{"Config": f"{id_}.json", "RepoTags": [name], "Layers": ["layer/layer.tar"]}]
    ).encode()
    return _tar({f"{id_}.json": config, "layer/layer.tar": layer, "manifest.json": manifest})


def _tar(files: dict[str, bytes]) -> bytes:
    """Reproducible: no times, root's, everything executable that is a program."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o755 if data.startswith(b"\x7fELF") else 0o644
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=6, mtime=0)
