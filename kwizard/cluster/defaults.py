"""What a cluster file leaves out, where the recipes differ in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType
from typing import Any

from kwizard.cluster.keys import SECTIONS
from kwizard.cluster.model import (
    Backend,
    Cluster,
    Etcd,
    EtcdMode,
    Flannel,
    FlannelStore,
    Network,
    RecipeName,
    Supervisor,
    Version,
)

DEFAULTS: Mapping[RecipeName, Mapping[str, object]] = MappingProxyType(
    {
        RecipeName.CLASSIC: MappingProxyType({}),
        RecipeName.MODERN: MappingProxyType(
            {
                "network": Network(
                    pods=IPv4Network("10.244.0.0/16"),
                    services=IPv4Network("10.96.0.0/16"),
                    dns=IPv4Address("10.96.0.10"),
                    backend=Backend.VXLAN,
                ),
                "etcd": Etcd(mode=EtcdMode.SYSTEMD),
                # The safe one: with etcd every node, workers too, gets a key to all of etcd.
                "flannel": Flannel(version=Version(0, 26, 7), store=FlannelStore.KUBERNETES),
            }
        ),
    }
)
"""By recipe, the sections that differ from what the model itself says (the classic recipe's)."""


def default_of(recipe: RecipeName, section: str, make: type) -> object:
    """A section of which the cluster file says nothing. `make` is its dataclass."""
    found = DEFAULTS[recipe].get(section)
    return make() if found is None else found


OF_ONE_RELEASE = frozenset(
    {
        ("release", "tarball"),
        ("release", "sha256"),
        ("etcd", "image"),
        ("etcd", "archive"),
        ("etcd", "binaries"),
        ("flannel", "version"),
        ("flannel", "binary"),
        *(("docker", key) for key in ("pause_image", "pause_archive")),
        *(("runtime", key) for key in ("containerd", "cni_plugins")),
        *(("images", key) for key in ("pause", "pause_archive", "coredns", "coredns_archive")),
    }
)
"""What fits one generation of Kubernetes only, so that it does not go along to another recipe."""


def with_recipe(cluster: Cluster, recipe: RecipeName, version: Version) -> Cluster:
    """`cluster` for another recipe and version, and everything that depends on it with it.

    Hosts stay, and so does what somebody chose that means the same in both recipes. What was as
    the old recipe has it by default becomes as the new one has it; files of the old release go.
    """
    changed: dict[str, Any] = {"recipe": recipe, "version": version}
    for section in SECTIONS:
        value = getattr(cluster, section.name)
        old = default_of(cluster.recipe, section.name, section.make)
        new = default_of(recipe, section.name, section.make)
        keys = {
            key.name: getattr(new, key.name)
            for key in section.keys
            if (section.name, key.name) in OF_ONE_RELEASE
            or getattr(value, key.name) == getattr(old, key.name)
        }
        changed[section.name] = replace(value, **keys)
    if recipe is RecipeName.MODERN:
        changed["supervisor"] = Supervisor.SYSTEMD
        if changed["etcd"].mode is EtcdMode.DOCKER:
            changed["etcd"] = replace(changed["etcd"], mode=EtcdMode.SYSTEMD)
    return replace(cluster, **changed)
