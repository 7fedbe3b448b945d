"""The message files: the same values in every language, and what is found in the source."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Button, DataTable, Input, OptionList, TextArea

from kwizard import language
from kwizard.app.planning import make_plan, to_json
from kwizard.cli.main import main
from kwizard.cluster.load import load
from kwizard.engine import events as ev
from kwizard.engine.pause import HELD
from kwizard.engine.plan import OPERATOR
from kwizard.engine.survey import unknown
from kwizard.engine.voice import Voice
from kwizard.folding import columns
from kwizard.language import LANGUAGES, PATTERN, _, _n, told
from kwizard.plain.narrate import Narrator
from kwizard.plain.plantext import as_text, by_host
from tests.messages import (
    EXAMPLES,
    NotPlain,
    Said,
    everything,
    from_below,
    in_source,
    read,
    translated,
    verdicts,
)

OTHERS = [name for name in LANGUAGES if name != "en"]


def names(text: str) -> set[str]:
    try:
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
    except ValueError:  # a brace that is only a brace
        return set()


@pytest.mark.parametrize("name", OTHERS)
def test_every_sentence_is_translated(name: str) -> None:
    catalog = read(name)
    missing = [f"{s.place}: {s.text}" for s in everything() if not translated(catalog, s)]
    assert missing == [], "run `make messages`, and translate what is empty"


@pytest.mark.parametrize("name", OTHERS)
def test_translations_have_the_values_of_the_original(name: str) -> None:
    catalog = read(name)
    wrong = [
        s.text
        for s in everything()
        if (words := translated(catalog, s)) and not _fits(names(words), s)
    ]
    assert wrong == []


def _fits(values: set[str], said: Said) -> bool:
    """All values of the original; of click's plurals one name of each, since it gives both."""
    whole = names(said.text) | names(said.plural)
    return values <= whole if said.plural and said.place.startswith("click") else values == whole


@pytest.mark.parametrize("name", OTHERS)
def test_values_are_found_again_in_sentences_from_below(name: str) -> None:
    language.use(name)
    catalog = read(name)
    for said in everything():
        if said.context == PATTERN and translated(catalog, said):
            values = {n: f"<{i}>" for i, n in enumerate(sorted(names(said.text)))}
            expected = translated(catalog, said).format(**values)
            assert told(said.text.format(**values)) == expected


def test_a_sentence_without_a_translation_stays_as_it_is() -> None:
    language.use("zh")
    assert told("nobody ever said this") == "nobody ever said this"
    assert told("") == ""
    assert _("") == ""


def test_plurals_and_values() -> None:
    assert _n("{count} host taken in", "{count} hosts taken in", 1) == "1 host taken in"
    language.use("zh")
    assert _n("{count} host taken in", "{count} hosts taken in", 3) == "已加入 3 台主机"
    assert _("Host {name}", name="a{b}") == "主机 a{b}"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "KWIZARD_LANG": "en"}, "en"),
        ({"LANG": "C", "KWIZARD_LANG": "zh"}, "zh"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "zh-Hans"}, "zh"),
    ],
)
def test_the_locale_chooses_the_language(environ: dict[str, str], expected: str) -> None:
    assert language.wanted(environ) == expected


@pytest.mark.parametrize("source", ['_(f"{host} is down")', '_("a " + host)', '_n(f"{x}", "y", 2)'])
def test_sentences_put_together_are_refused(source: str) -> None:
    with pytest.raises(NotPlain):
        list(in_source(source, "x.py"))


READERS: list[tuple[str, Callable[[str, str], object], Said]] = [
    ('_("Stay")', in_source, Said("Stay")),
    ('_n("{count} a", "{count} b", 2)', in_source, Said("{count} a", "{count} b")),
    ('Binding("a", "add", "Add", show=False)', in_source, Said("Add")),
    ('Problem(f"host {h.name} is away")', from_below, Said("host {name} is away", "", "", PATTERN)),
    (
        'Cause(cause=f"{{hosts}} lack all of {x}")',
        from_below,
        Said("{hosts} lack all of {x}", "", "", PATTERN),
    ),
]


@pytest.mark.parametrize(("source", "reader", "expected"), READERS)
def test_sentences_are_found(
    source: str, reader: Callable[[str, str], list[Said]], expected: Said
) -> None:
    (found,) = reader(source, "x.py")
    assert (found.text, found.plural, found.context) == (
        expected.text,
        expected.plural,
        expected.context,
    )


