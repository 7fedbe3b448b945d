"""How the cluster is set up; beside each option, what it changes on the hosts."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from kwizard.cluster.model import Backend, Cluster, EtcdMode, Supervisor
from kwizard.errors import Problem
from kwizard.language import N_, _, told
from kwizard.tui.plain import lines
from kwizard.tui.screens.meanings import MEANINGS
from kwizard.tui.screens.page import Page
from kwizard.tui.widgets.form import Answer, Choice, Field, Line, Problems
from kwizard.tui.widgets.frame import Buttons, Stage

YES_NO = (Answer("no", N_("no")), Answer("yes", N_("yes")))


class OptionsScreen(Page):
    """Supervisor, ranges, overlay, etcd, firewall."""

    CSS_PATH = "options.tcss"
    stage = Stage.OPTIONS
    help_name = "options"
    BINDINGS: ClassVar[list[BindingType]] = []

    def body(self) -> ComposeResult:
        """The form, the preview, what is wrong."""
        with Container(id="options-area"):
            with Vertical(id="options-form"):
                for label, control in self._rows(self.wizard.draft.cluster):
                    yield Field(label, control)
            with VerticalScroll(id="preview-box", can_focus=False):
                yield Static(id="preview")
        yield Problems(id="problems")
        yield Buttons([("back", _("‹ Back")), ("next", _("Review ›"))], strong="next")

    @staticmethod
    def _rows(c: Cluster) -> list[tuple[str, Widget]]:
        def yes(value: bool) -> str:
            return "yes" if value else "no"

        def answers(kind: type[Supervisor | Backend | EtcdMode]) -> list[Answer]:
            return [Answer(x.value, x.value) for x in kind]

        net = c.network
        return [
            (_("Supervisor"), Choice(answers(Supervisor), c.supervisor, id="supervisor")),
            (
                _("Control plane is node"),
                Choice(YES_NO, yes(c.control_plane_is_node), id="control-plane-is-node"),
            ),
            ("etcd", Choice(answers(EtcdMode), c.etcd.mode, id="etcd-mode")),
            (_("etcd endpoints"), Line(" ".join(c.etcd.endpoints), id="etcd-endpoints")),
            (_("Overlay"), Choice(answers(Backend), net.backend, id="backend")),
            (_("Pod range"), Line(str(net.pods), id="pods", restrict=r"[0-9./]*")),
            (_("Service range"), Line(str(net.services), id="services", restrict=r"[0-9./]*")),
            (_("Cluster DNS"), Line(str(net.dns), id="dns", restrict=r"[0-9.]*")),
            (_("Domain"), Line(net.domain, id="domain", restrict=r"[a-z0-9.-]*")),
            (_("Install docker"), Choice(YES_NO, yes(c.docker.install), id="docker-install")),
            (
                _("Firewall zone"),
                Line(
                    c.firewall.zone or "",
                    id="zone",
                    restrict=r"[A-Za-z0-9_-]*",
                    placeholder=_("the one the interface is in"),
                ),
            ),
            (
                _("Move interface there"),
                Choice(YES_NO, yes(c.firewall.move_interface), id="move-interface"),
            ),
        ]

    def on_mount(self) -> None:
        """Begin at the top."""
        self.query_one("#preview-box").border_title = Content(_("What this changes on the hosts"))
        self._changed()
        self.query_one("#supervisor").focus()

    # -- answers ----------------------------------------------------------------------------

    @on(Choice.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        if not self.is_mounted:
            return
        draft = self.wizard.draft
        c, wrong = draft.cluster, {}
        values: dict[str, IPv4Network | IPv4Address] = {}
        for ident, kind in (
            ("pods", IPv4Network),
            ("services", IPv4Network),
            ("dns", IPv4Address),
        ):
            try:
                values[ident] = kind(self._text(ident))
            except ValueError:
                example = "10.254.10.2" if kind is IPv4Address else "10.254.0.0/16"
                wrong[ident] = _("not a range or address yet, as in {example}", example=example)
        network = replace(
            c.network,
            backend=Backend(self._choice("backend")),
            domain=self._text("domain") or c.network.domain,
            **values,  # type: ignore[arg-type]  # each key holds the kind its field has
        )
        mode = EtcdMode(self._choice("etcd-mode"))
        endpoints = tuple(self._text("etcd-endpoints").replace(",", " ").split())
        draft.change(
            replace(
                c,
                supervisor=Supervisor(self._choice("supervisor")),
                control_plane_is_node=self._choice("control-plane-is-node") == "yes",
                network=network,
                etcd=replace(
                    c.etcd, mode=mode, endpoints=endpoints if mode is EtcdMode.EXISTING else ()
                ),
                docker=replace(c.docker, install=self._choice("docker-install") == "yes"),
                firewall=replace(
                    c.firewall,
                    zone=self._text("zone") or None,
                    move_interface=self._choice("move-interface") == "yes",
                ),
            )
        )
        self._show(wrong, mode)

    def _show(self, wrong: dict[str, str], mode: EtcdMode) -> None:
        for line in self.query(Line):
            if isinstance(line.parent, Field):
                line.parent.mark((line.id or "") in wrong)
        parent = self.query_one("#etcd-endpoints").parent
        if isinstance(parent, Field):
            parent.display = mode is EtcdMode.EXISTING
        found = [Problem(text) for text in wrong.values()]
        found += self.wizard.cases.problems(self.wizard.draft.cluster)
        self.query_one("#problems", Problems).show(found)
        self._preview(self.focused)

    def _text(self, ident: str) -> str:
        return self.query_one(f"#{ident}", Input).value.strip()

    def _choice(self, ident: str) -> str:
        return self.query_one(f"#{ident}", Choice).value

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    # -- preview ----------------------------------------------------------------------------

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        self._preview(event.widget)

    def _preview(self, widget: Widget | None) -> None:
        ident = widget.id if widget is not None and widget.id else ""
        value = widget.value if isinstance(widget, Choice) else ""
        text = MEANINGS.get((ident, value)) or MEANINGS.get((ident, ""))
        if text is not None:
            self.query_one("#preview", Static).update(lines(*map(_, text)))

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the release."""
        self.app.pop_screen()

    @on(Button.Pressed, "#next")
    def onward(self) -> None:
        """To the review, unless something cannot be."""
        from kwizard.tui.screens.review import ReviewScreen

        blocking = [p for p in self.wizard.cases.problems(self.wizard.draft.cluster) if p.blocks]
        if blocking:
            self.say(told(blocking[0].message), bad=True)
            return
        self.app.push_screen(ReviewScreen())
