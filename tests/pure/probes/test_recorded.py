"""Every recorded output is read as its JSON file says."""

from __future__ import annotations

import json

import pytest

from kwizard.remote.host import Output
from tests.pure.probes.recorded import DATA, PARSERS, output, plain, said

CASES = sorted(
    path.relative_to(DATA).with_suffix("") for probe in PARSERS for path in (DATA / probe).iterdir()
)


@pytest.mark.parametrize("case", sorted(set(CASES)), ids=str)
def test_means_what_the_json_says(case):
    path = DATA / case
    parsed = PARSERS[case.parts[0]](output(path.with_suffix(".txt")))
    assert plain(parsed) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("probe", PARSERS)
def test_every_probe_has_recordings(probe):
    assert list((DATA / probe).glob("*.txt"))


@pytest.mark.parametrize("case", sorted(set(CASES)), ids=str)
def test_cut_off_anywhere_is_read_without_an_error(case):
    raw = (DATA / case).with_suffix(".txt").read_bytes()
    for length in range(0, len(raw), max(1, len(raw) // 40)):
        PARSERS[case.parts[0]](Output(0, raw[:length], b"", truncated=True))


@pytest.mark.parametrize("probe", PARSERS)
def test_nothing_said_is_nothing_claimed(probe):
    silent = json.dumps(plain(PARSERS[probe](said(""))))
    assert "true" not in silent.lower()
