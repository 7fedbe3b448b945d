"""`kwizard bundle`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kwizard.app.bundles import create as write_bundle
from kwizard.app.bundles import left_to_hosts
from kwizard.cli.common import counting, file_argument, json_option, read_cluster, run_async
from kwizard.cli.fetch import notice
from kwizard.language import _
from kwizard.release.bundle import Bundle, verify


@click.group()
def bundle() -> None:
    """One file with all that an installation without a network needs."""


@bundle.command()
@file_argument
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="The file to write, *.tar.",
)
@run_async
async def create(file: Path, output: Path) -> None:
    """Put the release and all other files that the cluster of FILE needs into one.

    The release is fetched where it is not here yet. No key, no password and no host is in it.
    """
    cluster = read_cluster(file)
    with counting(_("release")) as fetched, counting(output.name) as written:

        async def progress(done: int, total: int) -> None:
            fetched(done, total)

        made = await write_bundle(cluster, output, fetched=progress, notice=notice, written=written)
    for line in _lines(made):
        click.echo(line)
    for key in left_to_hosts(cluster):
        left = _("not in it: {key}, which the cluster file leaves to the hosts", key=key)
        click.echo(f"  {left}")
    line = f"kwizard apply {file} --bundle {output}"
    click.echo(_("install from it: {line}", line=line))


@bundle.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def show(file: Path, as_json: bool) -> None:
    """Read the bundle FILE to its end, hold every file against its sum, and list them."""
    with counting(file.name) as progress:
        found = verify(file, progress)
    if as_json:
        click.echo(json.dumps(json.loads(found.text()), ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: Bundle) -> list[str]:
    what = f"{found.recipe} {found.version} {found.architecture}"
    lines = [_("{what}, {size} bytes", what=what, size=f"{found.size:,}")]
    wide = max(len(item.key) for item in found.items)
    lines += [
        f"  {item.key:{wide}}  {item.size:>13,}  sha256 {item.sha256[:16]}  {item.file}"
        for item in found.items
    ]
    lines += [f"  {key:{wide}}  {value}" for key, value in found.settings.items()]
    return lines
