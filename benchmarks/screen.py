"""Does a flood of log lines make a key wait? `python -m benchmarks.screen`, or `make bench`.

The install page runs without a terminal on scripted events: every line goes the way a host's line
goes, from the engine's events through the app's loop and the model to the log panes. A key in the
table is pressed ten times a second, and the time is taken until the frame is drawn in which the
cursor has moved; first without lines, then in the flood. Beside the time stands the processor time
that was used meanwhile: where other programs keep the machine busy it is the one to look at. Memory
is the process's resident set.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import RenderableType
from textual import events
from textual.screen import Screen

from kwizard import tui
from kwizard.cluster.model import Cluster
from kwizard.engine import events as ev
from kwizard.tui.app import KwizardApp
from kwizard.tui.usecases import Asker
from kwizard.tui.widgets.progress_grid import ProgressGrid
from tests.wire.tui.scripted import HOSTS, ScriptedCases, Story

CHUNK = 50  # lines an event carries, as the engine's do when a log grows quickly
PAUSE = 0.1  # seconds between two keys
PAGE = os.sysconf("SC_PAGE_SIZE")


class Flood(ScriptedCases):
    """A run whose hosts print `rate` lines a second between them, once `on` is set."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.rate, self.on, self.sent = rate, asyncio.Event(), 0

    async def install(
        self, cluster: Cluster, asker: Asker, waived: frozenset[str] = frozenset()
    ) -> AsyncGenerator[ev.Event]:
        """Preflight on every host, without an end."""
        story = Story(datetime.now(UTC))
        yield story.begin()
        for host in HOSTS:
            yield story.started("hosts/preflight", host)
        await self.on.wait()
        chunks = [
            story.log(
                "hosts/preflight",
                host,
                "\n".join(f"I1104 12:00:{n:02} node.go:{n}] a line as a daemon says it, {host}"
                          for n in range(CHUNK)),
            )
            for host in HOSTS
        ]  # fmt: skip
        loop = asyncio.get_running_loop()
        begun, turn = loop.time(), 0
        while True:
            while self.sent < (loop.time() - begun) * self.rate:
                turn += 1
                self.sent += CHUNK
                yield chunks[turn % len(HOSTS)]
            await asyncio.sleep(0.001)


class Watched(KwizardApp):
    """The wizard, and when the last frame was drawn in which the cursor stood elsewhere."""

    CSS_PATH = str(Path(tui.__file__).with_name("app.tcss"))

    def __init__(self, cases: Flood) -> None:
        super().__init__(cases, start="resume", name="classic")
        self.waited: asyncio.Event = asyncio.Event()
        self.before = 0

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if self.screen.query("#progress") and self._row() != self.before:
            self.waited.set()

    def _row(self) -> int:
        return self.screen.query_one(ProgressGrid).cursor_row

    async def key(self, name: str) -> tuple[float, float]:
        """Seconds from the key to the frame that shows what it did, and seconds of processor."""
        self.before = self._row()
        self.waited.clear()
        begun, used = time.perf_counter(), time.process_time()
        driver = self._driver
        assert driver is not None
        driver.send_message(events.Key(name, None))
        await asyncio.wait_for(self.waited.wait(), 30)
        return time.perf_counter() - begun, time.process_time() - used


def resident() -> float:
    """MiB of memory this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / (1 << 20)


async def keys(app: Watched, seconds: float) -> list[tuple[float, float]]:
    """Press down and up in turn for so long; how long each took."""
    took: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        took.append(await app.key("down" if len(took) % 2 == 0 else "up"))
        await asyncio.sleep(PAUSE)
    return took


def figures(took: list[tuple[float, float]]) -> list[float]:
    """Milliseconds: median, 95th percentile, maximum; then the same of processor time."""
    out: list[float] = []
    for seconds in zip(*took, strict=True):
        ordered = sorted(1000 * s for s in seconds)
        at = min(len(ordered) - 1, round(0.95 * len(ordered)))
        out += [statistics.median(ordered), ordered[at], ordered[-1]]
    return out


async def measure(rate: int, seconds: float) -> None:
    """Quiet for a while, then the flood, and print what was seen."""
    cases = Flood(rate)
    app = Watched(cases)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        while not app.run_model.current():
            await asyncio.sleep(0.01)
        await pilot.press("down")  # a person has taken over: the table follows no more
        quiet = figures(await keys(app, min(10.0, seconds)))
        cases.on.set()
        first = await keys(app, min(10.0, seconds))
        early = resident()
        begun, taken = time.perf_counter(), _lines(app)
        rest = await keys(app, max(0.0, seconds - 10.0))
        spent, late = time.perf_counter() - begun, resident()
        flood = figures([*first, *rest])
        got = (_lines(app) - taken) / spent if spent > 1 else 0.0
    await app.finish()
    load = os.getloadavg()[0]
    print(f"lines a second: {rate} wanted, {got:.0f} taken in; load average {load:.1f}")
    print("key to frame, ms    median      p95      max | processor: median      p95      max")
    for name, row in (("without lines", quiet), ("in the flood", flood)):
        print(f"  {name:<15}" + "".join(f"{x:9.1f}" for x in row[:3]), end=" |        ")
        print("".join(f"{x:9.1f}" for x in row[3:]))
    ratio = [f / q for f, q in zip(flood, quiet, strict=True)]
    print(f"  {'ratio':<15}" + "".join(f"{x:9.2f}" for x in ratio[:3]), end=" |        ")
    print("".join(f"{x:9.2f}" for x in ratio[3:]))
    print(f"memory, MiB: {early:.1f} after 10 s, {late:.1f} after {seconds:.0f} s,", end=" ")
    print(f"ratio {late / early:.3f}")


def _lines(app: KwizardApp) -> int:
    return sum(log.total for log in app.run_model.logs.values())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=100_000, help="lines a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the flood lasts")
    options = parser.parse_args()
    asyncio.run(measure(options.rate, options.seconds))


if __name__ == "__main__":
    main()
