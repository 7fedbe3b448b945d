"""Keys whose labels are in the language of the run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.binding import ActiveBinding, Binding
from textual.screen import Screen

from kwizard.language import _


class Keys(Screen[Any]):
    """A screen whose footer, help and command palette name its keys in the language of the run.

    `BINDINGS` are class attributes, made before the language is known; they stay as the source has
    them and are translated here, where they are read.
    """

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """By key; descriptions and group names translated."""
        return {
            key: active._replace(binding=_spoken(active.binding))
            for key, active in super().active_bindings.items()
        }


def _spoken(binding: Binding) -> Binding:
    group = binding.group
    if group is not None and group.description:
        group = Binding.Group(_(group.description), compact=group.compact)
    return replace(binding, description=_(binding.description), group=group)
