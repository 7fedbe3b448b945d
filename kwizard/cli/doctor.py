"""`kwizard doctor`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from kwizard.app.checkup import HostCheck, checkup
from kwizard.cli.common import (
    bundle_option,
    file_argument,
    json_option,
    open_session,
    read_cluster,
    run_async,
    ssh_options,
)
from kwizard.language import _, told
from kwizard.tui.errors import in_words


@click.command()
@file_argument
@json_option
@bundle_option
@ssh_options
@click.pass_context
@run_async
async def doctor(
    ctx: click.Context,
    file: Path,
    as_json: bool,
    bundle: Path | None,
    ssh_config: Path | None,
    accept_new_host_keys: bool,
) -> None:
    """Check the hosts before an installation, changing nothing; exit 1 when something blocks."""
    cluster = read_cluster(file, bundle)
    async with open_session(
        cluster, accept_new_host_keys=accept_new_host_keys, ssh_config=ssh_config
    ) as session:
        checks = await checkup(session)
    for line in _json_lines(checks) if as_json else _text_lines(checks):
        click.echo(line)
    refused = [c.error for c in checks.values() if c.error is not None]
    worst = max((e.exit_code for e in refused), default=0)
    ctx.exit(worst or (1 if any(c.blocks for c in checks.values()) else 0))


def _json_lines(checks: Mapping[str, HostCheck]) -> list[str]:
    def plain(value: Any) -> Any:  # noqa: ANN401
        return str(value)

    return [
        json.dumps(
            {
                "host": name,
                "facts": dataclasses.asdict(check.facts) if check.facts else None,
                "error": str(check.error) if check.error else None,
                "problems": [dataclasses.asdict(p) for p in check.problems],
                "ok": not check.blocks,
            },
            ensure_ascii=False,
            default=plain,
        )
        for name, check in checks.items()
    ]


def _text_lines(checks: Mapping[str, HostCheck]) -> list[str]:
    lines = []
    for name, check in checks.items():
        if check.error is not None:
            lines.append(f"XX {name}: {told(check.error.message)}")
            if check.error.remedy:
                remedy = _("what to do: {remedy}", remedy=told(check.error.remedy))
                lines.append(f"   {remedy}")
            continue
        assert check.facts is not None
        lines.append(f"{'XX' if check.blocks else 'ok'} {name}: {check.facts.headline(told)}")
        ordered = sorted(check.problems, key=lambda p: not p.blocks)
        for problem in ordered:
            said = in_words(problem)
            line = (
                _("blocks: {said}", said=said) if problem.blocks else _("note: {said}", said=said)
            )
            lines.append(f"   {line}")
    return lines
