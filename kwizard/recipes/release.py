"""How either recipe comes to its release."""

from __future__ import annotations

from kwizard.cluster.model import Cluster
from kwizard.recipes.step import Operator, Phase, Step


def fetch(cluster: Cluster) -> Step:
    """The release is fetched once, on the operator's side."""
    return Step(
        id="release/fetch",
        phase=Phase.RELEASE,
        title=f"Get the release {cluster.version}",
        action=Operator("fetch-release"),
        stamped=False,
        exclusive=False,
        timeout=24 * 3600,
        hint="a second run goes on at the byte where this one ended; a tarball fetched another way"
        " can be named as release.tarball",
    )
