"""The language people are spoken to in. English is what the source says; the others are message
files."""

from __future__ import annotations

import gettext

_active: gettext.NullTranslations = gettext.NullTranslations()


def _(text: str, /, **values: object) -> str:
    """`text` in the language of the run, with `values` put into its `{names}`.

    Whole sentences with names in braces, never pieces put together: other languages have another
    order.
    """
    said = _active.gettext(text)
    return said.format(**values) if values else said


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """`one` or `many`, as `count` has it in the language of the run; `{count}` is `count`."""
    return _active.ngettext(one, many, count).format(count=count, **values)
