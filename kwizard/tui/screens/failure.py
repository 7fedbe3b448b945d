"""A step failed: why, the end of its log, and everything that can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, cast

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Button, Static

from kwizard.errors import KwizardError
from kwizard.language import N_, _, told
from kwizard.tui.errors import what_happened
from kwizard.tui.hostnames import hosts_named
from kwizard.tui.mending import Mender, Trouble, What
from kwizard.tui.plain import plain
from kwizard.tui.screens.dialogs import Ask, Dialog
from kwizard.tui.screens.help import HelpScreen
from kwizard.tui.screens.page import help_file
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.skipping import consequence, lasting
from kwizard.tui.whereabouts import answered_at
from kwizard.tui.widgets.frame import Buttons

ACTIONS: dict[What, tuple[str, str, str]] = {
    "retry": (N_("Retry"), "r", N_("looks at everything again and does what is still due")),
    "answers": (
        N_("Answers"),
        "a",
        N_("back to the answers, to change one, and on again"),
    ),
    "skip": (N_("Skip…"), "x", N_("goes on without this step, this once; asks before")),
    "shell": (N_("Shell"), "s", N_("opens ssh on {host}; leaving it comes back here")),
    "copy": (N_("Copy"), "y", N_("the script into the clipboard and into a file")),
    "report": (N_("Report"), "e", N_("journal and logs in one file to ask for help with")),
    "log": (N_("Log"), "l", N_("all of the log that is kept, to scroll and search")),
    "script": (N_("Script"), "t", N_("the very script that failed")),
}
"""Label, key and meaning of what can be done."""

LOOK = 1 / 4  # seconds between two looks whether the report is written


class FailureDialog(Dialog[str]):
    """Gives back "retry", "answers", "skip" or "log", for the page to do; None when it was closed.
    `chosen` is the number of the trouble it ended at."""

    CSS_PATH = ["dialogs.tcss", "failure.tcss"]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "decline", "Close"),
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("q", "app.leave", "Quit"),
        Binding("n", "next(1)", "Next failure"),
        Binding("N", "next(-1)", show=False),
        # The buttons say these too: they come last, where a narrow window cuts keys off.
        *(Binding(key, f"do('{what}')", label) for what, (label, key, _say) in ACTIONS.items()),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-short"), (34, "-high")]  # noqa: RUF012

    def __init__(self, mender: Mender, troubles: Sequence[Trouble], chosen: int = 0) -> None:
        super().__init__("")
        self._mender, self._troubles = mender, tuple(troubles)
        self.chosen = chosen
        self._busy = self._quiet = False

    @property
    def trouble(self) -> Trouble:
        """The one that is shown."""
        return self._troubles[self.chosen]

    def body(self) -> ComposeResult:
        """The text; two rows of buttons; what the button under the cursor means."""
        with VerticalScroll(id="failure-box", can_focus=False):
            yield Static(id="failure-text")
        yield Static(id="failure-kept")
        buttons: list[tuple[str, str]] = [(what, _(said[0])) for what, said in ACTIONS.items()]
        first, second = buttons[:5], buttons[5:]
        several = len(self._troubles) > 1
        last = ("next", _("Next failure ›")) if several else ("quit", _("Quit"))
        yield Buttons(first, strong="retry")
        yield Buttons([*second, ("close", _("Close")), last])
        yield Static(id="failure-meaning")

    def on_mount(self) -> None:
        """Trying again is the likeliest."""
        self._show()
        self.query_one("#retry").focus()
        self._say_kept()
        self.set_interval(LOOK, self._say_kept)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no next one where it is the only one."""
        if action == "next" and len(self._troubles) < 2:
            return False
        return super().check_action(action, parameters)

    def _say_kept(self) -> None:
        """Where the report is, as soon as it is written."""
        said = self._mender.kept
        if said and not self.has_class("-kept"):
            self.add_class("-kept")
            self.query_one("#failure-kept", Static).update(plain(said, "$muted"))

    def _show(self) -> None:
        trouble, count = self.trouble, len(self._troubles)
        title = trouble.title
        if count > 1:
            number = self.chosen + 1
            title = _("{title} ({number} of {count})", title=title, number=number, count=count)
        self.query_one(".dialog").border_title = plain(title)
        self.query_one("#failure-text", Static).update(self._text(trouble))
        self.query_one("#failure-box").scroll_home(animate=False)
        for what in ACTIONS:
            why = self._why_not(what)
            self.query_one(f"#{what}").set_class(bool(why), "-unable")

    def _text(self, trouble: Trouble) -> Content:
        told_already = trouble.exit is None or f"exit status {trouble.exit}" in trouble.reason
        status = "" if told_already else " " + _("(exit {status})", status=trouble.exit)
        parts = [Content.assemble(("✗ ", "$error"), plain(told(trouble.reason) + status, "bold"))]
        if trouble.hint and trouble.hint != trouble.reason:
            parts.append(Content.assemble(("→ ", "$secondary"), plain(told(trouble.hint))))
        if where := answered_at(trouble.reason, trouble.hint):
            parts.append(Content.assemble(("→ ", "$secondary"), plain(where)))
        if others := self._same_elsewhere(trouble):
            said = _("The same happened on {hosts}.", hosts=hosts_named(others))
            parts.append(plain(said, "$muted"))
        tail = [line for line in trouble.tail.split("\n") if line.strip()]
        if tail:
            parts.append(plain(_("The end of its log:"), "$muted"))
            parts += [plain("  " + line) for line in tail]
        where = self._mender.whole_log(trouble.step, trouble.host)
        if where:
            parts.append(plain(_("The whole log: {file}", file=where), "$muted"))
        return Content("\n").join(parts)

    def _same_elsewhere(self, trouble: Trouble) -> list[str]:
        return [
            t.host
            for t in self._troubles
            if t.host != trouble.host and (t.step, t.reason) == (trouble.step, trouble.reason)
        ]

    # -- doing ------------------------------------------------------------------------------

    @on(DescendantFocus)
    def _mean(self) -> None:
        """Say what the button under the cursor does, or why it does nothing."""
        if self._quiet:
            self._quiet = False
            return
        focused = self.focused
        ident = (focused.id or "") if focused is not None else ""
        if ident in ACTIONS:
            self._tell(ident)
        else:
            self._say(plain(""))

    def _tell(self, what: What) -> None:
        _label, key, meaning = ACTIONS[what]
        why = self._why_not(what)
        if why:
            self._say(Content.assemble(("! ", "$warning"), plain(why, "$warning")))
        else:
            self._say(
                Content.assemble((key, "$accent"), plain(f"  {self._meaning(meaning)}", "$muted"))
            )

    def _meaning(self, meaning: str) -> str:
        return _(meaning, host=self._mender.shell_host(self.trouble))

    def _why_not(self, what: What) -> str:
        trouble = self.trouble
        host = self._mender.shell_host(trouble) if what == "shell" else trouble.host
        return self._mender.why_not(what, trouble.step, host)

    def _say(self, text: Content) -> None:
        self.query_one("#failure-meaning", Static).update(text)

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        ident = event.button.id or ""
        if ident in ACTIONS:
            self.action_do(ident)
        elif ident == "next":
            self.action_next(1)
        elif ident == "quit":
            await self.run_action("app.leave")
        else:
            self.dismiss(None)

    def action_do(self, ident: str) -> None:
        """One of ACTIONS, or why not."""
        what, trouble = cast("What", ident), self.trouble
        if self._why_not(what):
            self.query_one(f"#{what}").focus()
            self._tell(what)
            return
        match what:
            case "retry" | "answers" | "log":
                self.dismiss(what)
            case "skip":
                ask_to_skip(self.app, self._mender, trouble, lambda: self.dismiss("skip"))
            case "script":
                task = self._mender.task(trouble.step, trouble.host)
                if task is not None:
                    self.app.push_screen(ScriptScreen(task))
            case "copy" | "report":
                self._try(what)
            case "shell":
                self.run_worker(self._shell(), exclusive=True)

    def _try(self, what: What) -> None:
        trouble = self.trouble
        try:
            if what == "copy":
                said = self._mender.copy(trouble.step, trouble.host)
            else:
                said = self._mender.report()
        except KwizardError as error:
            self._say(Content.assemble(("✗ ", "$error"), plain(what_happened(error), "$error")))
        else:
            self._say(Content.assemble(("✓ ", "$success"), plain(said)))

    async def _shell(self) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            said = await self._mender.shell(self._mender.shell_host(self.trouble))
        except KwizardError as error:
            said = what_happened(error)
        finally:
            self._busy = False
        retry = self.query_one("#retry")
        self._quiet = self.focused is not retry  # what was done stays said over this one move
        retry.focus()
        self._say(plain(said, "$secondary"))

    def action_next(self, by: int) -> None:
        """The next failure, or the one before."""
        self.chosen = (self.chosen + by) % len(self._troubles)
        self._show()

    def action_help(self) -> None:
        """The help of the page beneath, which is about what can be done here too."""
        self.app.push_screen(HelpScreen(help_file("install")))

    def action_scroll(self, by: int) -> None:
        """The text by a page."""
        box = self.query_one("#failure-box")
        (box.scroll_page_down if by > 0 else box.scroll_page_up)(animate=False)


def ask_to_skip(
    app: App[object], mender: Mender, trouble: Trouble, then: Callable[[], object]
) -> None:
    """Ask whether to go on without the step that failed, and say what that means; if so, `then`."""
    task, plan = mender.task(trouble.step, trouble.host), mender.plan
    if task is None or plan is None:
        return

    def answered(answer: str | None) -> None:
        if answer == "skip":
            then()

    question = Ask(
        _("Go on without this step?"),
        Content("\n\n").join([plain(consequence(plan, task)), plain(lasting())]),
        [("keep", _("Keep it")), ("skip", _("Skip it"))],
        strong="keep",
    )
    app.push_screen(question, answered)
