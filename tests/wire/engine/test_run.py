from __future__ import annotations

import asyncio
import hashlib

from kwizard.engine import events as ev
from kwizard.engine.actions import OperatorContext
from kwizard.engine.journal import state_of
from kwizard.engine.run import Run
from kwizard.errors import LoginRefused, StepFailed
from kwizard.recipes.step import (
    Operator,
    Phase,
    Place,
    Retry,
    Rolling,
    Script,
    Step,
    Wait,
    every,
    same,
)
from tests import clock
from tests.wire.engine.conftest import NAMES, Bench


def step(name: str, asset: str | None = None, **more) -> Step:
    defaults = {
        "phase": Phase.HOSTS,
        "title": name,
        "hosts": NAMES,
        "action": Script(asset or name),
    }
    return Step(id=name, **{**defaults, **more})


def names(events: list[ev.Event], kind: type[ev.StepEvent]) -> list[str]:
    return [f"{e.step}@{e.host}" for e in events if isinstance(e, kind)]


def status(events: list[ev.Event]) -> str:
    assert isinstance(events[-1], ev.RunFinished)
    return events[-1].status


async def test_each_step_runs_on_each_host_and_its_log_is_told_and_kept(bench: Bench):
    bench.assets["hello"] = 'echo "I am $HOST"\n'
    events = await bench.run(bench.plan(step("hello")))
    assert status(events) == "done"
    told = {e.host: e.text for e in events if isinstance(e, ev.Log)}
    assert told == {n: f"I am {n}" for n in NAMES}
    for name in NAMES:
        assert (bench.folder / "logs" / f"hello@{name}.log").read_text() == f"I am {name}\n"


async def test_a_second_run_starts_nothing(bench: Bench):
    bench.assets |= {"make": "touch made\n", "make?": 'test -e made && echo "made is there"\n'}
    plan = bench.plan(step("make", probe="make?"))
    await bench.run(plan)
    events = await bench.run(plan)
    assert status(events) == "done"
    assert names(events, ev.StepStarted) == []
    assert {e.reason for e in events if isinstance(e, ev.StepSkipped)} == {"made is there"}
    assert [len(h.launches) for h in bench.hosts.values()] == [1, 1, 1]


async def test_what_is_there_but_was_not_set_up_by_this_step_is_due(bench: Bench):
    bench.assets |= {"make": "touch made\n", "make?": "test -e made\n"}
    (bench.hosts["boba"].root / "made").touch()
    events = await bench.run(bench.plan(step("make", probe="make?", hosts=("boba",))))
    assert names(events, ev.StepFinished) == ["make@boba"]


async def test_a_changed_script_is_due_again(bench: Bench):
    bench.assets |= {"make": "touch made\n", "make?": "test -e made\n"}
    await bench.run(bench.plan(step("make", probe="make?")))
    bench.assets["make"] = "touch made # differently\n"
    events = await bench.run(bench.plan(step("make", probe="make?")))
    assert len(names(events, ev.StepFinished)) == 3


async def test_a_failure_stops_what_comes_after_it_and_nothing_else(bench: Bench):
    bench.assets |= {
        "first": 'test "$HOST" != boba || { echo "kwizard: no room on boba"; exit 7; }\n',
        "second": "true\n",
        "alone": "true\n",
    }
    events = await bench.run(
        bench.plan(step("first"), step("second", after=(same("first"),)), step("alone"))
    )
    assert status(events) == "failed"
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert (failure.host, failure.exit, failure.reason) == ("boba", 7, "no room on boba")
    assert "no room on boba" in failure.log_tail
    assert "second@anakin" in names(events, ev.StepFinished)
    assert [e.host for e in events if isinstance(e, ev.StepSkipped) and e.blocked] == ["boba"]
    assert len([n for n in names(events, ev.StepFinished) if n.startswith("alone")]) == 3


