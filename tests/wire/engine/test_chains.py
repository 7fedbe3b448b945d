"""Steps that are handed to a host together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kwizard.engine import events as ev
from kwizard.engine.journal import state_of
from kwizard.engine.run import Run
from kwizard.recipes.step import Operator, Phase, Place, Retry, Wait, every, same
from tests.wire.engine.conftest import NAMES, Bench
from tests.wire.engine.test_run import a_minute_after_its_first_words, names, status, step

BOBA = ("boba",)


async def test_what_waits_for_nobody_else_goes_together(bench: Bench):
    bench.assets |= {name: f"echo {name} >>order\n" for name in "abc"}
    plan = bench.plan(step("a"), step("c", after=(same("b"),)), step("b", after=(same("a"),)))
    events = await bench.run(plan)
    assert status(events) == "done"
    for name in NAMES:
        host = bench.hosts[name]
        assert host.chains == [("a", "b", "c")]
        assert (host.root / "order").read_text().split() == ["a", "b", "c"]
        told = [type(e).__name__ for e in events if isinstance(e, ev.StepEvent) and e.host == name]
        assert told == ["StepStarted", "StepFinished"] * 3
    assert names(await bench.run(plan), ev.StepStarted) == []


async def test_a_chain_has_the_plan_s_order_whoever_woke_first(bench: Bench):
    """c waits for b alone, and hears of its end before d does, which waits for a first."""
    bench.assets |= dict.fromkeys("acd", "true\n") | {"b": "true\n"}
    waited = step("b", hosts=BOBA, after=(same("a"),), action=Wait("b", deadline=5), stamped=False)
    plan = bench.plan(
        step("a", hosts=BOBA),
        waited,
        step("d", hosts=BOBA, after=(same("a"), same("b"))),
        step("c", hosts=BOBA, after=(same("b"),)),
    )
    assert status(await bench.run(plan)) == "done"
    assert bench.hosts["boba"].chains == [("a",), ("d", "c")]


async def test_a_barrier_ends_a_chain(bench: Bench):
    bench.assets |= dict.fromkeys("abc", "true\n")
    await bench.run(bench.plan(step("a"), step("b", after=(every("a"),)), step("c")))
    assert all(host.chains == [("a", "c"), ("b",)] for host in bench.hosts.values())


async def test_what_is_as_wanted_does_not_stand_between_unless_it_may_have_changed(bench: Bench):
    bench.assets |= {"a": "true\n", "b": "false\n", "b?": "true\n", "c": "true\n"}
    note = step("a", hosts=BOBA, changes=False)
    kept = step("b", hosts=BOBA, after=(same("a"),), probe="b?", stamped=False)
    last = step("c", hosts=BOBA, after=(same("b"),))
    host = bench.hosts["boba"]
    await bench.run(bench.plan(note, kept, last))
    assert host.chains == [("a", "c")]
    assert host.looks == 1
    host.root.joinpath("steps/c").unlink()
    await bench.run(
        bench.plan(replace(note, changes=True, id="a2"), replace(kept, after=(same("a2"),)), last)
    )
    assert host.chains[1:] == [("a2",), ("c",)]
    assert host.looks == 3, "what a2 may have changed is looked at again"


async def test_what_may_take_long_comes_last_and_holds_nothing_up(bench: Bench):
    bench.assets |= dict.fromkeys("abcd", "true\n")
    long = step("a", hosts=BOBA, timeout=900)
    other = step("d", hosts=BOBA, timeout=900)
    await bench.run(bench.plan(step("b", hosts=BOBA), long, step("c", hosts=BOBA), other))
    assert bench.hosts["boba"].chains == [("b", "c", "a"), ("d",)]


async def test_what_needs_one_that_failed_is_not_begun_and_what_does_not_goes_on(bench: Bench):
    bench.assets |= {"a": "true\n", "b": "exit 7\n", "c": "touch c\n", "d": "touch d\n"}
    plan = bench.plan(
        step("a", hosts=BOBA),
        step("b", hosts=BOBA, after=(same("a"),)),
        step("c", hosts=BOBA, after=(same("b"),)),
        step("d", hosts=BOBA),
    )
    events = await bench.run(plan)
    assert names(events, ev.StepFailed) == ["b@boba"]
    assert names(events, ev.StepFinished) == ["a@boba", "d@boba"]
    assert [(e.step, e.blocked) for e in events if isinstance(e, ev.StepSkipped)] == [("c", True)]
    assert not (bench.hosts["boba"].root / "c").exists()
    state = state_of(bench.folder / "journal.jsonl")
    assert not any(attempt.running for attempt in state.attempts.values())

    bench.assets["b"] = "true\n"
    events = await bench.run(bench.plan(*(t.step for t in plan.tasks)))
    assert names(events, ev.StepFinished) == ["b@boba", "c@boba"]


async def test_where_it_stopped_is_the_step_that_failed(bench: Bench):
    bench.assets |= {"a": "exit 7\n", "b": "true\n"}
    await bench.run(bench.plan(step("a", hosts=BOBA), step("b", hosts=BOBA, after=(same("a"),))))
    assert state_of(bench.folder / "journal.jsonl").last_task == "a@boba"


async def test_a_failed_one_is_tried_again_and_the_others_after_it(bench: Bench):
    bench.assets |= {"a": "echo x >>tries; test $(grep -c x tries) -ge 3\n", "b": "true\n"}
    events = await bench.run(
        bench.plan(
            step("a", hosts=BOBA, retry=Retry(3, 0.01)), step("b", hosts=BOBA, after=(same("a"),))
        )
    )
    assert status(events) == "done"
    assert bench.hosts["boba"].chains == [("a", "b"), ("a",), ("a",), ("b",)]


async def test_one_that_takes_too_long_takes_the_others_back(bench: Bench):
    bench.assets |= {"a": "echo begun; sleep 600\n", "b": "touch b\n"}
    plan = bench.plan(step("a", hosts=BOBA, timeout=50), step("b", hosts=BOBA))
    events = await bench.run(plan, watch=a_minute_after_its_first_words)
    assert names(events, ev.StepFailed) == ["a@boba"]
    assert names(events, ev.StepFinished) == ["b@boba"]
    assert bench.hosts["boba"].chains == [("a", "b"), ("b",)]


async def test_stopping_in_the_middle_leaves_all_of_it_to_be_taken_up(bench: Bench):
    go = bench.folder / "go"
    bench.assets |= {
        "a": f"echo begun; until [ -e {go} ]; do sleep 0.02; done\n",
        "b": "echo x >>b; echo told\n",
        "c": "echo x >>c\n",
    }
    plan = bench.plan(
        step("a", hosts=BOBA),
        step("b", hosts=BOBA, after=(same("a"),)),
        step("c", hosts=BOBA, after=(same("b"),)),
    )
    await bench.run(plan, watch=lambda e, run: run.interrupt() if isinstance(e, ev.Log) else None)
    state = state_of(bench.folder / "journal.jsonl")
    assert state.last_task == "a@boba"
    assert all(attempt.running for attempt in state.attempts.values())

    def release(event: ev.Event, _run: Run) -> None:
        if isinstance(event, ev.StepStarted) and event.attached:
            go.touch()

    events = await bench.run(plan, watch=release)
    assert status(events) == "done"
    assert [e.attached for e in events if isinstance(e, ev.StepStarted)] == [True] * 3
    assert bench.hosts["boba"].chains == [("a", "b", "c")]
    assert (bench.hosts["boba"].root / "b").read_text() == "x\n"
    assert (bench.folder / "logs/b@boba.log").read_text() == "told\n"


async def test_a_host_that_stays_away_leaves_its_jobs_to_the_next_run(bench: Bench):
    host = bench.hosts["boba"]
    bench.assets |= {"a": "true\n", "b": "true\n"}
    plan = bench.plan(step("a", hosts=BOBA), step("b", hosts=BOBA))

    def leave(_job: str) -> None:
        host.away, host.on_follow = True, None

    host.on_follow = leave
    events = await bench.run(plan)
    assert set(names(events, ev.StepFailed)) == {"a@boba", "b@boba"}
    host.away = False
    events = await bench.run(plan)
    assert status(events) == "done"
    assert host.chains == [("a", "b")], "they were taken up, not begun again"


async def test_other_work_of_the_host_goes_on_beside_a_chain(bench: Bench):
    """A wait, a file, and the operator's work are no part of it."""
    source = bench.folder / "file"
    source.write_bytes(b"x")
    bench.artifacts["file"] = (source, "00")
    bench.assets |= {"a": "true\n", "b": "test -e srv/file\n", "w": "true\n", "c": "true\n"}

    async def work(_context: object) -> None: ...

    bench.operator["work"] = work
    events = await bench.run(
        bench.plan(
            step("a", hosts=BOBA),
            step("p", hosts=BOBA, action=Place("file", "/srv/file"), after=(same("a"),)),
            step("b", hosts=BOBA, after=(same("p"),)),
            step("w", hosts=BOBA, action=Wait("w"), after=(same("b"),)),
            step("o", hosts=(), action=Operator("work"), after=(every("w"),)),
            step("c", hosts=BOBA, after=(every("o"),)),
        )
    )
    assert status(events) == "done"
    assert bench.hosts["boba"].chains == [("a",), ("b",), ("c",)]


