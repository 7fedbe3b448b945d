"""A real terminal: tmux, keys in, screen out."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

FOCUSED = "48;5;173m"  # the background of the button that has the focus, in 256 colours


class Terminal:
    """A tmux session of its own, 80x24, running one command (in `folder`, where that is given);
    gone with the context."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
    ) -> None:
        self._socket = f"kwizard-test-{os.getpid()}"
        self._command = command
        self._folder = folder or Path.cwd()
        self._environment = {**environment, "TERM": "xterm-256color"}

    def __enter__(self) -> Self:
        self._tmux("kill-server", check=False)
        line = [*self._command]
        size = ("-x", "80", "-y", "24", "-c", str(self._folder))
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, *line)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            print(self.screen())
        self._tmux("kill-server", check=False)

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    @property
    def pid(self) -> int:
        """The process the terminal runs."""
        return int(self._tmux("list-panes", "-F", "#{pane_pid}"))

    def screen(self, *, colours: bool = False) -> str:
        """What stands on the screen now."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []), check=False)

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._tmux("send-keys", "-l", text)

    def until(self, text: str, seconds: float = 30) -> str:
        """Wait until `text` (a regular expression) stands on the screen."""
        deadline = time.monotonic() + seconds
        while re.search(text, screen := self.screen()) is None:
            assert time.monotonic() < deadline, f"no {text!r} after {seconds:.0f} s:\n{screen}"
            time.sleep(0.1)
        return screen

    def walk(self, key: str, text: str) -> None:
        """Press a key, 40 times at most, until `text` stands on the screen."""
        for _ in range(40):
            if self._stays(lambda: text in self.screen()):
                return
            self._answered(key)
        raise AssertionError(f"{key} never led to {text!r}:\n{self.screen()}")

    def on(self, label: str) -> bool:
        """Whether the button with that label has the cursor."""
        # Up to the next background: the button beside the one with the cursor is not meant.
        wanted = re.escape(FOCUSED) + rf"(?:(?!48;5;)[^‹›\n])*{label}"
        return re.search(wanted, self.screen(colours=True)) is not None

    def press(self, label: str) -> None:
        """Walk with Tab to the button with that label, and press it. A row of buttons is entered at
        its likeliest one."""
        self.until(label)
        for _ in range(40):
            if self._stays(lambda: self.on(label)):
                self.keys("Enter")
                return
            self._answered("Tab")
        raise AssertionError(f"no button {label!r} takes the focus:\n{self.screen()}")

    def _stays(self, so: Callable[[], bool]) -> bool:
        """Whether it is so and stays so for a moment: a key may still be on its way that something
        else on the screen seemed to answer."""
        if not so():
            return False
        time.sleep(0.5)
        return so()

    def _answered(self, key: str) -> None:
        """Press a key, and wait until the screen is another one and stays so for a moment: on a
        busy machine keys are answered late, and one more would take the cursor past its place."""
        before = self.screen(colours=True)
        self.keys(key)
        deadline = time.monotonic() + 5
        seen = before
        while time.monotonic() < deadline:
            time.sleep(0.15)
            now = self.screen(colours=True)
            if now == seen != before:
                return
            seen = now
