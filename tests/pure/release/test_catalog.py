from __future__ import annotations

import pytest

from kwizard.cluster.model import Cluster, Release, Version
from kwizard.release.catalog import known_to_classic, locate
from kwizard.release.part import Checksum
from kwizard.release.store import published
from kwizard.release.sums import SHA256, SHA512


@pytest.mark.parametrize(
    ("version", "mirror", "url"),
    [
        (
            "v1.3.5",
            None,
            "https://github.com/kubernetes/kubernetes/releases/download/v1.3.5/kubernetes.tar.gz",
        ),
        ("v1.19.16", None, "https://dl.k8s.io/v1.19.16/kubernetes-server-linux-amd64.tar.gz"),
        ("v1.4.12", "http://here/k8s/", "http://here/k8s/v1.4.12/kubernetes.tar.gz"),
        ("v1.5.0", "http://here", "http://here/v1.5.0/kubernetes-server-linux-amd64.tar.gz"),
    ],
)
def test_every_version_has_its_address(version: str, mirror: str | None, url: str) -> None:
    assert locate(Version.parse(version), mirror).url == url


def test_the_sum_of_the_articles_release_is_known_on_any_mirror() -> None:
    place = locate(Version(1, 3, 5), "http://here")

    assert place.sha256 == "46be88ce927124f7cef7e280720b42c63051086880b7ebdba298b561dbe19f82"


def test_sums_are_of_amd64_only() -> None:
    assert locate(Version(1, 19, 0)).sha512 is not None
    assert locate(Version(1, 19, 0), architecture="arm64").sha512 is None


def test_all_sums_are_sums_of_files_the_catalog_names() -> None:
    for algorithm, sums in (("sha256", SHA256), ("sha512", SHA512)):
        for key, value in sums.items():
            version = Version.parse(key.split("/")[0])
            assert key == f"{version}/{locate(version).file}"
            assert Checksum.parse(algorithm, value, "") is not None
        assert len(set(sums.values())) == len(sums)


@pytest.mark.parametrize(
    ("version", "known"), [("v1.3.5", True), ("v1.19.16", True), ("v1.20.0", False)]
)
def test_the_classic_recipe_ends_where_the_insecure_port_does(version: str, known: bool) -> None:
    assert known_to_classic(Version.parse(version)) is known


def test_the_sum_of_the_file_that_is_placed_is_known_without_the_network():
    def sample(version: Version, release: Release | None = None) -> Cluster:
        return Cluster(name="x", version=version, hosts=(), release=release or Release())

    known = published(sample(Version(1, 19, 15)))
    assert known is not None
    assert known.algorithm == "sha512"
    own = published(sample(Version(1, 36, 3), Release(sha256="a" * 64)))
    assert own is not None
    assert (own.algorithm, own.value) == ("sha256", "a" * 64)
    assert published(sample(Version(1, 36, 3))) is None
    assert published(sample(Version(1, 3, 5))) is None, "its sum is that of the file around it"
    assert published(sample(Version(1, 19, 15), Release(tarball="/srv/x.tar.gz"))) is None
    # On hosts there is no file around it: a sum in the cluster file is that of what lies there.
    nested = Version(1, 3, 5)
    assert published(sample(nested, Release(on_hosts=True))) is None
    lying = published(sample(nested, Release(on_hosts=True, sha256="b" * 64)))
    assert lying is not None
    assert lying.value == "b" * 64
