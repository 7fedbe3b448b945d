"""The way in: a cluster file to a Cluster, or every mistake in it with its line.

Nothing is constructed from the YAML: its nodes are walked by the table in `kwizard.cluster.keys`.
A value that cannot be read gets a stand-in, so that the rest is checked too; what rests on a
stand-in is not reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kwizard.cluster.check import findings
from kwizard.cluster.document import MAX_BYTES, compose, too_large
from kwizard.cluster.files import files_of, resolve_paths
from kwizard.cluster.finding import Finding
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import Cluster
from kwizard.cluster.reader import MAX_PROBLEMS, Enough, Reader
from kwizard.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class Loaded:
    """A valid cluster, and what the operator should know of it nonetheless."""

    cluster: Cluster
    warnings: tuple[Problem, ...] = ()


def load(path: str | Path, *, look: bool = True) -> Loaded:
    """Read a cluster file. Paths in it become absolute: `~` is the home directory, others begin at
    the file's own folder. A file it names that is not there gives a warning, unless `look` is
    False: for who has the files from elsewhere.

    Raises InvalidInput with all mistakes, each with file, line and remedy.
    """
    file = str(path)
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problem = Problem(f"cannot be read: {said}", "check the path and its permissions", file)
        raise InvalidInput((problem,)) from error
    if len(data) > MAX_BYTES:
        raise InvalidInput((too_large(file),))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem("a byte that is not UTF-8", "save the file as UTF-8", file, line)
        raise InvalidInput((problem,)) from error
    return loads(text, file=file, folder=Path(path).parent, look=look)


def loads(
    text: str, file: str = "cluster file", *, folder: Path | None = None, look: bool = True
) -> Loaded:
    """Read the text of a cluster file. `file` is how problems call it.

    Without a `folder` paths stay as they are written and nothing is looked up on disk; with one
    they are resolved, and looked for, as `load` does. Raises InvalidInput with all mistakes.
    """
    root, mistake = compose(text, file)
    if mistake is not None:
        raise InvalidInput((mistake,))
    if root is None:
        empty = Problem("the file is empty", "begin with a copy of sample_hosts.yaml", file, 1)
        raise InvalidInput((empty,))
    reader = Reader(file)
    try:
        cluster = reader.cluster(root)
    except Enough:
        raise InvalidInput(_sorted(reader.problems)) from None
    problems = [*reader.problems, *_checked(cluster, reader)]
    if any(p.blocks for p in problems):
        raise InvalidInput(_sorted(problems)[:MAX_PROBLEMS])
    if folder is not None:
        cluster = resolve_paths(cluster, folder)
        problems += _missing(cluster, reader) if look else []
    return Loaded(cluster, _sorted(problems))


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: p.line or 0))


def _checked(cluster: Cluster, reader: Reader) -> list[Problem]:
    """What the rules find, with lines, without what rests on a value that could not be read."""
    return [
        replace(f.problem, file=reader.file, line=_line(f, reader))
        for f in findings(cluster)
        if not any(reader.is_broken(place) for place in f.about)
    ]


def _line(finding: Finding, reader: Reader) -> int | None:
    """The line of the first place that stands in the file, else of what is around it."""
    for place in finding.about:
        if place in reader.lines:
            return reader.lines[place]
    return _around(finding.about[0], reader) if finding.about else None


def _around(place: Place, reader: Reader) -> int | None:
    while place and place not in reader.lines:
        place = place[:-1]
    return reader.lines.get(place)


def _missing(cluster: Cluster, reader: Reader) -> list[Problem]:
    """A warning for each file that is named and not here."""
    return [
        Problem(
            f"{'.'.join(str(p) for p in place if isinstance(p, str))}: {path} does not exist here",
            "put it there before installing, or correct the path",
            reader.file,
            _around(place, reader),
            blocks=False,
        )
        for place, path in files_of(cluster)
        if not _exists(path)
    ]


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return False
