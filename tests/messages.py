"""What kwizard can say, read out of its source.

`python -m tests.messages` (make messages) takes it into the message files. Sentences are the
arguments of `_`, `_n` and `N_`, the labels of key bindings, the titles and hints of the recipes'
steps, the verdicts of their probes, the help of all commands with what click says itself, and what
all modules but those of OUTSIDE say of mistakes and causes (`kwizard.language.told` finds their
values again). Where a sentence stands in the source is not written into the message files: it would
change with every line above it.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from click import core, decorators, exceptions, formatting, parser, termui, types

from kwizard import errors
from kwizard.cli.helptexts import english_help
from kwizard.cli.main import root
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, EtcdMode, Supervisor
from kwizard.errors import KwizardError
from kwizard.language import LANGUAGES, MESSAGES, PATTERN
from kwizard.recipes import steps_for
from kwizard.recipes.step import Phase

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kwizard"
EXAMPLES = (ROOT / "sample_hosts.yaml", *sorted((ROOT / "docs" / "examples").glob("*.yaml")))
ASSETS = ROOT / "assets"
OUTSIDE = (
    "lab/",
)  # the practice hosts' own errors are English: the log of a build, and apt's words
SAYING = {"error", "warning", "Problem", "Cause", "Diagnosis", "Finding", "_skip", "unknown",
          "notice", "_notice", "say"}  # and everything of kwizard.errors  # fmt: skip
CLICK = (core, decorators, exceptions, formatting, parser, termui, types)
TO_PROGRAMMERS = re.compile(r"decl|[dD]eprecat|defined twice|a name was passed|iterable|color|%\(")
ECHO = re.compile(r'\becho "((?:[^"$]|\$\([^)]*(?:\([^)]*\))*[^)]*\)|\$)*)"(.*)')
CAUSES = ("_silence", "_broken", "_ended")  # functions whose words are put into such sentences
REASONS = ("release/", "remote/", "monitor/", "probes/", "cluster/", "pki/", "recipes/reset.py",
           "app/certificates.py")  # fmt: skip
HALVED = ("cluster/values.py", "cluster/keys.py")  # "what is wrong; what to do"
COMMAND = re.compile(
    r"^(#|  \w|-P |(ip|ss|ps|ctr|sysctl|systemctl|docker|exec|curl|conntrack|firewall-cmd|pass|"
    r"fetch|restrict|net)\b[ ,.])|[|;$<>\\]|--|GRANT_|JOB_|Docker Root|^\w+\("
)  # strings that are no sentences
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
    tree = ast.parse(text)
    values = _assigned(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in CAUSES:
            said = [x.value for x in ast.walk(node) if isinstance(x, ast.Return)]
        elif isinstance(node, ast.Call) and _is_saying(ast.unparse(node.func)):
            named = ("message", "remedy", "cause")
            said = [*node.args, *(k.value for k in node.keywords if k.arg in named)]
        else:
            continue
        for value in filter(None, said):
            for words in _sentences(value, values):
                yield _told(words, f"{name}:{node.lineno}")
    if name.startswith(REASONS):
        yield from _reasons(tree, name)


def _reasons(tree: ast.Module, name: str) -> Iterator[Said]:
    """Every sentence of a module but its docstrings: some are only put into another one, by ways
    that are not followed here."""
    beside = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            beside |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in beside:
            whole = _template(node)
            halves = whole.rpartition("; ")[::2] if name in HALVED else ()
            for words in halves or (whole,):
                if len(words.split()) > 2 and _is_sentence(words) and not COMMAND.search(words):
                    yield _told(words, f"{name}:{node.lineno}")


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """What each name of a module is given."""
    out: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            out.setdefault(node.targets[0].id, []).append(node.value)
    return out


def _sentences(value: ast.expr, values: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The sentences an expression can come to, and the words that are put into them."""
    for part in _either(value, values):
        if not _is_sentence(words := _template(part)):
            continue
        yield words
        inner = [v.value for v in ast.walk(part) if isinstance(v, ast.FormattedValue)]
        given = [g for v in inner if isinstance(v, ast.Name) for g in values.get(v.id, ())]
        for put_in in (_template(x) for g in given for x in _either(g, {})):
            if " " in put_in and _is_sentence(put_in, words=1):
                yield put_in


def _is_sentence(text: str, words: int = 2) -> bool:
    """Whether somebody would read it: that many words, and no command."""
    if text.startswith(("firewall-cmd", "JOB_")):
        return False
    return len(re.findall(r"[a-z]{2,}", re.sub(r"{\w+}", "", text))) >= words


