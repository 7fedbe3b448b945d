"""The kinds of step the classic recipe is made of, with what they have in common."""

from __future__ import annotations

from kwizard.cluster.model import Cluster, Supervisor
from kwizard.recipes.step import After, Phase, Place, Retry, Rolling, Script, Step, Wait


def script(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    asset: str = "",
    exclusive: bool = True,
    changes: bool = True,
    probe: bool = True,
    retry: Retry | None = None,
    timeout: float = 300.0,
    rolling: Rolling | None = None,
    hint: str = "",
    shows: tuple[str, ...] = (),
) -> Step:
    """A script step: assets/classic/<id>.sh (or assets/<asset>.sh), with its probe beside it."""
    name = asset or f"classic/{step_id}"
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Script(f"{name}.sh"),
        hosts=hosts,
        after=after,
        probe=f"{name}.probe.sh" if probe else None,
        exclusive=exclusive,
        changes=changes,
        retry=retry or Retry(),
        timeout=timeout,
        rolling=rolling,
        hint=hint,
        shows=shows,
    )


def place(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    artifact: str,
    target: str,
    probe: str = "",
    hint: str = "",
) -> Step:
    """A file brought to hosts. `probe` names what makes it unnecessary: an asset without .sh."""
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Place(artifact, target),
        hosts=hosts,
        after=after,
        probe=f"classic/{probe or step_id}.probe.sh",
        stamped=False,
        exclusive=False,
        retry=Retry(attempts=3, delay=5),
        timeout=24 * 3600,  # a host may wait for others to have it first
        hint=hint
        or "look for room under /var/lib/kwizard on that host; a second run goes on"
        " at the byte where this one ended",
    )


def wait(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    asset: str = "",
    deadline: float = 120.0,
    hint: str = "",
    shows: tuple[str, ...] = (),
) -> Step:
    """A named condition that is waited for, looked at by assets/classic/<asset or id>.wait.sh."""
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Wait(f"classic/{asset or step_id}.wait.sh", deadline=deadline),
        hosts=hosts,
        after=after,
        stamped=False,
        exclusive=False,
        timeout=deadline + 60,
        hint=hint,
        shows=shows,
    )


def logs_of(cluster: Cluster, daemon: str) -> str:
    """Where a person reads what a daemon said."""
    if cluster.supervisor is Supervisor.NOHUP:
        return f"/var/log/{daemon}.log on that host tells more"
    return f"journalctl -u {daemon} on that host tells more"


def until_when(cluster: Cluster) -> str:
    """What a title adds where nothing starts a daemon again after a reboot."""
    return " (until the next reboot)" if cluster.supervisor is Supervisor.NOHUP else ""
