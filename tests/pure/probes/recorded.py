"""What hosts printed, kept as files, and the parsers for it.

tests/data/probes/<probe>/<case>.txt is the output of assets/probes/<probe>.sh on a host, and
<case>.json what it means. Most were recorded on hosts running Debian 12; those of older systems are
written by hand after their manuals.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kwizard.probes import components, controlplane, facts, matrix, network, nodes, services
from kwizard.probes.ping import ping
from kwizard.probes.sections import read
from kwizard.remote.host import Output

DATA = Path(__file__).parents[2] / "data" / "probes"


def parse_pings(output: Output) -> Any:
    """Every ping in one exchange."""
    return {name: ping(section) for name, section in read(output).under("ping/").items()}


PARSERS: Mapping[str, Callable[[Output], Any]] = {
    "addresses": matrix.parse_addresses,
    "components": components.parse,
    "control-plane": controlplane.parse,
    "facts": facts.parse_facts,
    "network": network.parse,
    "nodes": nodes.parse,
    "ping": parse_pings,
    "pods": matrix.parse_pods,
    "services": services.parse,
}


def output(path: Path) -> Output:
    """A recorded file as what a look returns."""
    return Output(exit=0, stdout=path.read_bytes(), stderr=b"")


def said(text: str | bytes) -> Output:
    """Text as what a look returns."""
    return Output(0, text.encode() if isinstance(text, str) else text, b"")


def plain(value: Any) -> Any:
    """A parser's result as JSON would have it."""

    def unfold(value: Any) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: unfold(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, Mapping):
            return {str(k): unfold(v) for k, v in value.items()}
        if isinstance(value, tuple | list):
            return [unfold(v) for v in value]
        return value if value is None or isinstance(value, bool | int | float) else str(value)

    return json.loads(json.dumps(unfold(value)))
