"""The command line: what it promises (commands, exit codes, JSON) stands in docs/cli.md."""

from kwizard.cli.main import main

__all__ = ["main"]
