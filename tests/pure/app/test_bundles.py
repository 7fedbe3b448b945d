from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.app.bundles import adopt, create, left_to_hosts, lying_around, opened
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster, Version
from kwizard.errors import InvalidInput, ReleaseError
from kwizard.release import bundle as bundles
from kwizard.release.store import look, resolve
from tests.pure.release.forge import elf, server, tar, targz

HOSTS = """\
name: current
recipe: modern
version: v1.36.3
hosts:
  - name: anakin
    address: 10.0.63.202
    roles: [control-plane, etcd, worker]
    ssh: {user: op, identity: ~/.ssh/secret}
"""
FILES = """\
release: {tarball: kubernetes-server.tar.gz, sha256: %s}
etcd: {binaries: etcd-v3.6.16.tar.gz}
runtime: {containerd: containerd.tar.gz, cni_plugins: cni.tgz}
flannel: {version: v0.26.7, binary: flanneld}
images: {pause: example.org/pause:7, pause_archive: pause.tar, coredns_archive: coredns.tar}
"""


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def whole(tmp_path: Path) -> Cluster:
    """A cluster whose files are all here."""
    folder = tmp_path / "files"
    folder.mkdir()
    release = folder / "kubernetes-server.tar.gz"
    release.write_bytes(server("v1.36.3"))
    etcd = {f"etcd-v3.6.16-linux-amd64/{p}": elf(p) for p in ("etcd", "etcdctl")}
    (folder / "etcd-v3.6.16.tar.gz").write_bytes(targz(etcd))
    (folder / "containerd.tar.gz").write_bytes(targz({"bin/containerd": elf("containerd")}))
    (folder / "cni.tgz").write_bytes(targz({"bridge": elf("bridge")}))
    (folder / "flanneld").write_bytes(elf("flanneld"))
    for name, tags in (("pause", ["example.org/pause:7"]), ("coredns", [])):
        told = json.dumps([{"RepoTags": tags, "Layers": []}]).encode()
        (folder / f"{name}.tar").write_bytes(tar({"manifest.json": told}))
    file = folder / "cluster.yaml"
    file.write_text(HOSTS + FILES % bundles.item("release.tarball", release).sha256)
    return load(file).cluster


@pytest.fixture
def hosts_alone(tmp_path: Path) -> Cluster:
    """The same cluster of somebody who has none of the files."""
    file = tmp_path / "hosts.yaml"
    file.write_text(HOSTS)
    return load(file).cluster


async def test_an_installation_needs_the_hosts_and_the_bundle_alone(
    whole: Cluster, hosts_alone: Cluster, tmp_path: Path
) -> None:
    await create(whole, tmp_path / "out.tar")
    for file in (tmp_path / "files").iterdir():
        file.unlink()

    found = adopt(hosts_alone, tmp_path / "out.tar")

    release = await look(found)
    assert release is not None
    assert release.server_tarball.read_bytes() == server("v1.36.3")
    for artifact in ("etcd-binaries", "containerd", "cni-plugins", "flannel", "pause-image"):
        assert (await resolve(found, artifact))[0].is_relative_to(tmp_path / "cache")
    assert found.images.pause == "example.org/pause:7"
    assert found.images.coredns is not None
    assert found.flannel.version == Version(0, 26, 7)
    assert (found.name, found.hosts) == (hosts_alone.name, hosts_alone.hosts)


async def test_neither_host_nor_key_is_in_it(whole: Cluster, tmp_path: Path) -> None:
    await create(whole, tmp_path / "out.tar")

    data = (tmp_path / "out.tar").read_bytes()

    for word in (b"anakin", b"10.0.63.202", b"secret", str(tmp_path).encode()):
        assert word not in data


async def test_what_hosts_would_get_elsewhere_is_named(whole: Cluster, tmp_path: Path) -> None:
    without = replace(whole, images=replace(whole.images, coredns_archive=None))

    with pytest.raises(InvalidInput, match=r"coredns.* would be pulled from its registry"):
        await create(without, tmp_path / "out.tar")

    assert not (tmp_path / "out.tar").exists()


