"""Each tests/data/pastes/*.txt is pasted; the .json beside it says what must come of it."""

import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.cluster.model import Host, Role
from kwizard.cluster.paste import MAX_CHARACTERS, hosts_from_paste, parse_host, parse_hosts

DATA = Path(__file__).parents[2] / "data" / "pastes"
ARTICLE = (DATA / "article.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(DATA.glob("*.txt")), ids=lambda p: p.stem)
def test_a_paste_gives_its_hosts_and_its_problems(path: Path):
    pasted = parse_hosts(path.read_bytes().decode())
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    hosts = [
        {
            "line": h.line,
            "name": h.name,
            "address": str(h.address),
            "ssh": {k: v for k in ("address", "user", "port") if (v := getattr(h.ssh, k))},
        }
        for h in pasted.hosts
    ]
    assert hosts == [{"ssh": {}} | h for h in expected["hosts"]]
    problems = [{"line": p.line, "says": p.message, "remedy": p.remedy} for p in pasted.problems]
    assert problems == expected["problems"]


def test_a_problem_of_a_paste_says_its_line_when_printed():
    (problem,) = parse_hosts("anakin 10.0.63.202\nnothing\n").problems
    assert str(problem).startswith("paste:2: ")


def test_a_very_long_paste_is_cut_and_says_so():
    pasted = parse_hosts("#\n" * MAX_CHARACTERS + ARTICLE)
    assert pasted.hosts == ()
    assert "only the first" in pasted.problems[0].message


def test_a_very_long_line_is_a_problem_of_that_line():
    pasted = parse_hosts("x" * 5000 + "\nanakin 10.0.63.202")
    assert [p.line for p in pasted.problems] == [1]
    assert [h.name for h in pasted.hosts] == ["anakin"]


def test_pasted_hosts_get_the_articles_roles():
    hosts = hosts_from_paste(parse_hosts(ARTICLE).hosts)
    assert [h.roles for h in hosts] == [
        {Role.CONTROL_PLANE, Role.ETCD},
        {Role.WORKER, Role.ETCD},
        {Role.WORKER, Role.ETCD},
    ]


def test_hosts_with_roles_keep_them_when_more_are_pasted():
    there = Host(name="a", address=IPv4Address("10.0.63.1"), roles=frozenset({Role.WORKER}))
    hosts = hosts_from_paste(parse_hosts(ARTICLE).hosts, existing=[there])
    assert hosts[0] == there
    assert [h.roles for h in hosts[1:]] == [frozenset()] * 3


@pytest.mark.parametrize("text", ["", "# comment", "HOSTNAME", "::1 localhost"])
def test_a_single_host_must_be_one(text: str):
    with pytest.raises(ValueError, match="; write it like anakin"):
        parse_host(text)
