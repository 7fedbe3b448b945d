"""Whom to connect to, and how: the cluster file's `ssh` first, then ~/.ssh/config, then defaults.

The config is looked up by the address we connect to, as with `ssh ADDRESS`: a block `Host anakin`
counts for a host whose `ssh.address` is anakin.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, cast

import asyncssh

from kwizard.cluster.model import SSH
from kwizard.errors import InvalidInput, Problem
from kwizard.remote.hostkeys import DEFAULT_ALGORITHMS


class _UserConfig(Enum):
    TOKEN = 0


USER_CONFIG: Final = _UserConfig.TOKEN
"""The operator's own: ~/.ssh/config and the keys ssh tries by default."""

SSHConfig = Path | None | _UserConfig

_DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")
_CIPHERS = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One SSH server, all settings resolved.

    `host` is what people call it, `address` and `port` what is connected to, `lookup` what the
    config was asked for. `identities` are private key files; `must_exist` says that a person named
    them. `agent` is the agent's socket ("" for none), `agent_only_identities` as IdentitiesOnly.
    `host_key_name` and `host_key_port` are what known_hosts names it by (HostKeyAlias has no port).
    `ciphers` is None where the config has its own. `connect_timeout` in seconds.
    """

    host: str
    lookup: str
    address: str
    port: int
    user: str
    identities: tuple[Path, ...]
    must_exist: bool
    agent: str
    agent_only_identities: bool
    jump: str | None
    proxy_command: tuple[str, ...] | None
    host_key_name: str
    host_key_port: int
    host_key_algorithms: str
    ciphers: tuple[str, ...] | None
    connect_timeout: float
    config: Path | None


def resolve(
    host: str, address: str, ssh: SSH, *, config: SSHConfig = USER_CONFIG, agent: bool = True
) -> Target:
    """Put the settings for `address` together. Raises InvalidInput for a config that does not
    parse. With `config` None neither a config nor a default key is read: only what `ssh` names.
    """
    file = _config_file(config)
    try:
        options = asyncssh.SSHClientConnectionOptions(
            config=[str(file)] if file else None,
            host=address,
            port=ssh.port or (),
            username=ssh.user or (),
            client_keys=None,
            agent_path=None,
            x509_trusted_certs=None,
            x509_trusted_cert_paths=[],
            known_hosts=b"#",
            gss_host=None,
        )
    except (ValueError, OSError) as error:
        problem = Problem(f"the SSH configuration cannot be used: {error}", file=str(file or ""))
        raise InvalidInput([problem]) from None
    get = options.config.get
    if ssh.jump:
        for hop in ssh.jump.split(","):
            parse_jump(hop)
    named = [ssh.identity] if ssh.identity else cast("Sequence[str]", get("IdentityFile") or ())
    defaults = () if named or config is None else _default_keys()
    jump = ssh.jump or cast("str | None", get("ProxyJump"))
    proxy = None if jump else options.proxy_command
    return Target(
        host=host,
        lookup=address,
        address=options.host,
        port=options.port,
        user=options.username,
        identities=tuple(Path(x).expanduser() for x in named) or defaults,
        must_exist=bool(ssh.identity),
        agent=_agent_socket(cast("str | None", get("IdentityAgent", ""))) if agent else "",
        agent_only_identities=bool(get("IdentitiesOnly")),
        jump=jump if jump and jump.lower() != "none" else None,
        proxy_command=tuple(proxy) if proxy else None,
        host_key_name=options.host_key_alias or options.host,
        host_key_port=22 if options.host_key_alias else options.port,
        host_key_algorithms=cast("str", get("HostKeyAlgorithms") or ""),
        ciphers=None if get("Ciphers") else _CIPHERS,
        connect_timeout=float(cast("int", get("ConnectTimeout") or 10)),
        config=file,
    )


def parse_jump(text: str) -> tuple[str, SSH]:
    """`[user@]host[:port]` (also with brackets around an IPv6 address) as address and settings.

    Raises InvalidInput.
    """
    user, _, rest = text.strip().removeprefix("ssh://").rpartition("@")
    if rest.startswith("["):
        address, _, tail = rest[1:].partition("]")
        port = tail.removeprefix(":")
    elif rest.count(":") == 1:
        address, _, port = rest.partition(":")
    else:
        address, port = rest, ""
    if not address or (port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        remedy = "write it as ssh does: [user@]host[:port]"
        raise InvalidInput([Problem(f"{text!r} names no jump host", remedy)])
    return address, SSH(user=user or None, port=int(port) if port else None)


def host_key_algorithms(recorded_first: tuple[str, ...], configured: str) -> list[str]:
    """The order in which host key algorithms are asked for, with the config's own list (plain, or
    additions written `+a,b` or `^a,b`) taken into account."""
    names = [x for x in configured.lstrip("+-^").split(",") if x and "*" not in x]
    names = [x for x in names if "-cert-" not in x and "@" not in x]
    if configured.startswith("-"):
        return [x for x in recorded_first if x not in names]
    if configured.startswith(("+", "^")):
        return list(dict.fromkeys([*recorded_first, *names]))
    if names:
        known = [x for x in recorded_first if x in names or x not in DEFAULT_ALGORITHMS]
        return list(dict.fromkeys([*known, *names]))
    return list(recorded_first)


def _config_file(config: SSHConfig) -> Path | None:
    if config is USER_CONFIG:
        own = Path("~/.ssh/config").expanduser()
        return own if os.access(own, os.R_OK) else None
    return config


def _default_keys() -> tuple[Path, ...]:
    folder = Path("~/.ssh").expanduser()
    return tuple(folder / name for name in _DEFAULT_KEYS if (folder / name).is_file())


def _agent_socket(configured: str | None) -> str:
    if configured is None:  # IdentityAgent none
        return ""
    if configured and configured != "SSH_AUTH_SOCK":
        if configured.startswith("$"):
            return os.environ.get(configured.lstrip("$").strip("{}"), "")
        return str(Path(configured).expanduser())
    return os.environ.get("SSH_AUTH_SOCK", "")
