from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.cluster.model import SSH, Cluster, Host, Version
from kwizard.errors import InvalidInput
from kwizard.remote.credentials import NoCredentials
from kwizard.remote.hostkeys import DEFAULT_ALGORITHMS, HostKeys
from kwizard.remote.pool import close_all, open_hosts
from kwizard.remote.target import USER_CONFIG, host_key_algorithms, parse_jump, resolve
from tests.wire.remote.conftest import Answers, Confirm
from tests.wire.remote.server import FakeHost

CONFIG = """
Host master
    HostName 10.0.63.202
    User config-user
    Port 2202
    IdentityFile ~/.ssh/config-key
    ProxyJump gate
    ConnectTimeout 3
Host alias
    HostName 10.0.63.203
    Port 2203
    HostKeyAlias real-name
    Ciphers aes256-ctr
Host alone
    ProxyJump none
    IdentitiesOnly yes
    IdentityAgent none
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config that is also the user's own, with one default key beside it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", "/agent")
    monkeypatch.setenv("LOGNAME", "me")
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id_rsa").write_text("")
    file = tmp_path / ".ssh/config"
    file.write_text(CONFIG)
    return file


def test_the_config_is_read(config: Path, tmp_path: Path):
    target = resolve("anakin", "master", SSH())
    assert (target.address, target.port, target.user) == ("10.0.63.202", 2202, "config-user")
    assert target.identities == (tmp_path / ".ssh/config-key",)
    assert not target.must_exist
    assert (target.jump, target.agent, target.connect_timeout) == ("gate", "/agent", 3.0)
    assert (target.host_key_name, target.host_key_port) == ("10.0.63.202", 2202)


def test_the_cluster_file_comes_first(config: Path):
    ssh = SSH(user="op", port=22, identity="/key", jump="bastion")
    target = resolve("anakin", "master", ssh, config=config, agent=False)
    assert (target.address, target.port, target.user) == ("10.0.63.202", 22, "op")
    assert (target.identities, target.must_exist) == ((Path("/key"),), True)
    assert (target.jump, target.agent) == ("bastion", "")


def test_an_alias_names_the_host_key_without_a_port(config: Path):
    target = resolve("boba", "alias", SSH())
    assert (target.host_key_name, target.host_key_port) == ("real-name", 22)
    assert target.ciphers is None


def test_what_the_config_turns_off(config: Path, tmp_path: Path):
    target = resolve("c3po", "alone", SSH())
    assert (target.jump, target.agent, target.agent_only_identities) == (None, "", True)
    assert target.identities == (tmp_path / ".ssh/id_rsa",)
    assert target.ciphers is not None
    assert "gcm" in target.ciphers[0]


def test_without_a_config_nothing_of_the_users_is_read(config: Path):
    target = resolve("anakin", "master", SSH(), config=None, agent=False)
    assert (target.address, target.port, target.identities) == ("master", 22, ())
    assert resolve("anakin", "master", SSH(), config=USER_CONFIG).port == 2202


@pytest.mark.parametrize(
    ("text", "address", "user", "port"),
    [
        ("gate", "gate", None, None),
        ("op@gate", "gate", "op", None),
        ("op@gate:2222", "gate", "op", 2222),
        ("ssh://op@gate:2222", "gate", "op", 2222),
        ("a@b@gate", "gate", "a@b", None),
        ("[fd00::1]:22", "fd00::1", None, 22),
        ("fd00::1", "fd00::1", None, None),
    ],
)
def test_jump_hosts(text: str, address: str, user: str | None, port: int | None):
    assert parse_jump(text) == (address, SSH(user=user, port=port))


@pytest.mark.parametrize("text", ["", "op@", ":22", "gate:ssh", "gate:0", "gate:65536", "gate:²"])
def test_what_is_no_jump_host(text: str):
    with pytest.raises(InvalidInput, match="names no jump host"):
        parse_jump(text)


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ("", DEFAULT_ALGORITHMS),
        ("+ssh-rsa", (*DEFAULT_ALGORITHMS, "ssh-rsa")),
        ("-ssh-ed25519", DEFAULT_ALGORITHMS[1:]),
        ("rsa-sha2-512", ("rsa-sha2-512",)),
        ("ssh-ed25519-cert-v01@openssh.com,ssh-ed25519", ("ssh-ed25519",)),
        ("ssh-*", DEFAULT_ALGORITHMS),
    ],
)
def test_host_key_algorithms_of_the_config(configured: str, expected: tuple[str, ...]):
    assert tuple(host_key_algorithms(DEFAULT_ALGORITHMS, configured)) == expected


async def test_the_hosts_of_a_cluster_share_keys_and_jump_host(tmp_path: Path):
    servers = [FakeHost(tmp_path / name, name=name) for name in ("anakin", "boba", "gate")]
    confirm = Confirm()
    for server in servers:
        server.password = "x"
        await server.start()
    *members, gate = servers
    cluster = Cluster(
        name="test",
        version=Version(1, 19, 16),
        hosts=tuple(
            Host(
                name=s.name,
                address=IPv4Address("127.0.0.1"),
                ssh=SSH(user="root", port=s.port, jump=f"root@127.0.0.1:{gate.port}"),
            )
            for s in members
        ),
    )
    hosts = open_hosts(
        cluster,
        host_keys=HostKeys(tmp_path / "known_hosts", confirm),
        credentials=Answers("x"),
        ssh_config=None,
        agent=False,
    )
    try:
        assert list(hosts) == ["anakin", "boba"]
        for host in hosts.values():
            assert (await host.look("true")).exit == 0
        assert gate.logins == 1
        assert len(confirm.seen) == 3
        await hosts["anakin"].close()
        assert (await hosts["boba"].look("true")).exit == 0
        assert gate.logins == 1
    finally:
        await close_all(hosts)
        for server in servers:
            await server.clean_up()


def test_a_bad_jump_host_is_told_at_once(tmp_path: Path):
    host = Host(name="anakin", address=IPv4Address("10.0.63.202"), ssh=SSH(jump="gate:ssh"))
    cluster = Cluster(name="test", version=Version(1, 19, 16), hosts=(host,))
    keys = HostKeys(tmp_path / "known_hosts")
    with pytest.raises(InvalidInput, match="names no jump host"):
        open_hosts(cluster, host_keys=keys, credentials=NoCredentials(), ssh_config=None)
