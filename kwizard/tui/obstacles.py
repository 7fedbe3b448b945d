"""What stands in the way on hosts, each thing once; nothing here knows Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kwizard.errors import Problem
from kwizard.language import told

Where = Callable[[str, str], str]
"""Where in the wizard a problem (its message and remedy) is answered; "" for nowhere."""


def _nowhere(_message: str, _remedy: str) -> str:
    return ""


def gathered(found: Mapping[str, Sequence[Problem]], where: Where = _nowhere) -> list[Problem]:
    """Each obstacle once, with all hosts that have it, and where in the wizard it is answered."""
    hosts: dict[tuple[str, str], list[str]] = {}
    for host, problems in found.items():
        for problem in problems:
            hosts.setdefault((problem.message, problem.remedy), []).append(host)
    out = []
    for (message, remedy), names in hosts.items():
        said = "\n  ".join(filter(None, (told(remedy), where(message, remedy))))
        out.append(Problem(f"{', '.join(names)}: {told(message)}", said))
    return out
