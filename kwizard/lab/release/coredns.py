"""CoreDNS built from its Go module: the program, and an image of it."""

from __future__ import annotations

from pathlib import Path

from kwizard.lab.images import Content, Image, docker_archive
from kwizard.lab.release.gotool import Go, Report, Steps
from kwizard.lab.release.places import build_into, coredns_path, is_built
from kwizard.lab.release.programs import compile_programs, write_times
from kwizard.lab.release.sources import COREDNS

IMAGE = f"lab/coredns:{COREDNS.version.removeprefix('v')}"
_USER = "65532:65532"


def image() -> Image:
    """The image's name, and where its archive is or will be once built."""
    return Image(IMAGE, coredns_path().with_name("coredns-image.tar"))


def build_coredns(report: Report = lambda _: None) -> Path:
    """The coredns program, built unless it is there, with the archive of its `image()` beside it.
    Raises LabError."""
    source, program, archive = COREDNS, coredns_path(), image().archive
    if not is_built(program.parent, source.digest()):
        go = Go(source.go)

        def build(result: Path, scratch: Path) -> None:
            steps = Steps(len(source.programs) + 1, report)
            compile_programs(go, source, result, scratch / "module", steps)
            with steps.part("image"):
                made = docker_archive(IMAGE, content((result / program.name).read_bytes()))
                (result / archive.name).write_bytes(made)
            write_times(result, go, steps)

        build_into(program.parent, source.digest(), build)
    return program


def content(program: bytes) -> Content:
    """One file, run without rights. Port 53 needs none where the runtime lets every pod's own
    network give out low ports (containerd 2 does, unless told otherwise)."""
    return Content(
        config={"Entrypoint": ["/coredns"], "User": _USER, "WorkingDir": "/"},
        files={"coredns": (program, 0o755)},
    )
