"""The Textual app: it owns the state and the engine's task, screens come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from typing import ClassVar, Literal, cast

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen

from kwizard.app.drafts import Remembered
from kwizard.cluster.model import Cluster
from kwizard.engine.plan import Finding, Plan, State
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.monitor.snapshot import Snapshot
from kwizard.tui import taste
from kwizard.tui.actions import Actions, actions
from kwizard.tui.aftermath import Aftermath
from kwizard.tui.asker import ScreenAsker
from kwizard.tui.download import Download
from kwizard.tui.draft import Draft
from kwizard.tui.errors import unforeseen
from kwizard.tui.farewell import exit_code, last_words
from kwizard.tui.folded import fold_chinese
from kwizard.tui.forecast import Forecast
from kwizard.tui.mending import Mender
from kwizard.tui.model import Row, RunModel
from kwizard.tui.plain import cell_lines, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.sign import Sleep
from kwizard.tui.skipping import reminder
from kwizard.tui.theme import THEMES
from kwizard.tui.usecases import Practise, UseCases
from kwizard.tui.whereabouts import asked_at
from kwizard.tui.widgets.frame import Stage
from kwizard.tui.words import leaving

Start = Literal["new", "resume", "monitor"]
PATIENCE = 5.0  # seconds a run gets to write down that it was left
KEEP_EVERY = 1.0  # seconds between two looks whether the draft has to be written down
SLICE = 0.008  # seconds of events taken in before keys and drawing get their turn


def utc_now() -> datetime:
    """The clock screens use, unless a test gives another."""
    return datetime.now(UTC)


class KwizardApp(App[int]):
    """The guided installation, and the monitor.

    The value it ends with is the exit code of docs/cli.md.
    """

    TITLE = "kwizard"
    CSS_PATH = "app.tcss"
    COMMANDS = {Actions}  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+c", "leave", "Quit", show=False, system=True),
    ]

    def __init__(
        self,
        cases: UseCases,
        *,
        start: Start = "new",
        name: str | None = None,
        cluster: Cluster | None = None,
        clock: Callable[[], datetime] = utc_now,
        practise: Practise | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`practise` brings up pretend hosts, where the start page is to offer that; `sleep` is
        what signs of work wait with."""
        fold_chinese()
        super().__init__()
        self.cases = cases
        self.clock, self.sleep = clock, sleep
        self.asker = ScreenAsker(self)
        self.draft = Draft(cluster if cluster is not None else cases.blank())
        self.download = Download(cases, clock, sleep)
        self.plan: Plan | None = None
        self.findings: Mapping[str, Finding] = {}
        self.run_model = RunModel()
        self.snapshot: Snapshot | None = None
        self.error: KwizardError | None = None
        self.aftermath = Aftermath()
        self.waived: set[str] = set()  # what the person skips, until kwizard ends
        self.forecast: Forecast | None = None
        self._begin_with, self._wanted, self._given = start, name, cluster is not None
        self._engine: asyncio.Task[None] | None = None
        self.practise_with = practise
        self._practice: AsyncExitStack | None = None
        self._real = cases
        self._written: Remembered | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = taste.chosen()

    async def on_mount(self) -> None:
        """The first page."""
        self.set_interval(KEEP_EVERY, self.keep_draft)
        try:
            self._first_page()
        except KwizardError as error:
            from kwizard.tui.screens.start import StartScreen

            self.error = error
            self.push_screen(StartScreen(error))

    def _first_page(self) -> None:
        from kwizard.tui.screens.install import InstallScreen
        from kwizard.tui.screens.monitor import MonitorScreen
        from kwizard.tui.screens.start import StartScreen

        name = self._wanted
        if self._begin_with == "resume" and name is None:
            open_ones = [k.name for k in self.cases.known() if k.status == "unfinished"]
            name = open_ones[0] if len(open_ones) == 1 else None
        if name is not None and not self._given:
            self.draft.take(self.cases.load(name))
        if self._begin_with == "resume" and (name is not None or self._given):
            self.push_screen(InstallScreen())
        elif self._begin_with == "monitor" and (name is not None or self._given):
            self.push_screen(MonitorScreen())
        else:
            self.push_screen(StartScreen())
            if self._begin_with == "new" and not self._given:
                self._go_on_where_one_was()

    def _go_on_where_one_was(self) -> None:
        """The pages of an unfinished draft, up to the one that was open."""
        draft = self.cases.remembered()
        if draft is not None:
            self.open_draft(draft)
            said = _("Here you were with {name}. Esc goes back.", name=draft.cluster.name)
            self.notify(str(plain(said)), markup=False, timeout=6)

    def open_draft(self, draft: Remembered) -> None:
        """Its answers, and its pages one above the other, so that Back leads through them."""
        self.draft.take(draft.cluster)
        self.draft.file = draft.file
        self.draft.take_from(draft.bundle)
        self._written = draft
        # A bundle is read on the page of the release, before the pages after it.
        later = draft.bundle is not None and draft.page in ("OPTIONS", "REVIEW")
        self._open_up_to(Stage.RELEASE.name if later else draft.page)

    def _open_up_to(self, name: str) -> None:
        """The pages of the answers, up to the one of that stage; the first for other names."""
        from kwizard.tui.screens.hosts import HostsScreen
        from kwizard.tui.screens.options import OptionsScreen
        from kwizard.tui.screens.release import ReleaseScreen
        from kwizard.tui.screens.review import ReviewScreen

        pages = (HostsScreen, ReleaseScreen, OptionsScreen, ReviewScreen)
        names = [page.stage.name for page in pages]
        last = names.index(name) if name in names else 0
        for page in pages[: last + 1]:
            self.push_screen(page())

    def to_answers(self, *sentences: str) -> None:
        """Back to the page that asks for what the sentences name, to that very field; to the
        options where they name nothing."""
        from kwizard.tui.screens.form_page import FormPage

        stage, row = asked_at(*sentences) or (Stage.OPTIONS, None)
        while len(self.screen_stack) > 2 and getattr(self.screen, "stage", None) is not stage:
            self.pop_screen()
        if getattr(self.screen, "stage", None) is not stage:
            self._open_up_to(stage.name)
        page = self.screen
        if row is not None and isinstance(page, FormPage):
            page.call_after_refresh(page.to_field, row.ident)

    def new_cluster(self) -> None:
        """Begin with a blank draft; pretend hosts, and a cluster that was given, stay."""
        if not self.cases.rehearsal and not self._given:
            self.draft.take(self.cases.blank())

    def keep_draft(self) -> None:
        """Write the draft down, for a restart, when it or the page has changed."""
        stage = self.screen.stage if isinstance(self.screen, Page) else None
        if stage is None or stage in (Stage.INSTALL, Stage.VERIFY) or self.cases.rehearsal:
            return
        draft = Remembered(self.draft.cluster, stage.name, self.draft.file, self.draft.bundle)
        if draft != self._written and draft.cluster.hosts:
            self._written = draft
            self.cases.remember(draft)

    # -- practice ---------------------------------------------------------------------------

    @property
    def practising(self) -> bool:
        """The start page brought the pretend hosts up."""
        return self._practice is not None

    async def practise(self) -> None:
        """Bring pretend hosts up and work on those from now on. Raises KwizardError."""
        if self.practise_with is None or self._practice is not None:
            return
        stack = AsyncExitStack()
        practice = await stack.enter_async_context(self.practise_with())
        self._practice = stack
        self._work_on(practice.cases, practice.cluster)

    async def end_practice(self) -> None:
        """Back to real hosts; the pretend ones are gone."""
        stack = self._practice
        if stack is None:
            return
        self._practice = None
        await self.download.pause()
        await self.cases.close()
        await stack.aclose()
        self._work_on(self._real, self._real.blank())

    def _work_on(self, cases: UseCases, cluster: Cluster) -> None:
        self.cases, self.draft = cases, Draft(cluster)
        self.download = Download(cases, self.clock, self.sleep)
        self.plan, self.findings, self.snapshot, self.error = None, {}, None, None
        self.run_model = RunModel()
        self._written = None

    # -- the engine's task ------------------------------------------------------------------

    @property
    def installing(self) -> bool:
        """A run is being followed."""
        return self._engine is not None and not self._engine.done()

    def afresh(self) -> None:
        """A cluster was chosen to be worked on: what was done with one before says nothing of it,
        and what a person skipped is to be done."""
        if not self.installing:
            commands = self.run_model.commands
            self.run_model, self.snapshot, self.error = RunModel(), None, None
            self.run_model.commands = commands  # what was run stays in the list
            self.waived.clear()

    def install(self) -> None:
        """Begin, or try again what is due. Nothing happens while a run is being followed."""
        if self.installing:
            return
        self.error = None
        self.aftermath.clear()
        self.cases.forget()
        self.cases.pause(False)
        old = self.run_model
        self.run_model = RunModel.of(self._rows(), self._kept())
        for host, log in old.logs.items():
            self.run_model.logs[host] = log
        self.run_model.commands = old.commands
        self.run_model.status = "running"
        self._engine = asyncio.create_task(self._follow(self.run_model))

    async def _follow(self, model: RunModel) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + SLICE
        try:
            await self.download.pause()  # the run fetches the release itself, where this one ends
            run = self.cases.install(self.draft.whole, self.asker, self._skipped())
            async with aclosing(run) as events:
                async for event in events:
                    model.apply(event)
                    if loop.time() > until:
                        await asyncio.sleep(0)
                        until = loop.time() + SLICE
        except KwizardError as error:
            self.error = error
        except Exception as error:  # a mistake of ours must not leave the page saying "running"
            self.error = unforeseen(error)
        finally:
            if model.status == "running":
                model.status = "failed" if self.error else "interrupted"
            model.revision += 1
            self.findings = {}  # from before the run: the review looks again
            if model.status == "failed":
                words = [t.in_words() for t in Mender(self).troubles()]
                self.aftermath.begin(self.cases, self.draft.cluster.name, words)

    def pause(self) -> None:
        """Pause what is sent and fetched in the run, or go on with it."""
        held = not self.run_model.paused
        self.cases.pause(held)
        self.run_model.hold(held)

    async def learn(self) -> None:
        """Find out how long the steps took before."""
        if self.plan is not None:
            self.forecast = Forecast(self.plan, await self.cases.expected(self.plan))

    def _skipped(self) -> frozenset[str]:
        """What the person skips of the plan in hand."""
        tasks = self.plan.tasks if self.plan is not None else ()
        return frozenset(t.id for t in tasks if t.id in self.waived)

    def _rows(self) -> Iterable[tuple[Row, str]]:
        if self.plan is None or self.plan.cluster != self.draft.whole:
            self.plan, self.findings = self.cases.plan(self.draft.whole), {}
        for task in self.plan.tasks:
            yield Row(task.step.id, task.step.phase.value, task.step.title), task.host_label

    def _kept(self) -> dict[tuple[str, str], str]:
        if self.plan is None:
            return {}
        return {
            (t.step.id, t.host_label): self.findings[t.id].reason
            for t in self.plan.tasks
            if t.id in self.findings and self.findings[t.id].state is State.DONE
        }

    # -- the end ----------------------------------------------------------------------------

    @property
    def exit_code(self) -> int:
        """What the program would end with now."""
        return exit_code(self.run_model, self.error, self.snapshot)

    def leave(self) -> None:
        """End, and leave on the terminal what is good to know next."""
        self.keep_draft()
        words = last_words(
            self.draft.cluster,
            self.run_model.status,
            well=self.snapshot is None or self.snapshot.ok,
            rehearsal=self.cases.rehearsal,
        )
        waived = [] if self.cases.rehearsal else self.run_model.waived()
        said = [words, reminder(waived, self.draft.cluster.name)]
        words = "\n".join(filter(None, said))
        self.exit(self.exit_code, message=cell_lines(words) if words else None)

    async def action_leave(self) -> None:
        """Quit; while a run is followed, ask once and say what goes on."""
        from kwizard.tui.screens.dialogs import Ask

        if not self.installing:
            self.leave()
            return
        if isinstance(self.screen, Ask):
            return

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.leave()

        self.push_screen(
            Ask(
                _("Leave now?"),
                leaving(
                    self.draft.cluster.name,
                    rehearsal=self.cases.rehearsal,
                    paused=self.run_model.paused,
                ),
                [("stay", _("Stay")), ("leave", _("Leave"))],
                strong="stay",
            ),
            answered,
        )

    async def finish(self) -> None:
        """Stop following and end the connections. Jobs on the hosts go on."""
        if self._engine is not None and not self._engine.done():
            self.cases.interrupt()
            _, late = await asyncio.wait({self._engine}, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(self._engine, return_exceptions=True)
        await self.aftermath.finish()
        await self.download.pause()
        await self.cases.close()
        if self._practice is not None:
            await self._practice.aclose()

    def recolour(self, theme: str) -> None:
        """Other colours, now and the next time."""
        self.theme = theme
        taste.remember(theme)

    def action_command_palette(self) -> None:
        """The palette, which says in the language of the run what to type."""
        if self.use_command_palette and not CommandPalette.is_open(cast("App[object]", self)):
            said = _("Search for commands…")
            self.push_screen(CommandPalette(placeholder=said, id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette offers every key of the page."""
        return actions(self, screen)
