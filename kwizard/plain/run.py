"""The installation, told line by line; what to do when it stops."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager

from kwizard.engine.plan import Task
from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.plain.during import During
from kwizard.plain.hearing import Hearing
from kwizard.plain.lookback import look_back, records
from kwizard.plain.narrate import Spoken
from kwizard.plain.paths import ask_target, here
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.errors import unforeseen
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import short_path
from kwizard.tui.model import RunModel
from kwizard.tui.skipping import consequence, lasting


async def run(talk: Talk) -> bool:
    """Install, again and again as the person wants it. True when it is done, False when they
    leave it unfinished."""
    while True:
        await _once(talk)
        if talk.model.status == "done":
            return True
        if not await _what_now(talk):
            return False


async def _once(talk: Talk) -> None:
    ask, model = talk.ask, RunModel()
    talk.model, talk.error, talk.snapshot = model, None, None
    ask.title(_("Installing. Ctrl+C stops telling; what runs on the hosts goes on."))
    ask.say(
        _("p and Enter pauses what is sent and fetched; p and Enter again goes on."),
        _("? and Enter tells what else can be typed meanwhile."),
    )
    talk.cases.pause(False)
    hearing = talk.hearing = Hearing(ask, During(talk).take)
    narrator = Spoken(ask.say, logs=False)
    model.status = "running"
    try:
        installing = talk.cases.install(talk.draft.whole, talk.asker, talk.waived)
        with _stopped_by_signal(talk):
            async with aclosing(installing) as events:
                async for event in events:
                    hearing.begin()  # not before: a question from below has the line first
                    model.apply(event)
                    narrator.tell(event)
    except KwizardError as error:
        talk.error = error
    except Exception as error:  # a mistake of ours must not end the conversation
        talk.error = unforeseen(error)
    finally:
        talk.hearing = None
        await hearing.end()
    if talk.error is not None:
        talk.complain(talk.error)
    if model.status == "running":
        model.status = "failed" if talk.error else "interrupted"
    if model.status == "failed":
        await _report_failure(talk)


async def _report_failure(talk: Talk) -> None:
    """After a failure the report somebody may have to send is written without being asked for."""
    words = [
        "\n".join([f"{f.step} on {f.host} failed: {f.reason}", f.log_tail])
        for f in talk.model.failures
    ]
    if talk.error is not None:
        words.append(str(talk.error))
    await keep_report(talk, "\n\n".join(words))


async def keep_report(talk: Talk, words: str) -> None:
    """Write the report; `words` say what failed."""
    name = talk.draft.cluster.name
    try:
        file = await asyncio.to_thread(talk.cases.keep_report, name, words)
    except KwizardError:
        return  # the way on is what matters now; the report can still be asked for
    talk.ask.say(_("A report for help: {file}", file=short_path(file)))


@contextmanager
def _stopped_by_signal(talk: Talk) -> Iterator[None]:
    """Ctrl+C means: follow it no longer. Only in the main thread, where signals arrive."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(n) for n in numbers]
    try:
        for number in numbers:
            loop.add_signal_handler(number, talk.cases.interrupt)
    except (ValueError, RuntimeError):
        yield
        return
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def _what_now(talk: Talk) -> bool:
    """True: try again."""
    ask, name = talk.ask, talk.draft.cluster.name
    if talk.model.status == "interrupted":
        ask.say(_("What was started on the hosts goes on."))
    elif talk.model.failures:
        _tell_failures(talk)
    while True:
        chosen = await ask.pick(_("What now"), _ways(talk), "retry")
        match chosen:
            case "retry":
                return True
            case "skip":
                if await _skip(talk):
                    return True
            case "shell":
                await _shell(talk)
            case "script" | "log":
                await (_script if chosen == "script" else _log)(talk)
            case "logs" | "commands":
                await look_back(talk, chosen)
            case "report":
                await write_report(talk)
            case _:
                ask.say(_("To come back: {command}", command=f"kwizard resume {name}"))
                return False


def _ways(talk: Talk) -> list[Item]:
    items = [Item("retry", _("retry"), _("what is as wanted is skipped, the rest is tried again"))]
    if _waivable(talk):
        items.append(Item("skip", _("skip"), _("go on without a step that failed, this once")))
    if _hosts(talk) and not talk.cases.rehearsal:
        items.append(Item("shell", _("shell"), _("on a host that failed; exit comes back here")))
    if _failed(talk):
        items += [
            Item("script", _("script"), _("the very script of what failed, and a file with it")),
            Item("log", _("log"), _("the whole log of what failed")),
        ]
    return [
        *items,
        *records(),
        Item("report", _("report"), _("write everything needed to ask for help into one file")),
        Item("quit", _("quit"), _("what runs on the hosts goes on")),
    ]


