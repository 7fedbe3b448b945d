"""The wait of the lab's tests: it must be able to fail, and a failing look is not the end."""

from __future__ import annotations

import pytest

from tests.lab.seen import eventually


def test_a_look_that_fails_is_tried_again():
    looks = iter(["connection refused", "one", "three"])

    def look() -> str:
        seen = next(looks)
        assert "refused" not in seen, seen
        return seen

    assert eventually(look, lambda seen: seen == "three") == "three"


def test_what_never_comes_fails_with_what_was_seen():
    with pytest.raises(AssertionError, match="still so after 0 s: 'one'"):
        eventually(lambda: "one", lambda seen: seen == "three", 0)


def test_a_look_that_always_fails_fails_with_its_reason():
    def look() -> str:
        raise AssertionError("connection refused")

    with pytest.raises(AssertionError, match="still so after 0 s: connection refused"):
        eventually(look, lambda seen: True, 0)
