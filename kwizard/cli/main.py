"""The root command, and how errors leave it: a sentence, a remedy, an exit status."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import click

from kwizard import __version__
from kwizard.cli.helptexts import click_speaks, punctuated, spoken
from kwizard.errors import InvalidInput, KwizardError
from kwizard.language import LANGUAGES, N_, _, told, use, wanted
from kwizard.text import clean
from kwizard.tui.errors import in_words, what_happened

WITHOUT_TERMINAL = N_("""\
kwizard is a wizard for a terminal, and this is none. Without a screen:

  kwizard plan FILE     what would be run where, and why
  kwizard apply FILE    install from a cluster file; again: go on where it stopped
  kwizard verify FILE   control plane, nodes, ping matrix
  kwizard --help        everything else

A cluster file to start from: sample_hosts.yaml
""")


class LazyGroup(click.Group):
    """Imports a command's module when it is asked for: `kwizard --help` stays quick."""

    modules: ClassVar[dict[str, str]] = {
        "resume": "kwizard.cli.guided:resume",
        "monitor": "kwizard.cli.monitor:monitor",
        "plan": "kwizard.cli.plan:plan",
        "apply": "kwizard.cli.apply:apply",
        "fetch": "kwizard.cli.fetch:fetch",
        "bundle": "kwizard.cli.bundle:bundle",
        "verify": "kwizard.cli.verify:verify",
        "doctor": "kwizard.cli.doctor:doctor",
        "reset": "kwizard.cli.reset:reset",
        "report": "kwizard.cli.report:report",
        "kubeconfig": "kwizard.cli.kubeconfig:kubeconfig",
        "demo": "kwizard.cli.demo:demo",
        "web": "kwizard.cli.web:web",
        "lab": "kwizard.lab.commands:lab",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order a person meets them."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command of that name."""
        place = self.modules.get(cmd_name)
        if place is None:
            return None
        module, _colon, attribute = place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return spoken(command)

    def get_help(self, ctx: click.Context) -> str:
        """In the language of the run."""
        spoken(self)
        if (option := self.get_help_option(ctx)) is not None:
            option.help = _("Show this message and exit.")  # made before --lang was read
        return super().get_help(ctx)


def _speak(ctx: click.Context, _option: click.Parameter, lang: str | None) -> None:
    if lang is not None and not ctx.resilient_parsing:
        os.environ["KWIZARD_LANG"] = lang  # also for the wizards that `kwizard web` starts
        use(wanted())


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="kwizard")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,  # so that it holds for --help
    expose_value=False,
    callback=_speak,
    help="The language to speak; else KWIZARD_LANG, else the locale decides.",
)
@click.option(
    "--ssh-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For the guided installation: use this instead of ~/.ssh/config.",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Questions and answers line by line instead of screens; ACCESSIBLE=1 means the same.",
)
@click.pass_context
def root(ctx: click.Context, ssh_config: Path | None, plain: bool) -> None:
    """Kubernetes from the release binaries, over SSH, one readable step at a time.

    Without a command: the guided installation (new cluster, resume, or monitor).
    """
    collect_garbage()  # the command's module has been read
    if ctx.invoked_subcommand is None:
        from kwizard.cli.guided import guided

        if not on_a_terminal():
            click.echo(_(WITHOUT_TERMINAL), err=True, nl=False)
            ctx.exit(2)
        ctx.exit(guided(ssh_config=ssh_config, plain=plain))


def collect_garbage() -> None:
    """Let Python look for garbage again where `kwizard.__main__` told it not to, but not among what
    has been read until now: that stays."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def on_a_terminal() -> bool:
    """Whether screens can be drawn and keys read; Textual draws on standard error."""
    return in_a_browser() or all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def in_a_browser() -> bool:
    """Whether `kwizard web` started this: screens go through a pipe to a browser."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run kwizard; returns the exit status (0, 1, 2, 3 or 4, as docs/cli.md has it)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    use(asked_for(given) or wanted())
    click_speaks()
    spoken(root)  # also for mistakes that are found before --lang is read
    try:
        result = root.main(
            args=given,
            prog_name="kwizard",
            standalone_mode=False,
        )
    except click.exceptions.Abort:
        click.echo(_("interrupted"), err=True)
        return 3
    except click.ClickException as error:
        message = punctuated(error.format_message())
        error.format_message = lambda: message  # type: ignore[method-assign]
        error.show()
        return 2
    except KeyboardInterrupt:
        click.echo(_("interrupted"), err=True)
        return 3
    except KwizardError as error:
        tell(error)
        return error.exit_code
    return result if isinstance(result, int) else 0


def asked_for(arguments: Sequence[str]) -> str | None:
    """The language `--lang` names, before anything is parsed; None where it names none."""
    for word, after in zip(arguments, [*arguments, ""][1:], strict=True):
        name = after if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and name in LANGUAGES:
            return name
        if not word.startswith("-"):
            break
    return None


def tell(error: KwizardError) -> None:
    """Say on standard error what went wrong, where, and what to do."""
    if isinstance(error, InvalidInput):
        for problem in error.problems:
            said = clean(in_words(problem))
            line = _("error: {said}", said=said) if problem.blocks else _("note: {said}", said=said)
            click.echo(line, err=True)
        return
    click.echo(_("error: {said}", said=clean(what_happened(error))), err=True)
    if error.log_tail:
        for line in clean(error.log_tail).splitlines():
            click.echo(f"  | {line}", err=True)
    if error.remedy:
        remedy = clean(told(error.remedy))
        click.echo("  " + _("what to do: {remedy}", remedy=remedy), err=True)
