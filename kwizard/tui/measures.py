"""Times and sizes as a person reads them."""

from __future__ import annotations

from pathlib import Path

from kwizard.language import _, _n


def duration(seconds: float) -> str:
    """Seconds as a person reads them: `7 s`, `3 m 05 s`, `2 h 10 m`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("{seconds} s", seconds=whole)
    minutes, seconds = divmod(whole, 60)
    if whole < 3600:
        return _("{minutes} m {seconds:02} s", minutes=minutes, seconds=seconds)
    hours, minutes = divmod(minutes, 60)
    return _("{hours} h {minutes:02} m", hours=hours, minutes=minutes)


def ago(seconds: float) -> str:
    """How long ago, roughly: `just now`, `5 minutes ago`, `2 days ago`."""
    if seconds >= 86400:
        return _n("{count} day ago", "{count} days ago", int(seconds // 86400))
    if seconds >= 3600:
        return _n("{count} hour ago", "{count} hours ago", int(seconds // 3600))
    if seconds >= 60:
        return _n("{count} minute ago", "{count} minutes ago", int(seconds // 60))
    return _("just now")


def size(count: int) -> str:
    """Bytes with a binary unit: `12 B`, `3.4 MiB`."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError


def short_path(path: Path) -> str:
    """A file's place as a person writes it: `~` for the home folder."""
    home = Path("~").expanduser()
    inside = home != Path("/") and path.is_relative_to(home)
    return f"~/{path.relative_to(home)}" if inside else str(path)
