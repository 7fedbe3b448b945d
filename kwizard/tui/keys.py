"""Keys whose labels are in the language of the run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from textual.binding import ActiveBinding, Binding, BindingType
from textual.screen import Screen

from kwizard.language import N_, _, language

OF_WIDGETS = (
    N_("Bottom"),
    N_("Copy selected text"),
    N_("Cursor down"),
    N_("Cursor down select"),
    N_("Cursor left"),
    N_("Cursor left select"),
    N_("Cursor left word select"),
    N_("Cursor line end"),
    N_("Cursor line end select"),
    N_("Cursor line start"),
    N_("Cursor line start select"),
    N_("Cursor page down"),
    N_("Cursor page up"),
    N_("Cursor right"),
    N_("Cursor right select"),
    N_("Cursor right word select"),
    N_("Cursor up"),
    N_("Cursor up select"),
    N_("Cursor word left"),
    N_("Cursor word right"),
    N_("Cut"),
    N_("Cut selected text"),
    N_("Delete all to the left"),
    N_("Delete all to the right"),
    N_("Delete character left"),
    N_("Delete character right"),
    N_("Delete left to start of word"),
    N_("Delete line"),
    N_("Delete right to start of word"),
    N_("Delete to line end"),
    N_("Delete to line start"),
    N_("Down"),
    N_("End"),
    N_("First"),
    N_("Focus Next"),
    N_("Focus Previous"),
    N_("Go to end"),
    N_("Go to start"),
    N_("Home"),
    N_("Last"),
    N_("Move cursor left"),
    N_("Move cursor left a word"),
    N_("Move cursor left a word and select"),
    N_("Move cursor left and select"),
    N_("Move cursor right a word"),
    N_("Move cursor right a word and select"),
    N_("Move cursor right and select"),
    N_("Move cursor right or accept the completion suggestion"),
    N_("Page Down"),
    N_("Page Left"),
    N_("Page Right"),
    N_("Page Up"),
    N_("Page down"),
    N_("Page up"),
    N_("Paste"),
    N_("Paste text from the clipboard"),
    N_("Press button"),
    N_("Redo"),
    N_("Scroll Down"),
    N_("Scroll End"),
    N_("Scroll Home"),
    N_("Scroll Left"),
    N_("Scroll Right"),
    N_("Scroll Up"),
    N_("Select"),
    N_("Select all"),
    N_("Select line"),
    N_("Select line end"),
    N_("Select line start"),
    N_("Submit"),
    N_("Top"),
    N_("Undo"),
    N_("Up"),
)
"""What Textual's own widgets call their keys; the command palette shows them too."""


class Keys(Screen[Any]):
    """A screen whose footer, help and command palette name its keys in the language of the run.

    `BINDINGS` are class attributes, made before the language is known; they stay as the source has
    them and are translated here, where they are read.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Textual's own copies or does nothing, and the app's is out of reach behind a dialog.
        Binding("ctrl+c,super+c", "copy_or_leave", "Copy selected text", show=False),
    ]

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """By key; descriptions and group names translated."""
        if language() == "en":
            return super().active_bindings
        return {
            key: active._replace(binding=_spoken(active.binding, language()))
            for key, active in super().active_bindings.items()
        }

    async def action_copy_or_leave(self) -> None:
        """Copy what is selected; where nothing is, Ctrl+C means what it does on a terminal."""
        selected = self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
        else:
            await self.app.run_action("leave")


@cache
def _spoken(binding: Binding, _language: str) -> Binding:
    group = binding.group
    if group is not None and group.description:
        group = Binding.Group(_(group.description), compact=group.compact)
    return replace(binding, description=_(binding.description), group=group)
