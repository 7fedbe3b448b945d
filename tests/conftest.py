from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from kwizard import language

# Tests run on machines that do other things too: no example is wrong for taking long.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever the machine's locale is: tests read English, unless they ask for another one."""
    monkeypatch.setenv("KWIZARD_LANG", "en")
    yield
    language.use("en")
