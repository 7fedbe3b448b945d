"""The componentstatus table: what the API server says of its components."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kwizard.probes.script import render
from kwizard.probes.sections import Section, items, load_json, mapping, read, short
from kwizard.remote.host import Output

_MOST = 200
_HEADINGS = ["NAME", "STATUS", "MESSAGE", "ERROR"]
_STATUS = {"True": "Healthy", "False": "Unhealthy"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Component:
    """One row. `status` is "Healthy", "Unhealthy" or "Unknown"."""

    name: str
    status: str
    message: str = ""
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is healthy."""
        return self.status == "Healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The table, sorted by name. `error` is "" when the API server answered; otherwise it says why
    not, and the rows are what the components themselves answered at their own ports.

    `listed` is what componentstatus says, where the rows are checks of their own that it may
    contradict; `listed_by` the host whose API server said it.
    """

    rows: tuple[Component, ...] = ()
    error: str = ""
    listed: tuple[Component, ...] = ()
    listed_by: str = ""

    @property
    def ok(self) -> bool:
        """The API server answered, and every component is healthy."""
        return not self.error and bool(self.rows) and all(row.ok for row in self.rows)


def script(server: str, etcd: Iterable[str] = ("http://127.0.0.1:2379",)) -> str:
    """To run on the control plane. `server` is the API server's URL without a slash at the end,
    `etcd` the client URLs to ask directly when it does not answer."""
    return render("components", server=server, kubeconfig="", etcd=tuple(etcd))


def parse(output: Output) -> Components:
    """What the script printed. Never raises."""
    said = read(output)
    answer = said["components"]
    if answer.ok and (rows := from_json(answer.text)):
        return Components(rows=rows)
    if rows := from_table(said["reason"].text):
        return Components(rows=rows)
    direct = tuple(sorted(_direct(name, s) for name, s in said.under("direct/").items()))
    return Components(rows=direct, error=_why(answer, said["reason"]))


def _why(answer: Section, reason: Section) -> str:
    """The sentence for a table that is not there."""
    if 124 in (answer.status, reason.status):
        return "the API server did not answer within 15 s"
    if answer.status is None:
        return "the look at the API server was cut short"
    if answer.ok:
        return "the API server's answer has no components in it"
    last = [line for line in reason.lines if line.strip()]
    return short(last[-1], 400) if last else "the API server does not answer"


def _direct(name: str, section: Section) -> Component:
    """A component's own answer at its health port."""
    text = short(section.text, 300)
    healthy = section.ok and (text == "ok" or '"health":"true"' in text.replace(" ", ""))
    if healthy:
        return Component(name=name, status="Healthy", message=text)
    if section.ok:
        return Component(name=name, status="Unhealthy", message=text)
    if section.status == 127:
        return Component(name=name, status="Unknown", error="neither curl nor wget is there")
    return Component(name=name, status="Unhealthy", error=text or "no answer")


def from_json(text: str) -> tuple[Component, ...]:
    """A ComponentStatusList of any version, sorted by name; () when it is none."""
    rows = []
    for item in map(mapping, items(mapping(load_json(text)).get("items"), _MOST)):
        name = short(mapping(item.get("metadata")).get("name"), 63)
        conditions = [mapping(c) for c in items(item.get("conditions"), 20)]
        healthy = next((c for c in conditions if c.get("type") == "Healthy"), {})
        if name:
            rows.append(
                Component(
                    name=name,
                    status=_STATUS.get(short(healthy.get("status")), "Unknown"),
                    message=short(healthy.get("message"), 400),
                    error=_error(short(healthy.get("error"), 400)),
                )
            )
    return tuple(sorted(rows))


def from_table(text: str) -> tuple[Component, ...]:
    """The text `kubectl get componentstatus` prints, as in the article; () when there is no table.

    Columns begin where their headings do; messages hold blanks, and lines end in them.
    """
    rows: list[Component] = []
    starts: list[int] = []
    for line in text.split("\n")[: 1000 + _MOST]:
        if not starts:
            if line.split()[:4] == _HEADINGS:
                starts = [line.index(word) for word in _HEADINGS]
            continue
        ends = [*starts[1:], len(line)]
        name, status, message, error = (
            short(line[a:b], 400) for a, b in zip(starts, ends, strict=True)
        )
        if name and status:
            status = status if status in _STATUS.values() else "Unknown"
            rows.append(Component(name=name, status=status, message=message, error=_error(error)))
    return tuple(sorted(rows))


def _error(text: str) -> str:
    """Up to 1.2 a healthy component's error was the word nil."""
    return "" if text in ("nil", "<nil>") else text
