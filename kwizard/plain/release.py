"""Which version, and where its programs come from: the same answers as the page of the release."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from kwizard.app.bundles import fitting, version_of
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.plain.form import answered, ask_row, ask_rows, mistake
from kwizard.plain.paths import ask_file
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.answers import NO, source_of, text_of
from kwizard.tui.facts import bundle_facts
from kwizard.tui.rows import Row, recipe_row, release_rows


async def ask_release(talk: Talk) -> None:
    """Ask for recipe, version, source and the files for hosts without a network; then look."""
    ask, draft = talk.ask, talk.draft
    ask.title(_("Release"))
    await ask_row(talk, recipe_row())
    known = ", ".join(str(v) for v in talk.cases.versions(draft.cluster.recipe)[:8])
    ask.say(_("Versions it is best known with: {versions}", versions=known))
    await ask_row(talk, Row(("version",), _("Version")))
    if await _source(talk) == "bundle" and await _bundle(talk):
        return
    rows = [row for row in release_rows() if row.shown(draft.cluster)]
    if await ask.yes(_("Name files for hosts that have no network?"), _names_any(talk, rows)):
        await ask_rows(talk, rows)
    talk.news(talk.cases.problems(draft.cluster))
    await _look(talk)


async def _source(talk: Talk) -> str:
    draft = talk.draft
    source = await talk.ask.pick(
        _("Programs from"),
        [
            Item("download", _("download"), _("from the official place, by this machine, once")),
            Item("mirror", _("mirror"), _("from a mirror you name, by this machine, once")),
            Item("tarball", _("tarball"), _("a file on this machine; nothing is downloaded")),
            Item("hosts", _("hosts"), _("hosts of this cluster that have it pass it on")),
            Item("bundle", _("bundle"), _("made by kwizard bundle create: everything is in it")),
        ],
        "bundle" if draft.bundle else source_of(draft.cluster),
    )
    if source == "bundle":
        return source
    draft.take_from(None)
    release = replace(draft.cluster.release, on_hosts=source == "hosts")
    draft.change(replace(draft.cluster, release=release))
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
    return source


async def _bundle(talk: Talk) -> bool:
    """Ask for the bundle, and read it. False where it will not do, or none is given."""
    ask, draft, cases = talk.ask, talk.draft, talk.cases
    around = await cases.around(draft.cluster, draft.file)
    found = next(iter(around.get(("bundle",), ())), None)
    path = await ask_file(talk, _("Bundle"), str(draft.bundle or found or ""))
    if path is None:
        draft.take_from(None)
        return False
    draft.take_from(path)
    for key, none in (("mirror", ""), ("tarball", ""), ("on_hosts", NO)):
        draft.change(answered(talk, ("release", key), none))
    tenth = -1

    def told(done: int, total: int) -> None:
        nonlocal tenth
        if total and 10 * done // total != tenth:
            tenth = 10 * done // total
            loop.call_soon_threadsafe(ask.say, _("{percent} % are read", percent=10 * tenth))

    loop = asyncio.get_running_loop()
    try:
        bundle = await cases.read_bundle(path)
        if (version := version_of(bundle, draft.cluster)) is not None:
            draft.change(replace(draft.cluster, version=version))
            ask.say(_("{version} is what the bundle holds.", version=version))
        fitting(draft.cluster, bundle, path)
        draft.opened = await cases.open_bundle(path, told)
        talk.news(cases.problems(draft.whole))
    except KwizardError as error:
        talk.complain(error)
        draft.take_from(None)
        return False
    talk.pairs(bundle_facts(bundle))
    ask.say(_("Every file has its sum; no network is needed."))
    return True


def _names_any(talk: Talk, rows: list[Row]) -> bool:
    """Some file is named already."""
    cluster = talk.draft.cluster
    return any(text_of(cluster, row.place) and mistake(talk, row.place, "") is None for row in rows)


async def _look(talk: Talk) -> None:
    try:
        report = await talk.cases.check_release(talk.draft.cluster, talk.asker)
    except KwizardError as error:
        talk.complain(error)
        return
    talk.draft.release = report
    talk.problems(report.problems)
    talk.pairs(report.facts)
    if not report.unknown:
        return
    ask = talk.ask
    ask.say(_("The sha256 of what lies there: {sum}", sum=report.unknown))
    if await ask.yes(_("Do you know that sum to be the right one?"), default=False):
        talk.draft.change(answered(talk, ("release", "sha256"), report.unknown))
        await _look(talk)