def verdicts(text: str, name: str) -> Iterator[Said]:
    """What a probe, or what it includes, can say of a step, with `{names}` for values."""
    for number, line in enumerate(text.splitlines(), 1):
        for found in re.finditer(
            r'\becho "((?:[^"$]|\$\([^)]*(?:\([^)]*\))*[^)]*\)|\$)*)"(.*)', line
        ):
            words = _in_shell(found[1] + _appended(found[2]))
            if _is_sentence(words):
                yield _told(words, f"{name}:{number}")


def probes() -> Iterator[tuple[str, str]]:
    """Name and text of every probe of a recipe, of what is waited for, and of what both include."""
    texts = {f.relative_to(ASSETS).as_posix(): f.read_text() for f in ASSETS.rglob("*.sh")}
    names = [n for n in texts if n.endswith((".probe.sh", ".wait.sh"))]
    for name in names:  # grows by what they include
        found = re.findall(r'{% include "([^"]+)"', texts[name])
        names += [n for n in found if n in texts and n not in names]
    watching = (".watch.inc.sh", "serving.inc.sh")  # these speak into a journal
    return ((n, texts[n]) for n in names if not n.endswith(watching))


def helps() -> Iterator[Said]:
    """The help of every command and option."""
    waiting: list[click.Command] = [root]
    while waiting:
        command = waiting.pop(0)
        if isinstance(command, click.Group):
            context = click.Context(command)
            inner = (command.get_command(context, n) for n in command.list_commands(context))
            waiting += [c for c in inner if c is not None]
        for _owner, words in english_help(command):
            yield Said(words, place=f"help of {command.name}")


def in_click() -> Iterator[Said]:
    """What click says to people (not to those who write programs with it)."""
    for module in CLICK:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in ("_", "ngettext"):
                one, many = (
                    _constant(node.args[0]),
                    _constant(node.args[1]) if node.args[1:] else "",
                )
                if one and not TO_PROGRAMMERS.search(one):
                    yield Said(one, many, place=module.__name__)


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
        if not name.startswith(OUTSIDE):
            for said in from_below(text, name):
                found.setdefault(said.key, said)
    shown = (said for name, text in probes() for said in verdicts(text, name))
    for said in (*in_plans(), *shown, *helps(), *in_click()):
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


def _template(node: ast.expr | None) -> str:
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


def _either(node: ast.expr, values: dict[str, list[ast.expr]]) -> Iterator[ast.expr]:
    """What an expression can come to; names stand for what they were given."""
    inner: list[ast.expr] = []
    match node:
        case ast.IfExp():
            inner = [node.body, node.orelse]
        case ast.BoolOp():
            inner = node.values
        case ast.Subscript(value=ast.Dict() as table):
            inner = table.values
        case ast.Name():
            inner = values.get(node.id, [])
            values = {name: given for name, given in values.items() if name != node.id}
        case _:
            yield node
    for each in inner:
        yield from _either(each, values)


def _in_shell(words: str) -> str:
    """A double-quoted text of a template's shell script, with `{names}` for what is put in."""
    names: list[str] = []

    def named(found: re.Match[str]) -> str:
        inside = found[0].strip("${} ").split("|")[0].split(":")[0]
        return named_as((re.findall(r"[a-z]\w*", inside.lower()) or ["what"])[-1])

    def named_as(name: str) -> str:
        while name in names:
            name += "_"
        names.append(name)
        return f"<<{name}>>"

    words = re.sub(r"{{.*?}}", named, words)
    words = re.sub(r"\$\((?:[^()]|\([^()]*\))*\)", lambda _: named_as("found"), words)
    words = re.sub(r"\${\w+[^}]*}", named, words)
    words = re.sub(r"\$\w+", named, words)
    return words.replace("{", "{{").replace("}", "}}").replace("<<", "{").replace(">>", "}")


def _appended(rest: str) -> str:
    """What else that echo prints: a value behind its text."""
    value = re.match(r"\s*({{.*?}})", rest)
    return f" {value[1]}" if value else ""


def _told(words: str, place: str) -> Said:
    return Said(words, place=place, context=PATTERN if re.search(r"{\w+}", words) else None)


def _constant(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _variants(cluster: Cluster) -> Iterator[Cluster]:
    for supervisor, mode in product(Supervisor, EtcdMode):
        endpoints = ("http://10.0.63.202:2379",) if mode is EtcdMode.EXISTING else ()
        for binaries in (None, "etcd.tar.gz"):
            etcd = replace(cluster.etcd, mode=mode, endpoints=endpoints, binaries=binaries)
            yield replace(cluster, supervisor=supervisor, etcd=etcd)


if __name__ == "__main__":
    update()
