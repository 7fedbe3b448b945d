"""What kwizard can say, read out of its source; `python -m tests.messages` takes it into the message
files (make messages).

Sentences are the arguments of `_`, `_n` and `N_`, the labels of key bindings, and the titles and
hints of the recipes' steps. Where a sentence stands in the source is not written into the message
files: it would change with every line above it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, EtcdMode, Supervisor
from kwizard.errors import KwizardError
from kwizard.language import LANGUAGES, MESSAGES
from kwizard.recipes import steps_for
from kwizard.recipes.step import Phase

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kwizard"
EXAMPLES = (ROOT / "sample_hosts.yaml", *sorted((ROOT / "docs" / "examples").glob("*.yaml")))
KINDS = ("script", "place", "wait")  # what recipes make steps with: id, title, hosts


class NotPlain(ValueError):
    """A sentence that is put together where it is said: nobody could translate it."""


@dataclass(frozen=True, order=True)
class Said:
    """One sentence, its plural where it has one, and where it stands."""

    text: str
    plural: str = ""
    place: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """As a catalog wants it."""
        return (self.text, self.plural) if self.plural else self.text


def in_source(text: str, name: str, *, recipe: bool = False) -> Iterator[Said]:
    """The sentences of one module. Raises NotPlain where one is put together with f-strings or +."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        place, called = f"{name}:{node.lineno}", ast.unparse(node.func)
        if called in ("_", "N_"):
            if words := _words(node.args[0], place):
                yield Said(words, place=place)
        elif called == "_n":
            one, many = (_words(a, place) for a in node.args[:2])
            yield Said(one, many, place)
        elif called == "Binding":
            labels = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "description")]
            yield from (Said(w, place=place) for a in labels if (w := _constant(a)))
        elif called == "Binding.Group":
            yield from (Said(w, place=place) for a in node.args[:1] if (w := _constant(a)))
        elif recipe and called in KINDS:
            yield from (Said(w, place=place) for a in node.args[1:2] if (w := _constant(a)))
        elif recipe and called == "Step":
            titles = [k.value for k in node.keywords if k.arg == "title"]
            yield from (Said(w, place=place) for a in titles if (w := _constant(a)))


def in_plans() -> Iterator[Said]:
    """Titles and hints of the steps the example clusters come to, with their options turned."""
    for phase in Phase:
        yield Said(phase.label, place="recipes/step.py")
    for cluster in (c for file in EXAMPLES for c in _variants(load(file).cluster)):
        try:
            steps = steps_for(cluster).steps
        except KwizardError:  # not every option goes with every recipe
            continue
        for step in steps:
            yield from (Said(w, place=f"step {step.id}") for w in (step.title, step.hint) if w)


@cache
def everything() -> tuple[Said, ...]:
    """Each sentence once, in order of where it stands."""
    found: dict[str | tuple[str, str], Said] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        name = file.relative_to(SOURCE).as_posix()
        recipe = name.startswith("recipes/")
        for said in in_source(file.read_text(encoding="utf-8"), name, recipe=recipe):
            found.setdefault(said.key, said)
    for said in in_plans():
        found.setdefault(said.key, said)
    return tuple(found.values())


def read(language: str) -> Catalog:
    """The message file of that language."""
    with (MESSAGES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Take what is new into every message file, and what nobody says any more out of it."""
    for language in LANGUAGES:
        file = MESSAGES / f"{language}.po"
        if language == "en":
            continue
        old = read(language) if file.exists() else Catalog(locale=language)
        new = Catalog(locale=language, project="kwizard", fuzzy=False)
        for said in everything():
            known = old.get(said.text)
            new.add(said.key, known.string if known else None)
        with file.open("wb") as out:
            write_po(out, new, width=100, omit_header=False, sort_output=False, no_location=True)
        text = file.read_text(encoding="utf-8")
        body = text[text.index('\nmsgid ""') :] if not text.startswith("msgid") else text
        head = [x for x in body.split("\n") if not x.startswith(_PASSING)]
        file.write_text("\n".join(head).lstrip("\n"), encoding="utf-8")
        missing = sum(not new[s.text].string or new[s.text].string == ("",) for s in everything())
        print(f"{file.relative_to(ROOT)}: {len(everything())} sentences, {missing} to translate")


_PASSING = ('"POT-', '"PO-', '"Last-', '"Language-Team', '"Report-', '"Generated', '"Project-')


def _words(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotPlain(f"{place}: {ast.unparse(node)} is put together; use names in braces")
    return _constant(node)


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _variants(cluster: Cluster) -> Iterator[Cluster]:
    for supervisor, mode in product(Supervisor, EtcdMode):
        endpoints = ("http://10.0.63.202:2379",) if mode is EtcdMode.EXISTING else ()
        for binaries in (None, "etcd.tar.gz"):
            etcd = replace(cluster.etcd, mode=mode, endpoints=endpoints, binaries=binaries)
            yield replace(cluster, supervisor=supervisor, etcd=etcd)


if __name__ == "__main__":
    update()
