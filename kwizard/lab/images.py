"""Container images for practice hosts, made without docker: archives that `docker load` takes.

Nothing can be pulled in a lab, so etcd comes from Debian's packages, and what pods need is made of
a small program and busybox.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kwizard import paths
from kwizard.errors import LabError
from kwizard.lab.locks import locked
from kwizard.lab.machine import Report, sh

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_BIRTH = "2024-01-01T00:00:00Z"
_PASSWD = b"root:x:0:0:root:/root:/bin/sh\n"


@dataclass(frozen=True, slots=True)
class Image:
    """A container image on this machine: its name with tag, and its docker archive."""

    name: str
    archive: Path


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into an image. `files`: path to bytes and mode; `links`: path to target;
    `config`: docker's own keys (Entrypoint, Cmd, Env, WorkingDir)."""

    config: Mapping[str, object]
    files: Mapping[str, tuple[bytes, int]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


def etcd(report: Report) -> Image:
    """The etcd of Debian 12 (3.4, which still speaks the v2 API when told to), with etcdctl."""
    return _cached("etcd", "lab/etcd:3.4.23", report, _etcd)


def pause(report: Report) -> Image:
    """What a pod's sandbox runs: a program that waits, and reaps what is orphaned."""
    return _cached("pause", "lab/pause:1", report, _pause)


def web(report: Report) -> Image:
    """A test image: busybox (httpd, ping, nc, sh); by default it serves "hello" on port 80."""
    return _cached("web", "lab/web:1", report, _web)


def build_all(report: Report) -> tuple[Image, ...]:
    """All images of the lab; those already built are taken as they are. Raises LabError."""
    return (etcd(report), pause(report), web(report))


def _cached(kind: str, name: str, report: Report, make: Callable[[Path], Content]) -> Image:
    directory = paths.cache_home() / "lab" / "images"
    # What this very file makes: any change of it makes new archives.
    recipe = _sha256(Path(__file__).read_bytes())[:8]
    archive = directory / f"{kind}-{name.rsplit(':', 1)[1]}-{recipe}.tar"
    if not archive.exists():
        directory.mkdir(parents=True, exist_ok=True)
        with locked(directory / f"{kind}.lock", report, f"another kwizard makes the image {name}"):
            if not archive.exists():
                report(f"making the image {name}")
                with tempfile.TemporaryDirectory(prefix="kwizard-image-") as scratch:
                    data = docker_archive(name, make(Path(scratch)))
                partial = archive.with_suffix(".partial")
                partial.write_bytes(data)
                partial.replace(archive)
    return Image(name, archive)


def docker_archive(name: str, content: Content) -> bytes:
    """A docker archive with one layer. The same content gives the same bytes."""
    layer = _tar({**_directories(content), **_entries(content)})
    config = json.dumps(
        {
            "architecture": _architecture(),
            "os": "linux",
            "created": _BIRTH,
            "config": dict(content.config),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_sha256(layer)}"]},
            "history": [{"created": _BIRTH, "created_by": "kwizard lab images"}],
        },
        sort_keys=True,
    ).encode()
    config_name, layer_name = f"{_sha256(config)}.json", f"{_sha256(layer)}/layer.tar"
    manifest = [{"Config": config_name, "RepoTags": [name], "Layers": [layer_name]}]
    return _tar(
        {
            config_name: _file(config_name, config),
            layer_name: _file(layer_name, layer),
            "manifest.json": _file("manifest.json", json.dumps(manifest).encode()),
        }
    )


_Entry = tuple[tarfile.TarInfo, bytes]


def _file(path: str, data: bytes, mode: int = 0o644) -> _Entry:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(data), mode
    return info, data


def _entries(content: Content) -> dict[str, _Entry]:
    found = {path: _file(path, data, mode) for path, (data, mode) in content.files.items()}
    for path, target in content.links.items():
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
        found[path] = (info, b"")
    return found


def _directories(content: Content) -> dict[str, _Entry]:
    """Parents of everything, and the mount points a runtime expects."""
    wanted = {"dev", "etc", "proc", "root", "sys", "tmp", "var", "var/lib"}
    for path in (*content.files, *content.links):
        wanted |= {str(parent) for parent in Path(path).parents} - {"."}
    found = {}
    for path in sorted(wanted):
        info = tarfile.TarInfo(path)
        info.type, info.mode = tarfile.DIRTYPE, 0o1777 if path == "tmp" else 0o755
        found[path] = (info, b"")
    return found


