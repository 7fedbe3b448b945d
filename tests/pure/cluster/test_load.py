"""Each file in tests/data/clusters says in `# expect:` comments what must be found in which line;
nothing else may be found. Several expectations in one line stand between ` | `."""

import re
from pathlib import Path

import pytest

from kwizard.cluster.document import MAX_BYTES
from kwizard.cluster.load import load, loads
from kwizard.cluster.model import EtcdMode, Role, Version
from kwizard.errors import InvalidInput, Problem

DATA = Path(__file__).parents[2] / "data" / "clusters"
ONLY_WARNINGS = {"article_overlap", "docker_overlap"}
HEAD = "name: a\nversion: v1.19.16\n"
THREE = HEAD + "hosts: [a 10.9.0.1, b 10.9.0.2, c 10.9.0.3]\n"


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        return loads(text, file="f.yaml").warnings
    except InvalidInput as error:
        return error.problems


def expected_in(text: str) -> list[tuple[int, str]]:
    return [
        (number, said.strip())
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := re.search(r"# expect: (.*)", line))
        for said in found[1].split(" | ")
    ]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_mistake_is_found_in_its_line(path: Path):
    text = path.read_text(encoding="utf-8")
    left = list(problems_of(text))
    for line, said in expected_in(text):
        match = next((p for p in left if p.line == line and said in str(p)), None)
        assert match is not None, f"line {line}: {said!r} is not among {[str(p) for p in left]}"
        left.remove(match)
    assert [str(p) for p in left] == []


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda p: p.stem)
def test_errors_forbid_the_file_and_warnings_do_not(path: Path):
    text = path.read_text(encoding="utf-8")
    if path.stem in ONLY_WARNINGS:
        assert loads(text).warnings
    else:
        with pytest.raises(InvalidInput) as caught:
            loads(text)
        assert any(p.blocks for p in caught.value.problems)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_problem_says_where_and_what_to_do(path: Path):
    for problem in problems_of(path.read_text(encoding="utf-8")):
        assert problem.file == "f.yaml"
        assert problem.line
        assert problem.remedy


def test_no_foreign_control_character_reaches_a_message():
    text = 'name: "\\e[31mred"\n"\\e]0;t\\a": 1\nversion: "\\u202e"\n'
    text += 'hosts: [{name: "a\\nb", address: "\\r"}, {name: "a\\nb", address: 10.9.0.1}]\n'
    for problem in problems_of(text):
        assert str(problem).isprintable()


def test_roles_by_default_are_the_articles():
    hosts = loads(THREE).cluster.hosts
    assert [h.roles for h in hosts] == [
        {Role.CONTROL_PLANE, Role.ETCD},
        {Role.WORKER, Role.ETCD},
        {Role.WORKER, Role.ETCD},
    ]


@pytest.mark.parametrize(
    ("endpoint", "members"),
    [
        ("http://10.9.0.2:2379", ["b"]),
        ("http://c:2379", ["c"]),
        ("http://elsewhere:2379", []),
        ("http://localhost:2379", ["a", "b", "c"]),
    ],
)
def test_an_existing_etcd_has_the_members_its_endpoints_name(endpoint: str, members: list[str]):
    cluster = loads(f"{THREE}etcd: {{mode: existing, endpoints: ['{endpoint}']}}\n").cluster
    assert cluster.etcd.mode is EtcdMode.EXISTING
    assert [h.name for h in cluster.with_role(Role.ETCD)] == members


def test_keys_without_a_value_count_as_not_given():
    assert loads(THREE + "network:\nflannel: {version: }\netcd: ~\n") == loads(THREE)


def test_an_alias_may_repeat_what_hosts_have_in_common():
    text = HEAD + (
        "hosts:\n"
        "  - {name: a, address: 10.9.0.1, ssh: &ssh {user: centos, port: 022}}\n"
        "  - {name: b, address: 10.9.0.2, ssh: *ssh}\n"
        "  - {name: c, address: 10.9.0.3, ssh: *ssh}\n"
    )
    assert {(h.ssh.user, h.ssh.port) for h in loads(text).cluster.hosts} == {("centos", 22)}


