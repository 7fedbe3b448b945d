"""The way out: a Cluster as the text of a cluster file."""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import yaml

from kwizard.cluster.defaults import default_of
from kwizard.cluster.keys import SECTIONS, SSH_KEYS, Section
from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Version
from kwizard.cluster.roles import in_order

_ALWAYS = frozenset(
    {
        ("network", "pods"),
        ("network", "services"),
        ("network", "dns"),
        ("network", "backend"),
        ("etcd", "mode"),
        ("flannel", "version"),
    }
)
"""Written even where they are as by default: a cluster that stands must not change its ranges when
a later kwizard has other defaults."""


_ALWAYS_BY_RECIPE = {RecipeName.MODERN: frozenset({("flannel", "store")})}
"""The same, of keys that only one recipe knows."""


class _Line(list[str]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """A dumper that indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _represent_line(dumper: _Dumper, data: _Line) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(_Line, _represent_line)


def dump(cluster: Cluster) -> str:
    """`cluster` as YAML, always in the same order; `loads(dump(c)).cluster == c` for a valid one.

    Defaults are left out, except the ones a reader looks for and a standing cluster rests on.
    """
    out: dict[str, Any] = {
        "name": cluster.name,
        "recipe": cluster.recipe.value,
        "version": str(cluster.version),
        "supervisor": cluster.supervisor.value,
    }
    if cluster.control_plane_is_node:
        out["control_plane_is_node"] = True
    out["hosts"] = [_host(host) for host in cluster.hosts]
    for section in SECTIONS:
        default = default_of(cluster.recipe, section.name, section.make)
        always = _ALWAYS | _ALWAYS_BY_RECIPE.get(cluster.recipe, frozenset())
        written = _section(getattr(cluster, section.name), section, default, always)
        if written:
            out[section.name] = written
    return yaml.dump(out, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096)


def _host(host: Host) -> dict[str, Any]:
    out: dict[str, Any] = {"name": host.name, "address": str(host.address)}
    if host.roles:
        out["roles"] = _Line(r.value for r in in_order(host.roles))
    for key in ("labels", "taints"):
        if getattr(host, key):
            out[key] = _Line(getattr(host, key))
    ssh = _section(host.ssh, SSH_KEYS, SSH())
    return out | ({"ssh": ssh} if ssh else {})


def _section(
    value: object,
    section: Section,
    default: object,
    always: frozenset[tuple[str, str]] = frozenset(),
) -> dict[str, Any]:
    return {
        key.name: _plain(getattr(value, key.name))
        for key in section.keys
        if (section.name, key.name) in always
        or getattr(value, key.name) != getattr(default, key.name)
    }


def _plain(value: object) -> object:
    """A value of the model as YAML has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, IPv4Address | IPv4Network | Version):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
