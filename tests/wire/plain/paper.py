"""A terminal on paper."""

from __future__ import annotations


class Paper:
    """A terminal with the answers written down beforehand."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.said = list(answers), ""

    def say(self, line: str) -> None:
        self.said += line + "\n"

    async def line(self, prompt: str, *, hidden: bool = False) -> str:
        assert not hidden
        self.say(prompt)
        return self.answers.pop(0)
