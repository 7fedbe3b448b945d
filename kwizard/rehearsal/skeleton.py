"""The tree every rehearsal host begins with: what it has of this machine, and the stand-ins."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kwizard.assets_dir import assets_dir
from kwizard.rehearsal.launcher import executable
from kwizard.rehearsal.namespace import PATH

_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix", "gnu")
_DIRECTORIES = (
    *("etc/systemd/system", "home", "mnt", "opt", "run/systemd/system", "run/lock", "srv", "sys"),
    *("usr/bin", "usr/sbin", "usr/lib/rehearsal", "usr/lib/systemd/system", "usr/local/bin"),
    *("usr/local/lib", "usr/local/sbin", "var/lib/rehearsal", "var/log", "var/tmp", "var/cache"),
)


def rehearsal_assets() -> Path:
    """assets/rehearsal: the stand-ins as readable sh."""
    return assets_dir() / "rehearsal"


def lent_directories() -> tuple[str, ...]:
    """Directories of this machine that are shown to the hosts, read-only, under /machine."""
    return tuple(
        f"/{name}"
        for name in _SYSTEM
        if (path := Path("/", name)).is_dir() and not path.is_symlink()
    )


def build_skeleton(target: Path) -> None:
    """Fill the directory `target`: readable by everybody, owned by the caller."""
    for name in _DIRECTORIES:
        (target / name).mkdir(parents=True, exist_ok=True)
    for name, mode in (("root", 0o700), ("tmp", 0o1777), ("var/tmp", 0o1777)):
        (target / name).mkdir(exist_ok=True)
        (target / name).chmod(mode)
    (target / "var/run").symlink_to("/run")
    _lend_libraries(target)
    _lend_tools(target)
    _settings(target)
    _stand_ins(target)


def _lend_libraries(target: Path) -> None:
    """Where the machine has a link (/lib is usr/lib) the host has the same link; a directory
    becomes a directory of links, so that a script may well add to it, or empty it."""
    for name in _SYSTEM:
        there, here = Path("/", name), target / name
        if there.is_symlink():
            here.symlink_to(there.readlink())
        elif there.is_dir() and name not in ("usr", "bin", "sbin", "nix", "gnu"):
            here.mkdir()
            _link_children(there, here)
        elif there.is_dir():
            here.mkdir(exist_ok=True)
    for there in sorted(Path("/usr").iterdir()):
        here = target / "usr" / there.name
        if there.name.startswith("lib") and there.is_symlink():
            here.symlink_to(there.readlink())
        elif there.name.startswith("lib") and there.is_dir():
            here.mkdir(exist_ok=True)
            _link_children(there, here)
        elif there.name == "share":
            here.symlink_to("/machine/usr/share")


def _link_children(there: Path, here: Path) -> None:
    for child in there.iterdir():
        place = here / child.name
        if not place.exists():
            place.symlink_to(f"/machine{child}")


def _lend_tools(target: Path) -> None:
    lent = tuple(f"{d}/" for d in lent_directories())
    for line in (rehearsal_assets() / "tools.txt").read_text().splitlines():
        name = line.strip()
        if not name or name.startswith("#"):
            continue
        found = shutil.which(name, path=PATH)
        if found is None:
            continue
        # Through every link: /etc/alternatives is the machine's, and not shown.
        real = os.path.realpath(found)
        if real.startswith(lent):
            (target / "usr/bin" / name).symlink_to(f"/machine{real}")


def _settings(target: Path) -> None:
    etc = target / "etc"
    etc.joinpath("passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    etc.joinpath("group").write_text("root:x:0:\n")
    etc.joinpath("os-release").write_text(
        'NAME="kwizard rehearsal"\nID=rehearsal\nID_LIKE=debian\nVERSION_ID="1"\n'
        'PRETTY_NAME="kwizard rehearsal host"\n'
    )
    for name in ("ld.so.cache", "ld.so.conf"):
        there = Path("/etc", name)
        if there.is_file():
            shutil.copy(there, etc / name)


def _stand_ins(target: Path) -> None:
    assets = rehearsal_assets()
    for source in sorted((assets / "bin").glob("*.sh")):
        _put(target / "usr/bin" / source.stem, source.read_bytes(), 0o755)
    for source in sorted((assets / "daemons").glob("*.sh")):
        _put(target / "usr/bin" / source.stem, executable(source.read_bytes()), 0o755)
    for source in sorted(p for p in (assets / "lib").rglob("*") if p.is_file()):
        _put(
            target / "usr/lib/rehearsal" / source.relative_to(assets / "lib"),
            source.read_bytes(),
            0o755,
        )
    enabled = target / "etc/systemd/system/multi-user.target.wants"
    enabled.mkdir()
    enabled.joinpath("docker.service").symlink_to("/usr/lib/systemd/system/docker.service")
    for source in sorted((assets / "units").glob("*.service")):
        _put(target / "usr/lib/systemd/system" / source.name, source.read_bytes(), 0o644)


def _put(place: Path, data: bytes, mode: int) -> None:
    """In the place of what may be there: of a tool of the machine's with the same name."""
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    place.write_bytes(data)
    place.chmod(mode)
