"""What takes an installation back, for every recipe: the same steps on each host, one after the
other there, all hosts at once.

A host may hold less than the cluster file says (an installation that was cut off), or more (a file
that was changed since). So the steps go by what is on the host: units with kwizard's line in them,
files and images that steps noted, chains and interfaces by their names. Of the cluster file they
take the other hosts' addresses and the pods' network.
"""

from __future__ import annotations

from kwizard.cluster.model import Cluster
from kwizard.language import N_
from kwizard.recipes.record import DATA, SETTINGS
from kwizard.recipes.step import (
    After,
    Forget,
    Phase,
    RecipeSteps,
    Retry,
    Script,
    Step,
    same,
)

PORTS = (
    "2379/tcp",
    "2380/tcp",
    "6443/tcp",
    "8080/tcp",
    "10250/tcp",
    "8285/udp",
    "8472/udp",
)
"""Every port that a recipe opens in a firewall."""

KEPT = (
    "artifacts",
    "kept",
    "steps/hosts.etcd-binaries",
    "steps/network.flannel-install",
    "steps/nodes.runtime",
    "steps/release.unpack",
)
"""What of kwizard's own directory stays with the programs: the archives and images they came in,
the notes of how to take them away, and the records by which an installation knows them again."""

LEFT = (
    N_("names in /etc/hosts"),
    N_("notes of files that are gone"),
    N_("what kwizard did with docker"),
    N_("images and containers of the namespace k8s.io"),
)
"""What probes name beside files, daemons, images and containers."""

_TITLES = {
    "daemons": ("Stop and remove the daemons", "systemctl status on that host tells what holds it"),
    "pods": ("End the pods, and unmount what was theirs", "'ps' and 'mount' show what is left"),
    "docker": ("Give docker back", "journalctl -u docker on that host tells more"),
    "containerd": ("Take away containerd", "journalctl -u containerd on that host tells more"),
    "network": ("Take the cluster's network off the host", "'iptables-save' shows what is left"),
    "files": ("Remove files, and put back what was there", "something may still use a file"),
}


def reset_steps(
    cluster: Cluster, hosts: tuple[str, ...], *, keep_programs: bool = False
) -> RecipeSteps:
    """The steps that leave `hosts` (names) as they were before kwizard.

    `keep_programs`: but for the programs and what was brought to get them, so that the next
    installation has nothing to bring. A later reset without it takes them away as well.
    """
    keep = KEPT if keep_programs else ()
    steps: list[Step] = []
    before: tuple[After, ...] = ()
    for name, (title, hint) in _TITLES.items():
        steps.append(
            Step(
                id=f"reset/{name}",
                phase=Phase.RESET,
                title=title,
                action=Script(f"reset/{name}.sh"),
                hosts=hosts,
                after=before,
                probe=f"reset/{name}.probe.sh",
                stamped=False,
                retry=Retry(attempts=2, delay=2),
                timeout=300,
                hint=hint,
            )
        )
        before = (same(f"reset/{name}"),)
    steps.append(
        Step(
            id="reset/traces",
            phase=Phase.RESET,
            title="Remove kwizard's own records",
            action=Forget(keep),
            hosts=hosts,
            after=before,
            probe="reset/traces.probe.sh",
            stamped=False,
        )
    )
    values = {
        "data": DATA,
        "ports": PORTS,
        "settings": SETTINGS,
        "keep": keep,
        "keep_programs": keep_programs,
    }
    return RecipeSteps(cluster, tuple(steps), values)
