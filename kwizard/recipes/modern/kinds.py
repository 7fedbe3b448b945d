"""The kinds of step the modern recipe is made of, with what they have in common."""

from __future__ import annotations

from kwizard.recipes.step import After, Phase, Place, Retry, Script, Step, Wait, every, same

READY = (every("hosts/preflight"), same("hosts/record"))
"""Nothing changes on a host before every host has passed preflight, and this one has noted how it
is."""


def script(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    asset: str = "",
    files: tuple[str, ...] = (),
    exclusive: bool = False,
    on_demand: bool = False,
    changes: bool = True,
    probe: bool = True,
    retry: Retry | None = None,
    timeout: float = 300.0,
    hint: str = "",
) -> Step:
    """A script step: assets/modern/<id>.sh (or assets/<asset>.sh), with its probe beside it."""
    name = asset or f"modern/{step_id}"
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Script(f"{name}.sh", files),
        hosts=hosts,
        after=after,
        probe=f"{name}.probe.sh" if probe else None,
        stamped=not on_demand,
        on_demand=on_demand,
        exclusive=exclusive,
        changes=changes,
        retry=retry or Retry(),
        timeout=timeout,
        hint=hint,
    )


def place(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    artifact: str,
    target: str,
    probe: str,
) -> Step:
    """A file brought to hosts. `probe` names the step whose probe says that it is not needed."""
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Place(artifact, target),
        hosts=hosts,
        after=after,
        probe=f"modern/{probe}.probe.sh",
        stamped=False,
        exclusive=False,
        retry=Retry(attempts=3, delay=5),
        timeout=24 * 3600,  # a host may wait for others to have it first
        hint="look for room under /var/lib/kwizard on that host; a second run goes on"
        " at the byte where this one ended",
    )


def wait(
    step_id: str,
    title: str,
    hosts: tuple[str, ...],
    *after: After,
    deadline: float = 120.0,
    hint: str = "",
) -> Step:
    """A named condition that is waited for, looked at by assets/modern/<id>.wait.sh."""
    return Step(
        id=step_id,
        phase=Phase(step_id.partition("/")[0]),
        title=title,
        action=Wait(f"modern/{step_id}.wait.sh", deadline=deadline),
        hosts=hosts,
        after=after,
        stamped=False,
        exclusive=False,
        timeout=deadline + 60,
        hint=hint,
    )


def logs_of(daemon: str) -> str:
    """Where a person reads what a daemon said."""
    return f"journalctl -u {daemon} on that host tells more"