SHELL: list[tuple[str, str]] = [
    ('    echo "docker has no image" {{ cluster.etcd.image | q }}', "docker has no image {image}"),
    ('echo "runs as $(id -nu "$user") on $1"', "runs as {found} on {what}"),
    ("echo \"{{ key }} in etcd is '$found'\"", "{key} in etcd is '{found}'"),
    ('    echo "${state:-unknown} is the state of $unit"', "{state} is the state of {unit}"),
]


@pytest.mark.parametrize(("line", "expected"), SHELL)
def test_verdicts_of_probes_are_found(line: str, expected: str) -> None:
    assert [said.text for said in verdicts(line, "x.probe.sh")] == [expected]


WOVEN = """
LATER = "try again later"
def broken(error):
    more = f": {error.text} bytes are missing" if error else ""
    why = "nobody knows" if error is None else f"so said {error.host}"
    raise ReleaseError(f"{error.name} is broken{more}", remedy=LATER)
    yield Problem(why or "as wanted before")
"""


def test_sentences_are_followed_to_where_they_were_written() -> None:
    assert {said.text for said in from_below(WOVEN, "x.py")} == {
        "{name} is broken{more}",
        ": {text} bytes are missing",
        "try again later",
        "nobody knows",
        "so said {host}",
        "as wanted before",
    }


def test_a_sentence_in_a_sentence_is_told_as_well() -> None:
    language.use("zh")
    said = told("skipped by you before; /usr/bin/etcd is missing")
    assert said == "之前被您跳过；缺少 /usr/bin/etcd"


CLUSTER_FILE = """\
name: x
recipe: classic
version: v1.2
hosts:
  - name: a b
    address: 300.1.1.1
    nope: 1
  - name: Boba
    address: 10.0.63.203
"""


def test_mistakes_in_a_cluster_file_are_told_in_chinese_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(CLUSTER_FILE)
    assert main(["--lang", "zh", "plan", str(file), "--offline"]) == 2
    said = capsys.readouterr().err
    assert "name: 'a b' 不是 DNS 标签（只能使用 a-z、0-9 和连字符）" in said
    assert "hosts.address: '300.1.1.1' 不是 IPv4 地址（请写成 10.0.63.202 的形式）" in said
    assert "'hosts' 中有未知的键 'nope'" in said
    assert "name: 'Boba' 含有大写字母（请写成 boba）" in said
    assert "version: 'v1.2' 不是版本号（请写出全部三段数字，例如 v1.19.16）" in said


def test_a_list_in_a_sentence_is_told_piece_by_piece_and_names_stay() -> None:
    language.use("zh")
    said = told("to be removed: what kwizard did with docker, host, /etc/systemd/system/x.conf")
    assert said == "将删除：kwizard 对 docker 的改动, host, /etc/systemd/system/x.conf"


def test_what_is_waited_for_is_told_as_well() -> None:
    language.use("zh")
    assert told("2 of 3 members of etcd are healthy") == "3 个 etcd 成员中有 2 个健康"
    assert told("the API on port 8080 does not answer yet") == "端口 8080 上的 API 尚未响应"


