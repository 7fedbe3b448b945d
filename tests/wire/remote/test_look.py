from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kwizard.errors import HostRefused, RemoteCommandFailed
from kwizard.remote.ssh import SSHHost
from tests.wire.remote.server import FakeHost


async def ended(server: FakeHost) -> None:
    """Wait until no command's process is left on the host."""
    while server.running():
        await asyncio.sleep(0.01)


async def test_output_and_status_come_back(host: SSHHost):
    output = await host.look("echo out; echo err >&2; exit 3")
    assert (output.exit, output.stdout, output.stderr) == (3, b"out\n", b"err\n")
    assert not output.truncated


async def test_a_script_may_end_without_newline_use_set_e_and_heredocs(host: SSHHost):
    output = await host.look("set -eu\ncat <<'X'\n$a }\nX\nfalse\necho not reached # }")
    assert (output.exit, output.stdout) == (1, b"$a }\n")


async def test_a_script_that_is_no_shell_is_told(host: SSHHost):
    with pytest.raises(RemoteCommandFailed, match="yntax error"):
        await host.look("if true")


async def test_the_locale_is_c_and_the_path_has_sbin(host: SSHHost):
    output = await host.look('echo "$LC_ALL $PATH"')
    assert output.stdout.startswith(b"C ")
    assert b"/usr/sbin" in output.stdout


async def test_a_script_reads_nothing_from_us(host: SSHHost):
    output = await host.look("cat; echo end")
    assert output.stdout == b"end\n"


async def test_the_script_is_not_in_any_argv(host: SSHHost, server: FakeHost):
    output = await host.look("tr '\\0' ' ' </proc/$$/cmdline; : secret-word")
    assert b"secret-word" not in output.stdout
    assert not any("secret-word" in command for command in server.commands)


async def test_large_scripts_pass(host: SSHHost):
    lines = "\n".join(f": {'x' * 100} {i}" for i in range(20_000))
    output = await host.look(lines + "\necho end")
    assert output.stdout == b"end\n"


async def test_invalid_utf8_does_not_end_the_connection(host: SSHHost, server: FakeHost):
    output = await host.look(r"printf 'a\377\376b\n'; printf '\200' >&2")
    assert (output.stdout, output.stderr) == (b"a\xff\xfeb\n", b"\x80")
    await host.look("true")
    assert server.logins == 1


async def test_huge_output_is_bounded(host: SSHHost):
    output = await host.look("head -c 9000000 /dev/zero; echo e >&2", limit=1 << 20)
    assert (output.exit, len(output.stdout), output.truncated) == (0, 1 << 20, True)
    assert output.stderr == b"e\n"


async def test_noise_before_the_script_is_not_its_output(host: SSHHost, server: FakeHost):
    server.auth_banner = "Authorised use only\n"
    server.tool("sh", '#!/bin/sh\necho welcome\necho motd >&2\nexec /bin/sh "$@"\n')
    output = await host.look("echo mine")
    assert (output.stdout, output.stderr) == (b"mine\n", b"")


async def test_a_login_without_a_shell_is_told(host: SSHHost, server: FakeHost):
    server.tool("sh", "#!/bin/sh\necho This account is not available.\nexit 1\n")
    with pytest.raises(HostRefused, match="This account is not available"):
        await host.look("true")


async def test_a_timeout_ends_the_script_on_the_host(host: SSHHost, server: FakeHost):
    with pytest.raises(TimeoutError, match="anakin did not answer"):
        await host.look("sleep 600 & sleep 600", timeout=0.5)
    await ended(server)


async def test_a_lost_connection_is_tried_once_more(host: SSHHost, server: FakeHost):
    server.drop_after = 100_000
    output = await host.look("head -c 200000 /dev/zero")
    assert len(output.stdout) == 200_000
    assert server.logins == 2


async def test_users_share_one_connection_and_eight_channels(host: SSHHost, server: FakeHost):
    outputs = await asyncio.gather(*(host.look(f"echo {i}; sleep 0.05") for i in range(20)))
    assert [int(o.stdout) for o in outputs] == list(range(20))
    assert server.logins == 1
    assert server.most_channels <= 8


async def test_fewer_sessions_than_expected_are_waited_for(host: SSHHost, server: FakeHost):
    server.sessions = 2
    outputs = await asyncio.gather(*(host.look(f"echo {i}") for i in range(5)))
    assert [int(o.stdout) for o in outputs] == list(range(5))


async def test_a_cut_in_the_script_runs_nothing_of_it(
    host: SSHHost, server: FakeHost, tmp_path: Path
):
    await host.look("true")
    server.drop_input_after = 30_000
    lines = "\n".join(f": {'x' * 100}" for _ in range(1000))
    await host.look(f"echo >>{tmp_path}/ran\n{lines}")  # cut, then whole
    assert (tmp_path / "ran").read_text() == "\n"
    assert server.logins == 2
