from __future__ import annotations

import pytest

from kwizard.probes.nodes import age, parse
from tests.pure.probes.recorded import said


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (86_399, "23h"),
        (86_400, "1d"),
        (364 * 86_400, "364d"),
        (365 * 86_400, "1y"),
    ],
)
def test_age(seconds, shown):
    assert age(seconds) == shown


def test_without_the_hosts_clock_the_age_is_not_known():
    item = '{"metadata": {"name": "boba", "creationTimestamp": "2016-08-19T13:15:00Z"}}'
    seen = parse(said(f'@nodes\n|{{"items": [{item}]}}\n=0\n'))
    assert [(n.name, n.age, n.status) for n in seen.rows] == [("boba", "", "Unknown")]


def test_an_empty_list_is_an_answer():
    seen = parse(said('@nodes\n|{"items": []}\n=0\n'))
    assert (seen.rows, seen.error) == ((), "")


def test_an_answer_that_is_no_list_says_so():
    assert (
        parse(said("@nodes\n|<html>\n=0\n")).error == "the API server's answer is no list of nodes"
    )
