"""One host as a form, checked while it is typed."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from ipaddress import AddressValueError, IPv4Address

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Static

from kwizard.cluster.model import SSH, Host, Role
from kwizard.cluster.values import check_label, check_taint, halves
from kwizard.language import N_, _, told
from kwizard.tui.host_cells import at_its_place
from kwizard.tui.paths import file_path
from kwizard.tui.plain import plain
from kwizard.tui.screens.dialogs import Dialog
from kwizard.tui.widgets.form import Answer, Choice, Field, Form, Line, what_can_be_typed
from kwizard.tui.widgets.frame import Buttons

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
YES_NO = (Answer("yes", N_("yes")), Answer("no", N_("no")))

ROLE_WORDS = {
    Role.CONTROL_PLANE: N_("control plane"),
    Role.WORKER: N_("worker"),
    Role.ETCD: N_("etcd"),
}

HINTS = {
    "host-name": N_("lower-case letters, digits and -, as the host calls itself"),
    "host-address": N_("digits and dots, the IPv4 the other hosts reach it by: 10.0.63.202"),
    "ssh-address": N_("only where you reach it by another address or name"),
    "ssh-user": N_("root, or a user with sudo; empty: as ~/.ssh/config has it"),
    "ssh-port": N_("digits, 1 to 65535; empty: 22"),
    "ssh-identity": N_("a private key file; empty: your agent and default keys"),
    "ssh-jump": N_("a host to go through: user@bastion:22"),
    "role-control-plane": N_("runs the apiserver, controller manager and scheduler"),
    "role-worker": N_("runs pods: docker, kubelet, kube-proxy"),
    "node-labels": N_("of the node, with blanks between: disk=ssd example.com/room=a"),
    "node-taints": N_("of the node: dedicated=db:NoSchedule keeps other pods away"),
    "role-etcd": N_("holds the cluster's data; one, three or five hosts"),
}


class HostForm(Dialog[Host]):
    """Gives back the host, or None. `taken` are the names of the other hosts."""

    CSS_PATH = ["dialogs.tcss", "host_form.tcss"]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012

    def __init__(self, host: Host | None, taken: AbstractSet[str], *, marks: bool = False) -> None:
        """`marks`: ask for labels and taints, which only the modern recipe sets."""
        super().__init__(_("Host {name}", name=host.name) if host else _("A new host"))
        self._host, self._taken, self._marks = host, taken, marks

    def body(self) -> ComposeResult:
        """The fields; what the one under the cursor wants; the buttons."""
        with Form(id="host-fields"):
            yield from self._fields()
        yield Static(id="form-hint")
        yield Buttons([("cancel", _("Cancel")), ("ok", _("Keep"))], strong="ok")

    def _fields(self) -> ComposeResult:
        """Name and address, login, roles, labels and taints."""
        host = self._host
        ssh = host.ssh if host else SSH()
        roles = host.roles if host else frozenset({Role.WORKER})
        yield Field(
            _("Name"), Line(host.name if host else "", id="host-name", restrict=r"[a-z0-9-]*")
        )
        yield Field(
            _("Address"),
            Line(str(host.address) if host else "", id="host-address", restrict=r"[0-9.]*"),
        )
        yield Static("SSH", classes="form-heading")
        yield Field(_("Reached by"), Line(ssh.address or "", id="ssh-address", restrict=r"\S*"))
        yield Field(_("User"), Line(ssh.user or "", id="ssh-user", restrict=r"[A-Za-z0-9._-]*"))
        yield Field(_("Port"), Line(str(ssh.port or ""), id="ssh-port", restrict=r"[0-9]{0,5}"))
        yield Field(_("Key file"), Line(ssh.identity or "", id="ssh-identity"))
        yield Field(_("Through"), Line(ssh.jump or "", id="ssh-jump", restrict=r"\S*"))
        yield Static(_("Roles"), classes="form-heading")
        for role in Role:
            value = "yes" if role in roles else "no"
            label = _(ROLE_WORDS[role])
            yield Field(label, Choice(YES_NO, value, id=f"role-{role.value}"))
        if self._marks:
            labels, taints = (host.labels, host.taints) if host else ((), ())
            yield Static(_("Node"), classes="form-heading")
            yield Field(_("Labels"), Line(" ".join(labels), id="node-labels"))
            yield Field(_("Taints"), Line(" ".join(taints), id="node-taints"))

    def on_mount(self) -> None:
        """Typing can begin at once."""
        self.query_one("#host-name").focus()

    def on_descendant_focus(self) -> None:
        """Say what the field wants."""
        self._hint()

    @on(Input.Changed)
    def _hint(self) -> None:
        wrong = self._mistakes()
        for line in self.query(Line):
            field = line.parent
            if isinstance(field, Field):
                field.mark(bool(line.value) and (line.id or "") in wrong)
        focused = self.focused.id if self.focused and self.focused.id else ""
        text = _(HINTS.get(focused, ""))
        mistake = wrong.get(focused)
        value = self.focused.value if isinstance(self.focused, Input) else ""
        hint = self.query_one("#form-hint", Static)
        if mistake and value:
            hint.update(plain(f"! {mistake}", "$error"))
        else:
            hint.update(Content.styled(text, "$muted"))

    @on(Line.NotTaken)
    def _say_what_can(self, event: Line.NotTaken) -> None:
        said = what_can_be_typed(event.line.restrict or "")
        self.query_one("#form-hint", Static).update(Content.styled(f"! {said}", "$warning"))

    def _text(self, ident: str) -> str:
        return self.query_one(f"#{ident}", Input).value.strip()

    def _mistakes(self) -> dict[str, str]:
        out: dict[str, str] = {}
        name = self._text("host-name")
        if not LABEL.fullmatch(name):
            out["host-name"] = _("a name is a-z, 0-9 and -, and neither begins nor ends with -")
        elif name in self._taken:
            out["host-name"] = _("there is a host called {name} already", name=name)
        try:
            IPv4Address(self._text("host-address"))
        except AddressValueError:
            out["host-address"] = _("not an IPv4 address yet: four numbers from 0 to 255")
        port = self._text("ssh-port")
        if port and not 1 <= int(port) <= 65535:
            out["ssh-port"] = _("a port is 1 to 65535")
        for ident, check in (("node-labels", check_label), ("node-taints", check_taint)):
            for said in filter(None, map(check, self._words(ident))):
                out.setdefault(ident, "; ".join(map(told, filter(None, halves(said)))))
        return out

    def _words(self, ident: str) -> tuple[str, ...]:
        """What stands in that field, word by word; nothing where it is not asked for."""
        return tuple(
            w for line in self.query(f"#{ident}").results(Input) for w in line.value.split()
        )

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#cancel")
    def cancel(self) -> None:
        """As it was."""
        self.dismiss(None)

    @on(Button.Pressed, "#ok")
    def keep(self) -> None:
        """Give the host back, once every field will do."""
        mistakes = self._mistakes()
        if mistakes:
            first = next(iter(mistakes))
            self.query_one(f"#{first}").focus()
            self.query_one("#form-hint", Static).update(plain(f"! {mistakes[first]}", "$error"))
            return
        port = self._text("ssh-port")
        old = self._host
        host = Host(
            labels=self._words("node-labels") if self._marks else old.labels if old else (),
            taints=self._words("node-taints") if self._marks else old.taints if old else (),
            name=self._text("host-name"),
            address=IPv4Address(self._text("host-address")),
            roles=frozenset(
                r for r in Role if self.query_one(f"#role-{r.value}", Choice).value == "yes"
            ),
            ssh=SSH(
                address=self._text("ssh-address") or None,
                user=self._text("ssh-user") or None,
                port=int(port) if port else None,
                identity=file_path(self._text("ssh-identity")),
                jump=self._text("ssh-jump") or None,
            ),
        )
        self.dismiss(at_its_place(host, old))
