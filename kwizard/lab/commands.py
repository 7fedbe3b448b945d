"""`kwizard lab ...`: practice hosts on this machine, from the command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from kwizard.cluster.model import Version
from kwizard.lab.lab import Lab
from kwizard.lab.layout import MAX_HOSTS
from kwizard.lab.release.command import mirror, release
from kwizard.lab.status import LabStatus

_PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def _say(line: str) -> None:
    click.echo(line, err=True)


def _become(command: Sequence[str]) -> NoReturn:
    """Turn into `command`: its input, output, signals and exit status are ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvp(command[0], list(command))  # noqa: S606


@click.group("lab")
@click.option(
    "--lab", "name", metavar="NAME", help="Which lab; several can be up.  [$KWIZARD_LAB, or lab]"
)
@click.pass_context
def lab(context: click.Context, name: str | None) -> None:
    """Real practice hosts on this machine (root, Linux), in a network without a way out."""
    context.obj = Lab(name, _say)


lab.add_command(release)
lab.add_command(mirror)


@lab.command()
@click.option("--hosts", type=click.IntRange(1, MAX_HOSTS), default=3, show_default=True)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Where the cluster file goes."
)
@click.option(
    "--user",
    type=click.Choice(["root", "op"]),
    default="root",
    show_default=True,
    help="Who the cluster file logs in as; op needs a password for sudo.",
)
@click.option(
    "--supervisor", type=click.Choice(["systemd", "nohup"]), default="systemd", show_default=True
)
@click.option(
    "--recipe",
    type=click.Choice(["classic", "modern"]),
    help="What the cluster file installs.  [by the version, or classic]",
)
@click.option("--version", help="The Kubernetes release.  [v1.19.16, or v1.36.3]")
@click.option(
    "--backend",
    type=click.Choice(["udp", "vxlan", "host-gw"]),
    help="How flannel carries packets.  [udp, or vxlan]",
)
@click.option(
    "--proxy",
    type=click.Choice(["iptables", "nftables"]),
    default="iptables",
    show_default=True,
    help="What kube-proxy writes its rules with (modern).",
)
@click.option(
    "--control-planes",
    type=click.IntRange(1, MAX_HOSTS),
    default=1,
    show_default=True,
    help="How many of the hosts, from the first on, are control planes (modern).",
)
@click.option(
    "--store",
    type=click.Choice(["etcd", "kubernetes"]),
    default="kubernetes",
    show_default=True,
    help="Where flannel finds the hosts' subnets (modern).",
)
@click.option("--disk-mb", type=int, help="Give new hosts a disk of that size, which can fill up.")
@click.option("--install", is_flag=True, help="Install missing Debian packages first.")
@click.pass_obj
def up(
    self: Lab, hosts: int, file: Path | None, user: str, supervisor: str, recipe: str | None,
    version: str | None, backend: str | None, proxy: str, control_planes: int, store: str,
    disk_mb: int | None, install: bool,
) -> None:  # fmt: skip
    """Start hosts, wait until they are ready, and write a cluster file for them."""
    if install:
        _install()
    for name, word in self.up(hosts, disk_mb).items():
        seat = self.layout.seat(name)
        _say(f"{name:8} {seat.address}  {seat.second_address}  {word}")
    written = self.cluster_file(
        file=file,
        recipe=recipe or _recipe_of(version),
        version=version,
        user=user,
        supervisor=supervisor,
        backend=backend,
        proxy=proxy,
        control_planes=control_planes,
        store=store,
    )
    _say("the cluster file:")
    click.echo(str(written))


def _recipe_of(version: str | None) -> str:
    """The classic recipe ends with the insecure port, at 1.20."""
    if version is None:
        return "classic"
    try:
        found = Version.parse(version)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--version") from error
    return "classic" if found.minor_pair < (1, 20) else "modern"


@lab.command()
@click.option("--wipe", is_flag=True, help="Delete the hosts' disks and the lab's keys as well.")
@click.pass_obj
def down(self: Lab, wipe: bool) -> None:
    """Switch everything off and remove every trace; disks are kept for the next `up`."""
    self.down(wipe=wipe)


