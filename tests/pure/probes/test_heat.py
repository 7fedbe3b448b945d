"""The grades of the ping matrix: what was lost first, then the time beside the others'."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address

import pytest

from kwizard.monitor.heat import Grade, grade, usual
from kwizard.monitor.tables import matrix_table
from kwizard.probes.matrix import Cell, Matrix, Target
from kwizard.tui.widgets.board import heat, meaning


def cell(rtt: float | None, *, received: int = 4, sent: int = 4) -> Cell:
    return Cell(source="anakin", target="boba", sent=sent, received=received, rtt_ms=rtt)


@pytest.mark.parametrize(
    ("one", "found", "text"),
    [
        (cell(0.4), Grade.WELL, "✓ 0.40 ms"),
        (cell(None), Grade.WELL, "✓"),
        (cell(0.4, received=3), Grade.FAIR, "~ 3 of 4"),
        (cell(0.4, received=2), Grade.POOR, "! 2 of 4"),
        (cell(None, received=0), Grade.LOST, "✗ 0 of 4"),
        (cell(None, received=0, sent=0), Grade.UNTRIED, "? untried"),
        (cell(1.3), Grade.WELL, "✓ 1.30 ms"),  # three times 0.4, and yet nothing
        (cell(1.5), Grade.FAIR, "~ 1.50 ms"),
        (cell(4.0), Grade.POOR, "! 4.00 ms"),
        (cell(4.0, received=3), Grade.POOR, "! 3 of 4"),
        (None, Grade.UNTRIED, "? untried"),
    ],
)
def test_a_cell_has_a_symbol_and_figures_of_its_grade(one: Cell | None, found: Grade, text: str):
    assert grade(one, 0.4) is found
    assert heat(one, 0.4) == (text, found)


def test_where_all_is_far_away_that_is_usual():
    assert grade(cell(40.0), 38.0) is Grade.WELL
    assert grade(cell(120.0), 38.0) is Grade.FAIR
    assert grade(cell(400.0), 38.0) is Grade.POOR
    assert grade(cell(40.0), None) is Grade.WELL


def matrix(times: Mapping[tuple[str, str], float | None]) -> Matrix:
    names = tuple(dict.fromkeys(source for source, _ in times))
    targets = tuple(
        Target(name=n, kind="host", host=n, address=IPv4Address(f"10.0.63.{i}"))
        for i, n in enumerate(names, 2)
    )
    cells = tuple(
        Cell(source=s, target=t, sent=4, received=0 if rtt is None else 4, rtt_ms=rtt)
        for (s, t), rtt in times.items()
    )
    return Matrix(sources=names, targets=targets, cells=cells)


def test_pings_to_oneself_do_not_make_the_others_slow():
    there = {("a", "b"): 2.0, ("b", "a"): 2.2, ("a", "a"): 0.03, ("b", "b"): 0.04}
    assert usual(matrix(there)) == pytest.approx(2.1)
    assert usual(matrix({("a", "a"): 0.03})) == 0.03
    assert usual(matrix({("a", "b"): None, ("b", "a"): None})) is None


def test_the_table_in_lines_has_a_word_for_it():
    there = {(s, t): 0.3 for s in "abc" for t in "abc"} | {("a", "b"): 1.5, ("c", "b"): 40.0}
    row = next(line for line in matrix_table(matrix(there)) if line.startswith("b "))
    assert "1.50 ms, slow" in row
    assert "40.00 ms, very slow" in row


def test_the_legend_fits_eighty_columns():
    assert len(meaning(234.56)) <= 75
