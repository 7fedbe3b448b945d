"""Running the go command: found, new enough, its output followed, ended with us."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kwizard.errors import LabError
from kwizard.text import clean, tail

_TAIL_LINES = 40


@dataclass(frozen=True, slots=True)
class Building:
    """Where a build is: `index` of `total` (from 1), what is being made, seconds since its start,
    and the line the tool printed last ("" at the start). `done` when this part is made."""

    index: int
    total: int
    what: str
    seconds: float
    detail: str = ""
    done: bool = False


Report = Callable[[Building], None]


class Go:
    """The go command of this machine, with its ordinary settings (GOFLAGS, GOPROXY, caches)."""

    def __init__(self, oldest: tuple[int, int]) -> None:
        program = shutil.which("go")
        remedy = (
            f"install Go {oldest[0]}.{oldest[1]} or newer (Debian 12's package golang is too old) "
            "and have `go` in PATH"
        )
        if program is None:
            raise LabError("there is no go command on this machine", remedy=remedy)
        self.program = program
        settings = self._settings()
        self.root = Path(settings["GOROOT"])
        self.version = settings["GOVERSION"]
        match = re.match(r"go(\d+)\.(\d+)", self.version)
        if match is None or (int(match[1]), int(match[2])) < oldest:
            raise LabError(f"{program} is {self.version}, which is too old", remedy=remedy)

    def _settings(self) -> dict[str, str]:
        out = subprocess.run(
            [self.program, "env", "-json", "GOROOT", "GOVERSION"],
            capture_output=True,
            text=True,
            check=False,
        )
        if out.returncode != 0:
            raise LabError(
                "the go command does not work",
                log_tail=tail(clean(out.stderr)),
                remedy="try `go env` by hand",
            )
        settings: dict[str, str] = json.loads(out.stdout)
        return settings

    def module(self, path: str, version: str) -> dict[str, Any]:
        """Download a module; what `go mod download -json` says of it: Dir, Info (a file), ..."""
        text = self.run(["mod", "download", "-json", f"{path}@{version}"], cwd=Path("/"))
        told: dict[str, Any] = json.loads(text)
        return told

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        follow: Callable[[str], None] | None = None,
    ) -> str:
        """Run `go ARGUMENTS` in `cwd`; its standard output. `follow` gets each line of its error
        output. Raises LabError with the end of that output."""
        return run(
            [self.program, *arguments], cwd=cwd, env={"GOWORK": "off", **(env or {})}, follow=follow
        )


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    follow: Callable[[str], None] | None = None,
) -> str:
    """Run a program in a process group of its own, which ends when we are interrupted.

    Returns its standard output; raises LabError with the end of its error output.
    """
    last: deque[str] = deque(maxlen=_TAIL_LINES)
    # Standard output goes to a nameless file, so that reading only the error output cannot block.
    with (
        tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as spool,
        subprocess.Popen(
            argv,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=spool.fileno(),
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        assert process.stderr is not None
        try:
            for raw in process.stderr:
                line = clean(raw.rstrip("\n"))
                last.append(line)
                if follow is not None:
                    follow(line)
            status = process.wait()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        spool.seek(0)
        output = spool.read()
    if status != 0:
        log = tail("\n".join(last), lines=_TAIL_LINES)
        raise LabError(
            f"`{Path(argv[0]).name} {' '.join(argv[1:3])} ...` failed with status {status}",
            log_tail=log,
            remedy=_remedy(log),
        )
    return output


def _remedy(log: str) -> str:
    if "cannot find -l" in log or '"gcc": executable file not found' in log:
        return "install gcc and the C library's static files (Debian: gcc libc6-dev)"
    if re.search(r"\b(403 Forbidden|404 Not Found|410 Gone)\b", log):
        return "the Go module proxy refuses a module; it is named above (see `go env GOPROXY`)"
    if re.search(r"dial tcp|no such host|i/o timeout|TLS handshake", log):
        return "the Go module proxy cannot be reached (see `go env GOPROXY`); try again"
    if "no space left" in log:
        return "make room: a build needs about 6 GB for Go's caches"
    return "the lines above are the go command's own"


class Steps:
    """Reports the parts of a build one after the other, with the time each took."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self.took: dict[str, float] = {}
        self._report = report
        self._index = 0

    @contextlib.contextmanager
    def part(self, what: str) -> Iterator[Callable[[str], None]]:
        """`with steps.part("kubelet") as line:` where `line(text)` reports what goes on."""
        self._index += 1
        index, start = self._index, time.monotonic()
        self._report(Building(index, self.total, what, 0.0))

        def line(detail: str) -> None:
            self._report(Building(index, self.total, what, time.monotonic() - start, detail))

        yield line
        self.took[what] = round(time.monotonic() - start, 1)
        self._report(Building(index, self.total, what, self.took[what], done=True))
