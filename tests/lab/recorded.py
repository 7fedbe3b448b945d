"""Screens of a real terminal, kept as pictures: for the documentation."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME, TerminalTheme
from rich.text import Text

_PAGE = TerminalTheme((18, 18, 18), (224, 224, 224), list(SVG_EXPORT_THEME.ansi_colors._colors))
"""The wizard's own background, which tmux leaves out at the ends of lines."""


def record(name: str, screen: str, title: str = "kwizard") -> None:
    """Write `screen` (as `tmux capture-pane -e` has it) to NAME.svg and NAME.txt in the folder that
    `KWIZARD_RECORD` names; without it, nothing."""
    folder = os.environ.get("KWIZARD_RECORD")
    if not folder:
        return
    text = Text.from_ansi(screen.rstrip("\n"))
    console = Console(record=True, width=80, file=StringIO(), force_terminal=True)
    console.print(text, no_wrap=True, overflow="crop")
    Path(folder).mkdir(parents=True, exist_ok=True)
    console.save_svg(str(Path(folder) / f"{name}.svg"), title=title, theme=_PAGE)
    (Path(folder) / f"{name}.txt").write_text(text.plain + "\n")