@lab.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def status(self: Lab, as_json: bool) -> None:
    """Which hosts there are, and whether they are on."""
    now = self.status()
    if as_json:
        click.echo(json.dumps(now.as_dict()))
    else:
        click.echo("\n".join(_status_lines(now)))


def _status_lines(now: LabStatus) -> list[str]:
    if now.state == "none":
        return [f"lab {now.name}: there is none (kwizard lab up)"]
    lines = [f"lab {now.name}: {now.state}"]
    if now.machine_restarted:
        lines.append("this machine was restarted since; `kwizard lab up` starts the hosts again")
    for host in now.hosts:
        cut = "  cable pulled out" if host.cut else ""
        lines.append(
            f"  {host.name:8} {host.state:4} {host.address:13} {host.second_address:13}{cut}"
        )
    lines += [
        f"network     {now.netns} (kwizard lab exec -- COMMAND runs inside it)",
        f"key         {now.key} (root and op)",
        f"password    in {now.password_file} (op; sudo asks for it)",
        f"consoles    {now.directory}/hosts/HOST/console.log",
    ]
    return lines


@lab.command()
@click.argument("host")
@click.pass_obj
def reboot(self: Lab, host: str) -> None:
    """Reboot a host in order, and wait until it is ready."""
    _say(f"{host} is {self.reboot(host)}")


def _chosen(self: Lab, hosts: tuple[str, ...], every: bool) -> tuple[str, ...]:
    if every == bool(hosts):
        raise click.UsageError("name hosts, or say --all")
    return tuple(seat.name for seat in self.hosts) if every else hosts


@lab.command("power-cut")
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--all", "every", is_flag=True, help="Every host of the lab.")
@click.pass_obj
def power_cut(self: Lab, hosts: tuple[str, ...], every: bool) -> None:
    """Take the power from hosts: all processes end at once."""
    self.power_cut(*_chosen(self, hosts, every))


@lab.command("power-on")
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--all", "every", is_flag=True, help="Every host of the lab.")
@click.pass_obj
def power_on(self: Lab, hosts: tuple[str, ...], every: bool) -> None:
    """Switch hosts on, and wait until they are ready."""
    for name, word in self.power_on(*_chosen(self, hosts, every)).items():
        _say(f"{name} is {word}")


_NETWORK = click.option(
    "--network",
    type=click.Choice(["both", "first", "second"]),
    default="both",
    show_default=True,
    help="Which cable.",
)


@lab.command()
@click.argument("host")
@_NETWORK
@click.pass_obj
def cut(self: Lab, host: str, network: str) -> None:
    """Pull out a host's network cables; they stay out over a reboot."""
    self.cut(host, first=network != "second", second=network != "first")


@lab.command()
@click.argument("host")
@click.pass_obj
def heal(self: Lab, host: str) -> None:
    """Put a host's network cables back in."""
    self.heal(host)


@lab.command()
@click.argument("host")
@click.argument("rate", metavar="RATE|none")
@click.pass_obj
def shape(self: Lab, host: str, rate: str) -> None:
    """Slow down what reaches a host, on each cable: 2mbit, 300kbit; none lifts it."""
    self.shape(host, None if rate == "none" else rate)


@lab.command(context_settings=_PASS_ON)
@click.argument("host")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.pass_obj
def run(self: Lab, host: str, command: tuple[str, ...]) -> None:
    """Run a command on a host as root, as at its console; its exit status is ours."""
    # click leaves the -- in when an argument comes before it.
    _become(self.run_command(host, command[1:] if command[0] == "--" else command))


@lab.command("exec", context_settings=_PASS_ON)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.pass_obj
def exec_(self: Lab, command: tuple[str, ...]) -> None:
    """Run a command of this machine inside the lab's network; its exit status is ours."""
    _become(self.exec_command(command))


@lab.command()
@click.pass_obj
def images(self: Lab) -> None:
    """Build the lab's container images (docker archives) and print where they are."""
    from kwizard.lab.images import build_all

    for image in build_all(self.report):
        click.echo(f"{image.name}\t{image.archive}")


@lab.command()
def setup() -> None:
    """Install the Debian packages the lab needs, where they are missing."""
    _install()


def _install() -> None:
    from kwizard.lab.packages import install

    names = install(_say)
    _say(f"installed {', '.join(names)}" if names else "everything the lab needs is here")
