"""The strip of hosts above the monitor: one at a time, or all of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from kwizard.language import _
from kwizard.monitor.view import HostState
from kwizard.tui.plain import brief

KEYED = 9  # hosts that have a key of their own
MARKS = {"well": ("✓", "$success"), "ill": ("✗", "$error"), "silent": ("?", "$warning")}


class HostStrip(Widget):
    """`F1 ✓ anakin  F2 ✗ boba ...`, the chosen one marked; `0` stands for all of them."""

    class Chosen(Message):
        """A host was clicked; None: all of them."""

        def __init__(self, name: str | None) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._hosts: tuple[HostState, ...] = ()
        self._chosen: str | None = None
        self._ends: list[tuple[int, int, str | None]] = []

    def show(self, hosts: Sequence[HostState], chosen: str | None) -> None:
        """Draw these."""
        if (tuple(hosts), chosen) != (self._hosts, self._chosen):
            self._hosts, self._chosen = tuple(hosts), chosen
            self.refresh()

    def render(self) -> Content:
        """One line; where it is too long, the part with the chosen host."""
        parts: list[tuple[Content, str | None]] = [(self._part(_("all"), "0", None), None)]
        for number, host in enumerate(self._hosts, 1):
            mark, colour = MARKS[host.state]
            key = f"F{number}" if number <= KEYED else ""
            state = Content.styled(mark, colour)
            parts.append((self._part(host.name, key, host.name, state), host.name))
        while len(parts) > 2 and sum(p.cell_length + 2 for p, _name in parts) > self.size.width:
            at = next((i for i, (_p, name) in enumerate(parts) if name == self._chosen), 0)
            del parts[1 if at > len(parts) // 2 else -1]
        line, self._ends = Content(""), []
        for part, name in parts:
            self._ends.append((line.cell_length, line.cell_length + part.cell_length, name))
            line = line + part + Content("  ")
        return line

    def _part(
        self, name: str, key: str, value: str | None, state: Content | None = None
    ) -> Content:
        style = "bold reverse" if value == self._chosen else ""
        pieces = [Content.styled(key, "$accent")] if key else []
        pieces += [state] if state is not None else []
        pieces.append(brief(name, style, 20))
        return Content(" ").join(pieces)

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        for first, last, name in self._ends:
            if first <= event.x < last:
                self.post_message(self.Chosen(name))
