"""What can be typed while it is installed: a letter, and Enter."""

from __future__ import annotations

from kwizard.language import _, told
from kwizard.plain.commands import told_so_far
from kwizard.plain.logs import tell_end, tell_found
from kwizard.plain.talk import Talk
from kwizard.tui.hostnames import host_meant, host_named, hosts_named
from kwizard.tui.model import Mark
from kwizard.tui.pausing import at_work


class During:
    """Takes the lines of a person. A line that is none of these answers the next question."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._leaving = False

    def take(self, line: str) -> bool:
        """Do what `line` asks for. False: it is no word of ours."""
        word, _blank, rest = line.strip().partition(" ")
        leaving, self._leaving = self._leaving, False
        match word.casefold():
            case "?":
                self._talk.ask.say("", *(f"  {key}  {what}" for key, what in actions()))
            case "p" | "pause":
                _pause(self._talk)
            case "s":
                _tell_where(self._talk)
            case "l":
                self._log(rest.strip())
            case "c":
                told_so_far(self._talk)
            case "q":
                self._leave(sure=leaving)
            case _ if word.startswith("/"):
                tell_found(self._talk, line.strip()[1:].strip())
            case _:
                return False
        return True

    def _log(self, host: str) -> None:
        logs = self._talk.model.logs
        if not host and len(logs) == 1:
            host = next(iter(logs))
        host = host_meant(host)
        if host in logs:
            tell_end(self._talk, host)
        else:
            names = hosts_named(list(logs))
            self._talk.ask.say(_("Type l and the name of one of these: {hosts}", hosts=names))

    def _leave(self, *, sure: bool) -> None:
        if sure:
            self._talk.cases.interrupt()
            return
        self._leaving = True
        self._talk.ask.say(
            _("What runs on the hosts goes on without kwizard. q and Enter again leaves it alone.")
        )


def actions() -> list[tuple[str, str]]:
    """Each key and what it does."""
    return [
        ("p", _("pause what is sent and fetched, or go on")),
        ("s", _("say where every host is")),
        (_("l HOST"), _("read the end of that host's log")),
        (_("/WORDS"), _("find words in all logs")),
        ("c", _("list everything that was run so far")),
        ("q", _("follow it no longer; what runs on the hosts goes on")),
    ]


def _pause(talk: Talk) -> None:
    model = talk.model
    held = not model.paused
    talk.cases.pause(held)
    model.hold(held)
    if held:
        running, waiting = model.at_work()
        talk.ask.say(
            _("Paused: nothing is sent or fetched from here. p and Enter goes on at that byte."),
            at_work(running, waiting),
        )
    else:
        talk.ask.say(_("It goes on."))


def _tell_where(talk: Talk) -> None:
    """Of each host what runs there now; of all, how much is done."""
    model = talk.model
    over, total = model.counts()
    lines = [_("{over} of {total} tasks are done.", over=over, total=total)]
    for host in model.hosts:
        running = [
            told(row.title)
            for row in model.rows
            if (spot := model.spot(row.step, host)) is not None and spot.mark is Mark.RUNNING
        ]
        what = ", ".join(running) or _("nothing runs now")
        lines.append(_("  {host}: {what}", host=host_named(host), what=what))
    talk.ask.say("", *lines)
