"""`kwizard lab release` and `kwizard lab mirror`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from kwizard.lab.release.gotool import Building

_QUIET_SECONDS = 10.0


class Printer:
    """Plain progress lines: the start and end of each part, and between them a sign of life."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, building: Building) -> None:
        """Print `building`, unless it is only a sign of life and one was given a moment ago."""
        head = f"[{building.index}/{building.total}] {building.what}"
        moment = time.monotonic()
        if building.done:
            click.echo(f"{head}: done in {building.seconds:.0f} s")
        elif not building.detail:
            click.echo(head)
        elif moment - self._last >= _QUIET_SECONDS:
            click.echo(f"{head}: {building.seconds:.0f} s, {building.detail[:100]}")
        else:
            return
        self._last = moment


@click.command()
@click.argument(
    "what", metavar="VERSION|etcd|containerd|cni|coredns|flannel...", nargs=-1, required=True
)
def release(what: tuple[str, ...]) -> None:
    """Build releases from the Go module proxy: Kubernetes VERSION, or what runs beside it.

    The programs are really built and kept: a second call only prints where they are. Needs Go, for
    flannel gcc as well; the first build takes minutes.
    """
    from kwizard.lab.release import BUILDERS, build_release, coredns_image, tarball_path

    for name in what:
        if name in BUILDERS:
            click.echo(BUILDERS[name](Printer()))
            if name == "coredns":
                click.echo(coredns_image().archive)
            continue
        build_release(name, Printer())
        for nested in (True, False):
            click.echo(tarball_path(name, nested=nested))


@click.command()
@click.argument(
    "directory", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8063, show_default=True, help="Port; 0 takes a free one.")
@click.option("--cut-after", type=int, metavar="BYTES", help="Close every answer after BYTES.")
@click.option("--stall-after", type=int, metavar="BYTES", help="Fall silent after BYTES.")
@click.option("--rate", type=int, metavar="BYTES", help="At most BYTES a second.")
@click.option("--ignore-range", is_flag=True, help="Always send whole files.")
@click.option("--times", type=int, metavar="N", help="Only the first N requests go wrong.")
def mirror(
    directory: Path | None,
    host: str,
    port: int,
    cut_after: int | None,
    stall_after: int | None,
    rate: int | None,
    ignore_range: bool,
    times: int | None,
) -> None:
    """Serve DIRECTORY over HTTP, with ranges and, if asked, with faults.

    Without DIRECTORY what `kwizard lab release` built is served: put the address printed into the
    cluster file as `release: mirror:`. Ends with Ctrl-C.
    """
    from kwizard.errors import LabError
    from kwizard.lab.release import release_root
    from kwizard.lab.release.mirror import Faults, Mirror, Request

    def told(request: Request) -> None:
        asked = f" {request.range}" if request.range else ""
        click.echo(f"{request.status} {request.method} {request.path}{asked}: {request.sent} bytes")

    faults = Faults(
        cut_after=cut_after,
        stall_after=stall_after,
        rate=rate,
        ignore_range=ignore_range,
        times=times,
    )
    root = directory or release_root()
    if not root.is_dir():
        raise LabError(f"{root} does not exist", remedy="run `kwizard lab release VERSION` first")
    try:
        server = Mirror(root, host=host, port=port, told=told)
    except OSError as error:
        raise LabError(
            f"cannot listen on {host} port {port}: {error.strerror}", remedy="choose another --port"
        ) from error
    server.fault("*", faults)
    with server:
        click.echo(f"serving {root} at {server.url}")
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("")
