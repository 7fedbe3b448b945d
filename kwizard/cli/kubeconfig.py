"""`kwizard kubeconfig`."""

from __future__ import annotations

from pathlib import Path

import click

from kwizard.app import kubeconfig as use
from kwizard.cli.common import read_cluster
from kwizard.language import _


@click.command()
@click.argument("file_or_name")
@click.option(
    "--merge",
    "target",
    is_flag=False,
    flag_value="",
    metavar="[PATH]",
    help="Put its context into that kubeconfig too.  [the one kubectl takes]",
)
def kubeconfig(file_or_name: str, target: str | None) -> None:
    """Print where the kubeconfig of a cluster is; with --merge put it into your own.

    Other contexts stay as they are, the file as it was is kept beside it.
    """
    file = Path(file_or_name)
    name = read_cluster(file).name if file.is_file() else file_or_name
    if target is None:
        click.echo(str(use.kubeconfig_of(name)))
        return
    merged = use.merge(name, Path(target) if target else use.usual())
    if merged.backup is not None:
        backup = _("{file} as it was is {backup}", file=merged.target, backup=merged.backup)
        click.echo(backup)
    has = _("{file} has the context {context}:", file=merged.target, context=merged.context)
    click.echo(has)
    click.echo(f"  kubectl --context {merged.context} get nodes")