def test_numbers_are_taken_as_they_are_written():
    text = HEAD + "hosts: [{name: 007, address: 10.9.0.1}, b 10.9.0.2, c 10.9.0.3]\n"
    cluster = loads(text + "flannel: {version: 0.12.0}\n").cluster
    assert cluster.hosts[0].name == "007"
    assert cluster.flannel.version == Version(0, 12, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("[" * 20_000, "nested too deeply"),
        ("a: " * 20_000, "not YAML"),
        ("- " * 20_000 + "x", "nested too deeply"),
        ("x: &x [1]\ny: [" + "*x, " * 200 + "]", "too many aliases"),
        ("a: &a [*a]\n", "unknown key 'a'"),
        ("hosts: &h [*h, *h]\n", "expected keys with values, found a list"),
        ("x" * (MAX_BYTES + 1), "larger than 256 KiB"),
        ("name: \x00", "a character that YAML does not allow"),
        ("%YAML " + "9" * 5000 + ".1\n---\na: b", "not YAML"),
    ],
    ids=lambda value: None if len(value) > 100 else value,
)
def test_hostile_text_is_refused(text: str, said: str):
    assert said in "\n".join(str(p) for p in problems_of(text))


def test_reading_stops_at_a_hundred_mistakes():
    text = THREE + "".join(f"key{i}: 1\n" for i in range(5000))
    assert len(problems_of(text)) == 100


def test_what_rests_on_an_unreadable_value_is_not_reported():
    """The ranges would overlap and have no DNS were the defaults taken for what is broken."""
    text = HEAD + "hosts: [a 10.254.0.1, b 10.9.0.2, c 10.9.0.3]\nnetwork: {services: 10.96.0/12}\n"
    assert [p.line for p in problems_of(text)] == [4]


def write(folder: Path, text: str) -> Path:
    file = folder / "cluster.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_paths_begin_at_home_or_at_the_files_folder(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    text = (
        THREE + "release: {tarball: ~/k.tar.gz}\netcd: {archive: ../etcd.tar, binaries: /opt/e}\n"
    )
    cluster = load(write(tmp_path, text)).cluster
    assert cluster.release.tarball == str(tmp_path / "home" / "k.tar.gz")
    assert cluster.etcd.archive == str(tmp_path.parent / "etcd.tar")
    assert cluster.etcd.binaries == "/opt/e"


def test_a_file_that_is_not_here_gives_a_warning_with_its_line(tmp_path: Path):
    (tmp_path / "here").touch()
    text = THREE + "release:\n  tarball: there\nflannel:\n  binary: here\n"
    loaded = load(write(tmp_path, text))
    assert [(p.line, p.blocks) for p in loaded.warnings] == [(5, False)]
    assert f"{tmp_path / 'there'} does not exist" in loaded.warnings[0].message


def test_an_identity_file_is_resolved_for_each_host(tmp_path: Path):
    text = HEAD + (
        "hosts:\n- {name: a, address: 10.9.0.1, ssh: {identity: key}}\n- b 10.9.0.2\n- c 10.9.0.3\n"
    )
    loaded = load(write(tmp_path, text))
    assert loaded.cluster.hosts[0].ssh.identity == str(tmp_path / "key")
    assert [p.line for p in loaded.warnings] == [4]


@pytest.mark.parametrize(
    ("data", "said", "line"),
    [
        (b"name: a\nversion: \xff\n", "not UTF-8", 2),
        (b"#" * (MAX_BYTES + 1), "larger than", None),
    ],
    ids=["latin", "large"],
)
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, data: bytes, said: str, line):
    file = tmp_path / "c.yaml"
    file.write_bytes(data)
    with pytest.raises(InvalidInput, match=said) as caught:
        load(file)
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == (str(file), line)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path):
    assert load(write(tmp_path, "\ufeff" + THREE)).cluster.name == "a"


@pytest.mark.parametrize("name", ["nothing.yaml", ".", "a\0b"])
def test_what_cannot_be_opened_is_bad_input(tmp_path: Path, name: str):
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(f"{tmp_path}/{name}")
