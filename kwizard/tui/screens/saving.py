"""Saving the cluster file from any page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kwizard.engine.plan import Plan
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.tui.hostnames import host_named
from kwizard.tui.paths import short_path
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.paths import AskPath


def save_as(page: Page, then: Callable[[Path], None]) -> None:
    """Ask where to, write the cluster file there, say so, and go on with its path."""
    wizard = page.wizard

    def done(path: Path | None) -> None:
        if path is None:
            return
        try:
            wizard.draft.keep(wizard.cases.save(wizard.draft.cluster, path))
        except KwizardError as error:
            page.complain(error)
            return
        except OSError as error:
            page.complain(KwizardError(f"{path}: {error.strerror or error}"))
            return
        page.say(_("saved: {file}", file=short_path(path)))
        then(path)

    name = wizard.draft.cluster.name or "cluster"
    value = str(wizard.draft.file or Path.cwd() / f"{name}.yaml")
    wizard.push_screen(AskPath(_("Save the cluster file"), _("Save as"), value, "write"), done)


def save_log(page: Page, plan: Plan, host: str) -> None:
    """Ask where to, and write all logs of that host there."""

    def save(path: Path | None) -> None:
        if path is None:
            return
        try:
            count = page.wizard.cases.save_log(plan, host, path)
        except OSError as error:
            page.say(_("not saved: {error}", error=error), bad=True)
        else:
            page.say(_("{count} logs saved to {file}", count=count, file=short_path(path)))

    title, where = (
        _("Save the log of {host}", host=host_named(host)),
        _("All of it, step by step, into"),
    )
    value = str(Path.cwd() / f"{plan.cluster.name}-{host}.log")
    page.wizard.push_screen(AskPath(title, where, value, "write"), save)
