"""YAML from a stranger: text in, nodes with line numbers out, and nothing is ever constructed.

Bounded in size, depth and aliases before anything else looks at it.
"""

from __future__ import annotations

import re

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from kwizard.cluster.values import shown
from kwizard.errors import Problem

MAX_BYTES = 256 * 1024
"""Of a cluster file. A host takes about a hundred bytes."""
MAX_DEPTH = 12
MAX_ALIASES = 100

_TAG = "tag:yaml.org,2002:"


class _TooMuch(yaml.MarkedYAMLError):
    """A bound was passed."""


class _Loader(yaml.SafeLoader):
    """A safe loader that counts. Only its composing half is used."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._aliases = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            self._aliases += 1
        if self._depth >= MAX_DEPTH or self._aliases > MAX_ALIASES:
            what = "is nested too deeply" if self._depth >= MAX_DEPTH else "has too many aliases"
            raise _TooMuch(problem=f"this {what}", problem_mark=event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def compose(text: str, file: str) -> tuple[Node | None, Problem | None]:
    """The root node of one YAML document (None when it is empty), or the mistake in it."""
    if len(text) > MAX_BYTES:
        return None, too_large(file)
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        return loader.get_single_node(), None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, Problem(
            "a character that YAML does not allow", "remove it or retype the line", file, line
        )
    except yaml.MarkedYAMLError as error:
        return None, _marked(error, file)
    except (yaml.YAMLError, ValueError, OverflowError):
        # the scanner lets numbers of an escape or directive that are too large fall through
        at = loader.line + 1 if loader is not None else None
        return None, Problem("this is not YAML", "see docs/cluster-file.md", file, at)
    finally:
        if loader is not None:
            loader.dispose()


def too_large(file: str) -> Problem:
    """The mistake of a file beyond MAX_BYTES."""
    return Problem(
        f"the file is larger than {MAX_BYTES // 1024} KiB", "this is no cluster file", file
    )


def _marked(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else None
    said = re.sub(r"\s+", " ", error.problem or error.context or "").removeprefix("but ")
    remedy = "compare the line and the one before it with docs/cluster-file.md"
    if isinstance(error, _TooMuch):
        return Problem(said, "no cluster file needs that", file, line)
    if "'\\t'" in said:
        remedy = "YAML is indented with spaces, not with tabs"
    elif "mapping values are not allowed" in said:
        remedy = "look for a missing line break or quote, or indentation that differs"
    elif "another document" in said:
        remedy = "keep one cluster in a file: remove the line --- and what follows"
    elif "undefined alias" in said:
        remedy = "a value that begins with * must stand in quotes"
    return Problem(f"this is not YAML: {_unquoted(said)}", remedy, file, line)


def _unquoted(said: str) -> str:
    return shown(said, 160)[1:-1]


def line_of(node: Node) -> int:
    """The line `node` begins on, from 1."""
    return int(node.start_mark.line) + 1


def kind_of(node: Node) -> str:
    """What a node is, in words for a sentence."""
    if isinstance(node, ScalarNode):
        tag = node.tag.removeprefix(_TAG)
        words = {"null": "nothing", "bool": "yes or no", "int": "a number", "float": "a number"}
        return words.get(tag, "text" if tag == "str" else "a value of another kind")
    return "a mapping" if isinstance(node, MappingNode) else "a list"


def is_tag(node: Node, *names: str) -> bool:
    """Whether `node` has one of YAML's own tags: str, int, float, bool, null, timestamp, ..."""
    return node.tag.startswith(_TAG) and node.tag.removeprefix(_TAG) in names
