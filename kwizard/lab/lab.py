"""A lab: practice hosts in a network of their own, from their first start to nothing left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from kwizard.errors import LabError
from kwizard.lab import access, cables, disk, network, packages, record
from kwizard.lab.cgroups import Hierarchies, remove_tree
from kwizard.lab.layout import HOST_NAMES, Layout, Seat
from kwizard.lab.locks import locked
from kwizard.lab.machine import Report, allow_inotify
from kwizard.lab.power import Box
from kwizard.lab.rootfs import ensure_rootfs
from kwizard.lab.status import HostStatus, LabStatus

_T = TypeVar("_T")

Command = str | Sequence[str]
"""A list is run as it is; a string is given to `sh -c`."""


def _silent(line: str) -> None:
    del line


class Lab:
    """The lab `name` (see `Layout.of`). Creating the object touches nothing.

    `report` gets a line of text for everything that takes time. Methods raise LabError when the
    machine refuses something, InvalidInput for a host name or option that cannot be.
    """

    def __init__(self, name: str | None = None, report: Report = _silent) -> None:
        self.layout = Layout.of(name)
        self.report = report

    @property
    def name(self) -> str:
        """The lab's name."""
        return self.layout.name

    @property
    def key(self) -> Path:
        """The private key that root and op accept."""
        return self.layout.key

    @property
    def password_file(self) -> Path:
        """The file with op's password, which sudo asks for."""
        return self.layout.password_file

    @property
    def password(self) -> str:
        """The password of op."""
        return self.layout.password_file.read_text().strip()

    @property
    def hosts(self) -> tuple[Seat, ...]:
        """The lab's hosts, in order; empty when there is no lab."""
        self._root()
        known = record.load(self.layout)
        return tuple(self.layout.seat(name) for name in known.hosts) if known else ()

    def up(self, hosts: int = 3, disk_mb: int | None = None) -> dict[str, str]:
        """Start the first `hosts` hosts and wait until they are ready; those that are on stay so.

        `disk_mb`: new hosts get a disk of that many MiB. Returns systemd's word for each host.
        """
        packages.check()
        seats = self.layout.first(hosts)
        rootfs = ensure_rootfs(self.report)
        with self._alone():
            known = self._known()
            boxes = {name: self._box(name) for name in HOST_NAMES}
            kept = [n for n in (known.hosts if known else ()) if boxes[n].on]
            wanted = {seat.name for seat in seats}
            names = tuple(n for n in HOST_NAMES if n in wanted or n in kept)
            base = self._base(known, rootfs)
            self.layout.directory.mkdir(parents=True, exist_ok=True)
            record.save(self.layout, record.Record(names, str(base), record.machine_boot_id()))
            allow_inotify(self.report)
            network.make(self.layout)
            done = self._bring_up(names, base, names, disk_mb)
            return {name: word for name, word in done.items() if name in wanted}

    def down(self, *, wipe: bool = False) -> None:
        """Shut all hosts down (with `wipe` their power is cut, and their disks are deleted) and
        remove every trace of the lab from the running machine. A second time does nothing."""
        self._root()
        if not self._traces():
            return
        with self._alone():
            boxes = [self._box(name) for name in HOST_NAMES]
            on = [box for box in boxes if box.on]
            if on:
                self.report(f"switching off {', '.join(box.seat.name for box in on)}")
            self._each(on, Box.power_cut if wipe else Box.power_off)
            for box in boxes:
                box.remove(wipe=wipe)
            for hierarchy in Hierarchies.of_machine().all:
                remove_tree(hierarchy / self.layout.cgroup)
            if ended := network.remove(self.layout):
                self.report(f"ended {ended} commands that ran inside the lab")
            if wipe:
                disk.wipe(self.layout.directory)
                self.layout.lock.unlink(missing_ok=True)

    def status(self) -> LabStatus:
        """How the lab stands, as the kernel sees it."""
        self._root()
        known = record.load(self.layout)
        hosts = tuple(self._host_status(seat) for seat in self.hosts)
        on = [host for host in hosts if host.state == "on"]
        state = "none" if known is None else "up" if len(on) == len(hosts) else "partly up"
        return LabStatus(
            name=self.name,
            state="off" if known and not on else state,
            machine_restarted=bool(known and known.stale),
            netns=self.layout.netns,
            directory=str(self.layout.directory),
            key=str(self.layout.key),
            password_file=str(self.layout.password_file),
            hosts=hosts,
        )

    def run(
        self,
        host: str,
        command: Command,
        *,
        input: str | None = None,
        timeout: float | None = 120,
        check: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on `host` as root, as if typed at its console: no network is needed.

        Raises subprocess.TimeoutExpired after `timeout` seconds, and with `check`
        subprocess.CalledProcessError for an exit status that is not 0.
        """
        return _completed(self.run_command(host, command), input, timeout, check)

    def run_command(self, host: str, command: Command) -> list[str]:
        """The command line of this machine that `run` runs."""
        return self._member(host).command(_argv(command))

    def exec(
        self,
        command: Command,
        *,
        input: str | None = None,
        timeout: float | None = 120,
        check: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of this machine inside the lab's network, as the operator would.

        Further `options` go to subprocess.run (env, cwd).
        """
        return _completed(self.exec_command(command), input, timeout, check, **options)

    def exec_command(self, command: Command) -> list[str]:
        """The command line that `exec` runs. It becomes the command: same process, same id."""
        self._root()
        if not network.exists(self.layout):
            raise LabError(
                f"the lab {self.name!r} has no network: it is not up", remedy="kwizard lab up"
            )
        return [*access.inside_lab(self.layout), *_argv(command)]

    def popen_exec(
        self,
        command: Command,
        **options: Any,  # noqa: ANN401
    ) -> subprocess.Popen[Any]:
        """Start a command of this machine inside the lab's network; `options` go to Popen."""
        return subprocess.Popen(self.exec_command(command), **options)

    def ssh(
        self,
        host: str,
        command: Sequence[str] = (),
        *,
        user: str = "root",
        second: bool = False,
        key: Path | None = None,
        input: str | None = None,
        timeout: float | None = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` on `host` over SSH, as `user`, by the first network or the `second`.

        `key` is a private key file (None: the lab's own).
        """
        seat = self.layout.seat(host)
        address = seat.second_address if second else seat.address
        line = [*access.ssh(self.layout, user, str(address), key or self.key), *command]
        return _completed(line, input, timeout, check=False)

    def wait_ready(self, host: str, seconds: float = 120) -> str:
        """Wait until `host` has started and answers SSH; "running" or "degraded"."""
        return self._member(host).wait_ready(seconds)

    def reboot(self, host: str) -> str:
        """Reboot `host` in order, and wait until it is ready again."""
        box = self._member(host)
        box.reboot()
        return box.wait_ready()

    def power_cut(self, *hosts: str) -> None:
        """Take the power from `hosts` (none named: all of them) at once."""
        with self._alone():
            self._each([self._member(name) for name in self._names(hosts)], Box.power_cut)

    def power_on(self, *hosts: str) -> dict[str, str]:
        """Switch `hosts` (none named: all of them) on, and wait until they are ready."""
        packages.check()
        with self._alone():
            known = self._known()
            if known is None:
                raise LabError(f"there is no lab {self.name!r}", remedy="kwizard lab up")
            base = self._base(known, Path(known.rootfs))
            allow_inotify(self.report)
            network.make(self.layout)
            names = [self._member(name).seat.name for name in self._names(hosts)]
            return self._bring_up(names, base, known.hosts, None)

    def cut(self, host: str, *, first: bool = True, second: bool = True) -> None:
        """Pull out the cables of `host`: both, or only that to one network. Outlasts a reboot."""
        seat = self._member(host).seat
        cables.set_cut(self.layout, seat, _links(seat, first=first, second=second), cut=True)

    def heal(self, host: str) -> None:
        """Put the cables of `host` back in."""
        seat = self._member(host).seat
        cables.set_cut(self.layout, seat, _links(seat), cut=False)

    def shape(self, host: str, rate: str | None) -> None:
        """Let at most `rate` (2mbit, 300kbit) reach `host` on each cable; None lifts the limit."""
        cables.set_rate(self.layout, self._member(host).seat, rate)

    def cluster_file(
        self,
        *,
        file: Path | None = None,
        recipe: str = "classic",
        version: str | None = None,
        user: str = "root",
        supervisor: str = "systemd",
        backend: str | None = None,
        proxy: str = "iptables",
        control_planes: int = 1,
        store: str = "kubernetes",
        second: bool = False,
    ) -> Path:
        """Write a ready cluster file for the lab's hosts and return its path.

        The options are those of `kwizard.lab.clusterfile.write`.
        """
        from kwizard.lab import clusterfile

        if not self.hosts:
            raise LabError(f"there is no lab {self.name!r}", remedy="kwizard lab up")
        host_keys = {}
        for seat in self.hosts:
            shown = self.run(seat.name, ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"])
            if shown.returncode == 0:
                host_keys[seat.name] = " ".join(shown.stdout.split()[:2])
        return clusterfile.write(
            self.layout,
            self.hosts,
            self.report,
            file=file,
            recipe=recipe,
            version=version,
            user=user,
            supervisor=supervisor,
            backend=backend,
            proxy=proxy,
            control_planes=control_planes,
            store=store,
            second=second,
            host_keys=host_keys,
        )

    def _bring_up(
        self, names: Sequence[str], rootfs: Path, everyone: Sequence[str], disk_mb: int | None
    ) -> dict[str, str]:
        """Start those of `names` that are off, and wait for all; systemd's word for each."""
        boxes = [self._box(name) for name in names]
        if due := [box.seat.name for box in boxes if not box.on]:
            self.report(f"starting {', '.join(due)}")
        key, password = access.make_logins(self.layout)
        seats = [self.layout.seat(name) for name in everyone]
        lines = "\n".join(f"{seat.address} {seat.name}" for seat in seats)

        def bring(box: Box) -> str:
            if not box.on:
                box.mount(rootfs, disk_mb)
            box.identify(key, password, lines)
            box.power_on()
            return box.wait_ready()

        return dict(zip(names, self._each(boxes, bring), strict=True))

    def _each(self, boxes: Sequence[Box], do: Callable[[Box], _T]) -> list[_T]:
        """Do the same to several hosts at once; the first error is raised when all have ended."""
        # A boot keeps a processor busy: more at once only make each of them slower.
        with ThreadPoolExecutor(max_workers=max(4, 2 * (os.cpu_count() or 1))) as pool:
            return [future.result() for future in [pool.submit(do, box) for box in boxes]]

    def _box(self, name: str) -> Box:
        return Box.of(self.layout, self.layout.seat(name), Hierarchies.of_machine())

    def _member(self, name: str) -> Box:
        box = self._box(name)
        if name not in self._names(()):
            raise LabError(
                f"the lab {self.name!r} has no host {name}",
                remedy=f"its hosts: {', '.join(self._names(())) or 'none (kwizard lab up)'}",
            )
        return box

    def _names(self, chosen: Sequence[str]) -> list[str]:
        return list(chosen) or [seat.name for seat in self.hosts]

    def _known(self) -> record.Record | None:
        return record.load(self.layout)

    def _base(self, known: record.Record | None, rootfs: Path) -> Path:
        """The root filesystem to stand on: disks that exist stay on the one they were made on."""
        if known is None or not any((self.layout.directory / "hosts").glob("*/disk*")):
            return rootfs
        base = Path(known.rootfs)
        if not base.is_dir():
            raise LabError(
                f"the root filesystem these hosts stand on is gone: {base}",
                remedy="kwizard lab down --wipe, then up: the hosts begin anew",
            )
        return base

    def _host_status(self, seat: Seat) -> HostStatus:
        count = len(self._box(seat.name).cgroup.processes())
        return HostStatus(
            name=seat.name,
            state="on" if count else "off",
            address=str(seat.address),
            second_address=str(seat.second_address),
            cut=cables.is_cut(seat),
            processes=count,
            console=str(seat.console),
        )

    def _traces(self) -> bool:
        """Whether there is anything of this lab on the machine."""
        places = [m / self.layout.cgroup for m in Hierarchies.of_machine().all]
        return any(p.exists() for p in (*places, self.layout.directory, self.layout.netns_path))

    def _root(self) -> None:
        if reason := packages.obstacle():
            raise LabError(reason, remedy="run it as root on Linux (sudo kwizard lab ...)")

    def _alone(self) -> AbstractContextManager[None]:
        return locked(
            self.layout.lock, self.report, f"another kwizard works on the lab {self.name!r}"
        )


def _argv(command: Command) -> list[str]:
    return ["sh", "-c", command] if isinstance(command, str) else list(command)


def _links(seat: Seat, *, first: bool = True, second: bool = True) -> list[str]:
    return [link for link, on in ((seat.link, first), (seat.second_link, second)) if on]


def _completed(
    line: list[str],
    text: str | None,
    timeout: float | None,
    check: bool,
    **options: Any,  # noqa: ANN401
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line,
        input=text or "",
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=check,
        **options,
    )
