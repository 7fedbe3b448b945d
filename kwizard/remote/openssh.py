"""The same host by OpenSSH's own client: for a person who wants a shell there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from kwizard.errors import KwizardError
from kwizard.remote.hostkeys import HostKeys
from kwizard.remote.target import Target


def program() -> str | None:
    """The path of `ssh`; None where there is none."""
    return shutil.which("ssh")


def command_line(target: Target, host_keys: HostKeys, folder: Path) -> tuple[str, ...]:
    """The arguments of an interactive `ssh` to `target`: same user, port, key and jump host, and
    the cluster's own known hosts, for the jump host as well.

    A jump host is reached by a second `ssh`, which is given the first one's config file and no
    other option: so what has to hold for both is written to `ssh_config` and `ssh_known_hosts` in
    `folder`. Raises KwizardError when this machine has no `ssh`.
    """
    found = program()
    if found is None:
        raise KwizardError(
            "there is no ssh program on this machine",
            host=target.host,
            remedy="install OpenSSH's client, or log in on the host in another way",
        )
    known = folder / "ssh_known_hosts"
    _write(known, host_keys.trusted())
    config = folder / "ssh_config"
    _write(config, _config(known, target.config))
    line = [found, "-F", str(config), "-l", target.user, "-p", str(target.port)]
    if target.jump:
        line += ["-J", target.jump]
    if target.must_exist:
        for identity in target.identities:
            line += ["-i", str(identity)]
        line += ["-o", "IdentitiesOnly=yes"]
    return (*line, "--", target.lookup)


def _config(known_hosts: Path, own: Path | None) -> str:
    """For each setting ssh takes the first value it finds: ours stand first."""
    quoted = str(known_hosts).replace("%", "%%")
    lines = [
        "# Written by kwizard for its shells on the hosts: the cluster's known hosts, and nothing",
        "# but them; everything else is as in your own settings.",
        "Host *",
        f'  UserKnownHostsFile "{quoted}"',
        "  GlobalKnownHostsFile /dev/null",
        "  StrictHostKeyChecking yes",
        "  UpdateHostKeys no",
    ]
    if own is not None:
        lines.append(f'  Include "{own.absolute()}"')
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)