async def test_a_barrier_waits_for_all_hosts(bench: Bench):
    shared = bench.folder / "seen"
    bench.assets |= {
        "slow": f'test "$HOST" != c3po || sleep 0.3; echo "$HOST" >> {shared}\n',
        "then": f"grep -c . {shared}\n",
    }
    events = await bench.run(
        bench.plan(step("slow"), step("then", hosts=("anakin",), after=(every("slow"),)))
    )
    assert [e.text for e in events if isinstance(e, ev.Log)] == ["3"]


async def test_a_killed_run_is_taken_up_where_its_jobs_are(bench: Bench):
    """The run ends while jobs run; they go on; the next run follows them and starts nothing."""
    go = bench.folder / "go"
    bench.assets["long"] = f"echo begun; until [ -e {go} ]; do sleep 0.02; done; echo ended\n"
    plan = bench.plan(step("long"))
    begun: set[str] = set()

    def stop_when_all_began(event: ev.Event, run: Run) -> None:
        if isinstance(event, ev.Log):
            begun.add(event.host)
            if len(begun) == len(NAMES):
                run.interrupt()

    events = await bench.run(plan, watch=stop_when_all_began)
    assert status(events) == "interrupted"
    go.touch()
    events = await bench.run(plan)
    assert status(events) == "done"
    assert all(e.attached for e in events if isinstance(e, ev.StepStarted))
    assert [len(h.launches) for h in bench.hosts.values()] == [1, 1, 1]
    for name in NAMES:
        log = (bench.folder / "logs" / f"long@{name}.log").read_text()
        assert log == "begun\nended\n", "the log is whole and not doubled"


async def test_a_job_that_failed_meanwhile_is_taken_as_it_ended(bench: Bench):
    go = bench.folder / "go"
    bench.assets["long"] = f"echo begun; until [ -e {go} ]; do sleep 0.02; done; exit 5\n"
    plan = bench.plan(step("long", hosts=("boba",)))

    def stop(event: ev.Event, run: Run) -> None:
        if isinstance(event, ev.Log):
            run.interrupt()

    await bench.run(plan, watch=stop)
    go.touch()
    events = await bench.run(plan)
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert failure.exit == 5
    events = await bench.run(plan)
    assert len(bench.hosts["boba"].launches) == 2, "a failed step is due again in the next run"


async def test_a_job_nobody_knows_any_more_is_due_again(bench: Bench):
    bench.assets["long"] = "echo begun; sleep 600\n"
    plan = bench.plan(step("long", hosts=("boba",)))

    def stop(event: ev.Event, run: Run) -> None:
        if isinstance(event, ev.Log):
            run.interrupt()

    await bench.run(plan, watch=stop)
    host = bench.hosts["boba"]
    await host.cancel(host.launches[0])
    host.root = bench.folder / "reinstalled"
    host.root.mkdir()
    bench.assets["long"] = "echo again\n"
    events = await bench.run(bench.plan(step("long", hosts=("boba",))))
    assert status(events) == "done"
    assert len(host.launches) == 2


async def test_a_step_whose_predecessor_ran_is_looked_at_again(bench: Bench):
    bench.assets |= {
        "restart": "rm -f started\n",
        "start": "touch started\n",
        "start?": "test -e started\n",
    }
    await bench.run(bench.plan(step("start", probe="start?", hosts=("boba",))))
    bench.assets["restart"] = "rm -f started # now due\n"
    events = await bench.run(
        bench.plan(
            step("restart", hosts=("boba",)),
            step("start", probe="start?", hosts=("boba",), after=(same("restart"),)),
        )
    )
    assert names(events, ev.StepFinished) == ["restart@boba", "start@boba"]


