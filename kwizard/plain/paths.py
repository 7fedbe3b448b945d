"""Asking for a file of this machine."""

from __future__ import annotations

from pathlib import Path

from kwizard.cluster import values
from kwizard.language import _
from kwizard.plain.talk import Talk


async def ask_file(talk: Talk, question: str, default: str = "") -> Path | None:
    """A file that is there; None for an empty answer."""

    def there(answer: str) -> str | None:
        wrong = values.check_path(answer)
        if wrong is None and not whole(answer).is_file():
            return _("there is no file {file}; give another one", file=whole(answer))
        return wrong

    answer = await talk.ask.text(question, default, check=there, optional=True)
    return whole(answer) if answer else None


async def ask_target(talk: Talk, question: str, default: str) -> Path | None:
    """Where a file is to be written; None when one that is there is to stay as it is."""

    def possible(answer: str) -> str | None:
        wrong = values.check_path(answer)
        if wrong is not None:
            return wrong
        target = whole(answer)
        if target.is_dir():
            return _("{file} is a folder; give a file in it", file=target)
        if not target.parent.is_dir():
            return _("there is no folder {folder}; give another one", folder=target.parent)
        return None

    target = whole(await talk.ask.text(question, default, check=possible))
    if target.exists() and not await talk.ask.yes(
        _("{file} is there already. Replace it?", file=target), default=False
    ):
        return None
    return target


def here(name: str) -> str:
    """A file of that name in the folder one is in."""
    return str(Path.cwd() / name)


def whole(text: str) -> Path:
    """What was typed as an absolute path, `~` being the home directory."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # ~nobody
        return Path(text).absolute()
