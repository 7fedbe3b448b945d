"""Which colours a person chose, remembered on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from kwizard.paths import state_home
from kwizard.tui.theme import PAPER, SLATE, THEMES

NAMES = frozenset(theme.name for theme in THEMES)


def chosen() -> str:
    """The theme to begin with: `KWIZARD_THEME` (slate or paper), else the remembered one, else
    slate."""
    if wanted := os.environ.get("KWIZARD_THEME"):
        return PAPER.name if wanted == "paper" else SLATE.name
    try:
        kept = _file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return SLATE.name
    return kept if kept in NAMES else SLATE.name


def remember(theme: str) -> None:
    """Begin with it the next time. Where nothing can be written it is for this time only."""
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(theme + "\n", encoding="utf-8")
    except OSError:
        return


def _file() -> Path:
    return state_home() / "theme"
