"""Where in the wizard a key of the cluster file is answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kwizard.language import _
from kwizard.tui.rows import Row, option_rows, release_rows
from kwizard.tui.widgets.frame import Stage


def asked_at(*texts: str) -> tuple[Stage, Row] | None:
    """The page and the row of the first key of the cluster file that one of the sentences names, as
    in `kubelet.allow_cgroup_v1` or `images: pause:`; None where they name none that is asked."""
    pages: tuple[tuple[Stage, Iterable[Row]], ...] = (
        (Stage.OPTIONS, option_rows()),
        (Stage.RELEASE, release_rows()),
    )
    for text in texts:
        for stage, rows in pages:
            for row in rows:
                if len(row.place) == 2 and _names(row, text):
                    return stage, row
    return None


def answered_at(*texts: str) -> str:
    """The same as a sentence for a person; "" where there is none."""
    found = asked_at(*texts)
    if found is None:
        return ""
    stage, row = found
    return _("In this wizard: {page}, “{label}”.", page=_(stage.value), label=row.label)


def _names(row: Row, text: str) -> bool:
    section, key = (re.escape(str(part)) for part in row.place)
    return re.search(rf"\b{section}(\.|: ?){key}\b", text) is not None
