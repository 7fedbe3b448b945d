"""One log pane a host: side by side where there is room, one at a time where there is not."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from kwizard.tui.model import LogBuffer
from kwizard.tui.plain import plain
from kwizard.tui.widgets.logview import LogView

TOGETHER = 4  # panes; more than that are shown one at a time


class LogDeck(Container):
    """The panes, and above them the hosts' names with the current one marked."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._views: dict[str, LogView] = {}
        self._current = ""

    def compose(self) -> ComposeResult:
        """Panes are added when their host is first heard of."""
        yield Static(id="log-names")
        yield Vertical(id="log-panes")

    def show(self, logs: dict[str, LogBuffer]) -> None:
        """Take in what came since the last call."""
        for host, buffer in logs.items():
            view = self._views.get(host)
            if view is None:
                view = self._views[host] = LogView(host, buffer)
                self.query_one("#log-panes").mount(view)
                self.set_class(len(self._views) > TOGETHER, "-many")
                if not self._current:
                    self._current = host
                self._mark()
            if view.is_mounted:
                view.pull()
                view.set_class(not buffer.total, "-silent")

    @property
    def current(self) -> str:
        """The host whose log is in front."""
        return self._current

    def bring(self, host: str) -> None:
        """Put that host's log in front."""
        if host in self._views and host != self._current:
            self._current = host
            self._mark()

    def step(self, by: int) -> None:
        """To the next host's log, or the one before."""
        hosts = list(self._views)
        if hosts:
            at = hosts.index(self._current) if self._current in hosts else 0
            self.bring(hosts[(at + by) % len(hosts)])

    def view(self) -> LogView | None:
        """The pane in front."""
        return self._views.get(self._current)

    def _mark(self) -> None:
        for host, view in self._views.items():
            view.set_class(host == self._current, "-current")
        names = [
            plain(f"● {h}", "bold $accent") if h == self._current else plain(f"○ {h}", "$muted")
            for h in self._views
        ]
        self.query_one("#log-names", Static).update(Content("  ").join(names))
