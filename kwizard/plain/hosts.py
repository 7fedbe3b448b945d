"""Which machines become the cluster: the same answers as the page of hosts, asked line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import IPv4Address

from kwizard.cluster import values
from kwizard.cluster.model import SSH, Host, RecipeName, Role
from kwizard.cluster.roles import in_order
from kwizard.errors import KwizardError
from kwizard.language import _, _n
from kwizard.plain.paths import ask_file, whole
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.usecases import HostReport

MOST_PASTED = 2000  # lines taken as one table


async def ask_hosts(talk: Talk) -> None:
    """Ask until there is a cluster's worth of hosts and the person goes on."""
    ask, draft = talk.ask, talk.draft
    ask.title(_("Hosts"))
    await _name(talk)
    while True:
        tell_hosts(talk)
        go_on = not _missing(talk)
        chosen = await ask.pick(_("Hosts"), _ways(talk), "next" if go_on else "add")
        match chosen:
            case "add":
                await _edit(talk, None)
            case "paste":
                await _paste(talk)
            case "import":
                await _import(talk)
            case "change":
                await _edit(talk, await _which(talk, _("Which host is to be changed")))
            case "remove":
                name = await _which(talk, _("Which host is to be taken out"))
                draft.remove(name)
                ask.say(_("{name} is out of the list; nothing was done to it.", name=name))
            case "check":
                await _check(talk)
            case _:
                missing = _missing(talk)
                if not missing:
                    return
                ask.say(missing)


def tell_hosts(talk: Talk) -> None:
    """The hosts there are, one a line, and what is wrong with them."""
    hosts = talk.draft.cluster.hosts
    talk.ask.say(
        "",
        _n("{count} host so far:", "{count} hosts so far:", len(hosts))
        if hosts
        else _("No hosts yet."),
    )
    resting = talk.cases.resting(talk.draft.cluster)
    for host in hosts:
        roles = ", ".join(r.value for r in in_order(host.roles)) or _("no role")
        login = host.ssh.user or _("as ssh has it")
        talk.ask.say(
            _(
                "  {name}, {address}; roles: {roles}; login: {login}; {verdict}",
                name=host.name,
                address=host.address,
                roles=roles,
                login=login,
                verdict=_("looked at before an answer changed; check again")
                if talk.draft.old(host.name, resting)
                else _verdict(talk.draft.checks.get(host.name)),
            )
        )
    if hosts:
        talk.news(talk.cases.problems(talk.draft.cluster))


def _ways(talk: Talk) -> list[Item]:
    items = [
        Item("next", _("go on"), _("to the release")),
        Item("add", _("add"), _("one host by its name and address")),
        Item("paste", _("paste"), _("a table, one host a line: anakin 10.0.63.202/10.1.63.202")),
        Item("import", _("import"), _("a cluster file")),
    ]
    if talk.draft.cluster.hosts:
        items += [
            Item("check", _("check"), _("connect to every host and look, changing nothing")),
            Item("change", _("change"), _("name, address, roles or login of a host")),
            Item("remove", _("take out"), _("a host, doing nothing to it")),
        ]
    return items


def _missing(talk: Talk) -> str:
    """What keeps the person from going on; empty: nothing does."""
    cluster = talk.draft.cluster
    if not cluster.hosts:
        return _("A cluster needs at least one host.")
    if not cluster.with_role(Role.CONTROL_PLANE):
        return _("One host must be the control plane: change its roles.")
    return ""


def _verdict(report: HostReport | None) -> str:
    if report is None:
        return _("not looked at yet")
    if report.blocks:
        return _("blocked")
    count = len(report.problems)
    return _n("ready, {count} note", "ready, {count} notes", count) if count else _("ready")


async def _name(talk: Talk) -> None:
    draft = talk.draft
    name = await talk.ask.text(
        _("Cluster name"),
        draft.cluster.name,
        check=values.check_name,
        help=_("The name decides where kwizard keeps its records. a-z, 0-9 and hyphens."),
    )
    draft.change(replace(draft.cluster, name=name))
    if any(k.name == name and k.file != draft.file for k in talk.cases.known()):
        talk.ask.say(
            _("Note: {name} is a cluster known here: its records would go on.", name=name),
            _("  What to do: give this one another name, or leave and resume that one"),
        )


async def _which(talk: Talk, question: str) -> str:
    hosts = talk.draft.cluster.hosts
    return await talk.ask.pick(
        question, [Item(h.name, h.name, str(h.address)) for h in hosts], hosts[0].name
    )


# -- one host ----------------------------------------------------------------------------------


