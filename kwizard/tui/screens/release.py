"""Which version, and where its programs come from."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from kwizard.cluster.model import Cluster, Version
from kwizard.errors import KwizardError, Problem
from kwizard.language import N_, _
from kwizard.tui.draft import file_path
from kwizard.tui.plain import lines, padded, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.usecases import ReleaseReport
from kwizard.tui.widgets.form import Answer, Choice, Field, Line, Problems, in_full
from kwizard.tui.widgets.frame import Buttons, Stage

SOURCES = (
    Answer("download", N_("download"), N_("From the official place, by this machine, once.")),
    Answer("mirror", N_("mirror"), N_("From a mirror you name, by this machine, once.")),
    Answer("tarball", N_("tarball here"), N_("A file on this machine; nothing is downloaded.")),
)

EMPTY = {
    "mirror": "https://mirror.example/release",
    "tarball": N_("~/kubernetes.tar.gz, or the server tarball"),
    "sha256": N_("empty: the known one, or the one beside it"),
    "etcd-archive": N_("docker archive; empty: hosts pull it"),
    "flannel-binary": N_("flanneld or its tarball; empty: hosts have it"),
    "pause-archive": N_("docker archive; empty: hosts pull it"),
    "pause-image": N_("name of its image; empty: the release's own"),
}


class ReleaseScreen(Page):
    """Version, source, and the other artifacts hosts without a network need."""

    CSS_PATH = "release.tcss"
    stage = Stage.RELEASE
    help_name = "release"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "inspect", "Inspect")]

    def body(self) -> ComposeResult:
        """The form, and what was found."""
        c = self.wizard.draft.cluster
        with Container(id="release-area"):
            with Vertical(id="release-form"):
                yield Field(
                    _("Version"),
                    Line(str(c.version), id="version", restrict=r"v?[0-9.]*"),
                    note=self._known_versions(),
                )
                yield Field(_("Programs from"), Choice(SOURCES, self._source(c), id="source"))
                yield self._line(_("Mirror"), "mirror", c.release.mirror)
                yield self._line(_("Tarball"), "tarball", c.release.tarball)
                yield self._line("sha256", "sha256", c.release.sha256, r"[0-9a-fA-F]{0,64}")
                yield Static(_("For hosts without a network"), classes="form-heading")
                yield self._line(_("etcd image"), "etcd-archive", c.etcd.archive)
                yield self._line("flannel", "flannel-binary", c.flannel.binary)
                yield self._line(
                    _("flannel version"), "flannel-version", str(c.flannel.version), r"v?[0-9.]*"
                )
                yield self._line(_("pause archive"), "pause-archive", c.docker.pause_archive)
                yield self._line(_("pause image"), "pause-image", c.docker.pause_image)
            with VerticalScroll(id="release-found", can_focus=False):
                yield Static(id="found")
        yield Problems(id="problems")
        yield Buttons(
            [("back", _("‹ Back")), ("inspect", _("Inspect")), ("next", _("Options ›"))],
            strong="next",
        )

    @staticmethod
    def _line(label: str, ident: str, value: str | None, restrict: str | None = None) -> Field:
        placeholder = _(EMPTY.get(ident, ""))
        return Field(label, Line(value or "", id=ident, restrict=restrict, placeholder=placeholder))

    def on_mount(self) -> None:
        """The version is what people come for."""
        self.query_one("#release-found").border_title = Content(_("What will be used"))
        self._show_source()
        self._show_report()
        self._judge()
        self.query_one("#version").focus()

    def _known_versions(self) -> str:
        known = self.wizard.cases.versions()
        return _("{oldest} up to {newest}", oldest=known[-1], newest=known[0]) if known else ""

    @staticmethod
    def _source(cluster: Cluster) -> str:
        if cluster.release.tarball:
            return "tarball"
        return "mirror" if cluster.release.mirror else "download"

    # -- answers ----------------------------------------------------------------------------

    @on(Choice.Changed, "#source")
    def _show_source(self) -> None:
        source = self.query_one("#source", Choice).value
        for ident, wanted in (("mirror", "mirror"), ("tarball", "tarball")):
            parent = self.query_one(f"#{ident}").parent
            if isinstance(parent, Field):
                parent.display = source == wanted
        self._changed()
        self._show_report()

    @on(Input.Changed)
    def _changed(self) -> None:
        if not self.is_mounted:
            return
        draft, wrong = self.wizard.draft, set()
        cluster, text = draft.cluster, self._text
        for ident in ("version", "flannel-version"):
            try:
                version = Version.parse(text(ident) or "")
            except ValueError:
                wrong.add(ident)
                continue
            if ident == "version":
                cluster = replace(cluster, version=version)
            else:
                cluster = replace(cluster, flannel=replace(cluster.flannel, version=version))
        source = self.query_one("#source", Choice).value
        sha = text("sha256")
        if sha and len(sha) != 64:
            wrong.add("sha256")
        cluster = replace(
            cluster,
            release=replace(
                cluster.release,
                tarball=file_path(text("tarball")) if source == "tarball" else None,
                mirror=text("mirror") if source == "mirror" else None,
                sha256=sha.lower() if sha and len(sha) == 64 else None,
            ),
            flannel=replace(cluster.flannel, binary=file_path(text("flannel-binary"))),
            docker=replace(
                cluster.docker,
                pause_archive=file_path(text("pause-archive")),
                pause_image=text("pause-image"),
            ),
            etcd=replace(cluster.etcd, archive=file_path(text("etcd-archive"))),
        )
        for line in self.query(Line):
            if isinstance(line.parent, Field):
                line.parent.mark((line.id or "") in wrong)
        if cluster != draft.cluster:
            draft.change(cluster)
            draft.release = None
            self._show_report()
        self._judge()

    def _text(self, ident: str) -> str | None:
        return self.query_one(f"#{ident}", Input).value.strip() or None

    def _judge(self) -> None:
        found = self.wizard.cases.problems(self.wizard.draft.cluster)
        self.query_one("#problems", Problems).show(found)

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    # -- what is there ----------------------------------------------------------------------

    @on(Button.Pressed, "#inspect")
    def action_inspect(self) -> None:
        """Look at the tarball, or at what is in the cache already."""
        self.query_one("#found", Static).update(Content.styled(_("▸ looking …"), "bold $accent"))
        self._inspect()

    @work(exclusive=True, exit_on_error=False)
    async def _inspect(self) -> None:
        cluster = self.wizard.draft.cluster
        try:
            report = await self.wizard.cases.check_release(cluster)
        except KwizardError as error:
            report = ReleaseReport(problems=(Problem(error.message, error.remedy),))
        if cluster == self.wizard.draft.cluster:
            self.wizard.draft.release = report
            self._show_report()

    def _show_report(self) -> None:
        report = self.wizard.draft.release
        found = self.query_one("#found", Static)
        if report is None:
            source = self.query_one("#source", Choice).answer
            found.update(
                lines(
                    _(source.meaning),
                    _(
                        "It is checked by its sha256, goes over the slow line once, and every host "
                        "verifies its copy."
                    ),
                    Content.styled(_("Inspect (F5) looks at it now."), "$muted"),
                )
            )
            return
        parts = [in_full(report.problems)] if report.problems else []
        width = max((cell_len(what) for what, _ in report.facts), default=0)
        parts += [
            Content.assemble(plain(padded(what, width) + "  ", "$muted"), plain(value))
            for what, value in report.facts
        ]
        found.update(Content("\n").join(parts))

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the hosts."""
        self.app.pop_screen()

    @on(Button.Pressed, "#next")
    def onward(self) -> None:
        """To the options."""
        from kwizard.tui.screens.options import OptionsScreen

        try:
            Version.parse(self._text("version") or "")
        except ValueError as error:
            self.say(f"{error}", bad=True)
            self.query_one("#version").focus()
            return
        self.app.push_screen(OptionsScreen())
