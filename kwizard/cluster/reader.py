"""YAML nodes to values, noting each mistake and each line on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kwizard.cluster import values
from kwizard.cluster.defaults import default_of
from kwizard.cluster.document import is_tag, kind_of, line_of
from kwizard.cluster.finding import Path
from kwizard.cluster.keys import (
    HOST,
    HOST_NAMES,
    SECTIONS,
    SSH_KEYS,
    TOP,
    TOP_NAMES,
    Key,
    Kind,
    Section,
    everywhere,
)
from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Version
from kwizard.cluster.paste import parse_host
from kwizard.cluster.roles import with_default_roles
from kwizard.errors import Problem

MAX_PROBLEMS = 100
_STAND_IN_ADDRESS = IPv4Address(0)
_STAND_IN_VERSION = Version(0, 0, 0)
_YES = frozenset({"yes", "true", "on", "y"})


class Enough(Exception):
    """MAX_PROBLEMS mistakes: nobody reads on."""


class Reader:
    """Reads one file. `problems`, `lines` (place to line) and what is broken grow on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self._broken: set[Path] = set()
        self._elsewhere = everywhere()

    def is_broken(self, place: Path) -> bool:
        """Whether `place` or what it stands in could not be read."""
        return any(place[:length] in self._broken for length in range(len(place) + 1))

    def cluster(self, root: Node) -> Cluster:
        """The whole file, with stand-ins for what is broken. Raises Enough."""
        self.lines[()] = line_of(root)
        nodes = self._mapping(root, (), TOP_NAMES)
        top = self._values(nodes, (), TOP)
        recipe = top.get("recipe", RecipeName.CLASSIC)
        sections = {
            s.name: self._section(
                nodes.get(s.name), (s.name,), s, default_of(recipe, s.name, s.make)
            )
            for s in SECTIONS
        }
        hosts = self._hosts(nodes.get("hosts"))
        for name, stand_in in (("name", ""), ("version", _STAND_IN_VERSION)):
            self._require(top, (), name, stand_in)
        etcd = sections["etcd"]
        return Cluster(hosts=with_default_roles(hosts, etcd), **top, **sections)

    def _hosts(self, node: Node | None) -> tuple[Host, ...]:
        place: Path = ("hosts",)
        if self.is_broken(place):
            return ()
        if node is None or _is_null(node):
            self._problem("the key hosts is missing", "list the hosts under it", (), breaks=place)
            return ()
        if not isinstance(node, SequenceNode):
            said = f"hosts: expected a list, found {kind_of(node)}"
            self._problem(said, "begin each host with - on a line of its own", place, breaks=place)
            return ()
        return tuple(self._host(item, (*place, i)) for i, item in enumerate(node.value))

    def _host(self, node: Node, place: Path) -> Host:
        self.lines[place] = line_of(node)
        if isinstance(node, ScalarNode) and not _is_null(node):
            return self._short_host(node, place)
        nodes = self._mapping(node, place, HOST_NAMES)
        found = self._values(nodes, place, HOST)
        ssh = self._section(nodes.get("ssh"), (*place, "ssh"), SSH_KEYS, SSH())
        self._require(found, place, "name", "")
        self._require(found, place, "address", _STAND_IN_ADDRESS)
        found["roles"] = frozenset(found.get("roles", ()))
        return Host(**found, ssh=ssh)

    def _short_host(self, node: ScalarNode, place: Path) -> Host:
        """`- anakin 10.0.63.202/172.0.63.202`, as in a paste."""
        try:
            host = parse_host(node.value)
        except ValueError as error:
            message, remedy = values.halves(str(error))
            self._problem(f"hosts: {message}", remedy, place, breaks=place)
            return Host(name="", address=_STAND_IN_ADDRESS, ssh=SSH())
        return Host(name=host.name, address=host.address, ssh=host.ssh)

    def _section(self, node: Node | None, place: Path, section: Section, default: Any) -> Any:  # noqa: ANN401 - what the section makes
        """`default` with what the file says of it put in."""
        if node is None or _is_null(node):
            return default
        nodes = self._mapping(node, place, [k.name for k in section.keys])
        return replace(default, **self._values(nodes, place, section.keys))

    def _mapping(self, node: Node, place: Path, known: Iterable[str]) -> dict[str, Node]:
        """The values of a mapping by key. Unknown keys and keys given twice are mistakes."""
        known = tuple(known)
        label = _label(place) or "the file"
        if not isinstance(node, MappingNode):
            said = f"{label}: expected keys with values, found {kind_of(node)}"
            remedy = f"write key: value lines; known keys are {', '.join(known)}"
            self._problem(said, remedy, place, breaks=place)
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else None
            if name is None:
                said = f"{label}: {kind_of(key)} where a key should be"
                self._problem(said, "write key: value", place, line=line_of(key))
            elif name in found:
                said = f"the key {_label((*place, name))} is given twice"
                remedy = f"keep one of them; the first is in line {self.lines[(*place, name)]}"
                self._problem(said, remedy, place, line=line_of(key))
            elif name in known:
                found[name] = value
                self.lines[(*place, name)] = line_of(key)
            else:
                self._unknown(name, place, known, line_of(key))
        return found

    def _unknown(self, name: str, place: Path, known: tuple[str, ...], line: int) -> None:
        label = _label(place)
        what = values.shown(name)
        said = f"unknown key {what} in {values.shown(label)}" if label else f"unknown key {what}"
        near = values.nearest(name, known)
        if near is not None:
            self._problem(said, f"did you mean {near}?", place, line=line, breaks=(*place, near))
        elif (other := values.nearest(name, self._elsewhere, 0.8)) is not None:
            remedy = f"did you mean {self._elsewhere[other]}?"
            self._problem(said, remedy, place, line=line)
        else:
            self._problem(said, f"known keys are {', '.join(known)}", place, line=line)

    def _values(self, nodes: dict[str, Node], place: Path, keys: Iterable[Key]) -> dict[str, Any]:
        """What could be read of `keys`; a key without a value counts as not given."""
        found: dict[str, Any] = {}
        for key in keys:
            node = nodes.get(key.name)
            if node is None or _is_null(node):
                continue
            here = (*place, key.name)
            try:
                found[key.name] = self._list(node, here, key) if key.many else _one(node, key)
            except ValueError as error:
                message, remedy = values.halves(str(error))
                self._problem(f"{_label(here)}: {message}", remedy, here, breaks=here)
        return found

    def _list(self, node: Node, place: Path, key: Key) -> tuple[Any, ...]:
        """A list of values; a single value counts as a list of one."""
        items = node.value if isinstance(node, SequenceNode) else [node]
        found = []
        for index, item in enumerate(items):
            self.lines[(*place, index)] = line_of(item)
            try:
                found.append(_one(item, key))
            except ValueError as error:
                message, remedy = values.halves(str(error))
                here = (*place, index)
                self._problem(f"{_label(place)}: {message}", remedy, here, breaks=place)
        return tuple(found)

    def _require(self, found: dict[str, Any], place: Path, name: str, stand_in: object) -> None:
        if name in found:
            return
        found[name] = stand_in
        here = (*place, name)
        if not self.is_broken(here):
            said = f"the key {_label(here)} is missing"
            examples = {"name": "anakin", "version": "v1.19.16", "address": "10.0.63.202"}
            self._problem(said, f"add {name}: {examples[name]}", place, breaks=here)

    def _problem(
        self,
        message: str,
        remedy: str,
        place: Path,
        *,
        line: int | None = None,
        breaks: Path | None = None,
    ) -> None:
        line = line if line is not None else self.lines.get(place)
        self.problems.append(Problem(message, remedy, self.file, line))
        if breaks is not None:
            self._broken.add(breaks)
        if len(self.problems) >= MAX_PROBLEMS:
            raise Enough


