from __future__ import annotations

import gzip
import hashlib
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwizard.cluster.model import Version
from kwizard.errors import ReleaseError
from kwizard.release.tarball import Kind, extract_nested, inspect
from tests.pure.release.forge import BIN, PROGRAMS, elf, full, server, special, tar, targz

V = Version(1, 19, 16)
FULL, SERVER = full(), server()


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "some-name"
    path.write_bytes(data)
    return path


def test_the_server_tarball_is_recognised(tmp_path: Path) -> None:
    found = inspect(written(tmp_path, SERVER))

    assert (found.kind, found.version, found.architecture) == (Kind.SERVER, V, "amd64")
    assert [p.name for p in found.programs] == list(PROGRAMS)
    kubelet = found.programs[-1]
    assert kubelet.sha256 == hashlib.sha256(elf("kubelet")).hexdigest()
    assert kubelet.size == len(elf("kubelet"))


def test_the_nested_server_tarball_is_found_and_taken_out(tmp_path: Path) -> None:
    found = inspect(written(tmp_path, FULL))
    target = tmp_path / "server.tar.gz"

    sum_ = extract_nested(found, target)

    assert (found.kind, found.version, found.architecture) == (Kind.FULL, V, "amd64")
    assert found.programs == inspect(target).programs
    assert target.read_bytes() == SERVER
    assert sum_ == hashlib.sha256(SERVER).hexdigest()


def test_of_several_architectures_the_hosts_is_looked_at(tmp_path: Path) -> None:
    name = "kubernetes/server/kubernetes-server-linux-{}.tar.gz"
    both = targz({name.format("arm64"): server(machine=183), name.format("amd64"): SERVER})
    path = written(tmp_path, both)

    assert inspect(path).nested == name.format("amd64")
    assert inspect(path, "arm64").architecture == "arm64"


def test_scripts_are_told_from_programs(tmp_path: Path) -> None:
    script = b"#!/bin/sh\necho Kubernetes v1.3.5\n"
    found = inspect(written(tmp_path, targz({f"{BIN}/{p}": script for p in PROGRAMS})))

    assert (found.architecture, found.version) == ("script", Version(1, 3, 5))


def test_what_lies_beside_the_programs_is_no_program(tmp_path: Path) -> None:
    files = {f"{BIN}/kube-apiserver": elf("kube-apiserver"), f"{BIN}/notes": b"executable text"}

    assert [p.name for p in inspect(written(tmp_path, targz(files))).programs] == ["kube-apiserver"]


def test_programs_that_disagree_leave_the_version_open(tmp_path: Path) -> None:
    files = {
        f"{BIN}/kube-apiserver": elf("kube-apiserver", "v1.19.16"),
        f"{BIN}/kubelet": elf("kubelet", "v1.18.0"),
    }

    assert inspect(written(tmp_path, targz(files))).version is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><html>log in</html>", "looks like a web page", id="page"),
        pytest.param(tar({"kubernetes/version": b"v1"}), "not compressed any more", id="plain tar"),
        pytest.param(b"\x00" * 4096, "is no .tar.gz", id="zeros"),
        pytest.param(gzip.compress(b"no archive" * 999), "is damaged", id="gzip of text"),
        pytest.param(targz({"etc/hosts": b""}), "no Kubernetes release", id="other archive"),
        pytest.param(
            targz({"kubernetes/client/bin/kubectl": elf("kubectl")}), "client tarball", id="client"
        ),
        pytest.param(
            targz({"kubernetes/node/bin/kubelet": elf("kubelet")}), "node tarball", id="node"
        ),
        pytest.param(targz({"cmd/kube-apiserver/main.go": b""}), "source code", id="source"),
        pytest.param(
            targz({"kubernetes/version": b"v1.19.16", "kubernetes/client/README": b""}),
            "1.5 or later",
            id="full without server",
        ),
        pytest.param(server(machine=183), "for arm64, the hosts are amd64", id="arm64"),
        pytest.param(server(machine=22, big=True), "for s390x", id="s390x"),
        pytest.param(full(inner=server(machine=183)), "for arm64", id="arm64 under a wrong name"),
        pytest.param(full(architecture="arm"), "is for arm, the hosts are amd64", id="nested arm"),
        pytest.param(full(inner=SERVER[:-40]), "is cut off", id="nested cut"),
        pytest.param(special("/usr/bin/kubelet"), "leads outside", id="absolute"),
        pytest.param(special("kubernetes/../../x"), "leads outside", id="dots"),
        pytest.param(
            special("kubernetes/x", tarfile.SYMTYPE, "../../etc/passwd"), "leads outside", id="link"
        ),
        pytest.param(
            special("kubernetes/x", tarfile.LNKTYPE, "/etc/passwd"), "leads outside", id="hard link"
        ),
        pytest.param(special("kubernetes/x", tarfile.CHRTYPE), "neither file", id="device"),
        pytest.param(special("kubernetes/x", size=1 << 40), "more than any release", id="bomb"),
        pytest.param(
            gzip.compress(tar({f"{BIN}/kube-apiserver": elf("x")})[:1024]),
            "has no end",
            id="no end",
        ),
    ],
)
def test_what_is_no_release_is_called_by_its_name(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    with pytest.raises(ReleaseError, match=sentence) as caught:
        inspect(written(tmp_path, data))

    assert "some-name" in caught.value.message
    assert caught.value.remedy


def test_a_missing_file_and_a_directory_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="there is no file"):
        inspect(tmp_path / "missing")
    with pytest.raises(ReleaseError, match="cannot be read"):
        inspect(tmp_path)


@pytest.mark.parametrize("whole", [FULL, SERVER], ids=["full", "server"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_truncation_is_refused(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    length = data.draw(st.integers(0, len(whole) - 1))

    with pytest.raises(ReleaseError, match=r"is empty|is cut off"):
        inspect(written(tmp_path_factory.mktemp("cut"), whole[:length]))


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(FULL) - 1), flip=st.integers(1, 255))
def test_a_damaged_byte_is_refused_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    data = bytearray(FULL)
    data[place] ^= flip

    try:
        found = inspect(written(tmp_path_factory.mktemp("damaged"), bytes(data)))
    except ReleaseError:
        return
    assert found.version == V
    assert [p.sha256 for p in found.programs] == [
        hashlib.sha256(elf(name)).hexdigest() for name in PROGRAMS
    ]


@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=4096))
def test_any_bytes_give_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    with pytest.raises(ReleaseError):
        inspect(written(tmp_path_factory.mktemp("junk"), junk))


def test_memory_does_not_grow_with_the_tarball(tmp_path: Path) -> None:
    big = elf("kube-apiserver") + bytes(64 * 1024 * 1024)
    path = written(tmp_path, targz({f"{BIN}/kube-apiserver": big}))
    del big
    tracemalloc.start()
    try:
        inspect(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 16 * 1024 * 1024
