"""Parts of a snapshot, and one ping of it in full."""

from __future__ import annotations

from dataclasses import replace

from kwizard.monitor.pings import ping_in_full
from kwizard.monitor.view import host_states, matching, of_host
from tests.wire.tui.pictures import HOSTS, snapshot

DEAD = snapshot(("anakin", "c3po/container"))


def test_a_host_is_ill_by_its_pings_its_node_its_daemons_and_silent_without_a_look() -> None:
    states = {h.name: h.state for h in host_states(DEAD, HOSTS)}
    assert states == {"anakin": "ill", "boba": "well", "c3po": "ill"}
    silent = replace(DEAD, problems={"boba": "no answer within 40 s"})
    assert host_states(silent, ["boba"])[0].state == "silent"
    stopped = replace(snapshot(), faults=("boba: kubelet does not run",))
    assert [h.state for h in host_states(stopped, HOSTS)] == ["well", "ill", "well"]


def test_of_one_host_everything_else_is_left_out_and_nothing_is_lost() -> None:
    part = of_host(DEAD, "boba")
    assert [n.name for n in part.nodes] == ["boba"]
    assert list(part.services) == ["boba"]
    assert part.matrix is not None
    assert part.matrix.sources == ("boba",)
    assert {c.source for c in part.matrix.cells} == {"boba"}
    assert part.diagnoses == ()
    assert part.components == DEAD.components
    assert of_host(DEAD, "c3po").diagnoses == DEAD.diagnoses
    assert of_host(DEAD, "anakin").diagnoses == DEAD.diagnoses


def test_letters_choose_rows_and_no_letters_choose_all() -> None:
    assert matching(DEAD, "  ") is DEAD
    part = matching(DEAD, "C3PO")
    assert [n.name for n in part.nodes] == ["c3po"]
    assert part.matrix is not None
    assert {t.host for t in part.matrix.targets} == {"c3po"}
    assert all(c.target.startswith("c3po") for c in part.matrix.cells)
    assert part.components == ()
    assert part.diagnoses == DEAD.diagnoses  # c3po is named in it


def test_a_ping_in_full_holds_the_counts_the_words_of_ping_and_the_cause() -> None:
    lines = ping_in_full(DEAD, "anakin", "c3po/container")
    text = "\n".join(lines)
    assert lines[0] == "anakin to c3po/container (10.0.72.2): 0 of 4 answered, lost"
    assert "4 packets transmitted, 0 received, 100% packet loss" in text
    assert "likely cause: udp port 8285 of c3po is closed" in text
    assert "what to do: open 8285/udp" in text
    well = "\n".join(ping_in_full(DEAD, "boba", "anakin"))
    assert "likely cause" not in well
    assert "no ping from x to y" in ping_in_full(DEAD, "x", "y")[0]