def _failed(talk: Talk) -> list[Task]:
    """The tasks that failed."""
    failed = {f"{f.step}@{f.host}" for f in talk.model.failures}
    if not failed:
        return []
    return [t for t in talk.cases.plan(talk.draft.whole).tasks if t.id in failed]


def _waivable(talk: Talk) -> list[Task]:
    """Those of them a person may skip."""
    return [t for t in _failed(talk) if t.waivable]


def _hosts(talk: Talk) -> list[str]:
    """The hosts something failed on."""
    there = {h.name for h in talk.draft.cluster.hosts}
    return [h for h in dict.fromkeys(f.host for f in talk.model.failures) if h in there]


async def _skip(talk: Talk) -> bool:
    task = await _one_of(talk, _waivable(talk))
    plan = talk.cases.plan(talk.draft.whole)
    talk.ask.say(consequence(plan, task), lasting())
    if not await talk.ask.yes(_("Skip {task}?", task=task.id), default=False):
        return False
    talk.waived |= {task.id}
    return True


async def _one_of(talk: Talk, tasks: Sequence[Task]) -> Task:
    """The task that is meant; not asked for where there is one only."""
    by_id = {t.id: t for t in tasks}
    chosen = next(iter(by_id))
    if len(by_id) > 1:
        items = [Item(t.id, t.id, told(t.step.title)) for t in tasks]
        chosen = await talk.ask.pick(_("Which step"), items, chosen)
    return by_id[chosen]


async def _script(talk: Talk) -> None:
    """The bytes that were run, here and in a file to keep or send."""
    task = await _one_of(talk, _failed(talk))
    if not task.script:
        talk.ask.say(_("This step runs no script."))
        return
    talk.ask.say("", *task.script.split("\n"))
    plan = talk.cases.plan(talk.draft.whole)
    try:
        file = await asyncio.to_thread(talk.cases.save_script, plan, task)
    except OSError as error:
        talk.complain(error)
        return
    talk.ask.say(_("Written to {file}", file=short_path(file)))


async def _log(talk: Talk) -> None:
    """All that was logged of what failed, not only its end."""
    task = await _one_of(talk, _failed(talk))
    file = talk.cases.log_file(talk.draft.cluster, task.step.id, task.host_label)
    try:
        text = await asyncio.to_thread(file.read_text, encoding="utf-8", errors="replace")
    except OSError as error:
        talk.complain(error)
        return
    talk.ask.say("", *text.splitlines(), _("The whole log: {file}", file=short_path(file)))


async def _shell(talk: Talk) -> None:
    """An ssh of this machine on this very terminal, until it ends."""
    hosts = _hosts(talk)
    host = hosts[0]
    if len(hosts) > 1:
        host = await talk.ask.pick(_("On which host"), [Item(h, h) for h in hosts], host)
    try:
        line = talk.cases.shell(talk.draft.cluster, host)
    except KwizardError as error:
        talk.complain(error)
        return
    talk.ask.say(shlex.join(line.argv))
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl+C is for the shell meanwhile
    try:
        process = await asyncio.create_subprocess_exec(*line.argv)
        await process.wait()
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
    talk.ask.say(_("Back in kwizard."))


def _tell_failures(talk: Talk) -> None:
    """Once more in short what failed: the lines of it may be far above by now."""
    failures = talk.model.failures
    talk.ask.say("", _("This failed:"))
    for failure in failures:
        talk.ask.say(
            _(
                "  {step} on {host}: {reason}",
                step=failure.step,
                host=host_named(failure.host),
                reason=told(failure.reason),
            )
        )
        if failure.hint:
            talk.ask.say(_("    What to do: {remedy}", remedy=told(failure.hint)))


async def write_report(talk: Talk) -> None:
    """Ask where to, and write the report."""
    name = talk.draft.cluster.name
    target = await ask_target(talk, _("Write the report to"), here(f"kwizard-report-{name}.tar.gz"))
    if target is None:
        return
    try:
        pieces = talk.cases.report(name, target)
    except (KwizardError, OSError) as error:
        talk.complain(error)
        return
    talk.ask.say(
        _("{file}: {pieces}", file=target, pieces=", ".join(pieces)),
        _("Passwords and keys are not in it; read it before you pass it on all the same."),
    )
