"""Whatever text comes: a cluster, or a list of mistakes. Never anything else."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from kwizard import text
from kwizard.cluster.check import check
from kwizard.cluster.dump import dump
from kwizard.cluster.keys import HOST_NAMES, SECTIONS, TOP_NAMES
from kwizard.cluster.load import loads
from kwizard.cluster.paste import hosts_from_paste, parse_host, parse_hosts
from kwizard.errors import InvalidInput, Problem

from .strategies import clusters

KEYS = sorted({*TOP_NAMES, *HOST_NAMES, *(k.name for s in SECTIONS for k in s.keys)})
SCALARS = ["", "10.0.63.202", "10.0.0.0/16", "a 10.9.0.1/10.1.0.1", "v1.19.16", "existing", "etcd"]
SCALARS += ["http://a:1", "http://[", "~", "2001-01-01", "é\u202e\x1b[0m", "a@b:70000", "0" * 5000]
leaves = st.sampled_from(SCALARS) | st.text(max_size=12) | st.integers() | st.booleans() | st.none()
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
SIGNS = ["%", "'", '"', "\\U", "<<", "#", "---", "...", "\t", "?", "@", "`", ",", ": ", "\n", "  "]
SIGNS += ["- ", "[", "]", "{", "}", "&a ", "*a", "!", "!!", "|", ">"]
pieces = st.sampled_from([*KEYS, *SCALARS, *SIGNS])


def said_well(problem: Problem) -> bool:
    one_line = text.clean(problem.message) == problem.message and "\n" not in problem.message
    return one_line and bool(problem.remedy)


def load_or_refuse(yaml_text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        loaded = loads(yaml_text)
    except InvalidInput as error:
        problems = error.problems
        assert any(p.blocks for p in problems)
    else:
        problems = loaded.warnings
        assert not any(p.blocks for p in check(loaded.cluster))
    assert len(problems) <= 100
    assert all(said_well(p) for p in problems)


@given(st.text())
def test_any_text(anything: str):
    load_or_refuse(anything)


@given(st.lists(pieces, max_size=60).map("".join))
def test_text_made_of_what_yaml_is_made_of(anything: str):
    load_or_refuse(anything)


@given(st.dictionaries(st.sampled_from(TOP_NAMES), trees))
def test_any_tree_under_known_keys(tree):
    load_or_refuse(yaml.safe_dump(tree))


@given(clusters(), st.data())
def test_a_good_file_with_one_value_exchanged(cluster, data):
    tree = yaml.safe_load(dump(cluster))
    inner = tree
    while True:
        key = data.draw(
            st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner)))
        )
        if isinstance(inner[key], dict | list) and inner[key] and data.draw(st.booleans()):
            inner = inner[key]
        else:
            inner[key] = data.draw(trees)
            break
    load_or_refuse(yaml.safe_dump(tree))


signs = st.sampled_from(
    [*"\n\r\t ,;|/@:#-*.`", "，", "、", "；", "｜", "／", "　", "：", "\u2028", "\x1b["]
)
words = st.sampled_from(
    ["anakin", "10.0.63.202", "::1", "root", "22", "HOSTNAME", "a.b", "300.1.1.1"]
)


@given(st.text() | st.lists(signs | words | st.text(max_size=3), max_size=40).map("".join))
def test_any_paste_gives_hosts_that_hold_or_problems_with_lines(anything: str):
    pasted = parse_hosts(anything)
    assert all(said_well(p) and p.line for p in pasted.problems)
    assert len({h.name for h in pasted.hosts}) == len(pasted.hosts)
    names = {h.name: h for h in hosts_from_paste(pasted.hosts)}
    for host in pasted.hosts:
        short = f"{host.name} {host.address}"
        assert parse_host(short).name == host.name
        assert names[host.name].address == host.address
