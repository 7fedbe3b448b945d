from __future__ import annotations

import hashlib
import io
import json
import tarfile

from kwizard.lab.images import Content, docker_archive

CONTENT = Content(
    config={"Entrypoint": ["/usr/bin/it"], "Env": ["PATH=/bin"]},
    files={"usr/bin/it": (b"program", 0o755), "www/index.html": (b"hello\n", 0o644)},
    links={"bin/sh": "busybox"},
)


def _open(data):
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            found[member.name] = (member, file.read() if file else b"")
    return found


def test_the_manifest_leads_to_config_and_layer_and_all_digests_hold():
    archive = _open(docker_archive("lab/it:1", CONTENT))
    [manifest] = json.loads(archive["manifest.json"][1])
    assert manifest["RepoTags"] == ["lab/it:1"]
    config = archive[manifest["Config"]][1]
    assert manifest["Config"] == f"{hashlib.sha256(config).hexdigest()}.json"
    [layer] = [archive[name][1] for name in manifest["Layers"]]
    assert json.loads(config)["rootfs"]["diff_ids"] == [
        f"sha256:{hashlib.sha256(layer).hexdigest()}"
    ]
    assert json.loads(config)["config"] == CONTENT.config


def test_the_layer_has_files_modes_links_and_every_parent_before_its_child():
    archive = _open(docker_archive("lab/it:1", CONTENT))
    layer = _open(next(d for name, (_, d) in archive.items() if name.endswith("layer.tar")))
    assert layer["usr/bin/it"][1] == b"program"
    assert layer["usr/bin/it"][0].mode == 0o755
    assert layer["bin/sh"][0].linkname == "busybox"
    assert layer["tmp"][0].mode == 0o1777
    order = list(layer)
    for name in order:
        parent = name.rpartition("/")[0]
        assert not parent or order.index(parent) < order.index(name)


def test_the_same_content_gives_the_same_bytes():
    assert docker_archive("lab/it:1", CONTENT) == docker_archive("lab/it:1", CONTENT)
