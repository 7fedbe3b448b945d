"""Names, addresses and places of one lab. Pure: nothing here looks at the machine."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from kwizard.errors import InvalidInput, Problem

FIRST_NETWORK = IPv4Network("10.0.63.0/24")
"""The article's network: what hosts reach each other by."""
SECOND_NETWORK = IPv4Network("10.1.63.0/24")
"""A second one on an interface of its own, in the place of the article's 172.0.63.0/24, which is
public address space."""

_FIRST_HOST = 202
MAX_HOSTS = 50
HOST_NAMES = ("anakin", "boba", "c3po", *(f"host{n}" for n in range(4, MAX_HOSTS + 1)))

DEFAULT_NAME = "lab"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Seat:
    """One host's place in the lab: everything that follows from its name alone."""

    name: str
    address: IPv4Address
    second_address: IPv4Address
    directory: Path

    @property
    def link(self) -> str:
        """The lab's end of the cable to the first network."""
        return f"vb-{self.name}"

    @property
    def second_link(self) -> str:
        """The lab's end of the cable to the second network."""
        return f"vc-{self.name}"

    @property
    def root(self) -> Path:
        """Where the host's root filesystem is mounted."""
        return self.directory / "root"

    @property
    def disk(self) -> Path:
        """What the host has written: the overlay's upper layer and the real directories."""
        return self.directory / "disk"

    @property
    def image(self) -> Path:
        """The ext4 image mounted on `disk`, where the disk has a fixed size."""
        return self.directory / "disk.img"

    @property
    def console(self) -> Path:
        """Everything the host and its supply printed."""
        return self.directory / "console.log"

    @property
    def settings(self) -> Path:
        """Files power.sh reads at every start: which cables are cut, how fast they are."""
        return self.directory / "settings"


@dataclass(frozen=True, slots=True)
class Layout:
    """One lab, by name; several may be up side by side."""

    name: str
    home: Path

    @classmethod
    def of(cls, name: str | None = None) -> Layout:
        """The lab `name`, else `$KWIZARD_LAB`, else "lab", below `$KWIZARD_LAB_HOME` (default
        /var/lib/kwizard-lab). Raises InvalidInput for a name that is none."""
        name = name or os.environ.get("KWIZARD_LAB") or DEFAULT_NAME
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                [
                    Problem(
                        f"{name!r} cannot be a lab's name",
                        "use at most 20 small letters, digits and hyphens",
                    )
                ]
            )
        home = Path(os.environ.get("KWIZARD_LAB_HOME") or "/var/lib/kwizard-lab")
        return cls(name, home.absolute())

    @property
    def directory(self) -> Path:
        """All state of this lab."""
        return self.home / self.name

    @property
    def lock(self) -> Path:
        """Held by whoever starts or ends hosts."""
        return self.home / f".{self.name}.lock"

    @property
    def netns(self) -> str:
        """The lab's network namespace, as `ip netns` knows it."""
        return f"kwlab-{self.name}"

    @property
    def netns_path(self) -> Path:
        """The file that `nsenter --net` takes."""
        return Path("/run/netns") / self.netns

    @property
    def cgroup(self) -> str:
        """The lab's directory in every cgroup hierarchy; each host has one below it."""
        return f"kwlab-{self.name}"

    @property
    def record(self) -> Path:
        """The lab's record: hosts, root filesystem."""
        return self.directory / "lab.json"

    @property
    def key(self) -> Path:
        """The private key root and op accept; made per lab."""
        return self.directory / "id_ed25519"

    @property
    def password_file(self) -> Path:
        """The password of op, which sudo asks for; made per lab, 0600."""
        return self.directory / "op-password"

    @property
    def cluster_file(self) -> Path:
        """Where the ready cluster file goes unless another place is named."""
        return self.directory / "cluster.yaml"

    def seat(self, name: str) -> Seat:
        """The place of the host `name`. Raises InvalidInput for a name no lab host has."""
        try:
            number = HOST_NAMES.index(name)
        except ValueError:
            raise InvalidInput(
                [
                    Problem(
                        f"no lab host is called {name!r}",
                        f"they are called {', '.join(HOST_NAMES[:4])}, ... {HOST_NAMES[-1]}",
                    )
                ]
            ) from None
        return Seat(
            name,
            FIRST_NETWORK[_FIRST_HOST + number],
            SECOND_NETWORK[_FIRST_HOST + number],
            self.directory / "hosts" / name,
        )

    def first(self, count: int) -> tuple[Seat, ...]:
        """The first `count` hosts. Raises InvalidInput outside 1..50."""
        if not 1 <= count <= MAX_HOSTS:
            raise InvalidInput([Problem(f"{count} hosts?", f"a lab has 1 to {MAX_HOSTS} hosts")])
        return tuple(self.seat(name) for name in HOST_NAMES[:count])
