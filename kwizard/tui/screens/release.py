"""Which version, and where its programs come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import Cluster, RecipeName
from kwizard.errors import KwizardError, Problem
from kwizard.language import _, _n
from kwizard.tui.answers import text_of
from kwizard.tui.download import Download
from kwizard.tui.measures import duration, size
from kwizard.tui.paths import short_path
from kwizard.tui.plain import lines, plain
from kwizard.tui.rows import Row, recipe_row, release_rows, version_note
from kwizard.tui.screens.form_page import FormPage
from kwizard.tui.usecases import ReleaseReport
from kwizard.tui.widgets.form import Answer, Choice, Field, Form, Problems, in_full
from kwizard.tui.widgets.frame import Buttons, Stage

DOWNLOAD, MIRROR, TARBALL = "download", "mirror", "tarball"
RELEASE: Place = ("release", "tarball")
REDRAW = 0.2  # seconds between two looks at a download that runs
BAR = 30  # cells of its bar


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
        self._around: Mapping[Place, Sequence[Path]] = {}
        self._source = ""
        self._looking = False
        self._drawn = -1

    def make_rows(self) -> tuple[Row, ...]:
        """Recipe and version, where the release comes from, the other files."""

        def by_source(source: str) -> bool:
            return self._source == source

        return (
            recipe_row(),
            Row(("version",), _("Version"), restrict=r"v?[0-9.]*", width="short"),
            Row(
                ("release", "mirror"),
                _("Mirror"),
                shown=lambda _c: by_source(MIRROR),
                empty="https://mirror.example/release",
            ),
            Row(
                ("release", "tarball"),
                _("Tarball"),
                shown=lambda _c: by_source(TARBALL),
                empty=_("kubernetes.tar.gz, or the server tarball"),
            ),
            Row(
                ("release", "sha256"),
                "sha256",
                restrict=r"[0-9a-fA-F]{0,64}",
                empty=_("empty: the known one, or the one beside it"),
            ),
            *release_rows(),
        )

    def body(self) -> ComposeResult:
        """The form, and what was found."""
        self._source = _source_of(self.wizard.draft.cluster)
        with Container(id="release-area"):
            with Form(id="release-form"):
                yield from self.fields(self.rows[:2])
                yield Field(_("Programs from"), Choice(_sources(), self._source, id="source"))
                yield from self.fields(self.rows[2:5])
                yield Static(_("Files for the hosts"), classes="form-heading")
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

    def note_of(self, row: Row) -> str:
        """Which versions there are."""
        if row.place != ("version",):
            return ""
        return self._versions(self.wizard.draft.cluster.recipe)

    def _versions(self, recipe: RecipeName) -> str:
        known = self.wizard.cases.versions(recipe)
        return version_note(recipe, str(known[0]), str(known[-1])) if known else ""

    # -- answers ----------------------------------------------------------------------------

    @on(Choice.Changed, "#source")
    def _show_source(self, event: Choice.Changed) -> None:
        """The line that was hidden is no answer; what was typed there is, once it is shown."""
        self._source = event.choice.value
        draft = self.wizard.draft
        typed = {
            ident: self.query_one(f"#release-{ident}", Input).value for ident in (MIRROR, TARBALL)
        }
        release = replace(draft.cluster.release, mirror=None, tarball=None)
        draft.change(replace(draft.cluster, release=release))
        if typed.get(self._source):
            self._answer(f"release-{self._source}", typed[self._source])
        self.settle()

    def changed(self, row: Row) -> None:
        """Another recipe has other versions and files, which may lie around elsewhere."""
        if row.place == ("recipe",):
            field = self.field_of("version")
            if field is not None:
                field.note(self._versions(self.wizard.draft.cluster.recipe))
        if row.place[-1] in ("recipe", "tarball", "binary", "binaries", "containerd"):
            self._look_around()
        if row.place[-1] in ("pause_archive", "coredns_archive", "archive"):
            self._name_images()

    def settle(self) -> None:
        """Also what is found, and what the button for fetching does."""
        super().settle()
        if self.is_mounted:
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

    def _offers(self) -> dict[Row, Path]:
        """Empty rows with the file that would do. A release that lies here is offered in place of
        the official one; a mirror was named on purpose."""
        cluster = self.wizard.draft.cluster
        out = {}
        for row in self.rows:
            files = self._around.get(row.place, ())
            shown = row.shown(cluster) or (row.place == RELEASE and self._source == DOWNLOAD)
            if files and shown and not text_of(cluster, row.place):
                out[row] = files[0]
        return out

    def action_use_found(self) -> None:
        """Fill every empty line for which a file was found."""
        offers = self._offers()
        if any(row.place == RELEASE for row in offers):
            self.query_one("#source", Choice).choose(TARBALL)
        for row, path in offers.items():
            self.query_one(f"#{row.ident}", Input).value = str(path)
        if not offers:
            self.say(_("no further file was found: name it, or put it into ~/Downloads"))

    # -- looking into files, fetching -------------------------------------------------------

    @on(Button.Pressed, "#inspect")
    def action_inspect(self) -> None:
        """Look at the tarball, or at what is in the cache already, and into the other files."""
        self._inspect()

    @work(exclusive=True, group="inspect", exit_on_error=False)
    async def _inspect(self) -> None:
        cluster = self.wizard.draft.cluster
        try:
            async with self.sign(self._say_looking):
                report = await self.wizard.cases.check_release(cluster)
        except KwizardError as error:
            report = ReleaseReport(problems=(Problem(error.message, error.remedy),))
        finally:
            self._looking = False
        if cluster == self.wizard.draft.cluster:
            self.wizard.draft.release = report
        self._draw()

    def _say_looking(self) -> None:
        self._looking = True
        self._draw()

    @on(Button.Pressed, "#fetch")
    async def action_fetch(self) -> None:
        """Begin, pause or go on with the download; a tarball here is only looked into."""
        download, cluster = self.wizard.download, self.wizard.draft.cluster
        if download.status == "running":
            await download.pause()
        elif self._source == TARBALL:
            self.say(_("the tarball is here already: Inspect looks into it"))
        elif self.wrong() is not None or (self._source == MIRROR and not cluster.release.mirror):
            self.say(_("first say where it comes from"), bad=True)
        else:
            download.begin(cluster)
        self._draw()

    def _follow(self) -> None:
        if self.wizard.download.revision != self._drawn:
            self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        download, draft = self.wizard.download, self.wizard.draft
        self._drawn = download.revision
        button = self.query_one("#fetch", Button)
        button.disabled = self._source == TARBALL
        button.label = Content(
            {"running": _("Pause"), "paused": _("Go on"), "failed": _("Go on")}.get(
                download.status, _("Fetch now")
            )
        )
        parts: list[Content | str] = []
        if self._looking:
            parts.append(Content.styled(_("▸ looking …"), "bold $accent"))
        elif download.status != "idle" and download.is_of(draft.cluster):
            parts += downloading(download)
        if draft.release is not None and not self._looking:
            parts += reported(draft.release)
        offered = self._offered()
        if not parts:
            parts = [*offered, self.query_one("#source", Choice).answer.meaning]
        else:
            parts += offered
        self.query_one("#found", Static).update(lines(*parts))

    def _offered(self) -> list[Content | str]:
        offers = self._offers()
        if not offers:
            return []
        found = _n("F4 takes the file that was found:", "F4 takes what was found:", len(offers))
        return [
            Content.styled(found, "bold $accent"),
            *(
                Content.assemble(("▸ ", "$accent"), f"{row.label}  ", plain(short_path(path)))
                for row, path in offers.items()
            ),
        ]

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
        else:
            self.app.push_screen(OptionsScreen())


def _sources() -> tuple[Answer, ...]:
    return (
        Answer(
            DOWNLOAD,
            _("download"),
            _(
                "From the official place, by this machine, once: over a bad line it goes on at the"
                " byte. It is checked by its sum, and every host verifies its copy."
            ),
        ),
        Answer(
            MIRROR,
            _("mirror"),
            _("From a mirror you name, by this machine, once. Known sums hold there too."),
        ),
        Answer(TARBALL, _("tarball here"), _("A file on this machine; nothing is downloaded.")),
    )


def _source_of(cluster: Cluster) -> str:
    if cluster.release.tarball:
        return TARBALL
    return MIRROR if cluster.release.mirror else DOWNLOAD


def reported(report: ReleaseReport) -> list[Content | str]:
    """What a look into the files found: problems first."""
    parts: list[Content | str] = [in_full(report.problems)] if report.problems else []
    width = max((len(what) for what, _value in report.facts), default=0)
    parts += [
        Content.assemble(plain(f"{what:<{width}}  ", "$muted"), plain(value))
        for what, value in report.facts
    ]
    return parts


def downloading(download: Download) -> list[Content | str]:
    """A bar, bytes, rate and time left; below, what happened on the way."""
    done, total = download.done, download.total
    filled = BAR * done // total if total else 0
    head = {
        "running": (_("▸ fetching"), "bold $accent"),
        "paused": (_("‖ paused: F6 goes on at this byte, also tomorrow"), "bold $warning"),
        "failed": (_("✗ it stopped; what has arrived is kept"), "bold $error"),
        "done": (_("✓ fetched and verified"), "$success"),
    }.get(download.status, ("", ""))
    parts: list[Content | str] = [Content.styled(*head)]
    if total and download.status != "done":
        parts.append(
            Content.assemble(
                ("━" * filled, "$accent"),
                ("─" * (BAR - filled), "$rule"),
                f" {100 * done // total} %",
            )
        )
    if done and download.status != "done":
        said = _("{done} of {total}", done=size(done), total=size(total)) if total else size(done)
        rate, left = download.pace.rate, download.pace.left(total)
        if download.status == "running" and rate is not None:
            said += "   " + _("{rate}/s", rate=size(int(rate)))
            if left is not None:
                said += "   " + _("{time} left", time=duration(left))
        parts.append(said)
    if download.error is not None:
        error = download.error
        parts.append(in_full([Problem(str(error), error.remedy)]))
    parts += [Content.styled(plain(n).plain, "$muted") for n in download.notices]
    return parts
