"""What all pages share: the frame around them, the keys that work everywhere, the help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key, Resize
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from kwizard.errors import KwizardError, Problem
from kwizard.language import _, language, told
from kwizard.tui.errors import unforeseen, what_happened
from kwizard.tui.keys import Keys
from kwizard.tui.plain import plain
from kwizard.tui.sign import Sign
from kwizard.tui.widgets.foot import Foot
from kwizard.tui.widgets.form import Line, Problems, in_full, what_can_be_typed
from kwizard.tui.widgets.frame import Band, Stage, TooSmall, Trail, walk

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp

HELP = Path(__file__).resolve().parent.parent / "help"


def help_file(name: str) -> Path:
    """The help of that name in the language of the run, in English where there is none."""
    translated = HELP / language() / f"{name}.md"
    return translated if translated.exists() else HELP / f"{name}.md"


class Page(Keys):
    """A page of the wizard. Subclasses say what is on it (`body`) and where it stands. `pane` is
    what PageUp and PageDown scroll, whatever has the cursor."""

    stage: ClassVar[Stage | None] = None
    title_text: ClassVar[str] = ""
    help_name: ClassVar[str] = ""
    pane: ClassVar[str] = ""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-tall"), (34, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "walk(-1)", show=False),
        Binding("down,tab", "walk(1)", show=False),
        Binding("escape", "back", "Back", show=False),
        Binding("f2", "problems", "Problems", show=False),  # the box of problems names it
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("ctrl+o", "jump", "Jump", show=False),
        Binding("q", "app.leave", "Quit", show=False),
        Binding("pageup", "scroll_pane(-1)", show=False),
        Binding("pagedown", "scroll_pane(1)", "Scroll", key_display="pgdn"),
    ]

    _left_at: Widget | None = None

    @property
    def wizard(self) -> KwizardApp:
        """The app, with its type."""
        return cast("KwizardApp", self.app)

    def on_mount(self) -> None:
        """Tables are coloured by Rich, which does not hear of another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.recolour())

    def recolour(self) -> None:
        """Draw again what does not follow the style sheet."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said, not swallowed; the page stays."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.complain(unforeseen(event.worker.error))

    def compose(self) -> ComposeResult:
        """The frame, and the page's body within."""
        if self.wizard.cases.rehearsal:
            yield Band()
        yield Trail(self.stage, _(self.title_text))
        yield from self.body()
        yield TooSmall()
        yield Foot()

    def body(self) -> ComposeResult:
        """What is on this page."""
        yield from ()

    def action_walk(self, by: int) -> None:
        """To the next widget, or the one before."""
        walk(self, by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The key for problems is there when problems are shown. Keys that can do nothing now are
        grey (`why_not`)."""
        if action == "scroll_pane":
            return bool(self.pane) and any(w.max_scroll_y > 0 for w in self.query(self.pane))
        if action == "problems":
            return any(p.display for p in self.query(Problems))
        return None if self.is_mounted and self.why_not(action) else True

    def why_not(self, action: str) -> str:  # noqa: ARG002
        """Why the key of that action can do nothing now, in a sentence; "" when it can."""
        return ""

    def on_key(self, event: Key) -> None:
        """A grey key that is pressed all the same says why it does nothing."""
        active = self.active_bindings.get(event.key)
        if active is None or active.enabled:
            return
        if why := self.why_not(active.binding.action.partition("(")[0]):
            self.say(why)

    def action_scroll_pane(self, by: int) -> None:
        """The pane that is too long for its place, a page up or down."""
        box = self.query_one(self.pane)
        box.scroll_relative(y=by * max(1, box.size.height - 1), animate=False)

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        """What scrolls is another thing in another window, and the footer says so. A window that
        was too small hid what had the cursor: in a larger one it has it again."""
        self.call_after_refresh(self.refresh_bindings)
        if event.size.width < 60 or event.size.height < 16:
            self._left_at = self.focused or self._left_at
        elif self._left_at is not None:
            self.call_after_refresh(self._take_up, self._left_at)
            self._left_at = None

    def _take_up(self, widget: Widget) -> None:
        if self.focused is None and widget.is_attached:
            widget.focus()

    def action_problems(self) -> None:
        """Every problem of the cluster file in full, each with its remedy."""
        from kwizard.tui.screens.dialogs import Notice

        found = [*self.further(), *self.wizard.cases.problems(self.wizard.draft.cluster)]
        self.app.push_screen(Notice(_("What to know about these answers"), in_full(found)))

    def further(self) -> Sequence[Problem]:
        """What is wrong on this page beside the cluster itself."""
        return ()

    def action_jump(self) -> None:
        """A letter on everything that can have the cursor."""
        from kwizard.tui.screens.jump import JumpScreen, targets_of

        def there(widget: Widget | None) -> None:
            if widget is not None and widget.is_attached:
                widget.focus()

        self.app.push_screen(JumpScreen(targets_of(self)), there)

    def action_back(self) -> None:
        """To the page before."""

    def action_help(self) -> None:
        """Open the help of this page."""
        from kwizard.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(help_file(self.help_name)))

    @on(Line.NotTaken)
    def say_what_can(self, event: Line.NotTaken) -> None:
        """A character that a line does not take: which ones it does."""
        self.say(what_can_be_typed(event.line.restrict or ""), bad=True)

    def sign(self, show: Callable[[], None]) -> Sign:
        """`async with` around work that is waited for: `show` says that it goes on."""
        return Sign(show, self.wizard.sleep)

    def say(self, text: str, *, bad: bool = False) -> None:
        """A short note in the corner, in place of the one before. Foreign text is fine."""
        self.app.clear_notifications()
        self.notify(
            str(plain(text)), severity="error" if bad else "information", markup=False, timeout=6
        )

    def complain(self, error: KwizardError) -> None:
        """Show an error with its remedy, in a dialog."""
        from kwizard.tui.screens.dialogs import Notice

        text = [plain(what_happened(error))]
        if error.remedy and error.remedy not in str(error):
            text.append(Content.assemble((_("What to do: "), "bold"), plain(told(error.remedy))))
        self.app.push_screen(Notice(_("That did not work"), Content("\n\n").join(text)))
