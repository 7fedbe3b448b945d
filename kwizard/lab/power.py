"""Switching one practice host on and off, and seeing which it is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab import access, disk, network
from kwizard.lab.cgroups import Hierarchies, HostCgroup
from kwizard.lab.layout import Layout, Seat
from kwizard.lab.machine import PATH, sh, succeeds, until
from kwizard.text import decode, tail

_POWER = Path(__file__).resolve().parent / "power.sh"
_IDENTITY = Path(__file__).resolve().parent / "identity.sh"

_PROPAGATE = Path("/run/systemd/nspawn/propagate")

_BOOT_SECONDS = 120
_POWEROFF_SECONDS = 30
_ASK_AGAIN_SECONDS = 2.0
_CLEAR_UP_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Box:
    """One practice host as a machine with a power button."""

    layout: Layout
    seat: Seat
    cgroup: HostCgroup

    @classmethod
    def of(cls, layout: Layout, seat: Seat, hierarchies: Hierarchies) -> Box:
        """The box that sits at `seat`."""
        return cls(layout, seat, HostCgroup(f"{layout.cgroup}/{seat.name}", hierarchies))

    @property
    def machine(self) -> str:
        """What nspawn calls it: unique on this machine."""
        return f"kwlab-{self.layout.name}-{self.seat.name}"

    @property
    def on(self) -> bool:
        """Whether any process of it lives."""
        return bool(self.cgroup.processes())

    def mount(self, rootfs: Path, disk_mb: int | None) -> None:
        """Make its disk ready; see `disk.mount`."""
        disk.mount(self.seat, rootfs, disk_mb)
        self.seat.settings.mkdir(exist_ok=True)

    def identify(self, key: str, password: str, lines: str) -> None:
        """Give a new host its name, addresses and logins, and any host `lines` in /etc/hosts."""
        sh(
            ["chroot", str(self.seat.root), "/bin/sh", "-s"],
            stdin=_IDENTITY.read_text(),
            env={
                "PATH": PATH,
                "LAB_HOST": self.seat.name,
                "LAB_ADDRESS": str(self.seat.address),
                "LAB_SECOND_ADDRESS": str(self.seat.second_address),
                "LAB_GATEWAY": str(network.GATEWAY),
                "LAB_KEY": key,
                "LAB_PASSWORD": password,
                "LAB_HOSTS": lines,
            },
        )

    def power_on(self) -> None:
        """Start it, detached from us; its disk is mounted. Does nothing when it is on."""
        seat = self.seat
        if self.on:
            return
        self.cgroup.make()
        with seat.console.open("ab") as console:
            # `setsid --fork` returns at once: the supply is nobody's child and has no terminal.
            subprocess.run(
                ["setsid", "--fork", "/bin/sh", str(_POWER)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                cwd="/",
                env={
                    "PATH": PATH,
                    "LAB_NETNS": self.layout.netns,
                    "LAB_HOST": seat.name,
                    "LAB_MACHINE": self.machine,
                    "LAB_DIR": str(seat.directory),
                    "LAB_POWER_CGROUPS": "\n".join(map(str, self.cgroup.entrances("power"))),
                    "LAB_HOST_CGROUPS": "\n".join(map(str, self.cgroup.entrances("host"))),
                },
                check=True,
            )

    def power_cut(self) -> None:
        """Take the power away: every process of it ends at once, the disk stays as it is."""
        self.cgroup.kill()

    def power_off(self) -> None:
        """Shut it down in order; after half a minute without success the power is cut."""
        asked = -_ASK_AGAIN_SECONDS
        for passed in until(_POWEROFF_SECONDS):
            leader = self.cgroup.leader()
            if leader is None:
                break
            # A systemd that has only just started drops the signal.
            if passed >= asked + _ASK_AGAIN_SECONDS:
                asked = passed
                with contextlib.suppress(ProcessLookupError):
                    os.kill(leader, signal.SIGRTMIN + 4)  # systemd: poweroff.target
        for _ in until(_CLEAR_UP_SECONDS):
            if not self.on:
                break
        self.cgroup.kill()

    def reboot(self) -> None:
        """Have it reboot in order, and return once it is another boot. Raises LabError."""
        leader = self._leader()
        os.kill(leader, signal.SIGRTMIN + 5)  # systemd: reboot.target
        for _ in until(_POWEROFF_SECONDS + _BOOT_SECONDS):
            if (now := self.cgroup.leader()) is not None and now != leader:
                return
        raise LabError("it did not start again", host=self.seat.name, log_tail=self.console_tail())

    def wait_ready(self, seconds: float = _BOOT_SECONDS) -> str:
        """Wait until systemd has finished starting and SSH answers; returns systemd's own word:
        "running", or "degraded" when a unit failed. Raises LabError with the console's end."""
        word = ""
        for _ in until(seconds, every=0.2):
            word = self._systemd_says()
            if word in ("running", "degraded"):
                break
        else:
            raise LabError(
                f"not up after {seconds:.0f} s (systemd says {word!r})",
                host=self.seat.name,
                log_tail=self.console_tail(),
                remedy=f"the console is in {self.seat.console}",
            )
        address = str(self.seat.address)
        if (self.seat.settings / f"{self.seat.link}.cut").exists():
            return word
        scan = ["ssh-keyscan", "-T", "2", "-t", "ed25519", address]
        for _ in until(20, every=0.2):
            if succeeds(
                [*access.inside_lab(self.layout), "sh", "-c", '"$@" | grep -q .', "", *scan]
            ):
                return word
        raise LabError(
            f"is up, but SSH does not answer on {address}",
            host=self.seat.name,
            log_tail=self.console_tail(),
        )

    def _systemd_says(self) -> str:
        """What systemd says once it has finished starting; other words before it can be asked."""
        # `--wait` alone may wait for ever: it can miss the very moment it waits for.
        ask = ["systemctl", "is-system-running", "--wait"]
        try:
            done = self.run(ask, _ASK_AGAIN_SECONDS)
        except (LabError, subprocess.TimeoutExpired):
            return "starting" if self.on else "off"
        return decode(done.stdout).strip()

    def command(self, command: list[str]) -> list[str]:
        """The command line that runs `command` on the host as root. LabError when it is off."""
        return [*access.inside_host(self.cgroup, self._leader()), *command]

    def run(
        self, command: list[str], seconds: float | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `command` on the host as root. Raises subprocess.TimeoutExpired after `seconds`."""
        return subprocess.run(
            self.command(command), input=stdin, capture_output=True, timeout=seconds, check=False
        )

    def remove(self, *, wipe: bool) -> None:
        """Take away its mounts and cgroups, and with `wipe` its disk. It must be off."""
        disk.unmount(self.seat.directory)
        self.cgroup.remove()
        # nspawn leaves an empty directory behind.
        with contextlib.suppress(OSError):
            (_PROPAGATE / self.machine).rmdir()
        if wipe:
            disk.wipe(self.seat.directory)

    def console_tail(self) -> str:
        """The end of what its console showed."""
        try:
            with self.seat.console.open("rb") as file:
                file.seek(max(0, self.seat.console.stat().st_size - 8192))
                return tail(decode(file.read()), 15)
        except OSError:
            return ""

    def _leader(self) -> int:
        leader = self.cgroup.leader()
        if leader is None:
            raise LabError(
                "is off", host=self.seat.name, remedy=f"kwizard lab power-on {self.seat.name}"
            )
        return leader
