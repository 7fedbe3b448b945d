"""Which version, and where its programs come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from kwizard.app.bundles import fitting, version_of
from kwizard.cluster.model import RecipeName
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.language import _, told
from kwizard.release.bundle import Bundle
from kwizard.tui.answers import BUNDLE, DOWNLOAD, HOSTS, MIRROR, TARBALL, source_of
from kwizard.tui.bundling import Reading
from kwizard.tui.obtaining import downloading, fetch_label, not_fetched, reported, sources
from kwizard.tui.offers import Around, Offers, offers
from kwizard.tui.paths import file_path
from kwizard.tui.plain import lines
from kwizard.tui.rows import Row, recipe_row, release_rows, source_rows, version_note
from kwizard.tui.screens.form_page import FormPage
from kwizard.tui.usecases import ReleaseReport
from kwizard.tui.widgets.form import Choice, Field, Form, Line, Problems
from kwizard.tui.widgets.frame import Buttons, Stage

REDRAW = 0.2  # seconds between two looks at a download that runs


class ReleaseScreen(FormPage):
    """Recipe, version, source, and the other files hosts without a network need."""

    CSS_PATH = "release.tcss"
    stage = Stage.RELEASE
    help_name = "release"
    pane = "#release-found"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "use_found", "Use found"),
        Binding("f5", "inspect", "Inspect"),
        Binding("f6", "fetch", "Fetch"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._around: Around = {}
        self._source = ""
        self._looking = self._asked = False
        self._drawn = -1
        self._reading: Reading | None = None

    def make_rows(self) -> tuple[Row, ...]:
        """Recipe and version, where the release comes from, the other files."""

        def by_source(source: str) -> bool:
            return self._source == source

        def beside(row: Row) -> Row:
            """A bundle has all of them in it."""
            return replace(row, shown=lambda c: not by_source(BUNDLE) and row.shown(c))

        return (
            recipe_row(),
            Row(("version",), _("Version"), restrict=r"v?[0-9.]*", width="short"),
            *source_rows(by_source),
            *map(beside, release_rows()),
        )

    def body(self) -> ComposeResult:
        """The form, and what was found."""
        draft = self.wizard.draft
        self._source = BUNDLE if draft.bundle is not None else source_of(draft.cluster)
        with Container(id="release-area"):
            with Form(id="release-form"):
                yield from self.fields(self.rows[:2])
                yield Field(_("Programs from"), Choice(sources(), self._source, id="source"))
                named = str(draft.bundle or "")
                line = Line(named, id="bundle", placeholder=_("made by: kwizard bundle create"))
                yield Field(_("Bundle"), line)
                yield from self.fields(self.rows[2:5])
                yield Static(_("Files for the hosts"), id="files", classes="form-heading")
                yield from self.fields(self.rows[5:])
            with VerticalScroll(id="release-found", can_focus=False):
                yield Static(id="found")
        yield Problems(id="problems")
        yield Buttons(
            [
                ("back", _("‹ Back")),
                ("inspect", _("Inspect")),
                ("fetch", _("Fetch now")),
                ("next", _("Options ›")),
            ],
            strong="next",
        )

    def on_mount(self) -> None:
        """Look what lies around; follow a download that runs."""
        self.query_one("#release-found").border_title = Content(_("What will be used"))
        self._look_around()
        self.set_interval(REDRAW, self._follow)
        draft = self.wizard.draft
        if draft.bundle is not None:
            self._read_bundle()
        elif self._source in (DOWNLOAD, MIRROR, HOSTS):
            self._ask_hosts()

    def _ask_hosts(self) -> None:
        """Which have it, where all of them answer and it is not known."""
        if self.wizard.draft.release is None and self._answering():
            self._inspect()

    def note_of(self, row: Row) -> str:
        """Which versions there are."""
        if row.place != ("version",):
            return ""
        return self._versions(self.wizard.draft.cluster.recipe)

    def _versions(self, recipe: RecipeName) -> str:
        known = self.wizard.cases.versions(recipe)
        return version_note(recipe, known[0], known[-1]) if known else ""

    # -- answers ----------------------------------------------------------------------------

    @on(Choice.Changed, "#source")
    def _show_source(self, event: Choice.Changed) -> None:
        """The line that was hidden is no answer; what was typed there is, once it is shown."""
        self._source = event.choice.value
        draft = self.wizard.draft
        self._name_bundle()
        typed = {
            ident: self.query_one(f"#release-{ident}", Input).value for ident in (MIRROR, TARBALL)
        }
        release = replace(draft.cluster.release, mirror=None, tarball=None)
        draft.change(replace(draft.cluster, release=release))
        self._come_from()
        if typed.get(self._source):
            self._answer(f"release-{self._source}", typed[self._source])
        self.settle()

    def _come_from(self) -> None:
        """From hosts, or not; if so, ask which have it."""
        draft, chosen = self.wizard.draft, self._source == HOSTS
        release = replace(draft.cluster.release, on_hosts=chosen)
        draft.change(replace(draft.cluster, release=release))
        if chosen:
            self._ask_hosts()

    def _named(self, source: str) -> str:
        """What was typed behind that source."""
        return self.query_one(f"#release-{source}", Input).value.strip()

    @on(Input.Changed, "#bundle")
    def _name_bundle(self) -> None:
        """It is looked into as soon as it is there."""
        text = file_path(self.query_one("#bundle", Input).value.strip())
        bundle = Path(text) if text and self._source == BUNDLE else None
        if bundle != self.wizard.draft.bundle:
            self.wizard.draft.take_from(bundle)
            self._read_bundle()

    @work(exclusive=True, group="bundle", exit_on_error=False)
    async def _read_bundle(self) -> None:
        """What it is for; then its files, verified, into the cache."""
        draft, cases = self.wizard.draft, self.wizard.cases
        if draft.bundle is None:
            self._reading = None
            self.settle()
            return
        reading = self._reading = Reading(draft.bundle)
        try:
            reading.bundle = await cases.read_bundle(reading.path)
            self._fit(reading.bundle)
            fitting(draft.cluster, reading.bundle, reading.path)
            opened = await cases.open_bundle(reading.path, reading.told)
            opened.into(draft.cluster)
        except KwizardError as error:
            reading.error = error
        else:
            draft.opened = opened
        finally:
            reading.running = False
        self.settle()

    def _fit(self, bundle: Bundle) -> None:
        """Who chooses a bundle chooses its version."""
        draft = self.wizard.draft
        if (version := version_of(bundle, draft.cluster)) is not None:
            draft.change(replace(draft.cluster, version=version))
            self.reload()
            self.say(_("{version} is what the bundle holds", version=version))

    def further(self) -> Sequence[Problem]:
        """Why the bundle will not do: in itself, or for answers that were given since."""
        reading, draft = self._reading, self.wizard.draft
        if self._source != BUNDLE or reading is None or reading.running:
            return ()
        if reading.error is None:
            try:
                _whole = draft.whole
            except InvalidInput as error:
                return error.problems
        return reading.problems()

    def _answering(self) -> bool:
        """Every host was looked at and answered."""
        draft = self.wizard.draft
        reports = [draft.checks.get(h.name) for h in draft.cluster.hosts]
        return bool(reports) and all(r is not None and r.facts for r in reports)

    def changed(self, row: Row) -> None:
        """Another recipe has other versions and files, which may lie around elsewhere."""
        if row.place == ("recipe",):
            self._come_from()
            field = self.field_of("version")
            if field is not None:
                field.note(self._versions(self.wizard.draft.cluster.recipe))
        if row.place[-1] in ("recipe", "tarball", "binary", "binaries", "containerd"):
            self._look_around()
        if row.place in (("version",), ("release", "sha256")) and self._source == HOSTS:
            self._ask_hosts()
        if row.place[-1] in ("pause_archive", "coredns_archive", "archive"):
            self._name_images()

    def settle(self) -> None:
        """Also what is found, and what the button for fetching does."""
        super().settle()
        if self.is_mounted:
            field = self.field_of("bundle")
            if field is not None:
                field.display = self._source == BUNDLE
                field.mark(bool(self.further()))
            self.query_one("#files").display = self._source != BUNDLE
            self._draw()

    @work(exclusive=True, group="names", exit_on_error=False)
    async def _name_images(self) -> None:
        """An image is called what its archive calls it, so that nobody has to know."""
        before = self.wizard.draft.cluster
        named = await self.wizard.cases.named_as_archived(before)
        if named == before or self.wizard.draft.cluster != before:
            return
        self.wizard.draft.change(named)
        self.reload()
        self.say(_("the name of an image was taken from its archive"))

    # -- files that lie around --------------------------------------------------------------

    @work(exclusive=True, group="around", exit_on_error=False)
    async def _look_around(self) -> None:
        draft = self.wizard.draft
        self._around = await self.wizard.cases.around(draft.cluster, draft.file)
        self._draw()

    def _offers(self) -> Offers:
        return offers(self._around, self.wizard.draft, self.rows, self._source)

    def action_use_found(self) -> None:
        """Take the bundle that was found; else fill every empty line for which a file was."""
        found = self._offers()
        if found.bundle is not None:
            self.query_one("#source", Choice).choose(BUNDLE)
            self.query_one("#bundle", Input).value = str(found.bundle)
            return
        if found.sha256:
            self.query_one("#release-sha256", Input).value = found.sha256
            return
        if found.has_release:
            self.query_one("#source", Choice).choose(TARBALL)
        for row, path in found.files.items():
            self.query_one(f"#{row.ident}", Input).value = str(path)
        if not found.files:
            self.say(_("no further file was found: name it, or put it into ~/Downloads"))

    # -- looking into files, fetching -------------------------------------------------------

    @on(Button.Pressed, "#inspect")
    def action_inspect(self) -> None:
        """Look at the tarball, or at what is in the cache already, and into the other files."""
        self._asked = True
        self._inspect()

    @work(exclusive=True, group="inspect", exit_on_error=False)
    async def _inspect(self) -> None:
        """Anew where answers were changed meanwhile, as by the name an archive gives its image."""
        draft = self.wizard.draft
        try:
            async with self.sign(self._say_looking):
                while True:
                    cluster = draft.cluster
                    report = await self._reported()
                    if cluster == draft.cluster:
                        break
        finally:
            self._looking = False
        draft.release = report
        self._draw()

    async def _reported(self) -> ReleaseReport:
        try:
            return await self.wizard.cases.check_release(self.wizard.draft.whole, self.wizard.asker)
        except KwizardError as error:
            return ReleaseReport(problems=(Problem(error.message, error.remedy),))

    def _say_looking(self) -> None:
        self._looking = True
        self._draw()

    @on(Button.Pressed, "#fetch")
    async def action_fetch(self) -> None:
        """Begin, pause or go on with the download; a tarball here is only looked into."""
        download, cluster = self.wizard.download, self.wizard.draft.cluster
        if download.status == "running":
            await download.pause()
        elif why_not := not_fetched(self._source):
            self.say(why_not)
        elif self.wrong() is not None or (self._source == MIRROR and not cluster.release.mirror):
            self.say(_("first say where it comes from"), bad=True)
        else:
            download.begin(cluster)
        self._draw()

    def on_resize(self) -> None:
        """What was found is folded to the room there is."""
        if self.is_mounted:
            self.call_after_refresh(self._draw)

    def _follow(self) -> None:
        reading = self._reading is not None and self._reading.running
        if self.wizard.download.revision != self._drawn or reading:
            self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        download, draft = self.wizard.download, self.wizard.draft
        self._drawn = download.revision
        button = self.query_one("#fetch", Button)
        button.disabled = bool(not_fetched(self._source))
        button.label = Content(fetch_label(download.status))
        room = self.query_one("#release-found").scrollable_content_region.width or self.size.width
        parts: list[Content | str] = []
        if self._looking:
            parts.append(Content.styled(_("▸ looking …"), "bold $accent"))
        elif self._source == BUNDLE and self._reading is not None:
            parts += self._reading.shown(room)
        elif download.status != "idle" and download.is_of(draft.cluster):
            parts += downloading(download)
        if draft.release is not None and not self._looking:
            parts += reported(draft.release, room)
        found = self._offers()
        offered = found.shown()
        if not parts:
            parts = [*offered, self.query_one("#source", Choice).answer.meaning]
        elif (self._asked or download.status != "idle") and not found.sha256:
            parts += offered
        else:
            parts = [*offered, *parts]
        self.query_one("#found", Static).update(lines(*parts))

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the hosts."""
        self.app.pop_screen()

    @on(Button.Pressed, "#next")
    def onward(self) -> None:
        """To the options."""
        from kwizard.tui.screens.options import OptionsScreen

        wrong = self.wrong()
        if wrong is not None:
            self.say(f"{wrong.label}: {self.why(wrong)}", bad=True)
            self.query_one(f"#{wrong.ident}").focus()
        elif self._source in (MIRROR, TARBALL) and not self._named(self._source):
            self.say(_("first say where it comes from"), bad=True)
            self.query_one(f"#release-{self._source}").focus()
        elif self._source == BUNDLE and self.wizard.draft.opened is None:
            reading = self._reading
            if reading is not None and reading.running:
                self.say(_("the bundle is still being read"))
            else:
                said = "; ".join(told(p.message) for p in self.further())
                self.say(said or _("first name the bundle"), bad=True)
                self.query_one("#bundle").focus()
        else:
            self.app.push_screen(OptionsScreen())
