"""After the installation: is it a cluster, and what to do with it."""

from __future__ import annotations

from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.monitor.pings import ping_in_full
from kwizard.monitor.snapshot import Snapshot
from kwizard.plain.lookback import look_back
from kwizard.plain.monitor import monitor
from kwizard.plain.questions import Item
from kwizard.plain.run import keep_report, write_report
from kwizard.plain.talk import Talk
from kwizard.tui.farewell import first_commands, kubeconfig


async def verify(talk: Talk) -> None:
    """Tell what the run saw at its end, or look now; then what to do with the cluster."""
    ask = talk.ask
    ask.title(_("Verification"))
    talk.snapshot = talk.cases.verified()
    if talk.snapshot is None:
        await _look(talk)
    else:
        _tell(talk, talk.snapshot)
    while True:
        chosen = await ask.pick(
            _("What next"),
            [
                Item("done", _("done"), _("leave kwizard")),
                Item("again", _("verify again"), _("ask the hosts, changing nothing")),
                Item("ping", _("ping"), _("what one ping of the table said, word for word")),
                Item("monitor", _("monitor"), _("watch the cluster, changing nothing")),
                Item("logs", _("logs"), _("of all hosts: find words, read, save to a file")),
                Item(
                    "commands", _("commands"), _("everything that was run so far, with its script")
                ),
                Item("report", _("report"), _("everything needed to ask for help, in one file")),
            ],
            "done",
        )
        match chosen:
            case "again":
                await _look(talk)
            case "ping":
                await _one_ping(talk)
            case "monitor":
                await monitor(talk)
            case "logs" | "commands":
                await look_back(talk, chosen)
            case "report":
                await write_report(talk)
            case _:
                return


async def _look(talk: Talk) -> None:
    talk.ask.say(_("Asking the hosts: components, nodes, pings."))
    try:
        talk.snapshot = await talk.cases.verify(talk.draft.whole, talk.asker)
    except KwizardError as error:
        talk.error = error
        talk.complain(error)
        return
    _tell(talk, talk.snapshot)
    if not talk.snapshot.ok:
        await keep_report(talk, "\n".join(talk.snapshot.summary()))


def _tell(talk: Talk, snapshot: Snapshot) -> None:
    ask, cluster = talk.ask, talk.draft.cluster
    ask.say(*snapshot.summary(told))
    if not snapshot.ok:
        return
    file = kubeconfig(cluster)
    if file is not None:
        ask.say("", _("Your kubeconfig, which opens everything: {file}", file=file))
    ask.say("", _("The first commands:"), *(f"  {c}" for c in first_commands(cluster)))


async def _one_ping(talk: Talk) -> None:
    matrix = talk.snapshot.matrix if talk.snapshot else None
    if matrix is None or not matrix.cells:
        talk.ask.say(_("There is no ping table."))
        return
    failed = matrix.failed or matrix.cells
    source = await talk.ask.pick(_("From"), [Item(s, s) for s in matrix.sources], failed[0].source)
    target = await talk.ask.pick(
        _("To"),
        [Item(t.name, t.name, str(t.address or "")) for t in matrix.targets],
        failed[0].target,
    )
    if talk.snapshot is not None:
        talk.ask.say("", *ping_in_full(talk.snapshot, source, target))