@pytest.mark.parametrize("command", [[], ["apply"], ["bundle", "create"], ["reset"], ["lab", "up"]])
def test_help_is_in_chinese(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "zh", *command, "--help"]) == 0
    said = capsys.readouterr().out
    usage, *lines = said.splitlines()
    assert usage.startswith("用法：kwizard")
    assert [x for x in lines if re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", x)] == []
    assert [x for x in lines if columns(x.partition("[默认")[0].rstrip()) > 80] == []


@pytest.mark.parametrize(
    "command",
    [[], ["plan"], ["report"], ["web"], ["demo"], ["bundle", "create"], ["lab", "mirror"]],
)
def test_clicks_own_words_in_help_are_in_chinese(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--lang", "en", *command, "--help"])  # modules are read in any language
    english = capsys.readouterr().out
    assert re.search(r"^Usage: kwizard(.|\n)*^Options:$", english, re.MULTILINE)
    assert main(["--lang", "zh", *command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "\n选项：\n" in said
    assert not re.search(r"^\S*:$", said, re.MULTILINE)
    assert not re.search(r"required|free one|\b(TEXT|INTEGER|FLOAT)\b", said)
    assert not re.search(r"--[a-z-]+ (FILE|DIRECTORY|PATH)\b", said)
    main(["--lang", "en", *command, "--help"])
    assert capsys.readouterr().out == english


def test_help_is_in_english_again_after_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for language_of_run in ("zh", "en"):
        main(["--lang", language_of_run, "apply", "--help"])
    assert "Install the cluster of FILE" in capsys.readouterr().out.partition("Usage:")[2]


def test_mistakes_on_the_command_line_are_told_in_chinese(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--lang", "zh", "plan", "no-such-file"]) == 2
    assert "'no-such-file' 不存在" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nope"], "错误：没有选项 '--nope'。"),
        (["plan"], "错误：缺少参数 'FILE'。"),
        (["plan", "x.yaml", "--bogus"], "没有选项 '--bogus'。您是指"),
        (["demo", "--speed", "x"], "'x' 不是有效的数字。"),
        (["demo", "--hosts", "x"], "'x' 不是有效的整数。"),
    ],
)
def test_clicks_own_words_are_in_chinese_whole(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang in (["--lang", "zh"], ["--lang=zh"]):
        assert main([*lang, *arguments]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert "[选项]" in told
        assert not re.search(r"OPTIONS|COMMAND|ARGS|Usage|Try ", told)
    assert main(["--lang", "en", *arguments]) == 2
    assert "[OPTIONS]" in capsys.readouterr().err


def test_what_kwizard_writes_into_a_log_is_shown_in_chinese_and_kept_in_english() -> None:
    language.use("zh")
    said = []

    async def put(event: ev.Event) -> None:
        said.append(event)

    task = make_plan(load(EXAMPLES[0]).cluster).tasks[0]
    voice = Voice(put, "article", task)
    asyncio.run(voice.say(["/var/lib/kwizard/x is there already", HELD]))
    asyncio.run(voice.log(["nothing stands in the way"]))
    own, hosts = said
    assert isinstance(own, ev.Log)
    assert own.text == f"/var/lib/kwizard/x is there already\n{HELD}"
    assert own.shown == "/var/lib/kwizard/x 已经有了\n已由您暂停：已到达的部分会保留"
    assert ev.to_json(own)["text"] == own.text
    assert "said" not in ev.to_json(own)
    assert isinstance(hosts, ev.Log)
    assert hosts.shown == "nothing stands in the way"
    lines: list[str] = []
    Narrator(lines.append).tell(own)
    assert "已由您暂停" in lines[1]


def test_what_is_done_here_is_told_in_chinese_and_keeps_its_id() -> None:
    language.use("zh")
    plan = make_plan(load(EXAMPLES[0]).cluster)
    findings = unknown(plan, "the hosts were not asked")
    for text in (as_text(plan, findings), by_host(plan, findings)):
        assert "operator" not in text
    assert "    ? 本机: 未知" in as_text(plan, findings)
    assert "quay.io/coreos/etcd:v3.4.23：etcd，由" in as_text(plan, findings)
    assert "kubelet 自选的 pause 镜像：" in as_text(plan, findings)
    documents = to_json(plan, findings)["steps"]
    assert {"operator"} == {d["host"] for d in documents if d["id"] == "release/fetch"}


def test_lines_of_a_run_name_what_is_done_here_in_chinese_and_stay_in_columns() -> None:
    language.use("zh")
    lines: list[str] = []
    narrator, now = Narrator(lines.append), datetime(2026, 1, 1, tzinfo=UTC)
    fetched = ev.StepFinished(
        time=now,
        cluster="article",
        phase="release",
        step="release/fetch",
        host=OPERATOR,
        seconds=1,
        exit=0,
    )
    sent = ev.Progress(
        time=now,
        cluster="article",
        phase="release",
        step="release/place",
        host="anakin",
        done=1,
        total=2,
        unit="bytes",
        source=OPERATOR,
    )
    narrator.tell(fetched)
    narrator.tell(sent)
    assert lines[0].startswith("ok 本机         release/fetch ")
    assert lines[1].endswith("1/2 字节，来自本机")
    assert len({columns(line.partition("release/")[0]) for line in lines}) == 1
    assert ev.to_json(fetched)["host"] == "operator"


def test_no_blank_parts_chinese_from_chinese() -> None:
    language.use("zh")
    assert _("{step} on {host} failed", step="a/b", host="anakin") == "anakin 上的 a/b 失败"
    assert _("{step} on {host} failed", step="a/b", host="本机") == "本机上的 a/b 失败"


def test_keys_of_textuals_widgets_are_translated() -> None:
    kinds = (Button, DataTable, Input, OptionList, TextArea, VerticalScroll)
    labels = {b.description for k in kinds for b in k.BINDINGS if isinstance(b, Binding)}
    catalog = read("zh")
    assert [x for x in sorted(labels) if x and not translated(catalog, Said(x))] == []


def test_chinese_files_are_in_chinese() -> None:
    """A translation that is only the original again was forgotten; names of programs may stay."""
    catalog = read("zh")
    same = [s.text for s in everything() if translated(catalog, s) == s.text]
    assert [s for s in same if re.search(r"[a-z]{3,} [a-z]{2,}", s)] == []
