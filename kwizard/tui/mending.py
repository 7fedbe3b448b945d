"""What can be done about a step that failed: for the dialog, and for the keys of the page."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kwizard.cluster.model import Cluster
from kwizard.engine.events import StepFailed
from kwizard.engine.plan import Plan, Task
from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.paths import cluster_dir
from kwizard.tui import outside
from kwizard.tui.errors import what_happened
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import short_path

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp

What = Literal["retry", "answers", "skip", "shell", "copy", "report", "log", "script"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a run ended: a failed step, or an error before any step (`step` is "" then)."""

    step: str
    host: str
    reason: str
    hint: str
    tail: str
    exit: int | None = None

    @classmethod
    def of(cls, failure: StepFailed) -> Trouble:
        """A failed step."""
        return cls(
            failure.step,
            failure.host,
            failure.reason,
            failure.hint,
            failure.log_tail,
            failure.exit,
        )

    @classmethod
    def from_error(cls, error: KwizardError) -> Trouble:
        """What was raised before or beside any step."""
        said = error.message if error.step else what_happened(error)
        return cls(error.step, error.host, said, error.remedy, error.log_tail)

    def in_words(self) -> str:
        """As the failure's dialog shows it, for a report."""
        status = "" if self.exit is None else f" (exit {self.exit})"
        hint = f"-> {self.hint}" if self.hint else ""
        return "\n".join(filter(None, [self.title, self.reason + status, hint, self.tail]))

    @property
    def title(self) -> str:
        """For the frame."""
        if not self.step:
            return _("The run ended")
        return _("{step} on {host} failed", step=self.step, host=host_named(self.host))


