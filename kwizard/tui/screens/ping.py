"""One ping of the matrix in full."""

from __future__ import annotations

from kwizard.language import _
from kwizard.monitor.pings import ping_in_full
from kwizard.monitor.snapshot import Snapshot
from kwizard.tui.plain import lines
from kwizard.tui.screens.dialogs import Notice


class PingScreen(Notice):
    """What ping itself said, and the causes that were found."""

    CSS_PATH = "dialogs.tcss"

    def __init__(self, snapshot: Snapshot, source: str, target: str) -> None:
        super().__init__(
            _("Ping from {source} to {target}", source=source, target=target),
            lines(*ping_in_full(snapshot, source, target)),
        )
