"""What the lab's builder decides without running anything."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kwizard.cluster.model import Version
from kwizard.errors import InvalidInput, LabError
from kwizard.lab.release import gotool, places, tarball_path
from kwizard.lab.release.gotool import Go
from kwizard.lab.release.kubernetes import linker_flags, mended
from kwizard.lab.release.pack import full_tarball, server_tarball, write_sums
from kwizard.lab.release.sources import KUBERNETES, kubernetes_source
from kwizard.release.tarball import Kind, inspect
from tests.pure.release.forge import PROGRAMS, elf

CLASSIC = kubernetes_source("v1.19.16")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


GO_MOD = """module k8s.io/kubernetes

require (
	github.com/modern-go/reflect2 v1.0.1 // indirect
	k8s.io/api v0.0.0
)

replace (
	github.com/modern-go/reflect2 => github.com/modern-go/reflect2 v1.0.1
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/utils => k8s.io/utils v0.0.0-20200729134348-d5654de09c73
	vbom.ml/util => vbom.ml/util v0.0.0-20160121211510-db5cfe13f5cc
)
"""


def test_replace_lines_lead_to_what_can_be_had() -> None:
    replaced = mended(GO_MOD, CLASSIC, {"vbom.ml/util": Path("/own/util")}).split("replace (")[1]

    assert replaced.split("\n")[1:-2] == [
        "\tgithub.com/modern-go/reflect2 => github.com/modern-go/reflect2 v1.0.2",
        "\tk8s.io/api => k8s.io/api v0.19.16",
        "\tk8s.io/utils => k8s.io/utils v0.0.0-20200729134348-d5654de09c73",
        "\tvbom.ml/util => /own/util",
    ]


def test_a_pin_without_a_replace_line_gets_one() -> None:
    text = mended("module k8s.io/kubernetes\n", CLASSIC, {})

    assert "replace github.com/modern-go/reflect2 => github.com/modern-go/reflect2 v1.0.2" in text


def test_the_version_is_stamped_where_programs_print_it_from() -> None:
    flags = linker_flags(CLASSIC, datetime(2021, 10, 27, 16, 19, 16, tzinfo=UTC)).split(" ")

    assert "k8s.io/component-base/version.gitVersion=v1.19.16" in flags
    assert "k8s.io/client-go/pkg/version.gitMinor=19" in flags
    assert "k8s.io/component-base/version.buildDate=2021-10-27T16:19:16Z" in flags


def test_the_recipe_decides_the_cache_key() -> None:
    digests = {s.digest() for s in KUBERNETES}
    digests |= {replace(CLASSIC, tags=()).digest(), replace(CLASSIC, pins={}).digest()}

    assert len(digests) == len(KUBERNETES) + 2
    assert replace(CLASSIC).digest() == CLASSIC.digest()


def test_only_known_versions_are_built() -> None:
    assert kubernetes_source("1.19.16") is CLASSIC
    with pytest.raises(InvalidInput, match=r"v1\.19\.16"):
        tarball_path("v1.18.0")


def test_without_go_the_remedy_says_which_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(LabError, match="no go command") as caught:
        Go((1, 25))
    assert "Go 1.25 or newer" in caught.value.remedy
    assert "golang is too old" in caught.value.remedy


def test_an_old_go_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text('#!/bin/sh\necho \'{"GOROOT": "/usr/lib/go", "GOVERSION": "go1.19.8"}\'\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    with pytest.raises(LabError, match=r"go1\.19\.8, which is too old"):
        Go((1, 25))


def test_a_failing_build_shows_the_end_of_its_output(tmp_path: Path) -> None:
    followed: list[str] = []
    script = "echo one >&2; echo 'dial tcp: no such host \x1b[31m' >&2; echo out; exit 3"

    with pytest.raises(LabError, match="status 3") as caught:
        gotool.run(["/bin/sh", "-c", script], cwd=tmp_path, follow=followed.append)

    assert followed == ["one", "dial tcp: no such host "]
    assert "dial tcp" in caught.value.log_tail
    assert "cannot be reached" in caught.value.remedy


def test_a_build_appears_whole_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "v1"
    builds: list[str] = []

    def build(result: Path, scratch: Path) -> None:
        assert not folder.exists() or builds
        (scratch / "rubbish").write_text("x")
        (result / "program").write_text(f"build {len(builds)}")
        builds.append("x")

    assert places.build_into(folder, "a", build)
    assert not places.build_into(folder, "a", build)
    assert (folder / "program").read_text() == "build 0"
    assert places.build_into(folder, "b", build)
    assert (folder / "program").read_text() == "build 1"
    assert sorted(p.name for p in folder.parent.iterdir()) == [".v1.lock", "v1"]


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".v1.build.abc" / "scratch").mkdir(parents=True)

    places.build_into(tmp_path / "v1", "a", lambda result, _: (result / "x").touch())

    assert sorted(p.name for p in tmp_path.iterdir()) == [".v1.lock", "v1"]


def test_a_failed_build_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "v1"

    def good(result: Path, _: Path) -> None:
        (result / "program").write_text("good")

    def bad(result: Path, _: Path) -> None:
        (result / "program").write_text("half")
        raise LabError("no")

    places.build_into(folder, "a", good)
    with pytest.raises(LabError):
        places.build_into(folder, "b", bad)

    assert (folder / "program").read_text() == "good"
    assert places.is_built(folder, "a")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".v1.lock", "v1"]


def test_tarballs_have_the_official_form_and_are_reproducible(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).write_bytes(elf(name))
    licence = tmp_path / "LICENSE"
    licence.write_text("Apache")
    made = []
    for again in ("1", "2"):
        server, full = tmp_path / f"server{again}", tmp_path / f"full{again}"
        server_tarball(programs, licence, server, 1_600_000_000)
        full_tarball(server, "v1.19.16", licence, full, 1_600_000_000)
        made.append((server.read_bytes(), full.read_bytes()))
    write_sums(full)

    assert made[0] == made[1]
    found = inspect(full)
    assert (found.kind, found.version) == (Kind.FULL, Version(1, 19, 16))
    assert [p.name for p in found.programs] == list(PROGRAMS)
    assert len(Path(f"{full}.sha512").read_text()) == 128
    with tarfile.open(server) as archive:
        modes = {m.name.rsplit("/", 1)[-1]: m.mode for m in archive if m.isfile()}
    assert modes == {**dict.fromkeys(PROGRAMS, 0o755), "LICENSE": 0o644}
