"""The article's recipe: etcd in docker, plain daemons, flannel, docker's bip and mtu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kwizard.cluster.model import Cluster, EtcdMode
from kwizard.errors import InvalidInput, Problem
from kwizard.language import N_
from kwizard.recipes.classic import steps, values
from kwizard.recipes.classic.flags import FIRST_WITHOUT_INSECURE_PORT
from kwizard.recipes.step import Image, Operator, RecipeSteps, Step


def classic(cluster: Cluster) -> RecipeSteps:
    """The steps that make `cluster` the article's way.

    Raises InvalidInput with every reason why this recipe does not fit the cluster file.
    """
    problems = _unfit(cluster)
    if problems:
        raise InvalidInput(problems)
    return RecipeSteps(
        cluster=cluster,
        steps=_somewhere(
            *steps.hosts_phase(cluster),
            *steps.release_phase(cluster),
            *steps.control_plane_phase(cluster),
            *steps.nodes_phase(cluster),
            *steps.network_phase(cluster),
            *steps.verify_phase(cluster),
        ),
        values=values.template_values(cluster),
        images=tuple(_images(cluster)),
    )


def _images(cluster: Cluster) -> Iterator[Image]:
    """What runs in containers. The container to ping from is made of the host's own programs, so it
    needs none."""
    if cluster.etcd.mode is EtcdMode.DOCKER:
        yield Image(name=cluster.etcd.image, purpose="etcd", archive=cluster.etcd.archive)
    yield Image(
        name=cluster.docker.pause_image or N_("the kubelet's own choice of a pause image"),
        purpose=N_("pods' sandboxes"),
        archive=cluster.docker.pause_archive,
    )


def _somewhere(*found: Step) -> tuple[Step, ...]:
    """Without the steps that are done on no host (a cluster of one host has no workers), and
    without waiting for them."""
    there = [s for s in found if s.hosts or isinstance(s.action, Operator)]
    ids = {s.id for s in there}
    return tuple(replace(s, after=tuple(a for a in s.after if a.step in ids)) for s in there)


def _unfit(cluster: Cluster) -> list[Problem]:
    problems = []
    if cluster.version.minor_pair >= FIRST_WITHOUT_INSECURE_PORT:
        problems.append(
            Problem(
                f"the classic recipe ends with v1.19: {cluster.version} has no insecure port, on"
                " which everything in it rests",
                "later versions need the modern recipe (`recipe: modern`); with this one choose a"
                " version up to v1.19",
            )
        )
    if cluster.etcd.mode is EtcdMode.EXISTING:
        problems += [
            Problem(
                f"etcd at {endpoint} is spoken to with TLS, for which a cluster file has no place"
                " for certificates",
                "name endpoints that begin with http://",
            )
            for endpoint in cluster.etcd.endpoints
            if endpoint.startswith("https:")
        ]
    return problems
