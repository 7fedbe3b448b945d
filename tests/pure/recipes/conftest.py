from __future__ import annotations

import pytest

from tests.pure.recipes.shells import SHELLS


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """Each shell of this machine that a host may have as its sh."""
    return ["busybox", "sh"] if request.param == "busybox" else [request.param]
