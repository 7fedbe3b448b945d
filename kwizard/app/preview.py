"""What another answer would change on the hosts, read off the two plans themselves."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kwizard.app.planning import make_plan
from kwizard.cluster.model import Cluster
from kwizard.engine.plan import Plan, Task

_FUNCTION = re.compile(r"^(\w+)\(\) \{$")
_PUT = re.compile(r"""^\s*put (\S+) \d+ "\$\((\w+)""")
_ASSIGNED = re.compile(r"^(\w+)=(/\S+)$")
_INTO = re.compile(r">\s*\"?(/[\w./@+-]+)\"? <<")
_HERE = re.compile(r"<<-?\s*'?\"?(\w+)")
_LONG = 100  # characters from which on the words of a line are compared


@dataclass(frozen=True, slots=True)
class Line:
    """One line that differs. `sign` is "+" or "-"; `file` is the host's file it stands in, "" where
    it is a line of the script itself."""

    sign: Literal["+", "-"]
    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A step that would be another one. `what`: "new" and "gone" steps have no lines; "changed"
    ones have those that differ; comments are left out."""

    step: str
    title: str
    hosts: tuple[str, ...]
    what: Literal["new", "gone", "changed"]
    lines: tuple[Line, ...] = ()


def preview(before: Cluster, after: Cluster) -> tuple[Change, ...]:
    """What differs between the plans of two clusters, in the order of the steps.

    Asks no host. Raises KwizardError where one of them cannot be planned.
    """
    return difference(make_plan(before), make_plan(after))


def difference(before: Plan, after: Plan) -> tuple[Change, ...]:
    """The steps that differ. Hosts on which a step differs in the same way stand together."""
    old, new = {t.id: t for t in before.tasks}, {t.id: t for t in after.tasks}
    found: dict[tuple[str, str, tuple[Line, ...]], list[str]] = {}
    titles: dict[str, str] = {}
    for task in _in_order(before, after):
        was, becomes = old.get(task.id), new.get(task.id)
        titles[task.step.id] = (becomes or task).step.title
        key: tuple[str, str, tuple[Line, ...]]
        if was is None or becomes is None:
            key = (task.step.id, "new" if was is None else "gone", ())
        elif was.sha256 != becomes.sha256:
            key = (task.step.id, "changed", tuple(_lines(was.script, becomes.script)))
        else:
            continue
        found.setdefault(key, []).append(task.host_label)
    return tuple(
        Change(step, titles[step], tuple(hosts), what, lines)  # type: ignore[arg-type]
        for (step, what, lines), hosts in found.items()
    )


def _in_order(before: Plan, after: Plan) -> Iterator[Task]:
    yield from after.tasks
    kept = {t.id for t in after.tasks}
    yield from (t for t in before.tasks if t.id not in kept)


def _lines(was: str, becomes: str) -> Iterator[Line]:
    old, new = was.splitlines(), becomes.splitlines()
    old_files, new_files = _files(old), _files(new)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for i, j in _pairs(range(a, b), range(c, d)):
            if i is not None and j is not None and len(new[j]) > _LONG:
                yield from _words(old[i], new[j], new_files[j])
                continue
            if i is not None and _tells(old[i]):
                yield Line("-", old[i].strip(), old_files[i])
            if j is not None and _tells(new[j]):
                yield Line("+", new[j].strip(), new_files[j])


def _tells(line: str) -> bool:
    """Comments and empty lines do nothing on a host."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _pairs(left: range, right: range) -> Iterator[tuple[int | None, int | None]]:
    """As many lines on both sides: each with its own; else the old ones before the new ones."""
    if len(left) == len(right):
        yield from zip(left, right, strict=True)
    else:
        yield from ((i, None) for i in left)
        yield from ((None, j) for j in right)


def _words(was: str, becomes: str, file: str) -> Iterator[Line]:
    """Of a long line only the words that differ: a daemon's flags."""
    old, new = was.split(), becomes.split()
    gone = [w for w in old if w not in new]
    come = [w for w in new if w not in old]
    if gone:
        yield Line("-", " ".join(gone), file)
    if come:
        yield Line("+", " ".join(come), file)


def _files(lines: list[str]) -> list[str]:
    """For each line of a script, the file it is written to; "" for the script's own commands.

    Scripts write a file out of a here-document, or out of a function that prints one.
    """
    assigned = {m[1]: m[2] for line in lines if (m := _ASSIGNED.match(line))}
    printed: dict[str, str] = {}
    for line in lines:
        if match := _PUT.match(line):
            path, function = match.groups()
            path = path.strip('"')
            printed[function] = assigned.get(path.lstrip("$"), path)
    out, function, target, end = [], "", "", ""
    for line in lines:
        if end and line.strip() == end:
            end = ""
            out.append("")
            continue
        out.append((target or printed.get(function, "")) if end else "")
        if end:
            continue
        if match := _FUNCTION.match(line):
            function = match[1]
        elif line == "}":
            function = ""
        if match := _HERE.search(line):
            end = match[1]
            into = _INTO.search(line)
            target = into[1] if into else ""
    return out
