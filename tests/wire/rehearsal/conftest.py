"""Rehearsal hosts for these tests; skipped where the machine permits no namespaces."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncssh
import pytest

from kwizard.rehearsal import NoRehearsal, Rehearsal


@asynccontextmanager
async def begin(**settings: Any) -> AsyncIterator[Rehearsal]:
    """A rehearsal, or a skipped test where this machine permits none."""
    rehearsal = Rehearsal(**settings)
    try:
        await rehearsal.__aenter__()
    except NoRehearsal as error:
        pytest.skip(f"{error.message}: {error.log_tail}")
    try:
        yield rehearsal
    finally:
        await rehearsal.__aexit__(None, None, None)


@pytest.fixture
def rehearsals():
    """Called with the settings of `Rehearsal`: one that skips the test where there can be none."""
    return begin


@pytest.fixture
async def one():
    """A single host without delays."""
    async with begin(hosts=1, speed=0) as rehearsal:
        yield rehearsal


def connect(rehearsal: Rehearsal, host: str = "anakin"):
    """An SSH connection to a host, as any client would make it."""
    entry = rehearsal.cluster.host(host)
    assert entry.ssh.port is not None
    known = f"[127.0.0.1]:{entry.ssh.port} {rehearsal.known_host_keys[host]}\n"
    return asyncssh.connect(
        "127.0.0.1",
        entry.ssh.port,
        username="root",
        client_keys=[str(rehearsal.identity)],
        known_hosts=known.encode(),
        agent_path=None,
        config=None,
    )
