"""What a cluster file leaves out, where the recipes differ in it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType

from kwizard.cluster.model import (
    Backend,
    Etcd,
    EtcdMode,
    Flannel,
    Network,
    RecipeName,
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
                "flannel": Flannel(version=Version(0, 26, 7)),
            }
        ),
    }
)
"""By recipe, the sections that differ from what the model itself says (the classic recipe's)."""


def default_of(recipe: RecipeName, section: str, make: type) -> object:
    """A section of which the cluster file says nothing. `make` is its dataclass."""
    found = DEFAULTS[recipe].get(section)
    return make() if found is None else found
