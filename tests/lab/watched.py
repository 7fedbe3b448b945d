"""An installation that is watched while it goes on, event by event, and may be killed at one."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

import pytest

from tests.lab.site import Site

Event = dict[str, Any]
_SECONDS = 400


def applying(site: Site) -> Generator[Event]:
    """The events of an installation as they come. Its process does not outlive this generator:
    closed before the end, it kills it (SIGKILL); jobs on the hosts go on."""
    event: Event = {}
    with site.popen(
        "apply", "--json", str(site.file), stdout=subprocess.PIPE, text=True
    ) as process:
        timer = threading.Timer(_SECONDS, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                event = json.loads(line)
                yield event
            assert process.wait() == event.get("exit"), event
        finally:
            timer.cancel()
            process.kill()


def killed_at(site: Site, wanted: Callable[[Event], bool]) -> list[Event]:
    """An installation that is killed at the first event that is `wanted`; the events until then."""
    seen = []
    with closing(applying(site)) as events:
        for event in events:
            seen.append(event)
            if wanted(event):
                return seen
    pytest.fail(f"it ended by itself: {seen[-3:]}")


def begins(step: str, host: str | None = None) -> Callable[[Event], bool]:
    """The start of a step's job on that host, or on any."""

    def is_it(event: Event) -> bool:
        named = (event["event"], event.get("step"), host and event.get("host"))
        return named == ("step.started", step, host) and bool(event.get("job"))

    return is_it
