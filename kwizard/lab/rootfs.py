"""The root filesystem all practice hosts share as their lower layer: Debian 12, built once.

It lies in the cache under a name made of a hash of everything that went into it, so a change of the
recipe makes a new one beside the old, and hosts that run on the old one keep their programs.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kwizard import paths
from kwizard.errors import LabError
from kwizard.lab.locks import locked
from kwizard.lab.mounts import mounts_below
from kwizard.text import clean, tail

SUITE = "bookworm"

PACKAGES = (
    # an ordinary small server
    "systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "procps", "kmod", "curl",
    "ca-certificates", "iproute2", "iputils-ping",
    # what Kubernetes expects to find
    "iptables", "nftables", "conntrack", "socat", "ethtool", "ebtables",
    "containerd", "runc", "containernetworking-plugins", "docker.io", "firewalld",
)  # fmt: skip

_HERE = Path(__file__).resolve().parent
_TREE = _HERE / "root"
_FINISH = _HERE / "finish.sh"

Report = Callable[[str], None]


def rootfs_path() -> Path:
    """Where the root filesystem of the present recipe is, or would be."""
    return paths.cache_home() / "lab" / f"rootfs-{_recipe_hash()}"


def ensure_rootfs(report: Report) -> Path:
    """The root filesystem, built when it is not there yet (1 to 2 minutes, about 600 MB).

    `report` gets a line for every stage. Raises LabError with the end of the build's output.
    """
    path = rootfs_path()
    if path.is_dir():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent / "rootfs.lock", report, "another kwizard builds the root filesystem"):
        if not path.is_dir():
            _clear_partial(path.parent)
            partial = path.with_name(f"{path.name}.partial")
            _build(partial, report)
            partial.rename(path)
    return path


def _recipe_hash() -> str:
    digest = hashlib.sha256()
    for word in _mmdebstrap(Path("OUT"), Path("SOURCES")):
        digest.update(word.encode() + b"\0")
    for file in (_FINISH, *sorted(p for p in _TREE.rglob("*") if p.is_file())):
        digest.update(str(file.relative_to(_HERE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _mmdebstrap(out: Path, sources: Path) -> list[str]:
    return [
        "mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}",
        '--aptopt=Acquire::Languages "none"',
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        SUITE, str(out), str(sources),
    ]  # fmt: skip


def apt_sources() -> Path:
    """The apt sources file to build from: `$KWIZARD_LAB_SOURCES`, else the machine's own.

    Raises LabError when the machine has none for Debian 12.
    """
    own = os.environ.get("KWIZARD_LAB_SOURCES")
    parts = Path("/etc/apt/sources.list.d")
    candidates = (
        [Path(own)]
        if own
        else [
            parts / "debian.sources",
            Path("/etc/apt/sources.list"),
            *sorted(parts.glob("*.sources")),
            *sorted(parts.glob("*.list")),
        ]
    )
    for file in candidates:
        if file.is_file() and re.search(rf"\b{SUITE}\b", file.read_text(errors="replace")):
            return file
    raise LabError(
        f"no apt sources for Debian 12 ({SUITE}) among {', '.join(map(str, candidates))}",
        remedy="name a sources file for it in KWIZARD_LAB_SOURCES",
    )


def _build(out: Path, report: Report) -> None:
    sources = apt_sources()
    started = time.monotonic()
    report(f"building the root filesystem (Debian 12, {len(PACKAGES)} packages; 1-2 minutes, once)")
    with tempfile.TemporaryFile() as log:
        # A mount and process namespace of its own, ended with us: a killed build leaves no mounts
        # and no processes.
        command = [
            "setpriv", "--pdeathsig", "KILL",
            "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc",
            *_mmdebstrap(out, sources),
        ]  # fmt: skip
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as build:
            assert build.stdout is not None
            for line in build.stdout:
                log.write(line.encode())
                if line.startswith("I: "):
                    report(f"  {time.monotonic() - started:5.0f} s  {clean(line[3:]).strip()}")
        if build.returncode != 0:
            _discard(out)
            log.seek(max(0, log.tell() - 16384))
            raise LabError(
                f"mmdebstrap ended with exit status {build.returncode}",
                remedy="the machine's apt sources must be reachable; then run it again",
                log_tail=tail(clean(log.read().decode(errors="replace")), 20),
            )
    _copy_tree(out)
    finish = subprocess.run(
        ["chroot", str(out), "/bin/sh", "-s"],
        input=_FINISH.read_text(),
        env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if finish.returncode != 0:
        _discard(out)
        raise LabError(
            f"finish.sh ended with exit status {finish.returncode}",
            log_tail=tail(clean(finish.stdout + finish.stderr), 20),
        )
    report(f"root filesystem built in {time.monotonic() - started:.0f} s")


def _copy_tree(out: Path) -> None:
    """Lay our own files over the tree, as root's, executable only where one is a program."""
    for source in sorted(p for p in _TREE.rglob("*") if p.is_file()):
        target = out / source.relative_to(_TREE)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        shutil.copyfile(source, target)
        os.chown(target, 0, 0)
        target.chmod(0o755 if source.parent.name == "sbin" else 0o644)


def _clear_partial(directory: Path) -> None:
    for partial in directory.glob("rootfs-*.partial"):
        _discard(partial)


def _discard(tree: Path) -> None:
    """Remove a half-built tree; never while something is mounted inside it."""
    if mounts := mounts_below(tree):
        raise LabError(
            f"an unfinished root filesystem still has mounts: {', '.join(map(str, mounts))}",
            remedy=f"unmount them, then remove {tree}",
        )
    if tree.is_dir():
        shutil.rmtree(tree)
