"""What the lab's builder decides about etcd, containerd, the CNI plugins and CoreDNS."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.errors import LabError
from kwizard.lab import release
from kwizard.lab.images import docker_archive
from kwizard.lab.release.coredns import IMAGE, content
from kwizard.lab.release.pack import programs_tarball
from kwizard.lab.release.programs import build_arguments, check_version, requirements
from kwizard.lab.release.sources import CNI, CONTAINERD, COREDNS, ETCD, Program, ProgramsSource
from tests.pure.release.forge import elf

ALL = (ETCD, CONTAINERD, CNI, COREDNS)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("source", ALL, ids=lambda s: s.name)
def test_every_program_is_in_a_module_that_is_required(source: ProgramsSource) -> None:
    for program in source.programs.values():
        assert any(f"{program.package}/".startswith(f"{module}/") for module in source.modules)
    assert not source.archive or source.version.removeprefix("v") in source.archive
    assert f"\t{source.modules[-1]} {source.version}\n" in requirements(source)


def test_the_recipe_decides_the_cache_key() -> None:
    mended = replace(ETCD, programs={**ETCD.programs, "etcd": Program(package="x", tags=("y",))})

    assert len({s.digest() for s in (*ALL, mended, replace(ETCD, form=2))}) == len(ALL) + 2
    assert replace(ETCD).digest() == ETCD.digest()


def test_a_program_is_built_with_its_own_tags_and_the_stamp() -> None:
    shim = CONTAINERD.programs["containerd-shim-runc-v2"]
    arguments = build_arguments(CONTAINERD, shim, Path("/out/shim"))

    assert "no_grpc" in arguments[arguments.index("-tags") + 1].split(",")
    flags = arguments[arguments.index("-ldflags") + 1]
    assert flags.endswith("-X github.com/containerd/containerd/v2/version.Version=v2.2.9")
    assert "no_grpc" not in " ".join(
        build_arguments(CONTAINERD, CONTAINERD.programs["ctr"], Path("/out/ctr"))
    )


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        ("echo 'etcd Version: 3.6.16'", None),
        ("echo 'plugin v3.6.16' >&2", None),
        ("echo 'etcd Version: 3.6.1'", "does not say that it is v3.6.16"),
        ("echo 3.6.16; exit 1", "does not say"),
        ('test -z "${CNI_COMMAND-}" && echo 3.6.16', None),
    ],
)
def test_a_program_made_must_tell_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, trouble: str | None
) -> None:
    monkeypatch.setenv("CNI_COMMAND", "ADD")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)

    if trouble is None:
        check_version(program, ("--version",), "v3.6.16")
    else:
        with pytest.raises(LabError, match=trouble):
            check_version(program, ("--version",), "v3.6.16")


def test_a_program_for_another_machine_is_told(tmp_path: Path) -> None:
    program = tmp_path / "etcd"
    program.write_bytes(elf("etcd", machine=183))
    program.chmod(0o755)

    with pytest.raises(LabError, match="etcd was built but does not run"):
        check_version(program, ("--version",), "v3.6.16")


@pytest.mark.parametrize(
    ("folder", "licensed", "members"),
    [
        ("etcd-v1", True, ["etcd-v1", "etcd-v1/LICENSE", "etcd-v1/ctl", "etcd-v1/server"]),
        ("bin", False, ["bin", "bin/ctl", "bin/server"]),
        ("", True, ["LICENSE", "ctl", "server"]),
    ],
)
def test_a_tarball_has_one_folder_or_is_flat(
    tmp_path: Path, folder: str, licensed: bool, members: list[str]
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("server", "ctl"):
        (programs / name).write_bytes(elf(name))
    licence = tmp_path / "LICENSE"
    licence.write_text("Apache")
    made = []
    for name in ("1", "2"):
        target = tmp_path / name
        programs_tarball(programs, folder, licence if licensed else None, target, 1_700_000_000)
        made.append(target.read_bytes())

    assert made[0] == made[1]
    with tarfile.open(tmp_path / "1") as archive:
        assert sorted(archive.getnames()) == members
        modes = {m.name.rsplit("/", 1)[-1]: m.mode for m in archive if m.isfile()}
    assert {modes.pop("ctl"), modes.pop("server")} == {0o755}
    assert modes == ({"LICENSE": 0o644} if licensed else {})


def test_paths_are_the_official_file_names() -> None:
    root = release.release_root()
    paths = [release.etcd_path(), release.containerd_path(), release.cni_path()]

    assert [str(p.relative_to(root)) for p in paths] == [
        "etcd-v3.6.16/etcd-v3.6.16-linux-amd64.tar.gz",
        "containerd-v2.2.9/containerd-2.2.9-linux-amd64.tar.gz",
        "cni-plugins-v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz",
    ]
    assert release.coredns_image().archive.parent == release.coredns_path().parent


def test_the_image_of_coredns_runs_it_without_rights() -> None:
    archive = docker_archive(IMAGE, content(b"program"))

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())[0]
        config = json.load(tar.extractfile(manifest["Config"]) or io.BytesIO())
        (layer,) = manifest["Layers"]
        inner = tar.extractfile(layer)
        assert inner is not None
        with tarfile.open(fileobj=inner) as root:
            program = root.getmember("coredns")
    assert manifest["RepoTags"] == ["lab/coredns:1.15.0"]
    assert (config["config"]["User"], config["config"]["Entrypoint"]) == (
        "65532:65532",
        ["/coredns"],
    )
    assert program.mode == 0o755
