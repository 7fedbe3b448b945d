from __future__ import annotations

from collections.abc import Iterator

import pytest

from kwizard import language


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever the machine's locale is: tests read English, unless they ask for another one."""
    monkeypatch.setenv("KWIZARD_LANG", "en")
    yield
    language.use("en")
