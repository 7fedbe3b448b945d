"""The answers given so far. Pure: every change gives a new cluster, and says what it touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kwizard.app.bundles import Opened
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import Cluster, Host, RecipeName, Role, Version
from kwizard.cluster.roles import with_default_roles
from kwizard.errors import InvalidInput, Problem
from kwizard.language import _
from kwizard.tui.answers import with_text
from kwizard.tui.usecases import HostReport, ReleaseReport


@dataclass(slots=True)
class Draft:
    """A cluster in the making, and what was found out about it. `file`: where it was saved, and
    `saved` what was written there. `bundle`: the file everything is to come from, and `opened` what
    was found in it."""

    cluster: Cluster
    file: Path | None = None
    saved: Cluster | None = None
    checks: dict[str, HostReport] = field(default_factory=dict)
    release: ReleaseReport | None = None
    bundle: Path | None = None
    opened: Opened | None = None
    _whole: tuple[Cluster, Opened, Cluster] | None = None
    _others: dict[RecipeName, Cluster] = field(default_factory=dict)

    @property
    def current_file(self) -> Path | None:
        """The file that says just what the screens say; None when none does."""
        return self.file if self.saved == self.cluster else None

    @property
    def whole(self) -> Cluster:
        """What is installed: the answers, and the files of the bundle where there is one. Raises
        InvalidInput for a bundle that was not opened, or is for another version or recipe."""
        if self.bundle is None:
            return self.cluster
        if self.opened is None:
            said = _("the bundle {name} has not been read yet", name=self.bundle.name)
            raise InvalidInput([Problem(said, _("go back to the page Release"))])
        made = self._whole
        if made is None or made[0] != self.cluster or made[1] is not self.opened:
            made = (self.cluster, self.opened, self.opened.into(self.cluster))
            self._whole = made
        return made[2]

    def take_from(self, bundle: Path | None) -> None:
        """Everything comes from that bundle, once it has been `opened`; None: from no bundle."""
        if bundle != self.bundle:
            self.bundle, self.opened, self.release = bundle, None, None

    def old(self, name: str, resting: Mapping[str, str]) -> bool:
        """Whether what was seen of a host rests on answers that have changed since. `resting` is
        what a look would rest on now (`UseCases.resting`)."""
        report = self.checks.get(name)
        return report is not None and report.rests_on != resting.get(name, "")

    def put(self, host: Host, instead_of: str | None = None) -> None:
        """Add `host`, or put it in the place of the one named `instead_of`."""
        hosts = list(self.cluster.hosts)
        for index, old in enumerate(hosts):
            if old.name == instead_of:
                hosts[index] = host
                break
        else:
            hosts.append(host)
        self._hosts(hosts)
        for name in {host.name, instead_of or host.name}:
            self.checks.pop(name, None)

    def remove(self, name: str) -> None:
        """Take a host out."""
        self._hosts(h for h in self.cluster.hosts if h.name != name)
        self.checks.pop(name, None)

    def merge(self, hosts: Iterable[Host]) -> int:
        """Take pasted hosts in: a name already there is replaced, its roles and login kept. Where
        no host has roles they get the usual ones; beside others, new ones become workers. Returns
        how many came."""
        known = {h.name: h for h in self.cluster.hosts}
        count = 0
        for host in hosts:
            old = known.get(host.name)
            if old is not None and not host.roles:
                host = replace(host, roles=old.roles, ssh=old.ssh)  # noqa: PLW2901
            self.put(host, host.name)
            count += 1
        hosts = with_default_roles(self.cluster.hosts, self.cluster.etcd)
        self._hosts(h if h.roles else replace(h, roles=frozenset({Role.WORKER})) for h in hosts)
        return count

    def toggle(self, name: str, role: Role) -> None:
        """Give a role, or take it away."""
        host = self.cluster.host(name)
        self.put(replace(host, roles=host.roles ^ {role}), name)

    def take(self, cluster: Cluster) -> None:
        """Begin again from a cluster that was read."""
        self.cluster, self.file, self.saved, self.release = cluster, None, None, None
        self.bundle = self.opened = None
        self.checks.clear()
        self._others.clear()

    def keep(self, file: Path) -> None:
        """It is in `file` now, as it is."""
        self.file, self.saved = file, self.cluster

    def answered(self, place: Place, text: str, suggested: Version) -> Cluster:
        """The cluster with that answer; nothing is changed yet. For another recipe it takes along
        what it can, and finds again what was answered when it was chosen before; `suggested` is
        the version it begins with. Raises ValueError for what cannot be such a value."""
        if place != ("recipe",):
            return with_text(self.cluster, place, text)
        recipe = RecipeName(text)
        if recipe is self.cluster.recipe:
            return self.cluster
        before = self._others.get(recipe)
        if before is None:
            return with_recipe(self.cluster, recipe, suggested)
        return replace(before, name=self.cluster.name, hosts=self.cluster.hosts)

    def change(self, cluster: Cluster) -> None:
        """The same hosts with other options."""
        if cluster.recipe is not self.cluster.recipe:
            self._others[self.cluster.recipe] = self.cluster
        if cluster.release != self.cluster.release or cluster.version != self.cluster.version:
            self.release = None
        self.cluster = cluster

    def _hosts(self, hosts: Iterable[Host]) -> None:
        self.cluster = replace(self.cluster, hosts=tuple(hosts))
