"""What the command palette offers: every action of the page, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import DiscoveryHit, Hits
from textual.screen import Screen
from textual.system_commands import SystemCommandsProvider

from kwizard.language import _
from kwizard.tui.keys import OF_WIDGETS
from kwizard.tui.theme import THEME_WORDS, THEMES

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp


class Actions(SystemCommandsProvider):
    """In the app's own order; Textual's provider sorts them by the alphabet, and so begins with
    colours and moves of the cursor."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, said, callback, _discover in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(name, callback, help=said)


def actions(app: KwizardApp, screen: Screen[Any]) -> Iterable[SystemCommand]:
    """First what the footer shows, then the page's other keys and the colours; what moves a cursor
    comes last."""
    seen: dict[str, Binding] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        action = binding.action.removeprefix("app.")
        if binding.description and active.enabled and action != "command_palette":
            seen.setdefault(action, binding)
    moves = set(map(_, OF_WIDGETS))
    shown = [b for b in seen.values() if b.show]
    others = [b for b in seen.values() if not b.show and b.description not in moves]
    yield from (_of_key(app, b) for b in (*shown, *others))
    for theme in THEMES:
        yield SystemCommand(
            _("Colours: {theme}", theme=_(THEME_WORDS[theme.name])),
            _("for dark terminals") if theme.dark else _("for light terminals"),
            lambda name=theme.name: app.recolour(name),
        )
    yield from (_of_key(app, b) for b in seen.values() if not b.show and b.description in moves)


def _of_key(app: KwizardApp, binding: Binding) -> SystemCommand:
    key = _("key: {key}", key=app.get_key_display(binding))
    return SystemCommand(binding.description, key, lambda: app.simulate_key(binding.key))
