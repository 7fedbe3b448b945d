"""What is wrong with where a cluster keeps its state: an etcd that is there already, and flannel's
subnets."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.finding import Finding, Path, error, listed, warning
from kwizard.cluster.model import Cluster, EtcdMode, FlannelStore, RecipeName

GIVEN = ("ca", "cert", "key")
"""The files of an existing etcd with TLS, as the keys of the section are called."""


def findings(cluster: Cluster) -> Iterator[Finding]:
    """All findings about certificates of an existing etcd, and about flannel.store."""
    yield from _given(cluster)
    store: Path = ("flannel", "store")
    if cluster.recipe is not RecipeName.MODERN and cluster.flannel.store is not FlannelStore.ETCD:
        yield error(
            f"the {cluster.recipe} recipe keeps flannel's subnets in etcd, not in "
            f"{cluster.flannel.store}",
            "remove the key, or set recipe: modern",
            store,
            ("recipe",),
        )
    elif cluster.flannel.store is FlannelStore.ETCD and cluster.recipe is RecipeName.MODERN:
        yield from _keys_on_workers(cluster)


def _keys_on_workers(cluster: Cluster) -> Iterator[Finding]:
    """What it means where not every node is trusted with the whole cluster anyway."""
    workers = [h.name for h in cluster.nodes if h not in cluster.control_planes]
    if workers:
        yield warning(
            "flannel.store is etcd: hosts that are no control plane "
            f"({listed(workers)}) get a key that opens all of etcd too, and with it every Secret",
            "set store: kubernetes, with which only the control plane can open etcd; a cluster "
            "that stands keeps the store it has",
            ("flannel", "store"),
            ("recipe",),
        )


def _given(cluster: Cluster) -> Iterator[Finding]:
    etcd = cluster.etcd
    modern = cluster.recipe is RecipeName.MODERN
    if not (modern and etcd.mode is EtcdMode.EXISTING):
        for key in GIVEN:
            if getattr(etcd, key) is not None:
                why = (
                    "is for an etcd that exists already"
                    if modern
                    else "is for the modern recipe; this one asks etcd without a password"
                )
                yield warning(
                    f"etcd.{key} {why}, and is not used",
                    "set mode: existing, or remove the key" if modern else "remove the key",
                    ("etcd", key),
                    ("etcd", "mode"),
                    ("recipe",),
                )
        return
    missing = [key for key in GIVEN if getattr(etcd, key) is None]
    if missing:
        yield error(
            "etcd.mode is existing, and the modern recipe asks etcd with a certificate only, but "
            f"{', '.join(f'etcd.{key}' for key in missing)} is not given",
            "name the PEM files: ca (who signed the members' certificates), cert and key (what "
            "this cluster shows to etcd)",
            *(("etcd", key) for key in missing),
            ("etcd", "mode"),
            ("recipe",),
        )
    for index, url in enumerate(etcd.endpoints):
        if not url.startswith("https://"):
            yield error(
                f"the modern recipe asks etcd with TLS only, and {url} is without",
                f"let etcd listen with TLS, and write https://{url.partition('://')[2]}",
                ("etcd", "endpoints", index),
                ("recipe",),
            )
