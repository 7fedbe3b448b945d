"""The kinds of question there are. Each is one line with its default in brackets; an answer that
will not do is answered at once with what would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from kwizard.cluster.values import halves
from kwizard.language import _, told
from kwizard.plain.terminal import Terminal

Check = Callable[[str], str | None]
"""What is wrong with an answer, as `WHAT; WHAT TO DO`, or None. It may end in no remedy at all."""

More = Callable[[], Awaitable[None]]
"""Says what else there is to say of a question."""

NONE = "-"
"""The answer that takes a default away where nothing may be answered."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of several answers: what is given back, the word for it, and what it means."""

    value: str
    label: str
    meaning: str = ""


class Questions:
    """Asks on a terminal until an answer will do."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._ahead: list[str] = []

    def say(self, *lines: str) -> None:
        """Say each on a line of its own."""
        for line in lines:
            self._terminal.say(line)

    def title(self, text: str) -> None:
        """Where one is now: a line of its own with an empty one before it."""
        self.say("", text)

    async def text(
        self,
        question: str,
        default: str = "",
        *,
        check: Check = lambda _answer: None,
        optional: bool = False,
        help: str = "",
        more: More | None = None,
    ) -> str:
        """A line of text that `check` finds nothing wrong with. With `optional` it may be empty,
        and `-` takes the default away. A question mark tells the `help`, and `more`."""
        while True:
            answer = (await self._line(_prompt(question, default, optional))).strip()
            if answer == "?":
                if help or more is None:
                    self.say(help or _("There is no more to say about this question."))
                if more is not None:
                    await more()
                continue
            if optional and answer == NONE:
                return ""
            answer = answer or default
            if not answer:
                if optional:
                    return ""
                self.say(_("  An answer is needed here."))
                continue
            wrong = check(answer)
            if wrong is None:
                return answer
            self.refuse(wrong)

    async def line(self) -> str:
        """Whatever is typed next, a line of it, asked for by words before."""
        return await self._line("")

    def put_back(self, line: str) -> None:
        """It was typed ahead: the next question has it for its answer."""
        self._ahead.append(line)

    async def _line(self, prompt: str) -> str:
        if not self._ahead:
            return await self._terminal.line(prompt)
        line = self._ahead.pop(0)
        if prompt:
            self.say(prompt + line)
        return line

    def refuse(self, sentence: str) -> None:
        """Say why an answer will not do, and what would."""
        message, remedy = halves(sentence)
        self.say(_("  That will not do: {why}", why=told(message or remedy)))
        if message:
            self.say(_("  What to do: {remedy}", remedy=told(remedy)))

    async def secret(self, question: str) -> str:
        """A line that is not shown while it is typed; empty for none."""
        prompt = _("{question} (not shown, empty for none): ", question=question)
        return await self._terminal.line(prompt, hidden=True)

    async def yes(self, question: str, default: bool | None = None) -> bool:
        """Yes or no. Without a default it has to be said."""
        shown = {True: _("yes"), False: _("no"), None: ""}[default]
        while True:
            prompt = _prompt(_("{question} yes or no", question=question), shown, False)
            answer = (await self._line(prompt)).strip().lower()
            if not answer and default is not None:
                return default
            if answer in ("y", "yes", _("yes")):
                return True
            if answer in ("n", "no", _("no")):
                return False
            # A question mark too: what a yes means, the lines before it said.
            self.say(_("  Answer yes or no."))

    async def pick(
        self, question: str, items: Sequence[Item], default: str = "", *, more: More | None = None
    ) -> str:
        """One of `items`, by its number or its word, the value of it. They are numbered from 1; a
        question mark tells them again, and `more` what else there is to say."""
        self._list(items)
        shown = next((str(n) for n, i in enumerate(items, 1) if i.value == default), "")
        while True:
            answer = (await self._line(_prompt(question, shown, False))).strip()
            found = _chosen(items, answer or shown)
            if found is not None:
                return found.value
            if answer == "?":
                self._list(items)
                self.say("", _("Answer with the number, the word, or how that word alone begins."))
                if more is not None:
                    await more()
                continue
            self.say(_("  Answer with a number from 1 to {last}.", last=len(items)))

    def _list(self, items: Sequence[Item]) -> None:
        self.say("")
        for number, item in enumerate(items, 1):
            said = item.label
            if item.meaning:
                said = _("{word}: {meaning}", word=item.label, meaning=item.meaning)
            self.say(f"  {number}  {said}")


def _prompt(question: str, default: str, optional: bool) -> str:
    if not default:
        return f"{question} [{_('none')}]: " if optional else f"{question}: "
    clear = _(", - for none") if optional else ""
    return f"{question} [{default}{clear}]: "


def _chosen(items: Sequence[Item], answer: str) -> Item | None:
    """By number, by value, by label, or by how one label alone begins."""
    if answer.isdecimal() and len(answer) < 9:
        number = int(answer)
        return items[number - 1] if 1 <= number <= len(items) else None
    wanted = answer.casefold()
    for item in items:
        if wanted in (item.value.casefold(), item.label.casefold()):
            return item
    near = [i for i in items if wanted and i.label.casefold().startswith(wanted)]
    return near[0] if len(near) == 1 else None
