"""What a person is told of where something is done."""

from __future__ import annotations

from kwizard.engine.plan import OPERATOR
from kwizard.language import N_, _

HERE = N_("operator")  # as kwizard.engine.plan.OPERATOR, for the message files


def host_named(label: str) -> str:
    """The label of a task's host as it is shown: a host has one name in every language, the
    operator's side is a word. Ids such as `release/fetch@operator`, the journal and `--json` keep
    the label as it is."""
    return _(label) if label == OPERATOR else label


def hosts_named(labels: list[str]) -> str:
    """Several of them, one behind the other."""
    return ", ".join(map(host_named, labels))


def host_meant(typed: str) -> str:
    """The label somebody means who types what is shown."""
    return OPERATOR if typed == _(HERE) else typed
