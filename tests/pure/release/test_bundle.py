from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kwizard.errors import ReleaseError
from kwizard.release import bundle as bundles
from kwizard.release.bundle import MANIFEST, Bundle, item, read, unpack, verify, write

CONTENT = {"release.tarball": b"kubernetes" * 99, "flannel.binary": b"", "etcd.binaries": b"etcd"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


def made(folder: Path) -> tuple[Path, Bundle]:
    sources = {}
    for key, data in CONTENT.items():
        sources[key] = folder / f"{key}.bin"
        sources[key].write_bytes(data)
    whole = Bundle(
        recipe="modern",
        version="v1.36.3",
        architecture="amd64",
        items=tuple(item(key, source) for key, source in sources.items()),
        settings={"images.pause": "registry.k8s.io/pause:3.10.2"},
    )
    write(folder / "out.tar", whole, sources)
    return folder / "out.tar", whole


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    path, whole = made(tmp_path)

    places = unpack(path, tmp_path / "into")

    assert read(path) == verify(path) == whole
    assert {key: place.read_bytes() for key, place in places.items()} == CONTENT


def test_any_tar_can_read_it(tmp_path: Path) -> None:
    path, whole = made(tmp_path)

    with tarfile.open(path, "r:") as tar:
        found = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]

    assert list(found) == [MANIFEST, *(i.member for i in whole.items)]
    assert json.loads(found[MANIFEST])["version"] == "v1.36.3"
    assert found["release.tarball/release.tarball.bin"] == CONTENT["release.tarball"]


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    path, _whole = made(tmp_path)
    first = path.read_bytes()

    assert made(tmp_path)[0].read_bytes() == first


def test_what_was_unpacked_is_used_again_and_mended(tmp_path: Path) -> None:
    path, _whole = made(tmp_path)
    places = unpack(path, tmp_path / "into")
    kept = places["release.tarball"].stat().st_ino
    places["etcd.binaries"].write_bytes(b"cdte")

    again = unpack(path, tmp_path / "into")

    assert again == places
    assert again["release.tarball"].stat().st_ino == kept
    assert again["etcd.binaries"].read_bytes() == b"etcd"


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    path, whole = made(tmp_path)
    seen: list[tuple[int, int]] = []

    unpack(path, tmp_path / "into", lambda done, total: seen.append((done, total)))

    assert seen == sorted(seen)
    assert seen[-1] == (whole.size, whole.size)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_no_changed_byte_goes_unnoticed(tmp_path: Path, data: st.DataObject) -> None:
    """Refused, unless the byte is one of the headers' that means nothing to who reads them."""
    path, whole = made(tmp_path)
    bad = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(bad) - 1))
    bad[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bad)

    try:
        found = verify(path)
        content = {k: p.read_bytes() for k, p in unpack(path, tmp_path / "into").items()}
    except ReleaseError:
        pass
    else:
        assert found == whole
        assert content == CONTENT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_one_that_is_cut_off_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    path, _whole = made(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])

    with pytest.raises(ReleaseError, match=r"cut off|too short"):
        verify(path)


def test_of_a_damaged_file_nothing_stays(tmp_path: Path) -> None:
    path, _whole = made(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"kubernetes" * 99, b"kubernetez" * 99))

    with pytest.raises(ReleaseError, match=r"release\.tarball\.bin in out\.tar is damaged"):
        unpack(path, tmp_path / "into")

    assert [p for p in (tmp_path / "into").rglob("*") if p.is_file()] == []


def test_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path, _whole = made(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(512))

    with pytest.raises(ReleaseError, match="holds more than it says"):
        verify(path)


def forged(path: Path, manifest: object, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    if isinstance(manifest, dict):  # who forges a list knows how its sum is made
        summed = hashlib.sha256(json.dumps(manifest).encode()).hexdigest()
        manifest = {**manifest, "sha256": summed}
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        data = json.dumps(manifest, indent=1).encode() + b"\n"
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return path


def told(**changes: object) -> dict[str, object]:
    file = {"key": "etcd.binaries", "file": "etcd", "size": 0, "sha256": "0" * 64}
    plain: dict[str, object] = {
        "kwizard-bundle": 1,
        "recipe": "modern",
        "version": "v1.36.3",
        "architecture": "amd64",
        "settings": {},
        "files": [{**file, **changes.pop("file", {})}],  # type: ignore[dict-item]
    }
    return {**plain, **changes}


@pytest.mark.parametrize(
    "manifest",
    [
        [],
        {},
        told(file={"file": "../../etc/passwd"}),
        told(file={"file": "/etc/passwd"}),
        told(file={"file": ".."}),
        told(file={"key": "../x"}),
        told(file={"size": -1}),
        told(file={"size": 1 << 60}),
        told(file={"size": True}),
        told(file={"sha256": "0"}),
        told(files=[]),
        told(files=[{"key": "a.b", "file": "x", "size": 0, "sha256": "0" * 64}] * 2),
        told(files="x"),
        told(settings={"images.pause": 5}),
        told(settings={"images.pause": "\x1b[2J"}),
        told(version=None),
        told(recipe="\u202e"),
        told(more="than there is"),
    ],
)
def test_a_list_of_files_that_cannot_be_is_refused(tmp_path: Path, manifest: object) -> None:
    with pytest.raises(ReleaseError, match="is no bundle of kwizard"):
        read(forged(tmp_path / "out.tar", manifest))


def test_a_later_format_is_named(tmp_path: Path) -> None:
    path = forged(tmp_path / "out.tar", told(**{"kwizard-bundle": 2}))

    with pytest.raises(ReleaseError, match="of format 2; this kwizard reads format 1"):
        read(path)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.XHDTYPE]
)
def test_a_member_that_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("etcd.binaries/etcd")
    member.type, member.linkname = kind, "/etc/passwd"
    path = forged(tmp_path / "out.tar", told(), (member, b""))

    with pytest.raises(ReleaseError, match=r"where etcd\.binaries/etcd should be"):
        unpack(path, tmp_path / "into")


def test_a_file_that_changes_while_it_is_read_makes_no_bundle(tmp_path: Path) -> None:
    source = tmp_path / "release.bin"
    source.write_bytes(b"one")
    entry = item("release.tarball", source)
    source.write_bytes(b"two")

    with pytest.raises(ReleaseError, match="changed while it was read"):
        write(
            tmp_path / "out.tar",
            Bundle("modern", "v1.36.3", "amd64", (entry,)),
            {"release.tarball": source},
        )

    assert not (tmp_path / "out.tar").exists()


def test_a_name_no_archive_should_hold_is_made_plain(tmp_path: Path) -> None:
    source = tmp_path / ("-Ä b" + "x" * 80 + ".tar.gz")
    source.write_bytes(b"")

    name = item("release.tarball", source).file

    assert name.endswith("x.tar.gz")
    assert bundles._FILE.fullmatch(name)
