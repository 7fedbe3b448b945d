"""Images are called what the archives call them that a person brought."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.app.artifacts import located, named_as_archived
from kwizard.cluster.model import Cluster, Docker, Etcd, Images
from kwizard.errors import ReleaseError
from kwizard.release.parcels import images_in
from tests.pure.recipes.clusters import article
from tests.pure.recipes.modern_clusters import current


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


def archive(folder: Path, manifest: object, name: str = "image.tar") -> str:
    text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    path = folder / name
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return str(path)


def holding(folder: Path, *names: str, file: str = "image.tar") -> str:
    return archive(folder, [{"Config": "c.json", "RepoTags": list(names), "Layers": []}], file)


def with_pause(file: str, name: str | None = None) -> Cluster:
    return replace(current(), images=Images(pause=name, pause_archive=file))


@pytest.mark.parametrize(
    ("manifest", "names"),
    [
        ([{"RepoTags": ["a:1", "b:2"]}, {"RepoTags": ["c:3"]}], ("a:1", "b:2", "c:3")),
        ([{"RepoTags": None}], ()),
        ([{"RepoTags": [7, "two words", "-rf", "$(id)", "good:1"]}], ("good:1",)),
        ({"RepoTags": ["a:1"]}, ()),
        ([], ()),
    ],
    ids=["several", "untagged", "no names", "no list", "empty"],
)
def test_names_of_images_in_an_archive(
    tmp_path: Path, manifest: object, names: tuple[str, ...]
) -> None:
    assert images_in(Path(archive(tmp_path, manifest))) == names


def test_a_manifest_that_is_no_json_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no docker archive"):
        images_in(Path(archive(tmp_path, b"[" * 100_000)))


def test_the_name_is_taken_from_an_archive_with_one_image(tmp_path: Path) -> None:
    file = holding(tmp_path, "mine.example/pause:7")
    assert named_as_archived(with_pause(file)).images.pause == "mine.example/pause:7"
    assert named_as_archived(with_pause(file, "other/pause:1")).images.pause == (
        "mine.example/pause:7"
    )


def test_a_short_name_and_a_long_one_are_the_same_image(tmp_path: Path) -> None:
    cluster = with_pause(holding(tmp_path, "lab/pause:1"), "docker.io/lab/pause:1")
    assert named_as_archived(cluster) == cluster


def test_where_there_is_a_choice_nothing_is_chosen(tmp_path: Path) -> None:
    cluster = with_pause(holding(tmp_path, "a/pause:1", "b/pause:2"))
    assert named_as_archived(cluster) == cluster


def test_a_file_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    cluster = with_pause(str(tmp_path / "nowhere.tar"))
    assert named_as_archived(cluster) == cluster


def test_the_images_of_the_classic_recipe(tmp_path: Path) -> None:
    cluster = replace(
        article(),
        etcd=Etcd(archive=holding(tmp_path, "lab/etcd:3.4.23", file="etcd.tar")),
        docker=Docker(pause_archive=holding(tmp_path, "lab/pause:1", file="pause.tar")),
    )
    named = named_as_archived(cluster)
    assert (named.etcd.image, named.docker.pause_image) == ("lab/etcd:3.4.23", "lab/pause:1")


async def test_an_archive_without_the_wanted_image_is_said_before_it_is_sent(
    tmp_path: Path,
) -> None:
    cluster = with_pause(holding(tmp_path, "a/pause:1", "b/pause:2"))
    with pytest.raises(ReleaseError) as raised:
        await located(cluster, "pause-image")
    assert "image.tar holds a/pause:1, b/pause:2 and no image called" in raised.value.message
    assert "`images: pause:`" in raised.value.remedy

    path, _sum = await located(
        with_pause(holding(tmp_path, "b/pause:2"), "b/pause:2"), "pause-image"
    )
    assert path == tmp_path / "image.tar"
