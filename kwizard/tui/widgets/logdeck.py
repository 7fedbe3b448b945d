"""One log pane a host: side by side where there is room, one at a time where there is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from kwizard.folding import columns
from kwizard.language import _
from kwizard.tui.hostnames import host_named
from kwizard.tui.model import LogBuffer
from kwizard.tui.plain import plain
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.logview import LogView

TOGETHER = 4  # panes; more than that are shown one at a time

Question = Literal["find", "only"]


class LogDeck(Container):
    """The panes, and above them the hosts' names with the current one marked; below them, while it
    is asked for, the text to find or to filter by.

    `where` says, for a host, where its whole log is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "drop", show=False)]

    def __init__(self, *, id: str, where: Callable[[str], str] = lambda _host: "") -> None:
        super().__init__(id=id)
        self._where = where
        self._views: dict[str, LogView] = {}
        self._current = ""
        self._asked: Question | None = None

    def compose(self) -> ComposeResult:
        """Panes are added when their host is first heard of."""
        yield Static(id="log-names")
        yield Vertical(id="log-panes")
        with Horizontal(id="log-ask"):
            yield Label(id="log-question")
            yield Line(id="log-words")

    def on_mount(self) -> None:
        """Nothing is asked yet."""
        self.query_one("#log-ask").display = False

    def show(self, logs: dict[str, LogBuffer]) -> None:
        """Take in what came since the last call."""
        for host, buffer in logs.items():
            view = self._views.get(host)
            if view is None:
                view = self._views[host] = LogView(host, buffer, where=self._where(host))
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

    # -- find and filter --------------------------------------------------------------------

    def ask(self, question: Question) -> None:
        """Ask for a text, and look for it in the pane in front or show only lines with it."""
        view = self.view()
        if view is None:
            return
        self._asked = question
        said = _("Find:") if question == "find" else _("Only lines with:")
        self.query_one("#log-question", Label).update(plain(said))
        line = self.query_one("#log-words", Line)
        line.value = view.needle if question == "find" else view.filter
        line.cursor_position = len(line.value)
        self.query_one("#log-ask").display = True
        line.focus()

    @on(Input.Submitted, "#log-words")
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        view, asked = self.view(), self._asked
        self._close()
        if view is None:
            return
        if asked == "only":
            view.only(event.value)
        else:
            view.find(event.value)

    def seek(self, by: int) -> None:
        """To the next place that was looked for, or the one before."""
        view = self.view()
        if view is not None:
            view.seek(by)

    def action_drop(self) -> None:
        """Escape: close the question, else show everything again; else it is not for us."""
        if self._asked is not None:
            self._close()
        elif (view := self.view()) is None or not view.clear_search():
            raise SkipAction

    def _close(self) -> None:
        self._asked = None
        self.query_one("#log-ask").display = False
        if (view := self.view()) is not None:
            view.focus()

    def on_resize(self) -> None:
        """As many names as fit."""
        self._mark()

    def _mark(self) -> None:
        for host, view in self._views.items():
            view.set_class(host == self._current, "-current")
        self.query_one("#log-names", Static).update(self._names())

    def _names(self) -> Content:
        """The hosts around the current one, as many as fit, and how many there are besides."""
        hosts = list(self._views)
        if not hosts:
            return Content("")
        at = hosts.index(self._current) if self._current in hosts else 0
        room = self.size.width - 2
        count = _("{number} of {count}", number=at + 1, count=len(hosts))
        first = last = at
        widths = [columns(host_named(h)) + 4 for h in hosts]
        used = widths[at] - 2

        def fits(index: int, rest: int) -> bool:
            return used + widths[index] + (columns(count) + 3 if rest else 0) <= room

        while True:
            before = used
            if last + 1 < len(hosts) and fits(last + 1, len(hosts) - (last - first + 2)):
                last += 1
                used += widths[last]
            if first > 0 and fits(first - 1, len(hosts) - (last - first + 2)):
                first -= 1
                used += widths[first]
            if used == before:
                break
        names = [
            plain(f"● {host_named(h)}", "bold $accent")
            if h == self._current
            else plain(f"○ {host_named(h)}", "$muted")
            for h in hosts[first : last + 1]
        ]
        if last - first + 1 < len(hosts):
            names.append(plain(count, "$secondary"))
        return Content("  ").join(names)
