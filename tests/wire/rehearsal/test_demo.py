"""`kwizard demo`, where nobody is asked anything."""

from __future__ import annotations

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, STDOUT


async def demo(*options: str) -> tuple[int, str]:
    """Exit status and output."""
    command = (sys.executable, "-m", "kwizard", "demo", "--by-itself", "--speed", "0", *options)
    process = await create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT)
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_a_step_fails_where_it_was_asked_to() -> None:
    status, said = await demo("--hosts", "2", "--fail", "hosts/names@boba")
    assert status == 1
    assert "this step was asked to fail" in said
    assert "report" not in said, "there is nobody to send one of pretend hosts to"


async def test_a_step_that_is_not_in_the_plan_is_named_with_those_that_are_like_it() -> None:
    status, said = await demo("--hosts", "1", "--fail", "hosts/name@anakin")
    assert status == 2
    assert "the rehearsal has no script hosts/name@anakin" in said
    assert "hosts/names@anakin" in said


async def test_a_task_needs_a_host() -> None:
    status, said = await demo("--hosts", "1", "--fail", "hosts/names")
    assert status == 2
    assert "hosts/names is not of the form STEP@HOST" in said
