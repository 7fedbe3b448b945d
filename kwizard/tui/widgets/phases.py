"""The strip of phases: which one the run is in, with counts."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from kwizard.language import _
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
        """With as many counts as there is room for: all, of what runs or failed, none."""
        line = Content("")
        for counted in (_all, _moving, _none):
            line = Content("  ").join([_part(v, counted(v)) for v in self._phases])
            if line.cell_length <= self.size.width:
                break
        return line


def _all(_view: PhaseView) -> bool:
    return True


def _moving(view: PhaseView) -> bool:
    return view.running or view.failed or (view.blocked and view.over > 0)


def _none(_view: PhaseView) -> bool:
    return False


def _part(view: PhaseView, counted: bool) -> Content:
    text = _label(view.phase) + (f" {view.over}/{view.total}" if counted else "")
    if view.failed:
        return plain(f"✗ {text}", "bold $error")
    if view.done:
        return plain(f"✓ {text}", "$success")
    if view.running:
        return plain(f"▸ {text}", "bold $accent")
    if view.blocked:
        return plain(f"– {text}", "$warning")
    return plain(f"· {text}", "$muted")


def _label(phase: str) -> str:
    try:
        return _(Phase(phase).label)
    except ValueError:
        return phase
