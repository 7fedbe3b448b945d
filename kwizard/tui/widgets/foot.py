"""The last line of every screen: its keys."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from kwizard.language import _

AROUND = 3  # blanks before a key, between it and what it does, and after that


class Foot(Footer):
    """The keys that do something now, closer together where they would not fit; and, where there is
    room for it, the key that lists every action of the page."""

    def __init__(self, *, actions: bool = True) -> None:
        """Without `actions` that key is left out: questions have few others."""
        super().__init__(show_command_palette=False, compact=False)
        self._actions, self._drawn_for = actions, 0

    def compose(self) -> ComposeResult:
        """A key and what it does, one beside the other."""
        room = self._drawn_for = self.app.size.width
        wanted = width_of(self.screen)
        self.set_class(wanted - 1 > room, "-tight")  # but for the last blank
        shown = False
        for widget in super().compose():
            shown = True
            yield widget
        key, said = "^p", _("Actions")
        if shown and self._actions and wanted + cell_len(key + said) + AROUND <= room:
            yield FooterKey("ctrl+p", key, said, "app.command_palette")

    def on_resize(self, _event: Resize) -> None:
        """Another width has room for others."""
        if self.app.size.width != self._drawn_for:
            self.call_after_refresh(self.recompose)


def width_of(screen: Screen[object]) -> int:
    """How many cells the keys of a screen take; keys of a group stand close, before one name."""
    widths: dict[str, int] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.show:
            continue
        key, group = screen.app.get_key_display(binding), binding.group
        if group is None:
            widths.setdefault(binding.action, cell_len(key + binding.description) + AROUND)
        else:
            name = f"group {group.description}"
            widths.setdefault(name, cell_len(group.description) + AROUND)
            widths[name] += cell_len(key)
    return sum(widths.values())
