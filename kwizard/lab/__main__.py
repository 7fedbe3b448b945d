"""`python -m kwizard.lab`: the lab's commands alone."""

from __future__ import annotations

import sys

import click

from kwizard.errors import KwizardError
from kwizard.lab.commands import lab


def main() -> None:
    """Run the lab's commands; errors are said in a sentence, with the promised exit status."""
    try:
        lab(prog_name="kwizard lab")
    except KwizardError as problem:
        for text in (problem.log_tail, f"kwizard: {problem}", problem.remedy):
            if text:
                click.echo(text, err=True)
        sys.exit(problem.exit_code)


if __name__ == "__main__":
    main()
