"""Saving the cluster file from any page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kwizard.errors import KwizardError
from kwizard.language import _
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
