"""Whose question is next, without any connection."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from kwizard.remote.turns import Turns

ORDER = ("anakin", "boba", "c3po")
FOREVER = 3600.0


class Person:
    """Notes who is asked about, as which of how many, and answers when told to."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.asked: list[tuple[str, int, int]] = []
        self.answer = asyncio.Semaphore(0)

    async def about(self, name: str) -> None:
        async with self._turns.turn(name) as (number, total):
            self.asked.append((name, number, total))
            await self.answer.acquire()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_order_is_the_files_however_they_come():
    person = Person(Turns(ORDER, FOREVER))
    tasks = [asyncio.create_task(person.about(name)) for name in ("c3po", "anakin", "boba")]
    await settle()
    assert len(person.asked) == 1
    for _ in tasks:
        person.answer.release()
    await asyncio.gather(*tasks)
    # The first to come is asked about at once where no other host is on its way.
    assert [n for _, n, _ in person.asked] == [1, 2, 3]
    assert [name for name, _, _ in person.asked][1:] == ["anakin", "boba"]


async def test_the_first_question_waits_for_hosts_on_their_way():
    turns = Turns(ORDER, FOREVER)
    person = Person(turns)
    with ExitStack() as still:
        still.enter_context(turns.looking())
        tasks = [asyncio.create_task(person.about(name)) for name in ("c3po", "boba")]
        await settle()
        assert person.asked == []
        tasks.append(asyncio.create_task(person.about("anakin")))
        await settle()
        assert person.asked == []
    for _ in tasks:
        person.answer.release()
    await asyncio.gather(*tasks)
    assert person.asked == [("anakin", 1, 3), ("boba", 2, 3), ("c3po", 3, 3)]


async def test_but_not_longer_than_it_may():
    turns = Turns(ORDER, 0.0)
    person = Person(turns)
    person.answer.release()
    with turns.looking():
        await person.about("c3po")
    assert person.asked == [("c3po", 1, 1)]


async def test_a_jump_host_comes_first_it_is_the_way_to_others():
    turns = Turns(ORDER, FOREVER)
    person = Person(turns)
    with turns.looking():
        tasks = [asyncio.create_task(person.about(name)) for name in ("anakin", "gate")]
        await settle()
    person.answer.release()
    person.answer.release()
    await asyncio.gather(*tasks)
    assert [name for name, _, _ in person.asked] == ["gate", "anakin"]


async def test_who_comes_while_another_is_asked_about_is_counted_and_not_held_back():
    turns = Turns(ORDER, FOREVER)
    person = Person(turns)
    first = asyncio.create_task(person.about("boba"))
    await settle()
    with turns.looking():  # it logs in again, and so does a third
        second = asyncio.create_task(person.about("anakin"))
        await settle()
        person.answer.release()
        await first
        await settle()
        assert person.asked == [("boba", 1, 1), ("anakin", 2, 2)]
    person.answer.release()
    await second
    again = asyncio.create_task(person.about("c3po"))
    person.answer.release()
    await again
    assert person.asked[-1] == ("c3po", 1, 1)


async def test_who_gives_up_waiting_keeps_nobody_else_waiting():
    turns = Turns(ORDER, FOREVER)
    person = Person(turns)
    with turns.looking():
        tasks = [asyncio.create_task(person.about(name)) for name in ("anakin", "boba")]
        await settle()
        tasks[0].cancel()
        await settle()
    person.answer.release()
    await tasks[1]
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    assert person.asked == [("boba", 1, 1)]
