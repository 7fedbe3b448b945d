"""Foreign text: parsers never raise on it, and let nothing out that acts on a terminal."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwizard.probes.sections import number, read, short
from tests.pure.probes.recorded import DATA, PARSERS, plain, said

_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

RECORDED = {
    probe: [p.read_bytes() for p in sorted((DATA / probe).glob("*.txt"))] for probe in PARSERS
}


def strings(value):
    """Every string in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)


@pytest.mark.parametrize("probe", PARSERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_output_is_read_without_an_error(probe, data):
    raw = data.draw(st.sampled_from(RECORDED[probe]))
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 300)))
    piece = data.draw(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from(
                [
                    b"\x1b]0;owned\x07",
                    b"\xe2\x80\xae",
                    b"-1",
                    b"9" * 5000,
                    b"[" * 2000,
                    b'"\\u001b[2J"',
                    b"null",
                    b"{}",
                    b"\n|\n=x\n@",
                ]
            ),
        )
    )
    parsed = plain(PARSERS[probe](said(raw[:start] + piece + raw[end:])))
    assert not [text for text in strings(parsed) if _ACTS.search(text)]


@pytest.mark.parametrize("probe", PARSERS)
@given(raw=st.binary(max_size=400))
@settings(max_examples=40, deadline=None)
def test_garbage_is_read_without_an_error(probe, raw):
    PARSERS[probe](said(raw))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["items", "metadata", "conditions", "status", "spec", "name", "type", "addresses",
             "IPAM", "Config", "Containers", "Options", "State", "creationTimestamp"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("probe", "section"),
    [
        ("components", "components"),
        ("nodes", "nodes"),
        ("addresses", "bridge"),
        ("services", "etcd"),
    ],
)
@given(document=JSON)
@settings(max_examples=60, deadline=None)
def test_json_of_any_shape_is_read_without_an_error(probe, section, document):
    for whole in (document, [document]):
        text = json.dumps(whole)
        PARSERS[probe](said(f"@clock\n|1\n=0\n@{section}\n|{text}\n=0\n"))


def test_a_quoted_line_cannot_begin_a_section():
    sections = read(said("@a\n|one\r@b\n||@c\n=0\n@d\n|x\n=0\n"))
    assert [name for name in "abcd" if name in sections] == ["a", "d"]
    assert sections["a"].lines == ("@b", "|@c")


def test_an_escape_in_json_does_not_come_out():
    assert short(json.loads('"\\u001b[31mred\\u202e\\u0007"')) == "red"


@pytest.mark.parametrize("text", ["", "-1", "1e3", "٣", "9" * 30, "0x1", None, True, 1.5, -4])
def test_what_is_no_plain_number_is_none(text):
    assert number(text) is None
