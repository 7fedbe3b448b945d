"""Which version, and where its programs come from: the same answers as the page of the release."""

from __future__ import annotations

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.plain.form import answered, ask_row, ask_rows, mistake
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.answers import text_of
from kwizard.tui.rows import Row, recipe_row, release_rows


async def ask_release(talk: Talk) -> None:
    """Ask for recipe, version, source and the files for hosts without a network; then look."""
    ask, draft = talk.ask, talk.draft
    ask.title(_("Release"))
    await ask_row(talk, recipe_row())
    known = ", ".join(str(v) for v in talk.cases.versions(draft.cluster.recipe)[:8])
    ask.say(_("Versions it is best known with: {versions}", versions=known))
    await ask_row(talk, Row(("version",), _("Version")))
    await _source(talk)
    rows = [row for row in release_rows() if row.shown(draft.cluster)]
    if await ask.yes(_("Name files for hosts that have no network?"), _names_any(talk, rows)):
        await ask_rows(talk, rows)
    talk.news(talk.cases.problems(draft.cluster))
    await _look(talk)


async def _source(talk: Talk) -> None:
    draft = talk.draft
    now = draft.cluster.release
    source = await talk.ask.pick(
        _("Programs from"),
        [
            Item("download", _("download"), _("from the official place, by this machine, once")),
            Item("mirror", _("mirror"), _("from a mirror you name, by this machine, once")),
            Item("tarball", _("tarball"), _("a file on this machine; nothing is downloaded")),
        ],
        "tarball" if now.tarball else "mirror" if now.mirror else "download",
    )
    for key, label in (("mirror", _("Mirror")), ("tarball", _("Tarball"))):
        if source == key:
            await ask_row(talk, Row(("release", key), label))
        else:
            draft.change(answered(talk, ("release", key), ""))
    await ask_row(
        talk,
        Row(
            ("release", "sha256"),
            _("sha256 of the release, where it is not the known one"),
            empty=_("Empty: the known one, or the one beside the file."),
        ),
    )


def _names_any(talk: Talk, rows: list[Row]) -> bool:
    """Some file is named already."""
    cluster = talk.draft.cluster
    return any(text_of(cluster, row.place) and mistake(talk, row.place, "") is None for row in rows)


async def _look(talk: Talk) -> None:
    try:
        report = await talk.cases.check_release(talk.draft.cluster)
    except KwizardError as error:
        talk.complain(error)
        return
    talk.draft.release = report
    talk.problems(report.problems)
    talk.pairs(report.facts)