@pytest.mark.parametrize("inside", ["example.org/pause:8", "example.org/other:7"])
async def test_an_archive_without_the_image_that_is_asked_for_is_refused(
    whole: Cluster, tmp_path: Path, inside: str
) -> None:
    told = json.dumps([{"RepoTags": [inside], "Layers": []}]).encode()
    (tmp_path / "files" / "pause.tar").write_bytes(tar({"manifest.json": told}))

    with pytest.raises(ReleaseError, match=rf"holds {inside} and no image called .*pause:7"):
        await create(whole, tmp_path / "out.tar")

    assert not (tmp_path / "out.tar").exists()


async def test_bundles_are_found_by_what_they_are_for(
    whole: Cluster, hosts_alone: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "pause.tar").write_bytes(tar({"manifest.json": b"[]"}))
    (folder / "cut.tar").write_bytes(b"x")
    await create(whole, folder / "any name.tar")

    assert lying_around(hosts_alone, [folder]) == (folder / "any name.tar",)
    other = replace(hosts_alone, version=Version(1, 35, 4))
    assert lying_around(other, [folder]) == ()


async def test_what_is_opened_once_serves_changed_answers(
    whole: Cluster, hosts_alone: Cluster, tmp_path: Path
) -> None:
    await create(whole, tmp_path / "out.tar")
    bundle = opened(tmp_path / "out.tar")

    assert bundle.into(hosts_alone) == adopt(hosts_alone, tmp_path / "out.tar")
    renamed = replace(hosts_alone, name="other")
    assert bundle.into(renamed) == replace(bundle.into(hosts_alone), name="other")
    with pytest.raises(InvalidInput, match=r"wants v1\.35\.4"):
        bundle.into(replace(hosts_alone, version=Version(1, 35, 4)))


def test_what_the_cluster_file_leaves_to_the_hosts(whole: Cluster, hosts_alone: Cluster) -> None:
    assert left_to_hosts(whole) == ()
    assert set(left_to_hosts(hosts_alone)) >= {"flannel.binary", "runtime.containerd"}


async def test_a_file_that_is_missing_is_named_by_its_key(whole: Cluster, tmp_path: Path) -> None:
    (tmp_path / "files" / "cni.tgz").unlink()

    with pytest.raises(ReleaseError, match=r"there is no file .*cni\.tgz") as caught:
        await create(whole, tmp_path / "out.tar")

    assert "runtime: cni_plugins:" in caught.value.remedy


async def test_a_bundle_of_another_version_is_refused(
    whole: Cluster, hosts_alone: Cluster, tmp_path: Path
) -> None:
    await create(whole, tmp_path / "out.tar")
    other = replace(hosts_alone, version=Version(1, 35, 4))

    with pytest.raises(InvalidInput, match=r"holds Kubernetes v1\.36\.3, .* wants v1\.35\.4"):
        adopt(other, tmp_path / "out.tar")


@pytest.mark.parametrize(
    ("key", "setting"), [("ssh.identity", {}), ("etcd.binaries", {"network.domain": "evil"})]
)
def test_what_no_bundle_may_say_is_refused(
    hosts_alone: Cluster, tmp_path: Path, key: str, setting: dict[str, str]
) -> None:
    source = tmp_path / "file"
    source.write_bytes(b"")
    made = bundles.Bundle("modern", "v1.36.3", "amd64", (bundles.item(key, source),), setting)
    bundles.write(tmp_path / "out.tar", made, {key: source})

    with pytest.raises(InvalidInput, match="holds what this kwizard does not know"):
        adopt(hosts_alone, tmp_path / "out.tar")


@pytest.mark.parametrize("setting", [{"images.pause": "$(reboot)"}, {"flannel.version": "newest"}])
def test_a_value_passes_the_door_of_the_cluster_file(
    hosts_alone: Cluster, tmp_path: Path, setting: dict[str, str]
) -> None:
    source = tmp_path / "file"
    source.write_bytes(b"")
    items = (bundles.item("images.pause_archive", source),)
    bundles.write(
        tmp_path / "out.tar",
        bundles.Bundle("modern", "v1.36.3", "amd64", items, setting),
        {"images.pause_archive": source},
    )

    with pytest.raises(InvalidInput, match=r"out\.tar"):
        adopt(hosts_alone, tmp_path / "out.tar")
