"""The first page: begin, go on, or watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kwizard.errors import KwizardError
from kwizard.language import N_, _, _n
from kwizard.tui.errors import unforeseen
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import ago
from kwizard.tui.plain import lines, phrase, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.skipping import left_out

if TYPE_CHECKING:
    from kwizard.app.clusters import KnownCluster
    from kwizard.app.drafts import Remembered

PICTURE = """\
  ┌─────────┐   ┌─────────┐   ┌─────────┐
  │ ▪▪▪   ● │   │ ▪▪▪   ● │   │ ▪▪▪   ● │
  └────┬────┘   └────┬────┘   └────┬────┘
  ─────┴─────────────┴─────────────┴─────"""


class StartScreen(Page):
    """New cluster, go on, resume, monitor, practise, quit; beside it, what each means."""

    CSS_PATH = "start.tcss"
    help_name = "start"
    title_text = N_("Kubernetes from the release binaries, one readable step at a time")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("q", "app.leave", "Quit"),
    ]

    def __init__(self, error: KwizardError | None = None) -> None:
        super().__init__()
        self._error = error
        self._known: dict[str, KnownCluster] = {}
        self._draft: Remembered | None = None

    def body(self) -> ComposeResult:
        """The picture, the choices, the explanation."""
        yield Static(Content.styled(PICTURE, "$secondary"), id="picture")
        with Horizontal(id="start"):
            yield OptionList(*self._options(), id="choices", markup=False)
            with VerticalScroll(id="meaning-box", can_focus=False):
                yield Static(id="meaning")

    def on_mount(self) -> None:
        """The cursor is where most people want to go: the unfinished installation first."""
        choices = self.query_one("#choices", OptionList)
        choices.highlighted = 0
        choices.focus()
        if self._error is not None:
            self.complain(self._error)

    def on_screen_resume(self) -> None:
        """Coming back, there may be other clusters, and a draft to go on with."""
        self.wizard.keep_draft()
        choices = self.query_one("#choices", OptionList)
        at = choices.highlighted or 0
        options = self._options()
        choices.clear_options()
        choices.add_options(options)
        choices.highlighted = min(at, len(options) - 1)

    def _options(self) -> list[Option]:
        cases = self.wizard.cases
        known = cases.known()
        self._known = {k.name: k for k in known}
        self._draft = cases.remembered()
        new = Option(plain(_("New cluster")), id="new")
        resume = [
            Option(
                plain(
                    _("Open {name}", name=k.name)
                    if k.status == "saved"
                    else _("Finish {name}", name=k.name)
                    if k.status == "done"
                    else _("Resume {name}", name=k.name)
                ),
                id=f"resume {k.name}",
            )
            for k in known
            if k.status != "done" or k.waived
        ]
        watch = [
            Option(plain(_("Monitor {name}", name=k.name)), id=f"monitor {k.name}")
            for k in known
            if k.status != "saved"
        ]
        unfinished = any(k.status == "unfinished" for k in known)
        first = [*resume, new] if unfinished else [new, *resume]
        if self._draft is not None:
            name = self._draft.cluster.name or _("a cluster without a name")
            first.insert(0, Option(plain(_("Go on with {name}", name=name)), id="draft"))
        practise = []
        if cases.rehearsal and self.wizard.practising:
            practise = [Option(plain(_("End the rehearsal")), id="real")]
        elif self.wizard.practise_with is not None:
            practise = [Option(plain(_("Practise on pretend hosts")), id="practise")]
        return [*first, *watch, *practise, Option(plain(_("Quit")), id="quit")]

    @on(OptionList.OptionHighlighted)
    def explain(self, event: OptionList.OptionHighlighted) -> None:
        """What the choice under the cursor does."""
        verb, _space, name = (event.option_id or "").partition(" ")
        self.query_one("#meaning", Static).update(self._meaning(verb, name))

    def _meaning(self, verb: str, name: str) -> Content:
        known = self._known.get(name)
        if verb == "resume" and known is not None:
            return self._where_it_stopped(known)
        if verb == "draft" and self._draft is not None:
            return lines(
                _("A new cluster you have not installed yet, as you left it."),
                "",
                _n("{count} host so far.", "{count} hosts so far.", len(self._draft.cluster.hosts)),
            )
        if verb == "practise":
            return lines(
                _("Three pretend hosts inside this program: the whole wizard, as on real ones."),
                "",
                _("Real SSH and the real scripts; docker, systemd and Kubernetes are stand-ins."),
                "",
                _("Nothing is installed anywhere, and every page says so."),
            )
        if verb == "real":
            return plain(_("The pretend hosts end, and you are back among real clusters."))
        if verb == "monitor":
            skipped = self._skipped(known) if known is not None else []
            return lines(
                *skipped,
                _("Components, nodes, pings and services, refreshed every few seconds."),
                "",
                _("It only looks: nothing on that page can change a host."),
            )
        if verb == "quit":
            return plain(_("Nothing is running. Nothing is lost."))
        return lines(
            _("Hosts, release and options are asked for, one page each."),
            "",
            _(
                "Then you see the whole plan, with every script in full. Hosts are only looked at "
                "until you press Install there."
            ),
        )

    def _skipped(self, known: KnownCluster) -> list[Content | str]:
        """That a cluster is not whole, and what it lacks."""
        if not known.waived:
            return []
        return [
            Content.assemble(("» ", "$warning"), plain(_("Skipped by you, not done:"), "bold")),
            *(plain(f"  {line}") for line in left_out(known.waived)),
            "",
        ]

    def _where_it_stopped(self, known: KnownCluster) -> Content:
        if known.status == "saved":
            return lines(_("Saved, not installed yet."), "", _("Opens the review of its plan."))
        if known.status == "done":
            return lines(
                _("It is installed, but for what was skipped."),
                "",
                *self._skipped(known),
                _("This does it now, and verifies again; what is as wanted stays as it is."),
                "",
                plain(str(known.file), "$muted"),
            )
        parts: list[Content | str] = self._skipped(known)
        if known.step:
            stopped = (
                _("It stopped at {step} on {host}") if known.host else _("It stopped at {step}")
            )
            parts += [
                phrase(
                    stopped,
                    step=plain(known.step, "bold $accent"),
                    host=plain(host_named(known.host or ""), "bold $accent"),
                )
            ]
        if known.when is not None:
            seconds = (self.wizard.clock() - known.when).total_seconds()
            parts.append(_("{ago}.", ago=ago(seconds)))
        parts += [
            "",
            _("What is as wanted already is skipped; what still runs on a host is followed again."),
            "",
            plain(str(known.file), "$muted"),
        ]
        return lines(*parts)

    @on(OptionList.OptionSelected)
    def go(self, event: OptionList.OptionSelected) -> None:
        """Do it."""
        from kwizard.tui.screens.hosts import HostsScreen
        from kwizard.tui.screens.install import InstallScreen
        from kwizard.tui.screens.monitor import MonitorScreen
        from kwizard.tui.screens.review import ReviewScreen

        verb, _space, name = (event.option_id or "").partition(" ")
        if verb == "quit":
            self.wizard.leave()
            return
        if verb == "new":
            self.wizard.new_cluster()
            self.app.push_screen(HostsScreen())
            return
        if verb == "draft" and self._draft is not None:
            self.wizard.open_draft(self._draft)
            return
        if verb in ("practise", "real"):
            self._change_hosts(verb)
            return
        try:
            self.wizard.draft.take(self.wizard.cases.load(name))
        except KwizardError as error:
            self.complain(error)
            return
        known = self._known[name]
        self.wizard.draft.keep(known.file)
        if verb == "monitor":
            self.app.push_screen(MonitorScreen())
        elif known.status == "saved":
            self.app.push_screen(ReviewScreen())
        else:
            self.wizard.afresh()
            self.app.push_screen(InstallScreen())

    def _change_hosts(self, verb: str) -> None:
        """To pretend hosts, or back to real ones. The app does it: this page goes meanwhile."""
        self.app.run_worker(self._changed_hosts(verb), exclusive=True, exit_on_error=False)

    def _say_coming(self) -> None:
        self.query_one("#meaning", Static).update(
            Content.styled(_("▸ the pretend hosts are coming up …"), "bold $accent")
        )

    async def _changed_hosts(self, verb: str) -> None:
        """The page is drawn anew, with its band or without."""
        from kwizard.tui.screens.hosts import HostsScreen

        wizard = self.wizard
        try:
            if verb == "practise":
                async with self.sign(self._say_coming):
                    await wizard.practise()
            else:
                await wizard.end_practice()
        except KwizardError as error:
            self.complain(error)
            return
        except Exception as error:  # an app's worker has no page that would say it
            self.complain(unforeseen(error))
            return
        await wizard.switch_screen(StartScreen())
        if verb == "practise":
            await wizard.push_screen(HostsScreen())