async def test_one_phase_alone_hands_over_nothing_of_another(bench: Bench):
    bench.assets |= {"a": "true\n", "b": "true\n"}
    plan = bench.plan(step("a"), step("b", phase=Phase.NODES, after=(same("a"),)))
    await bench.run(plan, phase=Phase.HOSTS)
    assert all(host.chains == [("a",)] for host in bench.hosts.values())


async def test_a_skipped_one_is_not_handed_over(bench: Bench):
    bench.assets |= {"a": "true\n", "b": "touch b\n", "c": "true\n"}
    plan = bench.plan(*(step(name, hosts=BOBA) for name in "abc"))
    events = await bench.run(plan, waived=frozenset({"b@boba"}))
    assert status(events) == "done"
    assert bench.hosts["boba"].chains == [("a", "c")]
    assert not (bench.hosts["boba"].root / "b").exists()


async def test_those_that_take_turns_and_those_that_do_not_are_not_mixed(bench: Bench):
    bench.assets |= dict.fromkeys("abcd", "true\n")
    free: dict[str, Any] = {"hosts": BOBA, "exclusive": False}
    events = await bench.run(
        bench.plan(
            step("a", hosts=BOBA), step("b", **free), step("c", hosts=BOBA), step("d", **free)
        )
    )
    assert status(events) == "done"
    assert sorted(bench.hosts["boba"].chains) == [("a", "c"), ("b", "d")]
