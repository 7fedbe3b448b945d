"""What the pages of the release and the options ask, a row each. Pure.

A row stands for one key of the cluster file; which rows are shown depends on the answers so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from kwizard.cluster.check import FROM, NEWEST
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import (
    Backend,
    Cluster,
    EtcdMode,
    FlannelStore,
    Join,
    ProxyMode,
    RecipeName,
    Supervisor,
    Version,
)
from kwizard.language import _
from kwizard.tui.answers import BUNDLE, MIRROR, NO, TARBALL, YES, ident_of

NUMBERS = r"[0-9./]*"
CGROUP_FROM = (1, 35)
"""The first minor version whose kubelet refuses cgroup v1."""

Shown = Callable[[Cluster], bool]


def always(_cluster: Cluster) -> bool:
    """Whatever was answered before."""
    return True


def modern(cluster: Cluster) -> bool:
    """Only with the modern recipe."""
    return cluster.recipe is RecipeName.MODERN


def classic(cluster: Cluster) -> bool:
    """Only with the classic recipe."""
    return cluster.recipe is RecipeName.CLASSIC


def existing(cluster: Cluster) -> bool:
    """Only with an etcd that is there already."""
    return cluster.etcd.mode is EtcdMode.EXISTING


def _with_tls(cluster: Cluster) -> bool:
    return modern(cluster) and existing(cluster)


def _brings_etcd(cluster: Cluster) -> bool:
    """Members need the programs; of an etcd that exists, modern needs etcdctl to ask it."""
    return cluster.etcd.mode is EtcdMode.SYSTEMD or _with_tls(cluster)


@dataclass(frozen=True, slots=True)
class Row:
    """One question. `answers` are (value, label) pairs of a choice; without any a line is typed.
    `empty` is shown in a line while nothing is given; `other` makes of a cluster one with another
    answer, to see where this one stands; `heading` stands above the row."""

    place: Place
    label: str
    answers: tuple[tuple[str, str], ...] = ()
    shown: Shown = always
    empty: str = ""
    restrict: str | None = None
    width: Literal["wide", "short"] = "wide"
    heading: str = ""
    other: Callable[[Cluster], Cluster] | None = None

    @property
    def ident(self) -> str:
        """The id of its control."""
        return ident_of(self.place)


def recipe_row() -> Row:
    """Which generation of Kubernetes."""
    return Row(
        ("recipe",),
        _("Recipe"),
        ((RecipeName.MODERN.value, _("modern")), (RecipeName.CLASSIC.value, _("classic"))),
    )


def source_rows(by_source: Callable[[str], bool]) -> tuple[Row, ...]:
    """Where the release itself comes from: which of them are shown goes by the chosen source."""
    return (
        Row(
            ("release", "mirror"),
            _("Mirror"),
            shown=lambda _c: by_source(MIRROR),
            empty="https://mirror.example/release",
        ),
        Row(
            ("release", "tarball"),
            _("Tarball"),
            shown=lambda _c: by_source(TARBALL),
            empty=_("kubernetes.tar.gz, or the server tarball"),
        ),
        Row(
            ("release", "sha256"),
            "sha256",
            shown=lambda _c: not by_source(BUNDLE),
            restrict=r"[0-9a-fA-F]{0,64}",
            empty=_("empty: the known one, or the one beside it"),
        ),
    )


def release_rows() -> tuple[Row, ...]:
    """The files an installation needs, besides the release itself."""
    there = _("empty: every host has it")
    pulled = _("empty: the hosts pull it")

    def by_mode(mode: EtcdMode) -> Shown:
        return lambda c: c.etcd.mode is mode

    def row(*key: str, label: str, shown: Shown, empty: str) -> Row:
        return Row(key, label, shown=shown, empty=empty)

    return (
        row("etcd", "binaries", label="etcd", shown=_brings_etcd, empty=there),
        row("etcd", "archive", label=_("etcd image"), shown=by_mode(EtcdMode.DOCKER), empty=pulled),
        row("runtime", "containerd", label="containerd", shown=modern, empty=there),
        row("runtime", "cni_plugins", label=_("CNI plugins"), shown=modern, empty=there),
        row("flannel", "binary", label="flannel", shown=always, empty=there),
        Row(("flannel", "version"), _("flannel version"), restrict=r"v?[0-9.]*", width="short"),
        row("images", "pause_archive", label=_("pause image"), shown=modern, empty=pulled),
        row("images", "coredns_archive", label=_("CoreDNS image"), shown=modern, empty=pulled),
        row("docker", "pause_archive", label=_("pause image"), shown=classic, empty=pulled),
        Row(
            ("docker", "pause_image"),
            _("its name"),
            shown=classic,
            empty=_("empty: the release's own"),
        ),
        Row(
            ("images", "pause"),
            _("pause's name"),
            shown=lambda c: modern(c) and c.images.pause_archive is not None,
            empty=_("empty: the release's own"),
        ),
        Row(
            ("images", "coredns"),
            _("CoreDNS's name"),
            shown=lambda c: modern(c) and c.images.coredns_archive is not None,
            empty=_("empty: the release's own"),
        ),
    )


def option_rows() -> tuple[Row, ...]:
    """How the cluster is set up."""
    yes_no = ((NO, _("no")), (YES, _("yes")))

    def of(kind: type[StrEnum]) -> tuple[tuple[str, str], ...]:
        return tuple((x.value, x.value) for x in kind)

    return (
        recipe_row(),
        Row(("supervisor",), _("Supervisor"), of(Supervisor), shown=classic),
        Row(("control_plane_is_node",), _("Control plane is node"), yes_no),
        Row(("etcd", "mode"), "etcd", of(EtcdMode)),
        Row(
            ("etcd", "endpoints"),
            _("etcd endpoints"),
            shown=existing,
        ),
        Row(("etcd", "ca"), _("etcd's CA"), shown=_with_tls, empty=_("who signed its members")),
        Row(("etcd", "cert"), _("etcd client cert"), shown=_with_tls, empty=_("a PEM file")),
        Row(("etcd", "key"), _("etcd client key"), shown=_with_tls, empty=_("a PEM file")),
        Row(("network", "backend"), _("Overlay"), of(Backend)),
        Row(("flannel", "store"), _("Subnets kept in"), of(FlannelStore), shown=modern),
        Row(("proxy", "mode"), _("Service rules"), of(ProxyMode), shown=modern),
        Row(("network", "pods"), _("Pod range"), restrict=NUMBERS, other=_other_pods),
        Row(("network", "services"), _("Service range"), restrict=NUMBERS, other=_other_services),
        Row(("network", "dns"), _("Cluster DNS"), restrict=r"[0-9.]*", other=_other_dns),
        Row(("network", "domain"), _("Domain"), restrict=r"[a-z0-9.-]*", other=_other_domain),
        Row(("kubelet", "join"), _("Kubelets join by"), of(Join), shown=modern),
        Row(
            ("apiserver", "names"),
            _("Further API names"),
            shown=modern,
            empty=_("empty: those of its hosts alone"),
        ),
        Row(("apiserver", "audit"), _("Audit log"), yes_no, shown=modern),
        Row(("apiserver", "encrypt_secrets"), _("Encrypt Secrets"), yes_no, shown=modern),
        Row(
            ("kubelet", "allow_cgroup_v1"),
            _("Allow cgroup v1"),
            yes_no,
            shown=lambda c: modern(c) and c.version.minor_pair >= CGROUP_FROM,
        ),
        Row(("docker", "install"), _("Install docker"), yes_no, shown=classic),
        Row(
            ("firewall", "zone"),
            _("Firewall zone"),
            shown=classic,
            restrict=r"[A-Za-z0-9_-]*",
            empty=_("the one the interface is in"),
        ),
        Row(("firewall", "move_interface"), _("Move interface there"), yes_no, shown=classic),
    )


def version_note(recipe: RecipeName, newest: Version, oldest: Version) -> str:
    """Beside the version: which ones the recipe knows."""
    begin, end = str(oldest), newest.minor_pair
    if recipe is RecipeName.MODERN:
        begin, end = "v{}.{}".format(*FROM[recipe]), NEWEST[recipe]
    return _("{oldest} up to {newest}", oldest=begin, newest="v{}.{}".format(*end))


def _other_pods(cluster: Cluster) -> Cluster:
    sample = IPv4Network("10.242.0.0/16")
    return replace(cluster, network=replace(cluster.network, pods=sample))


def _other_services(cluster: Cluster) -> Cluster:
    network = cluster.network
    at = int(network.dns) - int(network.services.network_address)
    sample = IPv4Network("10.253.0.0/16")
    return replace(
        cluster, network=replace(network, services=sample, dns=sample[at % sample.num_addresses])
    )


def _other_dns(cluster: Cluster) -> Cluster:
    dns: IPv4Address = cluster.network.dns
    return replace(cluster, network=replace(cluster.network, dns=dns + 1))


def _other_domain(cluster: Cluster) -> Cluster:
    return replace(cluster, network=replace(cluster.network, domain="other.example"))
