"""`kwizard report`."""

from __future__ import annotations

from pathlib import Path

import click

from kwizard.app.clusters import known
from kwizard.app.report import write_report
from kwizard.errors import InvalidInput, Problem


@click.command()
@click.argument("name", required=False)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, *.tar.gz.",
)
def report(name: str | None, output: Path) -> None:
    """Write journal, logs and cluster file into one archive, secrets removed."""
    names = [c.name for c in known()]
    if name is None and len(names) == 1:
        name = names[0]
    if name not in names:
        asked = f"no cluster called {name!r} here" if name else "which cluster?"
        here = f"known here: {', '.join(names)}" if names else "no cluster is known here"
        raise InvalidInput([Problem(asked, here)])
    pieces = write_report(name, output)
    click.echo(f"{output}: {', '.join(pieces)}")
