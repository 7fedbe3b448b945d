"""flannel built from its Go module: one static program with all its backends."""

from __future__ import annotations

import shutil
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab.release.gotool import Go, Report, Steps
from kwizard.lab.release.places import build_into, flannel_path, is_built
from kwizard.lab.release.sources import FLANNEL

_MODULE = "github.com/flannel-io/flannel"


def build_flannel(report: Report = lambda _: None) -> Path:
    """The flanneld program, built unless it is there. Raises LabError when Go or gcc is missing or
    the build fails."""
    source, program = FLANNEL, flannel_path()
    if is_built(program.parent, source.digest()):
        return program
    go = Go(source.go)
    if shutil.which("gcc") is None:
        raise LabError(
            "there is no gcc on this machine, and flannel's udp backend is partly C",
            remedy="install gcc and the C library's static files (Debian: gcc libc6-dev)",
        )

    def build(result: Path, scratch: Path) -> None:
        steps = Steps(1, report)
        with steps.part("flanneld") as line:
            stamp = f"-X {_MODULE}/pkg/version.Version={source.version}"
            go.run(
                [
                    *("install", "-trimpath", "-v", "-tags", ",".join(source.tags), "-ldflags"),
                    f"-s -w {stamp} -extldflags -static",
                    f"{_MODULE}@{source.version}",
                ],
                cwd=scratch,
                env={"CGO_ENABLED": "1", "GOBIN": str(scratch)},
                follow=line,
            )
            (scratch / "flannel").rename(result / program.name)

    build_into(program.parent, source.digest(), build)
    return program
