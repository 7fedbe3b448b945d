"""The whole plan, told before anything is done; from here on hosts may be changed."""

from __future__ import annotations

from collections.abc import Mapping

from kwizard.engine.plan import Finding, Plan, State
from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.plain.commands import ask_commands
from kwizard.plain.paths import ask_target, here
from kwizard.plain.plantext import as_text, by_host
from kwizard.plain.questions import Item
from kwizard.plain.talk import Talk
from kwizard.tui.obstacles import gathered


async def review(talk: Talk) -> str:
    """Tell the plan; gives back what is to be done next: `install`, `hosts`, `release`, `options`
    or `quit`."""
    ask = talk.ask
    ask.title(_("Review"))
    plan = _plan(talk)
    findings = await _look(talk, plan) if plan is not None else {}
    while True:
        chosen = await ask.pick(_("What next"), _ways(plan))
        match chosen:
            case "look" if plan is not None:
                findings = await _look(talk, plan)
            case "by-host" if plan is not None:
                ask.say("", *by_host(plan, findings).split("\n"))
            case "commands" if plan is not None:
                await ask_commands(talk, plan)
            case "script" if plan is not None:
                await _script(talk, plan)
            case "save":
                await _save(talk)
            case _:
                return chosen


def _plan(talk: Talk) -> Plan | None:
    try:
        return talk.cases.plan(talk.draft.whole)
    except KwizardError as error:
        talk.complain(error)
        return None


def _ways(plan: Plan | None) -> list[Item]:
    change = [
        Item("hosts", _("hosts"), _("change which they are")),
        Item("release", _("release"), _("change the version and where it comes from")),
        Item("options", _("options"), _("change how the cluster is set up")),
    ]
    end = [
        Item("save", _("save"), _("the answers as a cluster file, installing nothing")),
        Item("quit", _("quit"), _("nothing has been changed on any host")),
    ]
    if plan is None:
        return [*change, *end]
    return [
        Item("install", _("install"), _("from here on hosts are changed")),
        Item("script", _("read"), _("a step's script, exactly as it would run")),
        Item("by-host", _("by host"), _("the plan once more, host by host")),
        Item("commands", _("commands"), _("everything that was run so far, with its script")),
        Item("look", _("look again"), _("ask the hosts what is as wanted already")),
        *change,
        *end,
    ]


async def _look(talk: Talk, plan: Plan) -> Mapping[str, Finding]:
    """Ask the hosts, changing nothing, and tell the plan with what they said, and what is in the
    way there."""
    ask = talk.ask
    ask.say(_("Looking at the hosts: what is as wanted already?"))
    try:
        findings = await talk.cases.survey(plan, talk.asker)
    except KwizardError as error:
        talk.complain(error)
        findings = {}
    not_looked = Finding(State.UNKNOWN, _("not looked at yet"))
    findings = {t.id: findings.get(t.id, not_looked) for t in plan.tasks}
    ask.say("", *as_text(plan, findings).split("\n"))
    if any(f.state is State.DUE for f in findings.values()):
        try:
            obstacles = gathered(await talk.cases.obstacles(plan, talk.asker))
        except KwizardError as error:
            talk.complain(error)
        else:
            if obstacles:
                ask.say(_("This is in the way on the hosts:"))
                talk.problems(obstacles)
    file = talk.draft.current_file
    if file is not None:
        ask.say(
            _(
                "The same without questions: {command}",
                command=talk.cases.apply_line(file, talk.draft.bundle),
            )
        )
    return findings


async def _script(talk: Talk, plan: Plan) -> None:
    with_script = [t for t in plan.tasks if t.script]
    known = {t.id for t in with_script} | {t.step.id for t in with_script}

    def there(answer: str) -> str | None:
        if answer in known:
            return None
        return _("no step called {name} has a script; take one out of the plan", name=answer)

    answer = await talk.ask.text(
        _("Step, as STEP or STEP@HOST"), check=there, optional=True, help=", ".join(sorted(known))
    )
    for task in with_script:
        if answer in (task.id, task.step.id):
            talk.ask.say("", _("{task}:", task=task.id), *task.script.split("\n"))
            return


async def _save(talk: Talk) -> None:
    draft = talk.draft
    default = str(draft.file) if draft.file else here(f"{draft.cluster.name}.yaml")
    path = await ask_target(talk, _("Save as"), default)
    if path is None:
        return
    try:
        draft.keep(talk.cases.save(draft.cluster, path))
    except (KwizardError, OSError) as error:
        talk.complain(error)
        return
    line = talk.cases.apply_line(path, draft.bundle)
    talk.ask.say(_("Saved. The same without questions:"), f"  {line}")
