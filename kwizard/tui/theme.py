"""kwizard's own two themes, and the colours that stand for states inside tables.

Copper on slate, or copper on paper. Tables are drawn by Rich, which does not read the style sheet;
`Palette` gives it the same colours.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import App
from textual.theme import Theme

from kwizard.language import N_

SLATE = Theme(
    name="kwizard-slate",
    dark=True,
    primary="#d99a5b",
    secondary="#8fb3a4",
    accent="#e8b06f",
    foreground="#e4ddcf",
    background="#15191b",
    surface="#1b2123",
    panel="#242c2f",
    success="#93c47d",
    warning="#e6c15a",
    error="#e8806f",
    variables={
        "muted": "#8d9590",
        "rule": "#3a4548",
        "band": "#5b4a7a",
        "border": "#d99a5b",
        "border-blurred": "#3a4548",
        "footer-background": "#15191b",
        "footer-foreground": "#a9b0aa",
        "footer-key-foreground": "#e8b06f",
        "footer-description-foreground": "#a9b0aa",
        "input-cursor-background": "#e8b06f",
        "input-cursor-foreground": "#15191b",
        "input-selection-background": "#d99a5b 35%",
        "block-cursor-background": "#3d4a45",
        "block-cursor-foreground": "#fff6e6",
        "block-cursor-blurred-background": "#262e30",
        "scrollbar": "#3a4548",
        "scrollbar-hover": "#57666a",
        "scrollbar-active": "#d99a5b",
        "scrollbar-background": "#1b2123",
        "scrollbar-corner-color": "#1b2123",
    },
)

PAPER = Theme(
    name="kwizard-paper",
    dark=False,
    primary="#8a4f17",
    secondary="#2f6b57",
    accent="#9a5a1c",
    foreground="#2a2621",
    background="#f6f1e7",
    surface="#efe8da",
    panel="#e5dccb",
    success="#2f6b2f",
    warning="#7a5800",
    error="#a3271b",
    variables={
        "muted": "#6b665c",
        "rule": "#c9bda6",
        "band": "#cfc0e6",
        "border": "#8a4f17",
        "border-blurred": "#c9bda6",
        "footer-background": "#f6f1e7",
        "footer-foreground": "#6b665c",
        "footer-key-foreground": "#8a4f17",
        "footer-description-foreground": "#6b665c",
        "block-cursor-background": "#e0cfae",
        "block-cursor-foreground": "#1b1712",
        "block-cursor-blurred-background": "#ece3d1",
    },
)

THEMES = (SLATE, PAPER)
THEME_WORDS = {SLATE.name: N_("slate"), PAPER.name: N_("paper")}


@dataclass(frozen=True, slots=True)
class Palette:
    """Rich styles by meaning."""

    plain: str
    muted: str
    title: str
    good: str
    busy: str
    warn: str
    bad: str


def palette(app: App[object]) -> Palette:
    """The colours of the theme in use."""
    theme = app.current_theme
    return Palette(
        plain=theme.foreground or "",
        muted=theme.variables.get("muted", "dim"),
        title=f"bold {theme.primary}",
        good=theme.success or "green",
        busy=f"bold {theme.accent}",
        warn=theme.warning or "yellow",
        bad=f"bold {theme.error}",
    )
