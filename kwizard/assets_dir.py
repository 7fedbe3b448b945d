"""Where the shell assets are: beside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def assets_dir() -> Path:
    """The `assets` directory. Raises FileNotFoundError when the installation is damaged."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "assets", here.parent / "assets"):
        if (candidate / "job").is_dir():
            return candidate
    raise FileNotFoundError(f"no assets beside {here}")
