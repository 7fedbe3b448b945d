"""The strip of phases: which one the run is in, with counts."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from kwizard.recipes.step import Phase
from kwizard.tui.model import PhaseView
from kwizard.tui.plain import plain


class Phases(Widget):
    """One line: symbol, name and count of every phase."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._phases: list[PhaseView] = []

    def show(self, phases: list[PhaseView]) -> None:
        """Draw these."""
        if phases != self._phases:
            self._phases = phases
            self.refresh()

    def render(self) -> Content:
        """Names get shorter where the line is narrow."""
        wide = self.size.width >= 96
        parts = []
        for view in self._phases:
            label = _label(view.phase)
            count = f" {view.over}/{view.total}" if wide or not view.done else ""
            if view.failed:
                parts.append(plain(f"✗ {label}{count}", "bold $error"))
            elif view.done:
                parts.append(plain(f"✓ {label}{count}", "$success"))
            elif view.running:
                parts.append(plain(f"▸ {label}{count}", "bold $accent"))
            else:
                parts.append(plain(f"· {label}" + (count if wide else ""), "$muted"))
        return Content("  " if not wide else "   ").join(parts)


def _label(phase: str) -> str:
    try:
        return Phase(phase).label
    except ValueError:
        return phase
