"""Running the machine's own programs, with an error that says what went wrong."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kwizard.errors import LabError
from kwizard.text import clean, tail

Report = Callable[[str], None]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


# Kubelets, systemds and daemons of several hosts share this machine's allowance; 128, the usual
# one, is used up by two labs, and kubelets then end with "too many open files".
_INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
_INOTIFY_WANTED = 1024


def allow_inotify(report: Report) -> None:
    """Raise the machine's allowance of inotify instances to what several hosts need."""
    with contextlib.suppress(OSError, ValueError):
        if int(_INOTIFY.read_text()) < _INOTIFY_WANTED:
            _INOTIFY.write_text(str(_INOTIFY_WANTED))
            report(f"fs.inotify.max_user_instances of this machine is now {_INOTIFY_WANTED}")


def sh(
    command: Sequence[str], *, stdin: str | None = None, env: dict[str, str] | None = None
) -> str:
    """Run a program of this machine to its end and return what it printed.

    Raises LabError with its words when its exit status is not 0.
    """
    done = subprocess.run(
        command,
        input=stdin if stdin is not None else "",
        env=env,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise LabError(
            f"`{' '.join(command)}` ended with exit status {done.returncode}",
            log_tail=tail(clean(done.stderr or done.stdout)),
        )
    return done.stdout


def succeeds(command: Sequence[str]) -> bool:
    """Whether a program of this machine ends with exit status 0; its output is dropped."""
    return (
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode
        == 0
    )


def until(seconds: float, every: float = 0.05) -> Iterator[float]:
    """Yield the seconds passed, now and every `every` seconds, until `seconds` have passed.

    The one place the lab waits in: `for _ in until(10): if ready: break; else: ...`.
    """
    start = time.monotonic()
    while True:
        passed = time.monotonic() - start
        yield passed
        if passed >= seconds:
            return
        time.sleep(every)
