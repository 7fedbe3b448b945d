"""A current Kubernetes with TLS everywhere: etcd, containerd, flannel and CoreDNS under systemd."""

from __future__ import annotations

from kwizard.cluster.model import Cluster
from kwizard.errors import InvalidInput, Problem
from kwizard.recipes.modern import values
from kwizard.recipes.modern.phases import (
    control_plane,
    hosts,
    network,
    nodes,
    release,
    verify,
)
from kwizard.recipes.modern.versions import OLDEST
from kwizard.recipes.step import RecipeSteps


def modern(cluster: Cluster) -> RecipeSteps:
    """The steps that make `cluster`. Raises InvalidInput with every reason why it does not fit."""
    problems = _unfit(cluster)
    if problems:
        raise InvalidInput(problems)
    return RecipeSteps(
        cluster=cluster,
        steps=(
            *hosts.hosts_phase(cluster),
            *release.release_phase(cluster),
            *control_plane.control_plane_phase(cluster),
            *nodes.nodes_phase(cluster),
            *network.network_phase(cluster),
            *verify.verify_phase(cluster),
        ),
        values=values.template_values(cluster),
        images=values.images(cluster),
    )


def _unfit(cluster: Cluster) -> list[Problem]:
    problems = []
    if cluster.version.minor_pair < OLDEST:
        problems.append(
            Problem(
                f"{cluster.version} is older than v1.{OLDEST[1]}, where this recipe begins",
                "take a later version; the classic recipe goes up to v1.19",
            )
        )
    if cluster.flannel.version.minor_pair < (0, 18):
        problems.append(
            Problem(
                f"flannel {cluster.flannel.version} speaks etcd's v2 API only, which etcd 3.6 no"
                " longer has",
                "take flannel from 0.18 on",
            )
        )
    return problems