async def test_rolling_hosts_never_overlap_and_wait_for_their_guard(bench: Bench):
    trace = bench.folder / "trace"
    bench.assets |= {
        "roll": f'echo "in $HOST" >> {trace}; sleep 0.1; echo "out $HOST" >> {trace}; touch up\n',
        "guard": "true\n",
    }
    await bench.run(bench.plan(step("roll", rolling=Rolling("docker", "guard"))))
    lines = trace.read_text().split("\n")[:-1]
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    assert all(a.removeprefix("in ") == b.removeprefix("out ") for a, b in pairs)
    assert len(pairs) == 3


async def test_a_guard_that_never_holds_fails_with_what_it_saw(bench: Bench):
    bench.assets |= {"roll": "true\n", "guard": "echo 'boba is down'; exit 1\n"}
    events = await bench.run(
        bench.plan(step("roll", hosts=("c3po",), rolling=Rolling("docker", "guard", 0.2)))
    )
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert "boba is down" in failure.reason
    assert bench.hosts["c3po"].launches == []


async def test_exclusive_steps_of_a_host_take_turns(bench: Bench):
    trace = bench.folder / "trace"
    for name in ("a", "b"):
        bench.assets[name] = f"echo in >> {trace}; sleep 0.1; echo out >> {trace}\n"
    await bench.run(bench.plan(step("a", hosts=("boba",)), step("b", hosts=("boba",))))
    assert trace.read_text().split() == ["in", "out", "in", "out"]


async def test_retry_is_data(bench: Bench):
    bench.assets["flaky"] = "echo x >> tries; test $(grep -c x tries) -ge 3\n"
    events = await bench.run(bench.plan(step("flaky", hosts=("boba",), retry=Retry(3, 0.01))))
    assert status(events) == "done"
    assert len(bench.hosts["boba"].launches) == 3


def a_minute_after_its_first_words(event: ev.Event, _run: Run) -> None:
    if isinstance(event, ev.Log):
        clock.goes_by(60)


async def test_a_step_that_takes_too_long_is_ended_on_the_host(bench: Bench):
    bench.assets["hang"] = "echo hanging; sleep 60; touch survived\n"
    plan = bench.plan(step("hang", hosts=("boba",), timeout=50))
    events = await bench.run(plan, watch=a_minute_after_its_first_words)
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert "longer than" in failure.reason
    assert "hanging" in failure.log_tail
    job = bench.hosts["boba"].root / "jobs" / bench.hosts["boba"].launches[0]
    assert not (job / "exit").exists()


async def test_waiting_tells_what_it_sees_and_ends_when_it_holds(bench: Bench):
    bench.assets["ready"] = "cat seen 2>/dev/null || { echo 'not there'; exit 1; }\n"
    seen = bench.hosts["anakin"].root / "seen"

    def answer(event: ev.Event, run: Run) -> None:
        if isinstance(event, ev.Log) and "not there" in event.text:
            seen.write_text("all there\n")

    wait = step("ready", hosts=("anakin",), action=Wait("ready", deadline=10, interval=0.01))
    events = await bench.run(bench.plan(wait), watch=answer)
    assert status(events) == "done"
    assert [e.text for e in events if isinstance(e, ev.Log)] == ["not there", "all there"]


async def test_placed_files_arrive_with_progress(bench: Bench):
    source = bench.folder / "release.tar"
    source.write_bytes(b"x" * 1000)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    bench.artifacts["release"] = (source, digest)
    bench.assets["placed?"] = "test -e srv/release.tar\n"
    place = step("place", action=Place("release", "/srv/release.tar"), probe="placed?")
    events = await bench.run(bench.plan(place))
    told = [(e.done, e.total) for e in events if isinstance(e, ev.Progress)]
    assert set(told) <= {(0, 1000), (1000, 1000)}
    assert told[-1] == (1000, 1000)
    assert (bench.hosts["c3po"].root / "srv/release.tar").read_bytes() == source.read_bytes()


