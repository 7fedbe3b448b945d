from __future__ import annotations

import pytest

from kwizard.tui.model import Status
from kwizard.tui.words import last_words

from .scripted import CLUSTER


@pytest.mark.parametrize(
    ("status", "well", "said"),
    [
        ("idle", True, ""),
        ("running", True, "kwizard resume classic"),
        ("interrupted", True, "kwizard resume classic"),
        ("failed", True, "kwizard resume classic"),
        ("done", False, "not well"),
        ("done", True, "kubectl -s http://10.0.63.202:8080 get nodes"),
    ],
)
def test_the_terminal_keeps_what_is_good_to_know_next(
    status: Status, well: bool, said: str
) -> None:
    words = last_words(CLUSTER, status, well=well, rehearsal=False)
    assert said in words
    assert bool(words) == bool(said)


def test_a_rehearsal_promises_nothing_that_outlives_it() -> None:
    words = last_words(CLUSTER, "running", well=True, rehearsal=True)
    assert "resume" not in words
    assert "nothing was installed" in words