def _label(place: Path) -> str:
    return ".".join(str(p) for p in place if isinstance(p, str))


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and is_tag(node, "null")


def _one(node: Node, key: Key) -> object:
    """One value. Raises ValueError("what; what to do")."""
    meant = "text" if key.kind is Kind.TEXT else key.kind.value
    if not isinstance(node, ScalarNode):
        raise ValueError(f"expected {meant}, found {kind_of(node)}; write one value")  # noqa: TRY004
    if not is_tag(node, "str", "int", "float", "bool", "null", "timestamp", "merge", "value"):
        raise ValueError(f"{values.shown(node.tag)} is a YAML tag; write the value without one")
    if key.kind is Kind.FLAG:
        if not is_tag(node, "bool"):
            raise ValueError(f"expected true or false, found {kind_of(node)}; write true or false")
        return node.value.lower() in _YES
    if key.kind is Kind.NUMBER:
        if not (node.value.isascii() and node.value.isdigit() and len(node.value) < 10):
            said = f"expected a number, found {values.shown(node.value)}"
            raise ValueError(f"{said}; write it in digits")
        return key.read(node.value)
    if is_tag(node, "bool", "null"):
        said = f"{values.shown(node.value)} is {kind_of(node)} in YAML where text is meant"
        raise ValueError(f"{said}; put it in quotes")
    return key.read(node.value)
