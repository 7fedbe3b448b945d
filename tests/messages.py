"""What kwizard can say, read out of its source.

`python -m tests.messages` (make messages) takes it into the message files. Sentences are the
arguments of `_`, `_n` and `N_`, the labels of key bindings, the titles and hints of the recipes'
steps, and what the modules of BELOW say of mistakes and causes (`kwizard.language.told` finds their
values again). Where a sentence stands in the source is not written into the message files: it would
change with every line above it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from kwizard import errors
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, EtcdMode, Supervisor
from kwizard.errors import KwizardError
from kwizard.language import LANGUAGES, MESSAGES, PATTERN
from kwizard.recipes import steps_for
from kwizard.recipes.step import Phase

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kwizard"
EXAMPLES = (ROOT / "sample_hosts.yaml", *sorted((ROOT / "docs" / "examples").glob("*.yaml")))
BELOW = ("cluster/", "probes/", "app/", "pki/", "remote/")
SAYING = {"error", "warning", "Problem", "Cause", "Diagnosis"}  # and everything of kwizard.errors
KINDS = ("script", "place", "wait")  # what recipes make steps with: id, title, hosts


class NotPlain(ValueError):
    """A sentence that is put together where it is said: nobody could translate it."""


@dataclass(frozen=True, order=True)
class Said:
    """One sentence, its plural where it has one, and where it stands."""

    text: str
    plural: str = ""
    place: str = ""
    context: str | None = None

    @property
    def key(self) -> str | tuple[str, str]:
        """As a catalog wants it."""
        return (self.text, self.plural) if self.plural else self.text


def in_source(text: str, name: str, *, recipe: bool = False) -> Iterator[Said]:
    """The sentences of one module. Raises NotPlain where one is put together."""
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


def from_below(text: str, name: str) -> Iterator[Said]:
    """What one module below the screens says of mistakes and causes, with `{names}` for values."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not _is_saying(ast.unparse(node.func)):
            continue
        named = [k.value for k in node.keywords if k.arg in ("message", "remedy", "cause")]
        for value in (*node.args, *named):
            for part in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
                words = _template(part)
                if len(re.findall(r"[a-z]{2,}", re.sub(r"{\w+}", "", words))) > 1:
                    yield _told(words, f"{name}:{node.lineno}")


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
            for words in filter(None, (step.title, step.hint)):
                general = words.replace(str(cluster.version), "{version}")
                general = general.replace(f" on {cluster.control_plane.name} ", " on {host} ")
                yield _told(general, f"step {step.id}")


@cache
def everything() -> tuple[Said, ...]:
    """Each sentence once, in order of where it stands."""
    found: dict[str | tuple[str, str], Said] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        name = file.relative_to(SOURCE).as_posix()
        text = file.read_text(encoding="utf-8")
        for said in in_source(text, name, recipe=name.startswith("recipes/")):
            found.setdefault(said.key, said)
        if name.startswith(BELOW):
            for said in from_below(text, name):
                found.setdefault(said.key, said)
    for said in in_plans():
        found.setdefault(said.key, said)
    return tuple(found.values())


def read(language: str) -> Catalog:
    """The message file of that language."""
    with (MESSAGES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def translated(catalog: Catalog, said: Said) -> str:
    """What `catalog` has for it; empty where it has nothing."""
    message = catalog.get(said.text, said.context)
    string = message.string if message else ""
    return str(string[0] if isinstance(string, tuple | list) else string or "")


def update() -> None:
    """Take what is new into every message file, and what nobody says any more out of it."""
    for language in LANGUAGES:
        file = MESSAGES / f"{language}.po"
        if language == "en":
            continue
        old = read(language) if file.exists() else Catalog(locale=language)
        new = Catalog(locale=language, project="kwizard", fuzzy=False)
        for said in everything():
            known = old.get(said.text, said.context)
            new.add(said.key, known.string if known else None, context=said.context)
        write(new, language)
        missing = sum(not translated(new, s) for s in everything())
        print(f"{file.relative_to(ROOT)}: {len(everything())} sentences, {missing} to translate")


def write(catalog: Catalog, language: str) -> None:
    """The message file of that language, without what changes from day to day."""
    file = MESSAGES / f"{language}.po"
    with file.open("wb") as out:
        write_po(out, catalog, width=100, sort_output=False, no_location=True)
    text = file.read_text(encoding="utf-8")
    lines = text[text.index("msgid") :].split("\n")
    file.write_text("\n".join(x for x in lines if not x.startswith(_PASSING)), encoding="utf-8")


_PASSING = ('"POT-', '"PO-', '"Last-', '"Language-Team', '"Report-', '"Generated', '"Project-')


def _words(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        raise NotPlain(f"{place}: {ast.unparse(node)} is put together; use names in braces")
    return _constant(node)


def _is_saying(called: str) -> bool:
    name = called.rpartition(".")[2]
    return name in SAYING or hasattr(errors, name)


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        left, right = _template(node.left), _template(node.right)
        return left + right if left and right else ""
    if not isinstance(node, ast.JoinedStr):
        return _constant(node)
    out, seen = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            name = re.findall(r"[a-z]\w*", ast.unparse(part.value).lower())[-1]
            while name in seen:
                name += "_"
            seen.add(name)
            out += "{" + name + "}"
        else:
            out += _constant(part).replace("{", "{{").replace("}", "}}")
    return out.replace("{{hosts}}", "{hosts}")  # which a diagnosis puts in later


def _told(words: str, place: str) -> Said:
    return Said(words, place=place, context=PATTERN if re.search(r"{\w+}", words) else None)


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