class Mender:
    """The actions on a trouble. Each returns a sentence about what was done."""

    def __init__(self, app: KwizardApp) -> None:
        self._app = app

    @property
    def _cluster(self) -> Cluster:
        return self._app.draft.cluster

    @property
    def plan(self) -> Plan | None:
        """The plan of the run."""
        return self._app.plan

    def whole_log(self, step: str, host: str) -> str:
        """Where the whole log of that step is; "" where none was written."""
        if self.task(step, host) is None:
            return ""
        return short_path(self._app.cases.log_file(self._cluster, step, host))

    def troubles(self) -> list[Trouble]:
        """Everything that went wrong in the run that ended, in the order of the plan."""
        tasks = self.plan.tasks if self.plan is not None else ()
        order = {(t.step.id, t.host_label): n for n, t in enumerate(tasks)}
        found = [Trouble.of(f) for f in self._app.run_model.failures]
        found.sort(key=lambda t: order.get((t.step, t.host), len(order)))
        error = self._app.error
        if error is not None:
            found.append(Trouble.from_error(error))
        elif not found and self._app.run_model.status == "interrupted":
            said = _("What was started on the hosts goes on; Retry follows it again.")
            found.append(Trouble("", "", said, "", ""))
        return found

    def failing(self, step: str, host: str) -> Trouble | None:
        """What went wrong with that step there; else the first thing that did."""
        troubles = self.troubles()
        here = [t for t in troubles if (t.step, t.host) == (step, host)]
        return next(iter(here or troubles), None)

    def in_short(self) -> str:
        """A line about what went wrong; "" where nothing did."""
        troubles = self.troubles()
        if not troubles:
            return ""
        first, more = troubles[0], len(troubles) - 1
        text = f"{first.title}: {told(first.reason)}"
        return _("{first}, and {count} more", first=text, count=more) if more else text

    def task(self, step: str, host: str) -> Task | None:
        """The task of the plan, if it is one."""
        plan = self._app.plan
        for task in plan.tasks if plan is not None else ():
            if (task.step.id, task.host_label) == (step, host):
                return task
        return None

    def shell_host(self, trouble: Trouble) -> str:
        """Where a shell helps: the one other host the reason names, else the host it failed on. A
        host that asks the cluster about another one is not the one to be mended."""
        reason = f" {trouble.reason} "
        named = [
            h.name
            for h in self._cluster.hosts
            if h.name != trouble.host and re.search(rf"[\s:,']{re.escape(h.name)}[\s,;.']", reason)
        ]
        return named[0] if len(named) == 1 else trouble.host

    def why_not(self, what: What, step: str, host: str) -> str:
        """Why that cannot be done now, in a sentence; "" when it can."""
        match what:
            case "retry":
                return self.why_no_retry()
            case "answers" if self._app.installing:
                return _("The run goes on; answers can be changed once it has stopped.")
            case "skip":
                return self._why_no_skip(self.task(step, host))
            case "shell":
                return self.why_no_shell(host)
            case "copy":
                return self._why_no_copy(step, host)
            case "script" if self.task(step, host) is None:
                return _("No step of the plan stands behind this.")
            case "log" if not step:
                return _("No step ran, so there is no log.")
            case _:
                return ""

    def why_no_retry(self) -> str:
        """Why nothing can be tried again now."""
        if self._app.installing:
            return _("The run goes on; Retry is for when it has stopped.")
        if self._app.run_model.status == "done":
            return _("Nothing failed: there is nothing to try again.")
        return ""

    def _why_no_skip(self, task: Task | None) -> str:
        if self._app.installing:
            return _("The run goes on; a step can be skipped once it has failed.")
        if task is None:
            return _("No step of the plan failed, so there is none to skip.")
        if not task.waivable:
            return _("Nothing after this step could be begun or believed without it.")
        return ""

    def why_no_shell(self, host: str) -> str:
        """Why there is no shell on that host."""
        if why := self.why_no_terminal(host):
            return why
        try:
            self._app.cases.shell(self._cluster, host)
        except KwizardError as error:
            why = told(error.message)
            return f"{why}: {told(error.remedy)}" if error.remedy else why
        return ""

    def why_no_terminal(self, host: str) -> str:
        """The same, as far as it is known without looking for an ssh program."""
        if all(h.name != host for h in self._cluster.hosts):
            return _("This was done on this machine: you are there already.")
        if not outside.possible(self._app):
            return _("In a browser there is no terminal to lend; use ssh beside it.")
        return ""

    def _why_no_copy(self, step: str, host: str) -> str:
        task = self.task(step, host)
        if task is not None and task.script:
            return ""
        return self.why_no_shell(host) and _("No script and no command stands behind this.")

    # -- doing ------------------------------------------------------------------------------

    def copy(self, step: str, host: str) -> str:
        """The very script to the clipboard and into a file; where there is none, the line that
        opens a shell on the host."""
        task, plan = self.task(step, host), self._app.plan
        if task is not None and plan is not None and task.script:
            self._app.copy_to_clipboard(task.script)
            try:
                file = self._app.cases.save_script(plan, task)
            except OSError as error:
                return _(
                    "In the clipboard, if your terminal takes it; no file: {error}", error=error
                )
            return _(
                "The script is in the clipboard, if your terminal takes it, and in {file}",
                file=short_path(file),
            )
        line = shlex.join(self._app.cases.shell(self._cluster, host).argv)
        self._app.copy_to_clipboard(line)
        return _("In the clipboard, if your terminal takes it: {line}", line=line)

    def report(self) -> str:
        """Journal, logs and cluster file into one archive. Raises KwizardError."""
        name = self._cluster.name
        stamp = self._app.clock().strftime("%Y%m%d-%H%M%S")
        target = cluster_dir(name) / f"report-{stamp}.tar.gz"
        try:
            self._app.cases.report(name, target)
        except OSError as error:
            raise KwizardError(
                _("the report could not be written: {error}", error=error),
                remedy=_("is there room, and the right to write there?"),
            ) from error
        return _("Saved, without secrets: {file}", file=short_path(target))

    @property
    def kept(self) -> str:
        """What there is to say about the report that is written after a failure by itself."""
        return self._app.aftermath.said

    async def shell(self, host: str) -> str:
        """A shell on that host, on this terminal, until the person leaves it. Raises
        KwizardError."""
        line = self._app.cases.shell(self._cluster, host)
        hint = _("To {host} as {user}; `exit` comes back to kwizard.", host=host, user=line.user)
        if line.user != "root":
            hint += "\n" + _("Steps run as root there: `sudo -i`.")
        status = await outside.lend(self._app, line.argv, hint=hint)
        if status == 255 or status is None:
            return _("ssh to {host} did not work.", host=host)
        return _("You are back from {host}.", host=host)