async def test_operator_work_is_done_only_when_something_needs_it(bench: Bench):
    calls = []

    async def fetch(context: OperatorContext) -> None:
        calls.append(1)
        await context.say("fetched")

    bench.operator["fetch-release"] = fetch
    bench.assets |= {"use": "touch used\n", "use?": "test -e used\n"}
    plan = bench.plan(
        step("fetch", hosts=(), action=Operator("fetch-release")),
        step("use", probe="use?", after=(every("fetch"),)),
    )
    assert status(await bench.run(plan)) == "done"
    assert status(await bench.run(plan)) == "done"
    assert calls == [1]


async def test_one_phase_alone_says_what_it_lacks(bench: Bench):
    bench.assets |= {"a": "true\n", "b": "true\n"}
    plan = bench.plan(step("a"), step("b", phase=Phase.NODES, after=(same("a"),)))
    events = await bench.run(plan, phase=Phase.NODES)
    assert status(events) == "failed"
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert "a@" in failure.reason
    assert "hosts" in failure.hint
    assert status(await bench.run(plan, phase=Phase.HOSTS)) == "done"
    assert status(await bench.run(plan, phase=Phase.NODES)) == "done"


async def test_a_host_that_refuses_gives_exit_four_and_no_retry(bench: Bench):
    calls = []

    async def refuse(context: OperatorContext) -> None:
        calls.append(1)
        raise LoginRefused("no key was accepted", host="boba")

    bench.operator["fetch-release"] = refuse
    events = await bench.run(
        bench.plan(step("f", hosts=(), action=Operator("fetch-release"), retry=Retry(3, 0.01)))
    )
    assert isinstance(events[-1], ev.RunFinished)
    assert events[-1].exit == 4
    assert calls == [1]


async def test_hostile_log_bytes_are_harmless_in_events_and_files(bench: Bench):
    bench.assets["hostile"] = (
        r"printf '\033]0;owned\007\033[2Jplain \377 [/red] \302\233H\342\200\256txt\n'; exit 1"
        "\n"
    )
    events = await bench.run(bench.plan(step("hostile", hosts=("boba",))))
    text = next(e.text for e in events if isinstance(e, ev.Log))
    assert text.startswith("plain � [/red] ")
    stored = (bench.folder / "logs" / "hostile@boba.log").read_bytes()
    for bad in (b"\x1b", b"\x07", "\u009b".encode(), "\u202e".encode()):
        assert bad not in stored


async def test_an_operator_side_error_is_a_failed_step(bench: Bench):
    async def wrong(context: OperatorContext) -> None:
        raise StepFailed("red cells", exit=1, host="operator", step="v", remedy="open the port")

    bench.operator["verify"] = wrong
    events = await bench.run(bench.plan(step("v", hosts=(), action=Operator("verify"))))
    failure = next(e for e in events if isinstance(e, ev.StepFailed))
    assert (failure.reason, failure.hint) == ("red cells", "open the port")
    attempt = state_of(bench.folder / "journal.jsonl").attempt("v@operator")
    assert attempt is not None
    assert not attempt.ok


async def test_a_reader_that_goes_away_leaves_a_journal_that_can_be_resumed(bench: Bench):
    bench.assets["long"] = "echo begun; sleep 0.3\n"
    plan = bench.plan(step("long", hosts=("boba",)))

    async def leave() -> None:
        def vanish(event: ev.Event, run: Run) -> None:
            if isinstance(event, ev.Log):
                raise asyncio.CancelledError

        await bench.run(plan, watch=vanish)

    task = asyncio.ensure_future(leave())
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    events = await bench.run(plan)
    assert status(events) == "done"
    assert len(bench.hosts["boba"].launches) == 1


