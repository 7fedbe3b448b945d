"""The exact script of one task, as it would run."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kwizard.engine.plan import Task
from kwizard.language import _, told
from kwizard.recipes.step import Operator, Place
from kwizard.remote.looked import Look
from kwizard.tui.hostnames import host_named
from kwizard.tui.keys import Keys
from kwizard.tui.plain import lines, plain
from kwizard.tui.widgets.foot import Foot


class ScriptScreen(Keys, ModalScreen[None]):
    """Reads and scrolls; `p` switches between the script and its probe."""

    CSS_PATH = "script.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Close", key_display="esc"),
        Binding("p", "probe", "Script / probe"),
    ]

    def __init__(self, task: Task | Look) -> None:
        super().__init__()
        # `task` is taken: a Textual MessagePump attribute's neighbour; the plan's word is kept.
        self._planned = task
        self._probe = False

    def compose(self) -> ComposeResult:
        """The text, and the keys."""
        with VerticalScroll(id="script-box"):
            yield Static(id="script")
        yield Foot()

    def on_mount(self) -> None:
        """Show the script first."""
        self._show()
        self.query_one("#script-box").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What was run to look has no probe of its own."""
        if action == "probe" and isinstance(self._planned, Look):
            return False
        return super().check_action(action, parameters)

    def action_probe(self) -> None:
        """The other of the two."""
        task = self._planned
        self._probe = not self._probe and isinstance(task, Task) and task.probe is not None
        self._show()

    def _show(self) -> None:
        task = self._planned
        box = self.query_one("#script-box")
        if isinstance(task, Look):
            box.border_title = plain(f"{task.host}: {_('look (read only)')}")
            self._fill(task.script)
            return
        what = _("probe (read only)") if self._probe else _("script")
        box.border_title = plain(f"{told(task.step.title)}, {host_named(task.host_label)}: {what}")
        box.border_subtitle = plain(f"sha256 {task.sha256[:16]}…")
        text = (task.probe or "") if self._probe else task.script
        self._fill(text, task)

    def _fill(self, text: str, task: Task | None = None) -> None:
        self.query_one("#script", Static).update(
            _no_script(task)
            if not text and task is not None
            else Content("\n").join(map(_coloured, text.rstrip("\n").split("\n")))
        )
        self.query_one("#script-box").scroll_home(animate=False)


def _no_script(task: Task) -> Content:
    """What is done where no script is run."""
    match task.step.action:
        case Place(artifact, target, mode):
            return lines(
                _(
                    "Puts {artifact} to {target} (mode {mode:o}).",
                    artifact=artifact,
                    target=target,
                    mode=mode,
                ),
                "",
                _(
                    "The file crosses the line once, resumes at the byte, and gets its name "
                    "only after the host has compared its sha256."
                ),
            )
        case Operator(action):
            return lines(
                _("Done on this machine: {action}. No script runs on a host.", action=action)
            )
        case _:
            return Content("")


def _coloured(line: str) -> Content:
    """A comment is quieter than a command. Nothing else is guessed about shell."""
    return plain(line, "$muted" if line.lstrip().startswith("#") else "")
