"""Kubernetes built from its Go module, and made into release tarballs."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path

from kwizard.lab.release import openapi
from kwizard.lab.release.gotool import Go, Report, Steps
from kwizard.lab.release.pack import FULL, SERVER, full_tarball, server_tarball, write_sums
from kwizard.lab.release.places import build_into, is_built, release_root
from kwizard.lab.release.programs import check_version, write_times
from kwizard.lab.release.sources import STAND_INS, KubernetesSource, kubernetes_source

_STAGING = re.compile(r"^(\s*(?:replace\s+)?)(\S+)( => )\./staging/src/\S+", re.MULTILINE)


def build_release(version: str, report: Report = lambda _: None) -> Path:
    """Both tarballs of `version` with their sums, built unless they are there; their directory.

    Cold this takes minutes and some gigabytes of Go's caches; `report` is told of every part. The
    directory also holds build.json: seconds per part, and the Go that built. Raises InvalidInput
    for a version that is not known, LabError when Go is missing or the build fails.
    """
    source = kubernetes_source(version)
    folder, digest = release_root() / source.version, source.digest()
    if not is_built(folder, digest):
        go = Go(source.go)

        def build(result: Path, scratch: Path) -> None:
            _build(go, source, result, scratch, report)

        build_into(folder, digest, build)
    return folder


def _build(go: Go, source: KubernetesSource, result: Path, scratch: Path, report: Report) -> None:
    steps = Steps(len(source.programs) + 2 + source.missing_openapi, report)
    module, programs, between = scratch / "module", scratch / "bin", scratch / "openapi"
    with steps.part("module") as line:
        told = go.module("k8s.io/kubernetes", source.version)
        line("copying it, to mend its go.mod")
        _copy_module(Path(told["Dir"]), module)
        stand_ins = _place_stand_ins(source, scratch)
        file = module / "go.mod"
        file.write_text(mended(file.read_text("utf-8"), source, stand_ins), encoding="utf-8")
    stamp = datetime.fromisoformat(json.loads(Path(told["Info"]).read_text("utf-8"))["Time"])
    if source.missing_openapi:
        with steps.part("openapi") as line:
            between.mkdir()
            openapi.generate(go, module, between, source.tags, line)
    programs.mkdir()
    flags = ["-mod=mod", "-trimpath", "-v", "-tags", ",".join(source.tags)]
    for program in source.programs:
        with steps.part(program) as line:
            go.run(
                [
                    *("build", *flags, "-ldflags", linker_flags(source, stamp)),
                    *("-o", str(programs / program), f"./cmd/{program}"),
                ],
                cwd=module,
                env={"CGO_ENABLED": "0"},
                follow=line,
            )
            ask = ("version", "--client") if program == "kubectl" else ("--version",)
            check_version(programs / program, ask, source.version)
    with steps.part("tarballs") as line:
        licence, mtime = module / "LICENSE", int(stamp.timestamp())
        line(SERVER)
        server_tarball(programs, licence, result / SERVER, mtime)
        line(FULL)
        full_tarball(result / SERVER, source.version, licence, result / FULL, mtime)
        for name in (SERVER, FULL):
            write_sums(result / name)
    write_times(result, go, steps)


def _copy_module(source: Path, target: Path) -> None:
    """A writable copy (Go's module cache is read-only) without what no program is made of."""
    shutil.copytree(
        source,
        target,
        ignore=lambda folder, _: (
            {"CHANGELOG", "staging", "vendor", "translations"} if Path(folder) == source else ()
        ),
        copy_function=shutil.copyfile,
    )
    for folder in (target, *(p for p in target.rglob("*") if p.is_dir())):
        folder.chmod(0o755)


def _place_stand_ins(source: KubernetesSource, scratch: Path) -> dict[str, Path]:
    """A module directory for each stand-in, by the path of the module it stands in for."""
    placed: dict[str, Path] = {}
    for module, package in source.stand_ins.items():
        root = scratch / "stand_ins" / package
        shutil.copytree(STAND_INS / package, root / package)
        (root / "go.mod").write_text(f"module {module}\n\ngo 1.15\n", encoding="utf-8")
        placed[module] = root
    return placed


def mended(go_mod: str, source: KubernetesSource, stand_ins: dict[str, Path]) -> str:
    """The module's go.mod with its replace lines leading to what can be had: its sister modules at
    the release's own version, the pins and the stand-ins."""
    text = _STAGING.sub(rf"\g<1>\g<2>\g<3>\g<2> {source.staging}", go_mod)
    instead = {m: f"{m} {v}" for m, v in source.pins.items()}
    instead |= {m: str(folder) for m, folder in stand_ins.items()}
    for module, replacement in instead.items():
        line = re.compile(rf"^(\s*(?:replace\s+)?{re.escape(module)}) => .*$", re.MULTILINE)
        text, found = line.subn(rf"\g<1> => {replacement}", text)
        if not found:
            text += f"\nreplace {module} => {replacement}\n"
    return text


def linker_flags(source: KubernetesSource, stamp: datetime) -> str:
    """Strip symbols, and stamp the version so that `--version` prints it.

    The build date is the release's, so that two builds give the same bytes. The commit is not known
    from the module and is left empty; the tree's state is what git calls an export: "archive".
    """
    major, minor, _ = source.version.removeprefix("v").split(".")
    values = {
        "gitVersion": source.version,
        "gitMajor": major,
        "gitMinor": minor,
        "gitCommit": "",
        "gitTreeState": "archive",
        "buildDate": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    settings = (f"-X {p}.{k}={v}" for p in source.stamped for k, v in values.items())
    return " ".join(("-s", "-w", *settings))
