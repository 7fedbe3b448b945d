"""The language people are spoken to in. English is what the source says; the others are message
files, `messages/<language>.po`.

Logs, `--json`, the journal and everything written on a host stay English: they are read by
programs, or sent to somebody else.
"""

from __future__ import annotations

import gettext
import io
import os
import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

MESSAGES = Path(__file__).resolve().parent / "messages"
LANGUAGES = ("en", "zh")

_VALUE = re.compile(r"{\w+}")
_HAN = re.compile("[\u4e00-\u9fff]")
PATTERN = "pattern"  # the context of sentences that come from below with their values in them

_active: gettext.NullTranslations = gettext.NullTranslations()
_patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
_name = "en"


def _(text: str, /, **values: object) -> str:
    """`text` in the language of the run, with `values` put into its `{names}`.

    Whole sentences with names in braces, never pieces put together: other languages have another
    order.
    """
    said = _active.gettext(text) if text else text
    return _filled(said, values) if values else said


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """`one` or `many`, as `count` has it in the language of the run; `{count}` is `count`."""
    return _filled(_active.ngettext(one, many, count), {"count": count, **values})


def N_(text: str, /) -> str:  # noqa: N802  # what gettext's users call it
    """Marks `text` for the message files and leaves it English: for tables made before the language
    is known. Where it is shown, `_` translates it."""
    return text


def told(sentence: str, /) -> str:
    """A finished English sentence from below the screens (a problem, a cause, a remedy, a step's
    title) in the language of the run; as it is where there is no translation.

    Below the screens everything is English, since logs and `--json` are. The message files hold
    those sentences with `{names}` for their values; the values are found in the sentence again.
    """
    if not _patterns or not sentence:
        return sentence
    said = _active.gettext(sentence)
    if said != sentence:
        return said
    for pattern, translated in _patterns:
        if found := pattern.fullmatch(sentence):
            values = {name: _each(value) for name, value in found.groupdict().items()}
            return _filled(translated, values)  # a cause is told in the words of another
    what, colon, rest = sentence.partition(": ")  # a key of a file, and what is wrong with it
    if colon and " " in rest and (said := told(rest)) != rest:
        return f"{what}: {said}"
    return sentence


def _filled(said: str, values: Mapping[str, object]) -> str:
    """`said` with its values. A blank stands between Chinese and a name in Latin letters, but not
    where the value begins or ends with Chinese itself."""
    for name, value in values.items():
        if not isinstance(value, str) or value.isascii():
            continue
        if _HAN.match(value[0]):
            said = re.sub(rf"(?<={_HAN.pattern}) {{{name}}}", f"{{{name}}}", said)
        if _HAN.match(value[-1]):
            said = re.sub(rf"{{{name}}} (?={_HAN.pattern})", f"{{{name}}}", said)
    return said.format(**values)


def _each(value: str) -> str:
    """What was put into a sentence: another one, or a list with sentences among it."""
    said = told(value)
    if said != value or ", " not in value:
        return said
    return ", ".join(told(part) if " " in part else part for part in value.split(", "))


def language() -> str:
    """The language of the run, one of LANGUAGES."""
    return _name


def use(name: str) -> None:
    """Speak that language from now on, one of LANGUAGES."""
    global _active, _patterns, _name  # a run has one language
    (_active, _patterns), _name = _read(name), name


def wanted(environ: Mapping[str, str] = os.environ) -> str:
    """The language the environment asks for: KWIZARD_LANG, else the locale; English where it is
    one kwizard does not speak."""
    for variable in ("KWIZARD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return _known(value)
    return "en"


def _known(locale: str) -> str:
    name = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return name if name in LANGUAGES else "en"


def _read(
    name: str,
) -> tuple[gettext.NullTranslations, tuple[tuple[re.Pattern[str], str], ...]]:
    if name == "en":
        return gettext.NullTranslations(), ()
    from babel.messages.mofile import write_mo  # only who needs it waits for it
    from babel.messages.pofile import read_po

    with (MESSAGES / f"{name}.po").open("rb") as file:
        catalog = read_po(file, locale=name)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    told_of = [m for m in catalog if m.context == PATTERN and m.string]
    told_of.sort(
        key=lambda m: -len(_VALUE.sub("", str(m.id)))
    )  # the one that says most comes before others
    patterns = tuple((pattern(str(m.id)), str(m.string)) for m in told_of)
    return gettext.GNUTranslations(compiled), patterns


def pattern(sentence: str) -> re.Pattern[str]:
    """What finds the values of `{names}` in a sentence made of `sentence`."""
    out: list[str] = []
    seen: set[str] = set()
    for text, name, _format, _conversion in Formatter().parse(sentence):
        out.append(re.escape(text))
        if name:
            out.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    return re.compile("".join(out), re.DOTALL)