async def test_a_skipped_task_holds_nothing_up_and_is_due_again(bench: Bench):
    bench.assets |= {
        "first": 'test "$HOST" != boba || exit 7\n',
        "second": "touch second\n",
        "first?": "test -e by-hand\n",
    }
    plan = bench.plan(
        step("first", probe="first?", stamped=False), step("second", after=(same("first"),))
    )
    waived = frozenset({"first@boba"})
    events = await bench.run(plan, waived=waived)
    assert status(events) == "done"
    skips = [e for e in events if isinstance(e, ev.StepSkipped)]
    assert [(e.step, e.host, e.waived, e.blocked) for e in skips] == [
        ("first", "boba", True, False)
    ]
    assert skips[0].reason.startswith("skipped by you, not done")
    assert (bench.hosts["boba"].root / "second").exists()
    assert not any(name.startswith("first") for name in bench.hosts["boba"].launches)
    assert state_of(bench.folder / "journal.jsonl").waived == ("first@boba",)

    events = await bench.run(plan)
    assert status(events) == "failed", "the skip was for one run"
    assert "first@boba" in names(events, ev.StepFailed)


async def test_what_is_as_wanted_is_not_called_skipped(bench: Bench):
    bench.assets |= {"make": "exit 7\n", "make?": "test -e made && echo it is there\n"}
    (bench.hosts["boba"].root / "made").touch()
    plan = bench.plan(step("make", probe="make?", stamped=False, hosts=("boba",)))
    events = await bench.run(plan, waived=frozenset({"make@boba"}))
    (skip,) = [e for e in events if isinstance(e, ev.StepSkipped)]
    assert (skip.reason, skip.waived) == ("it is there", False)


async def test_a_job_of_a_skipped_task_that_still_runs_is_waited_for(bench: Bench):
    go = bench.folder / "go"
    bench.assets |= {
        "long": f"echo begun; until [ -e {go} ]; do sleep 0.02; done; exit 5\n",
        "then": f"test -e {go}\n",
    }
    plan = bench.plan(
        step("long", hosts=("boba",)), step("then", hosts=("boba",), after=(same("long"),))
    )
    await bench.run(plan, watch=lambda e, run: run.interrupt() if isinstance(e, ev.Log) else None)

    def release(event: ev.Event, _run: Run) -> None:
        if isinstance(event, ev.StepStarted) and event.attached:
            go.touch()

    events = await bench.run(plan, watch=release, waived=frozenset({"long@boba"}))
    assert status(events) == "done"
    assert names(events, ev.StepFinished) == ["then@boba"]
    assert [e.waived for e in events if isinstance(e, ev.StepSkipped)] == [True]
    # "then" was handed over with it, never begun, and handed over anew.
    assert bench.hosts["boba"].chains == [("long", "then"), ("then",)]


async def test_what_is_done_on_demand_is_due_with_what_comes_directly_after_it(bench: Bench):
    bench.assets |= {
        "token": "touch token\n",
        "join": "touch joined\n",
        "join?": "test -e joined\n",
        "after": "touch done\n",
        "after?": "test -e done\n",
    }
    plan = bench.plan(
        step("token", hosts=("anakin",), on_demand=True, stamped=False),
        step("join", probe="join?", after=(every("token"),)),
        step("after", probe="after?", after=(same("join"),)),
    )
    assert "token@anakin" in names(await bench.run(plan), ev.StepFinished)
    assert names(await bench.run(plan), ev.StepStarted) == []
    (bench.hosts["c3po"].root / "joined").unlink()
    assert names(await bench.run(plan), ev.StepFinished) == ["token@anakin", "join@c3po"]
    (bench.hosts["boba"].root / "done").unlink()  # of what comes after it, but not directly
    assert names(await bench.run(plan), ev.StepFinished) == ["after@boba"]


async def test_what_is_done_on_demand_is_due_when_its_own_probe_says_so(bench: Bench):
    bench.assets |= {"approve": "rm waits\n", "approve?": "! test -e waits\n"}
    plan = bench.plan(step("approve", probe="approve?", on_demand=True, stamped=False))
    (bench.hosts["boba"].root / "waits").touch()
    assert names(await bench.run(plan), ev.StepFinished) == ["approve@boba"]
    assert names(await bench.run(plan), ev.StepStarted) == []
