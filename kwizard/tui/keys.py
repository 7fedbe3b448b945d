"""Keys whose labels are in the language of the run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from textual.binding import ActiveBinding, Binding
from textual.screen import Screen

from kwizard.language import _, language


class Keys(Screen[Any]):
    """A screen whose footer, help and command palette name its keys in the language of the run.

    `BINDINGS` are class attributes, made before the language is known; they stay as the source has
    them and are translated here, where they are read.
    """

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """By key; descriptions and group names translated."""
        if language() == "en":
            return super().active_bindings
        return {
            key: active._replace(binding=_spoken(active.binding, language()))
            for key, active in super().active_bindings.items()
        }


@cache
def _spoken(binding: Binding, _language: str) -> Binding:
    group = binding.group
    if group is not None and group.description:
        group = Binding.Group(_(group.description), compact=group.compact)
    return replace(binding, description=_(binding.description), group=group)
