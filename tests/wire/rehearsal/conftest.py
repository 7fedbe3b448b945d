"""Rehearsal hosts for these tests; skipped where the machine permits no namespaces."""

import asyncssh
import pytest

from kwizard.rehearsal import NoRehearsal, Rehearsal


@pytest.fixture
async def one():
    """A single host without delays."""
    try:
        async with Rehearsal(hosts=1, speed=0) as rehearsal:
            yield rehearsal
    except NoRehearsal as error:
        pytest.skip(f"{error.message}: {error.log_tail}")


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
