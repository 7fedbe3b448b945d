"""What several commands share: options, opening a session, asking for passwords."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from kwizard.app import report
from kwizard.app.bundles import adopt
from kwizard.app.session import Session
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster
from kwizard.language import _
from kwizard.remote.hostkeys import UnknownKey
from kwizard.remote.target import USER_CONFIG
from kwizard.text import clean
from kwizard.tui.errors import in_words

P = ParamSpec("P")
T = TypeVar("T")

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, nothing else."
)


ssh_config_option = click.option(
    "--ssh-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use this instead of ~/.ssh/config.",
)


def ssh_options(command: Callable[P, T]) -> Callable[P, T]:
    """Add the options that say how hosts are reached."""
    command = click.option(
        "--accept-new-host-keys",
        is_flag=True,
        help="Record unknown host keys without asking. Changed ones are refused all the same.",
    )(command)
    return ssh_config_option(command)


def run_async(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Let click call a coroutine function."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(function(*args, **kwargs))

    return wrapper


bundle_option = click.option(
    "--bundle",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="Take the release and all other files out of this bundle (see `kwizard bundle`).",
)


def read_cluster(file: Path, bundle: Path | None = None) -> Cluster:
    """Load a cluster file; its warnings go to standard error. With a `bundle` its files stand for
    those the cluster file names. Raises InvalidInput, and ReleaseError for a bad bundle."""
    loaded = load(file, look=bundle is None)
    for warning in loaded.warnings:
        click.echo(_("note: {said}", said=clean(in_words(warning))), err=True)
    if bundle is None:
        return loaded.cluster
    with counting(bundle.name) as progress:
        return adopt(loaded.cluster, bundle, progress)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Tell on standard error how many of so many bytes are done: on a terminal a line that is
    written over, elsewhere a line for every tenth."""
    shown = -1
    terminal = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        nonlocal shown
        percent = done * 100 // total if total else 100
        if percent != shown and (terminal or percent % 10 == 0):
            shown = percent
            line = _(
                "{what}: {percent} %  {done} of {total} bytes",
                what=what,
                percent=f"{percent:3d}",
                done=f"{done:,}",
                total=f"{total:,}",
            )
            click.echo(f"\r{line}" if terminal else line, nl=not terminal, err=True)

    try:
        yield progress
    finally:
        if shown >= 0 and terminal:
            click.echo(err=True)


async def keep_report(name: str, words: str) -> None:
    """After a failure: write the report somebody may have to send, and say on standard error where
    it is. Where it cannot be written that is said, and nothing else is different."""
    try:
        file = await asyncio.to_thread(report.keep_report, name, words, datetime.now(UTC))
    except OSError as error:
        click.echo(_("no report was written: {error}", error=error), err=True)
    else:
        click.echo(_("a report for help: {file}", file=file), err=True)


class TerminalCredentials:
    """Passwords from `KWIZARD_SSH_PASSWORD` and `KWIZARD_SUDO_PASSWORD`, else asked for on the
    terminal: once for each user, since most people's hosts share them. Kept in memory only."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str | None] = {}
        self._lock = asyncio.Lock()

    async def login_password(self, host: str, user: str) -> str | None:
        """The password `user` logs in with on `host`."""
        prompt = _("SSH password of {user} on {host}", user=user, host=host)
        return await self._ask("KWIZARD_SSH_PASSWORD", user, prompt)

    async def sudo_password(self, host: str, user: str) -> str | None:
        """The password sudo asks `user` for on `host`."""
        prompt = _("sudo password of {user} on {host}", user=user, host=host)
        return await self._ask("KWIZARD_SUDO_PASSWORD", user, prompt)

    async def key_passphrase(self, path: Path) -> str | None:
        """The passphrase of a private key file."""
        prompt = _("Passphrase of {path}", path=path)
        return await self._ask("KWIZARD_KEY_PASSPHRASE", str(path), prompt)

    async def _ask(self, variable: str, subject: str, prompt: str) -> str | None:
        if given := os.environ.get(variable):
            return given
        async with self._lock:  # one question at a time, however many hosts wait for it
            if (variable, subject) not in self._known:
                self._known[variable, subject] = await asyncio.to_thread(_prompt, prompt)
            return self._known[variable, subject]


def _prompt(text: str) -> str | None:
    if not sys.stdin.isatty():
        return None
    answer = click.prompt(text, hide_input=True, default="", show_default=False, err=True)
    return str(answer) or None


def confirm_on_terminal(accept_new: bool) -> Callable[[UnknownKey], Coroutine[Any, Any, bool]]:
    """How unknown host keys are confirmed: shown, and asked for once, one at a time."""
    lock = asyncio.Lock()

    async def confirm(key: UnknownKey) -> bool:
        async with lock:
            shown = _(
                "{host} ({address}) shows a new {kind} key: {fingerprint}",
                host=key.host,
                address=key.address,
                kind=key.key_type,
                fingerprint=key.fingerprint,
            )
            if key.total > 1:
                shown = _(
                    "key {number} of {total}: {shown}",
                    number=key.number,
                    total=key.total,
                    shown=shown,
                )
            click.echo(shown, err=True)
            if accept_new:
                return True
            if not sys.stdin.isatty():
                return False
            return await asyncio.to_thread(
                functools.partial(click.confirm, _("Is that its key?"), default=False, err=True)
            )

    return confirm


@asynccontextmanager
async def open_session(
    cluster: Cluster, *, accept_new_host_keys: bool = False, ssh_config: Path | None = None
) -> AsyncIterator[Session]:
    """A session whose questions are asked on the terminal."""
    async with Session.open(
        cluster,
        credentials=TerminalCredentials(),
        confirm_host_key=confirm_on_terminal(accept_new_host_keys),
        ssh_config=ssh_config or USER_CONFIG,
    ) as session:
        yield session