async def _edit(talk: Talk, name: str | None) -> None:
    draft, ask = talk.draft, talk.ask
    old = draft.cluster.host(name) if name else None
    taken = {h.name for h in draft.cluster.hosts} - {name}

    def free(answer: str) -> str | None:
        if answer in taken:
            return _("{name} is taken; give another name", name=answer)
        return values.check_name(answer)

    new_name = await ask.text(
        _("Name of the host"), old.name if old else "", check=free, help=_("Such as anakin.")
    )
    address = await ask.text(
        _("Its address"),
        str(old.address) if old else "",
        check=values.check_address,
        help=_("What the other hosts reach it by."),
    )
    roles = await _roles(talk, old)
    ssh = old.ssh if old else SSH()
    if await ask.yes(_("Say how SSH gets there, other than by that address?"), ssh != SSH()):
        ssh = await _ssh(talk, ssh)
    labels, taints = await _marks(talk, old)
    host = Host(
        name=new_name,
        address=IPv4Address(address),
        roles=roles,
        ssh=ssh,
        labels=labels,
        taints=taints,
    )
    draft.put(host, name)


async def _marks(talk: Talk, old: Host | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and taints; without a question where the recipe sets none."""
    labels, taints = (old.labels, old.taints) if old else ((), ())
    modern = talk.draft.cluster.recipe is RecipeName.MODERN
    if not modern or not await talk.ask.yes(
        _("Give the node labels or taints?"), bool(labels or taints)
    ):
        return labels, taints

    def each(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
        return lambda answer: next(filter(None, map(check, _words(answer))), None)

    label_line = await talk.ask.text(
        _("Its labels"),
        " ".join(labels),
        check=each(values.check_label),
        optional=True,
        help=_("Such as disk=ssd."),
    )
    taint_line = await talk.ask.text(
        _("Its taints"),
        " ".join(taints),
        check=each(values.check_taint),
        optional=True,
        help=_("Such as dedicated=db:NoSchedule."),
    )
    return tuple(_words(label_line)), tuple(_words(taint_line))


async def _roles(talk: Talk, old: Host | None) -> frozenset[Role]:
    cluster = talk.draft.cluster
    first = not cluster.with_role(Role.CONTROL_PLANE)
    usual = {Role.CONTROL_PLANE if first else Role.WORKER, Role.ETCD}
    default = in_order(old.roles if old else usual)

    def known(answer: str) -> str | None:
        wrong = [w for w in _words(answer) if w not in set(Role)]
        every = ", ".join(Role)
        if wrong:
            return _("{word} is no role; there are: {every}", word=wrong[0], every=every)
        return None

    answer = await talk.ask.text(
        _("Its roles"),
        " ".join(default),
        check=known,
        optional=True,
        help=_(
            "control-plane runs the API server, worker runs pods, etcd holds the cluster's data"
            " (one, three or five hosts). Several with blanks between them."
        ),
    )
    return frozenset(Role(w) for w in _words(answer))


async def _ssh(talk: Talk, old: SSH) -> SSH:
    ask = talk.ask

    def port(answer: str) -> str | None:
        if not answer.isdecimal() or len(answer) > 5:
            return _("{answer} is no port; give a number from 1 to 65535", answer=answer)
        return values.check_port(int(answer))

    address = await ask.text(
        _("SSH reaches it by"), old.address or "", check=values.check_reached, optional=True
    )
    user = await ask.text(
        _("SSH logs in as"), old.user or "", check=values.check_login, optional=True
    )
    number = await ask.text(_("SSH port"), str(old.port or ""), check=port, optional=True)
    identity = await ask.text(
        _("Private key file"), old.identity or "", check=values.check_path, optional=True
    )
    jump = await ask.text(
        _("Through the host"),
        old.jump or "",
        check=values.check_jump,
        optional=True,
        help=_("A host to go through, such as user@bastion:22."),
    )
    return replace(
        old,
        address=address or None,
        user=user or None,
        port=int(number) if number else None,
        identity=str(whole(identity)) if identity else None,
        jump=jump or None,
    )


def _words(text: str) -> Iterable[str]:
    return text.replace(",", " ").split()


# -- several at once ---------------------------------------------------------------------------


async def _paste(talk: Talk) -> None:
    talk.ask.say(_("Paste the table, one host a line. An empty line ends it."))
    lines: list[str] = []
    while len(lines) < MOST_PASTED:
        line = await talk.ask.line()
        if not line.strip():
            break
        lines.append(line)
    pasted = talk.cases.read_table("\n".join(lines))
    talk.problems(pasted.problems)
    count = talk.draft.merge(pasted.hosts)
    talk.ask.say(_n("{count} host taken in.", "{count} hosts taken in.", count))


async def _import(talk: Talk) -> None:
    file = await ask_file(talk, _("Cluster file"))
    if file is None:
        return
    try:
        cluster = talk.cases.read_file(file)
    except (KwizardError, OSError) as error:
        talk.complain(error)
        return
    talk.draft.take(cluster)
    talk.ask.say(_("{name} was read.", name=cluster.name))


async def _check(talk: Talk) -> None:
    draft = talk.draft
    draft.checks.clear()
    talk.ask.say(_("Looking at every host; nothing is changed there."))
    try:
        async for report in talk.cases.check_hosts(draft.cluster, talk.asker):
            draft.checks[report.host] = report
            talk.ask.say("", _("{host}: {verdict}", host=report.host, verdict=_verdict(report)))
            talk.problems(report.problems)
            talk.pairs(report.facts)
    except KwizardError as error:
        talk.complain(error)
