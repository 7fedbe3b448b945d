"""Paths as people type them."""

from __future__ import annotations

from pathlib import Path


def file_path(text: str | None) -> str | None:
    """What a person typed for a file of this machine, absolute, `~` being the home directory."""
    if not text:
        return None
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError:  # ~nobody
        return text


def short_path(path: str | Path) -> str:
    """A path as people write it: `~` for the home directory."""
    text = str(path)
    try:
        home = str(Path.home())
    except RuntimeError:  # nobody has a home here
        return text
    return f"~{text[len(home) :]}" if home != "/" and f"{text}/".startswith(f"{home}/") else text
