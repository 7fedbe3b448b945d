"""Who gets a file from whom."""

from __future__ import annotations

from collections import Counter

from kwizard.engine.sources import AT_ONCE, OPERATOR, Line, Sources, Trust


def rounds(hosts: list[str], sources: Sources) -> list[dict[str, str]]:
    """Let every host ask, and all transfers of a round end together, until each has the file."""
    told: list[dict[str, str]] = []
    left = list(hosts)
    while left:
        chosen = {h: s for h in left if (s := sources.choose(h)) is not None}
        assert chosen, "everybody waits for ever"
        told.append(chosen)
        for host in chosen:
            sources.has(host)
        left = [h for h in left if h not in chosen]
    return told


def test_a_file_crosses_the_operators_line_once_and_fifty_hosts_have_it_in_five_rounds():
    hosts = [f"host{n}" for n in range(50)]
    told = rounds(hosts, Sources(Trust()))
    assert [list(r.values()).count(OPERATOR) for r in told] == [1, 0, 0, 0, 0]
    assert [len(r) for r in told] == [1, 2, 6, 18, 23]
    for chosen in told:
        assert max(Counter(chosen.values()).values()) <= AT_ONCE


def test_a_host_that_has_it_from_before_spares_the_operators_line():
    sources = Sources(Trust())
    sources.has("old")
    assert sources.choose("new") == "old"


def test_nobody_else_is_sent_a_first_copy_while_one_is_on_its_way():
    sources = Sources(Trust())
    assert sources.choose("anakin") == OPERATOR
    assert sources.choose("boba") is None
    sources.failed("anakin")
    assert sources.choose("boba") == OPERATOR


def test_a_quick_line_sends_to_everyone_and_a_doubtful_one_waits_a_moment():
    sources = Sources(Trust())
    sources.has("anakin")
    assert sources.choose("boba", unsure=True) is None
    assert sources.choose("boba", quick=True) == OPERATOR


def test_a_giver_is_free_again_when_a_receiver_has_it_or_not():
    sources = Sources(Trust())
    sources.has("giver")
    assert [sources.choose(h) for h in ("a", "b", "c")] == ["giver", "giver", None]
    sources.failed("a")
    assert sources.choose("c") == "giver"


def test_a_pair_that_failed_is_not_tried_again_but_another_giver_is():
    trust = Trust()
    sources = Sources(trust)
    sources.has("anakin")
    sources.has("boba")
    trust.failed("anakin", "c3po", "way")
    assert sources.choose("c3po") == "boba"
    sources.failed("c3po")
    trust.failed("boba", "c3po", "way")
    assert sources.choose("c3po") == OPERATOR


def test_a_host_without_the_means_is_sent_everything():
    trust = Trust()
    trust.failed("anakin", "boba", "receiver")
    sources = Sources(trust)
    sources.has("anakin")
    assert sources.choose("boba") == OPERATOR
    assert sources.choose("c3po") == "anakin"


def test_one_that_cannot_give_is_asked_no_more():
    trust = Trust()
    sources = Sources(trust)
    sources.has("anakin")
    trust.failed("anakin", "boba", "giver")
    assert sources.choose("c3po") == OPERATOR


def test_where_nothing_has_worked_nobody_goes_on_trying():
    trust = Trust()
    for number in range(4):
        trust.failed("anakin", f"host{number}", "way")
    assert trust.alone("another")
    trust.worked()
    assert not trust.alone("another")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_lies_in_buffers_does_not_make_a_line_quick():
    clock = Clock()
    line = Line(clock)
    line.moved(("anakin", "/x"), 2 << 20)
    seen = [line.unsure]
    clock.now += 1
    seen.append(line.unsure)
    assert seen == [True, False]
    assert not line.quick(1 << 20, 1 << 20)


def test_the_rate_is_that_of_all_transfers_and_idle_time_does_not_count():
    clock = Clock()
    line = Line(clock)
    line.moved(("anakin", "/x"), 0)
    line.moved(("anakin", "/y"), 0)
    clock.now += 2
    line.moved(("anakin", "/x"), 40 << 20)
    line.over(("anakin", "/x"))
    line.moved(("anakin", "/y"), 60 << 20)
    line.over(("anakin", "/y"))
    clock.now += 500
    assert line.rate == 50 << 20
    assert line.quick(999 << 20, 999 << 20)
    assert not line.quick(1001 << 20, 101 << 20)
    assert line.quick(1001 << 20, 99 << 20), "a small file is not held up by big ones"


def test_a_small_file_that_was_sent_tells_at_once():
    clock = Clock()
    line = Line(clock)
    line.moved(("anakin", "/x"), 0)
    clock.now += 0.125
    line.moved(("anakin", "/x"), 1 << 20)
    line.over(("anakin", "/x"))
    assert line.rate == 8 << 20