def _tar(entries: Mapping[str, _Entry]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for info, data in entries.values():
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _architecture() -> str:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise LabError(f"no images are made for the architecture {machine}")
    return _ARCHITECTURES[machine]


def _etcd(scratch: Path) -> Content:
    packages = ["etcd-server", "etcd-client"]
    download = ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *packages]
    fetch = subprocess.run(download, cwd=scratch, capture_output=True, check=False)
    if fetch.returncode != 0:
        # A new machine has no package lists yet.
        sh(["apt-get", "-q", "update"])
        again = subprocess.run(
            download, cwd=scratch, capture_output=True, text=True, errors="replace", check=False
        )
        if again.returncode != 0:
            raise LabError(
                f"apt-get could not download {' and '.join(packages)}",
                remedy="the machine's apt sources must have Debian 12",
                log_tail=again.stderr,
            )
    for package in sorted(scratch.glob("*.deb")):
        if package.name.startswith("etcd-server") and "_3.4.23" not in package.name:
            raise LabError(
                f"{package.name} is not etcd 3.4.23",
                remedy="the machine's apt sources must be those of Debian 12",
            )
        sh(["dpkg-deb", "--extract", str(package), str(scratch / "root")])
    programs = {f"usr/bin/{p}": scratch / "root/usr/bin" / p for p in ("etcd", "etcdctl")}
    libraries = {path.lstrip("/"): Path(path) for p in programs.values() for path in needed(p)}
    files, links = _busybox()
    for path, source in {**programs, **libraries}.items():
        files[path] = (source.read_bytes(), 0o755)
    return Content(
        config={"Entrypoint": ["/usr/bin/etcd"], "Env": ["PATH=/usr/bin:/bin"], "WorkingDir": "/"},
        files=files,
        links=links,
    )


def needed(program: Path) -> tuple[str, ...]:
    """The libraries and the loader a program needs, as absolute paths; none when it is static."""
    done = subprocess.run(
        ["ldd", str(program)], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0:
        return ()
    return tuple(re.findall(r"(?:=> |^\s*)(/\S+) \(0x", done.stdout, re.MULTILINE))


def _busybox() -> tuple[dict[str, tuple[bytes, int]], dict[str, str]]:
    program = shutil.which("busybox")
    if program is None or needed(Path(program)):
        raise LabError("no static busybox here", remedy="kwizard lab setup (busybox-static)")
    applets = [a for a in sh([program, "--list"]).split() if a != "busybox"]
    files = {
        "bin/busybox": (Path(program).read_bytes(), 0o755),
        "etc/passwd": (_PASSWD, 0o644),
        "etc/group": (b"root:x:0:\n", 0o644),
    }
    return files, {f"bin/{applet}": "busybox" for applet in applets}


def _web(scratch: Path) -> Content:
    del scratch
    files, links = _busybox()
    return Content(
        config={
            "Cmd": ["/bin/httpd", "-f", "-p", "80", "-h", "/www"],
            "Env": ["PATH=/bin"],
            "WorkingDir": "/",
        },
        files={**files, "www/index.html": (b"hello\n", 0o644)},
        links=links,
    )


_PAUSE_C = r"""
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void reap(int s) { (void)s; while (waitpid(-1, 0, WNOHANG) > 0) {} }
static void leave(int s) { (void)s; _exit(0); }
int main(void) {
    signal(SIGCHLD, reap); signal(SIGINT, leave); signal(SIGTERM, leave);
    for (;;) pause();
}
"""

_PAUSE_GO = """package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for s := range signals {
		if s != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
"""


def _pause(scratch: Path) -> Content:
    program = scratch / "pause"
    if shutil.which("gcc"):
        (scratch / "pause.c").write_text(_PAUSE_C)
        sh(["gcc", "-Os", "-s", "-static", "-o", str(program), str(scratch / "pause.c")])
    elif shutil.which("go"):
        (scratch / "pause.go").write_text(_PAUSE_GO)
        build = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", str(program)]
        sh(["env", "CGO_ENABLED=0", "GO111MODULE=off", *build, str(scratch / "pause.go")])
    else:
        files, links = _busybox()
        config = {"Entrypoint": ["/bin/sleep", "1000000000"], "Env": ["PATH=/bin"]}
        return Content(config=config, files=files, links=links)
    return Content(
        config={"Entrypoint": ["/pause"], "Env": ["PATH=/"]},
        files={"pause": (program.read_bytes(), 0o755)},
    )
