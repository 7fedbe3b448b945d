"""What a picture of a screen is made of: the screen, the state it is in, and the way there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from kwizard import language

from .conftest import focused, text_of, until
from .scripted import ScriptedCases

Steps = Callable[[Pilot[int]], Awaitable[None]]
Kind = type[Screen[Any]]

RUN: Mapping[str, Any] = {"start": "resume", "name": "classic"}
WATCH: Mapping[str, Any] = {"start": "monitor", "name": "classic"}


@dataclass(frozen=True, slots=True)
class Look:
    """A screen in one of its states. `state` is one of STATES, or a word of its own; `top` is the
    dialog that lies over `page`, where the state is shown by one; `start` what the app is given."""

    page: Kind
    state: str
    cases: Callable[[], ScriptedCases]
    steps: Steps
    start: Mapping[str, Any] = field(default_factory=dict)
    top: Kind | None = None

    @property
    def screen(self) -> Kind:
        """What lies on top in the end."""
        return self.top or self.page


STATES = ("empty", "busy", "failed", "done")
"""What every page has a picture of, but for those that cannot be so (test_snapshots.py)."""


def keys(*names: str, then: str = "", at: str = "") -> Steps:
    """Press these; then wait for a text to be there, and for the cursor to be on `at`."""

    async def steps(pilot: Pilot[int]) -> None:
        for name in names:
            await pilot.press(name)
            await pilot.pause()
        said = CHINESE[then] if language.language() == "zh" else then
        await until(pilot, lambda: said in text_of(pilot) and at in ("", focused(pilot)))

    return steps


def then(*parts: Steps) -> Steps:
    """One after the other."""

    async def steps(pilot: Pilot[int]) -> None:
        for part in parts:
            await part(pilot)

    return steps


def to(selector: str) -> Steps:
    """Scroll so that this is seen."""

    async def steps(pilot: Pilot[int]) -> None:
        await pilot.pause()
        pilot.app.screen.query_one(selector).scroll_visible(animate=False, immediate=True)
        await pilot.pause()

    return steps


async def to_the_end(pilot: Pilot[int]) -> None:
    """To the last line of the verification's page."""
    pilot.app.screen.query_one("#verify-area").scroll_end(animate=False)


CHINESE = {
    "": "",
    "New cluster": "新建集群",
    "It stopped at": "停在",
    "✗ blocked": "✗ 受阻",
    "✗ '10.0.63.'": "✗ '10.0.63.'",
    "Reached by": "访问地址",
    "Is this the right host?": "这是正确的主机吗",
    "What will be used": "将使用的内容",
    "What this changes": "对主机的改动",
    "to do": "待执行",
    "waiting for a lease": "waiting for a lease",
    "A report for help": "求助报告",
    "kwizard resume classic": "kwizard resume classic",
    "✗ Not well": "✗ 不正常",
    "Monitor": "监控",
    "REHEARSAL": "演练",
}
"""What a screen is waited for with, in Chinese."""
