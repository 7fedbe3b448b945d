"""The cgroups of practice hosts: each host has a subtree of its own in every hierarchy.

That includes systemd's own (named) hierarchy and the unified one: hosts that share one there see
each other's units, and a kubelet removes the others' pods. A host is on exactly while its subtree
holds processes, which is how hosts are found again after whoever started them was killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab.machine import until


@dataclass(frozen=True, slots=True)
class Hierarchies:
    """Where this machine's cgroup hierarchies are mounted.

    `v1`: those of version 1, with the directory a subtree is made in. `v2`: the unified one.
    """

    v1: tuple[Path, ...]
    v2: Path | None

    @classmethod
    def of_machine(cls, mounts: str | None = None) -> Hierarchies:
        """Read from /proc/self/mounts (or `mounts`, its text). Raises LabError without any."""
        text = Path("/proc/self/mounts").read_text() if mounts is None else mounts
        found = [(f[2], Path(f[1])) for line in text.splitlines() if len(f := line.split()) > 2]
        v1 = tuple(dict.fromkeys(where for kind, where in found if kind == "cgroup"))
        v2 = [where for kind, where in found if kind == "cgroup2"]
        if not v1 and not v2:
            raise LabError(
                "no cgroup hierarchy is mounted on this machine",
                remedy="mount the cgroup filesystem (systemd does) and try again",
            )
        return cls(v1, v2[0] if v2 else None)

    @property
    def pure_v2(self) -> bool:
        """Whether there is only the unified hierarchy."""
        return not self.v1

    @property
    def all(self) -> tuple[Path, ...]:
        """Every hierarchy's mount point."""
        return (*self.v1, *((self.v2,) if self.v2 else ()))

    @property
    def counted(self) -> Path:
        """The hierarchy a host's processes are found in."""
        pids = [p for p in self.v1 if p.name == "pids"]
        return (pids or list(self.all))[0]


@dataclass(frozen=True, slots=True)
class HostCgroup:
    """One host's subtree, `name` being `kwlab-<lab>/<host>`."""

    name: str
    hierarchies: Hierarchies

    def make(self) -> None:
        """Create the subtree in every hierarchy. A second time does nothing."""
        for mount in self.hierarchies.all:
            directory = mount
            for part in Path(self.name).parts:
                if self.hierarchies.pure_v2:
                    _delegate(directory)
                directory = directory / part
                directory.mkdir(exist_ok=True)
                _copy_cpuset(mount, directory)
        if self.hierarchies.pure_v2:
            # A v2 group that hands controllers to its children may hold no process itself.
            host = mount / self.name
            _delegate(host)
            (host / "power").mkdir(exist_ok=True)
            (host / "host").mkdir(exist_ok=True)

    def entrances(self, part: str) -> tuple[Path, ...]:
        """The directories a starting process has to enter. `part` is "power" for the supply and
        "host" for the host itself: two groups on v2, one and the same on v1."""
        inner = part if self.hierarchies.pure_v2 else ""
        return tuple(mount / self.name / inner for mount in self.hierarchies.all)

    def console(self) -> tuple[Path, ...]:
        """The directories a command typed at the host's console is in: those of its systemd, so
        that seen from inside its path is an ordinary one."""
        found = []
        for outer in self.entrances("host"):
            inner = outer / "payload" / "init.scope"
            found.append(inner if inner.is_dir() else outer)
        return tuple(found)

    def processes(self) -> list[int]:
        """Every process of the host, the supply included, by its id on this machine."""
        found: list[int] = []
        for directory, _, files in os.walk(self.hierarchies.counted / self.name):
            if "cgroup.procs" in files:
                # A group may go away while we read it.
                with contextlib.suppress(OSError):
                    found += map(int, (Path(directory) / "cgroup.procs").read_text().split())
        return found

    def leader(self) -> int | None:
        """The host's first process (its systemd), by its id on this machine; None when off."""
        for pid in self.processes():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith("NSpid:"):
                        if (ids := line.split()[1:]) and len(ids) == 2 and ids[1] == "1":
                            return pid
                        break
        return None

    def kill(self, seconds: float = 15) -> None:
        """End every process of the host at once, as a power cut does.

        Raises LabError when some are left after `seconds`.
        """
        for _ in until(seconds):
            self._freeze(frozen=True)
            pids = self.processes()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._freeze(frozen=False)
            if not pids:
                return
        raise LabError(f"processes {pids} of {self.name} could not be ended")

    def remove(self, seconds: float = 10) -> None:
        """Remove the subtree everywhere. Raises LabError when it is still in use."""
        for mount in self.hierarchies.all:
            remove_tree(mount / self.name, seconds)

    def _freeze(self, *, frozen: bool) -> None:
        """Hold the host still, so that nothing forks while it is being ended (v1: freezer)."""
        for mount in self.hierarchies.v1:
            state = mount / self.name / "freezer.state"
            if state.exists():
                with contextlib.suppress(OSError):
                    state.write_text("FROZEN" if frozen else "THAWED")


def remove_tree(directory: Path, seconds: float = 10) -> None:
    """Remove a cgroup and those below it; the kernel needs a moment after the last process."""
    for _ in until(seconds):
        for below, _, _ in os.walk(directory, topdown=False):
            with contextlib.suppress(OSError):
                Path(below).rmdir()
        if not directory.exists():
            return
    raise LabError(f"the cgroup {directory} is still in use")


def _copy_cpuset(mount: Path, directory: Path) -> None:
    """A v1 cpuset takes no process before it has cpus and memory nodes."""
    for file in ("cpuset.cpus", "cpuset.mems"):
        source, target = mount / file, directory / file
        if source.exists() and target.exists():
            target.write_text(source.read_text())


def _delegate(directory: Path) -> None:
    """Pass every controller on to the groups below `directory` (v2)."""
    available = (directory / "cgroup.controllers").read_text().split()
    with contextlib.suppress(OSError):
        (directory / "cgroup.subtree_control").write_text(" ".join(f"+{c}" for c in available))
