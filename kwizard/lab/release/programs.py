"""Programs built as they are from their Go modules, and packed as their projects release them."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab.release.gotool import Go, Report, Steps
from kwizard.lab.release.pack import programs_tarball, write_sums
from kwizard.lab.release.places import build_into, is_built, programs_folder
from kwizard.lab.release.sources import CNI, CONTAINERD, ETCD, Program, ProgramsSource
from kwizard.text import clean, tail

_ASK_SECONDS = 60


def build_etcd(report: Report = lambda _: None) -> Path:
    """The tarball of etcd, etcdctl and etcdutl; see `build_tarball`."""
    return build_tarball(ETCD, report)


def build_containerd(report: Report = lambda _: None) -> Path:
    """The tarball of containerd, its runc shim and ctr; see `build_tarball`. runc is not in it."""
    return build_tarball(CONTAINERD, report)


def build_cni(report: Report = lambda _: None) -> Path:
    """The tarball of the CNI plugins bridge, host-local, loopback, portmap; see `build_tarball`."""
    return build_tarball(CNI, report)


def build_tarball(source: ProgramsSource, report: Report = lambda _: None) -> Path:
    """The tarball of `source`, built unless it is there, with its sums beside it.

    Its directory also holds build.json: seconds per part, and the Go that built. Raises LabError
    when Go is missing, a build fails, or a program made does not tell the version.
    """
    folder, digest = programs_folder(source), source.digest()
    if not is_built(folder, digest):
        go = Go(source.go)

        def build(result: Path, scratch: Path) -> None:
            steps = Steps(len(source.programs) + 1, report)
            programs = scratch / "bin"
            programs.mkdir()
            compile_programs(go, source, programs, scratch / "module", steps)
            with steps.part("tarball") as line:
                told = go.module(source.modules[0], source.version)
                stamp = datetime.fromisoformat(json.loads(Path(told["Info"]).read_text())["Time"])
                line(source.archive)
                target = result / source.archive
                licence = Path(told["Dir"], "LICENSE") if source.licence else None
                programs_tarball(programs, source.folder, licence, target, int(stamp.timestamp()))
                write_sums(target)
            write_times(result, go, steps)

        build_into(folder, digest, build)
    return folder / source.archive


def compile_programs(
    go: Go, source: ProgramsSource, programs: Path, module: Path, steps: Steps
) -> None:
    """Build every program of `source` into `programs`, one part of `steps` each. `module` is where
    the module that requires them is made. Raises LabError."""
    module.mkdir()
    (module / "go.mod").write_text(requirements(source), encoding="utf-8")
    for name, program in source.programs.items():
        with steps.part(name) as line:
            go.run(
                build_arguments(source, program, programs / name),
                cwd=module,
                env={"CGO_ENABLED": "0"},
                follow=line,
            )
            check_version(programs / name, program.ask, source.version)


def requirements(source: ProgramsSource) -> str:
    """A go.mod that requires the modules of `source`. Go adds what these require in turn, at the
    versions they name: the same ones every time."""
    lines = "".join(f"\t{module} {source.version}\n" for module in source.modules)
    major, minor = source.go
    return f"module kwizard.lab/{source.name}\n\ngo {major}.{minor}.0\n\nrequire (\n{lines})\n"


def build_arguments(source: ProgramsSource, program: Program, target: Path) -> list[str]:
    """`go` arguments that build a static, stripped and reproducible program at `target`."""
    flags = " ".join(("-s", "-w", *(f"-X {name}={text}" for name, text in source.stamps.items())))
    return [
        *("build", "-mod=mod", "-trimpath", "-v", "-tags", ",".join(source.tags + program.tags)),
        *("-ldflags", flags, "-o", str(target), program.package),
    ]


def check_version(program: Path, ask: tuple[str, ...], version: str) -> None:
    """Run a program just made. Raises LabError unless it ends well and prints `version` (its v may
    be missing)."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("CNI_")}
    try:
        done = subprocess.run(
            [program, *ask],
            env=plain,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"{program.name} was built but does not run: {error}") from error
    if done.returncode != 0 or version.removeprefix("v") not in done.stdout:
        raise LabError(
            f"{program.name} was built but does not say that it is {version}",
            log_tail=tail(clean(done.stdout)),
            remedy="the lines above are what it said",
        )


def write_times(result: Path, go: Go, steps: Steps) -> None:
    """build.json in `result`: seconds per part, and the Go that built."""
    (result / "build.json").write_text(
        json.dumps({"go": go.version, "seconds": steps.took}, indent=1) + "\n", encoding="utf-8"
    )
