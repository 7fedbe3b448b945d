"""A rehearsal: pretend hosts that answer real SSH and run the very step scripts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncssh

from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Role, Version
from kwizard.errors import InvalidInput
from kwizard.rehearsal.artifacts import Artifacts, make_artifacts
from kwizard.rehearsal.fault import Fault, write_faults
from kwizard.rehearsal.namespace import Namespace, owner, require_linux
from kwizard.rehearsal.scratch import make_scratch
from kwizard.rehearsal.server import HostServer
from kwizard.rehearsal.skeleton import build_skeleton, lent_directories, rehearsal_assets

NAMES = ("anakin", "boba", "c3po")
_FIRST = IPv4Address("10.0.63.202")
_MOST = 50
_LOOK_SECONDS = 0.05


class Rehearsal:
    """`async with Rehearsal() as r`: hosts that are up from entering to leaving.

    `hosts` counts them; the first is the control plane, all are in etcd, the others are workers.
    `speed` scales every delay of the stand-ins: 1 looks alive, 0 does not wait at all. `version`
    is what the made-up release says it is. `faults` are shown as they say. With `firewall` every
    host runs the stand-in for firewalld: it keeps zones and flushes docker's chains when it starts,
    but lets every packet through. `shown` are further directories of this machine that the hosts
    see, read-only, below /machine.

    Raises NoRehearsal on entering where the machine does not permit it: nothing ever runs outside
    the namespaces.
    """

    def __init__(
        self,
        hosts: int = 3,
        *,
        speed: float = 1.0,
        version: Version = Version(1, 19, 16),  # noqa: B008
        faults: Sequence[Fault] = (),
        firewall: bool = False,
        shown: Sequence[Path] = (),
    ) -> None:
        if not 1 <= hosts <= _MOST:
            raise InvalidInput(f"a rehearsal has 1 to {_MOST} hosts, not {hosts}")
        self._names = tuple((*NAMES, *(f"node{i}" for i in range(4, hosts + 1)))[:hosts])
        self._speed = max(0.0, speed)
        self._version = version
        self._faults = tuple(faults)
        self._firewall = firewall
        self._shown = tuple(str(p.resolve()) for p in shown)
        self._servers: dict[str, HostServer] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.directory = Path()
        """Everything the rehearsal has on this machine; removed on leaving."""
        self.identity = Path()
        """The private key file that opens every host, as root."""
        self.known_host_keys: dict[str, str] = {}
        """By host name, its public key as OpenSSH writes it: type and base64."""
        self.etcd_binaries = Path()
        """etcd's programs, for those who set etcd.mode to systemd."""
        self._cluster: Cluster | None = None
        self._alive = -1

    @property
    def cluster(self) -> Cluster:
        """The cluster file of these hosts, ready to be installed."""
        assert self._cluster is not None, "the rehearsal has not begun"
        return self._cluster

    async def __aenter__(self) -> Self:
        require_linux()
        self.directory, self._alive = make_scratch()
        try:
            await self._begin()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    def cut(self, host: str) -> None:
        """Break all SSH connections of a host, as a bad network does; it can be reached again."""
        self._servers[host].cut()

    def pids(self) -> dict[str, int]:
        """By host name, the machine's number of its first process."""
        return {name: server.namespace.pid for name, server in self._servers.items()}

    async def _begin(self) -> None:
        login = asyncssh.generate_private_key("ssh-ed25519")
        self.identity = self.directory / "identity"
        self.identity.touch(mode=0o600)
        self.identity.write_bytes(login.export_private_key())
        artifacts = make_artifacts(self.directory, self._version)
        build_skeleton(self.directory / "skeleton")
        shutil.copytree(rehearsal_assets() / "host", self.directory / "host")
        (self.directory / "shared" / "cut").mkdir(parents=True)
        for name in self._names:
            self._own_tree(name)
        write_faults(self._faults, self._names, self.directory / "own")
        for name in ("skeleton", "host", "own", "shared", "roots"):
            _open_to_owner(self.directory / name)
        await asyncio.gather(*(self._start(name, login) for name in self._names))
        if any(f.kind == "cut" for f in self._faults):
            self._tasks.append(asyncio.create_task(self._cut_on_request()))
        self.etcd_binaries = artifacts.etcd_binaries
        self._cluster = self._describe(artifacts)

    async def _start(self, name: str, login: asyncssh.SSHKey) -> None:
        namespace = await Namespace.start(
            name,
            scripts=self.directory / "host",
            root=self.directory / "roots" / name,
            skeleton=self.directory / "skeleton",
            own=self.directory / "own" / name,
            shared=self.directory / "shared",
            lent=(*lent_directories(), *self._shown),
        )
        server = HostServer(namespace)
        self._servers[name] = server
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.known_host_keys[name] = " ".join(key.export_public_key().decode().split()[:2])
        await server.listen(key, login)

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        servers = tuple(self._servers.values())
        await asyncio.gather(*(s.close() for s in servers), return_exceptions=True)
        await asyncio.gather(*(s.namespace.stop() for s in servers), return_exceptions=True)
        self._servers.clear()
        await asyncio.to_thread(shutil.rmtree, self.directory, ignore_errors=True)
        os.close(self._alive)

    async def _cut_on_request(self) -> None:
        """Stand-ins ask for a cut with a file named by their host."""
        while True:
            for name, server in self._servers.items():
                asked = self.directory / "shared" / "cut" / name
                with contextlib.suppress(FileNotFoundError):
                    asked.unlink()
                    server.cut()
            await asyncio.sleep(_LOOK_SECONDS)

    def _address(self, name: str) -> IPv4Address:
        return _FIRST + self._names.index(name)

    def _own_tree(self, name: str) -> None:
        own = self.directory / "own" / name
        (self.directory / "roots" / name).mkdir(parents=True)
        (own / "etc").mkdir(parents=True)
        (own / "var/lib/rehearsal").mkdir(parents=True)
        if self._firewall:
            wanted = own / "etc/systemd/system/multi-user.target.wants"
            wanted.mkdir(parents=True)
            wanted.joinpath("firewalld.service").symlink_to(
                "/usr/lib/systemd/system/firewalld.service"
            )
        own.joinpath("etc/hostname").write_text(f"{name}\n")
        own.joinpath("etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
        own.joinpath("etc/hosts").write_text(
            "127.0.0.1 localhost\n" + "".join(f"{self._address(n)} {n}\n" for n in self._names)
        )
        own.joinpath("var/lib/rehearsal/host").write_text(
            f"HOST_NAME={name}\nHOST_NUMBER={self._names.index(name)}\n"
            f"HOST_ADDRESS={self._address(name)}\nSPEED={self._speed:g}\n"
        )
        own.joinpath("var/lib/rehearsal/peers").write_text(
            "".join(f"{self._address(n)} {n}\n" for n in self._names)
        )

    def _describe(self, artifacts: Artifacts) -> Cluster:
        def host(name: str) -> Host:
            first = name == self._names[0]
            roles = {Role.ETCD} | ({Role.CONTROL_PLANE} if first else {Role.WORKER})
            if len(self._names) == 1:
                roles |= {Role.WORKER}
            return Host(
                name=name,
                address=self._address(name),
                roles=frozenset(roles),
                ssh=SSH(
                    address="127.0.0.1",
                    user="root",
                    port=self._servers[name].port,
                    identity=str(self.identity),
                ),
            )

        cluster = Cluster(
            name="rehearsal",
            recipe=RecipeName.CLASSIC,
            version=self._version,
            hosts=tuple(host(name) for name in self._names),
        )
        return replace(cluster, **artifacts.settings(cluster))


def _open_to_owner(directory: Path) -> None:
    """Give the tree to the user the hosts run as, where that is another one."""
    if os.geteuid() == 0:
        uid, gid = owner()
        for path in (directory, *directory.rglob("*")):
            os.chown(path, uid, gid, follow_symlinks=False)
