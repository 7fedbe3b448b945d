"""`kwizard fetch`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from kwizard.cli.common import counting, file_argument, read_cluster, run_async
from kwizard.language import _, told
from kwizard.release.store import obtain


async def notice(text: str) -> None:
    """Say on standard error what happens meanwhile."""
    click.echo(told(text), err=True)


@click.command()
@file_argument
@click.option(
    "--from",
    "tarball",
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="Use this tarball, however it came here, instead of downloading.",
)
@run_async
async def fetch(file: Path, tarball: Path | None) -> None:
    """Get the release of FILE: resumed at the byte, verified; or adopt a tarball you have."""
    cluster = read_cluster(file)
    if tarball is not None:
        cluster = dataclasses.replace(
            cluster, release=dataclasses.replace(cluster.release, tarball=str(tarball))
        )
    with counting(_("release")) as counted:

        async def progress(done: int, total: int) -> None:
            counted(done, total)

        obtained = await obtain(cluster, progress=progress, notice=notice)
    click.echo(f"{obtained.version} {obtained.architecture} sha256 {obtained.sha256}")
    click.echo(obtained.server_tarball)
