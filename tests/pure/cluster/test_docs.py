"""The examples of docs/cluster-file.md are what they say they are."""

import re
from pathlib import Path

import yaml

from kwizard.cluster.keys import HOST_NAMES, SECTIONS, SSH_KEYS, TOP_NAMES
from kwizard.cluster.load import loads
from kwizard.cluster.model import Cluster, Version

DOCS = (Path(__file__).parents[3] / "docs" / "cluster-file.md").read_text(encoding="utf-8")
SMALLEST, WHOLE, MODERN, LONG_HOST = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)


def test_the_smallest_file_has_nothing_to_warn_of():
    assert loads(SMALLEST).warnings == ()


def test_the_whole_file_is_valid_and_warns_of_nothing():
    assert loads(WHOLE).warnings == ()


def test_the_modern_file_is_valid_and_warns_of_nothing():
    assert loads(MODERN).warnings == ()


def test_the_short_form_is_the_same_as_the_long_one():
    (short,) = re.findall(r"`- (anakin [^`]*)`", DOCS)
    head = "name: a\nversion: v1.19.16\ncontrol_plane_is_node: true\nhosts:\n"
    assert loads(f"{head}- {short}\n") == loads(head + LONG_HOST)


def test_the_tables_name_every_key():
    named = set(
        re.findall(r"`([a-z0-9_.]+)`", "\n".join(re.findall(r"^\| .*", DOCS, re.MULTILINE)))
    )
    sections = {f"{s.name}.{k.name}" for s in (*SECTIONS, SSH_KEYS) for k in s.keys}
    top = {name for name in (*TOP_NAMES, *HOST_NAMES) if name != "ssh"}
    top -= {"hosts", *(s.name for s in SECTIONS)}
    assert (sections | top) - named == set()


def test_the_defaults_are_the_models():
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \|.*\| `([^`|]+)` \|$", DOCS, re.MULTILINE))
    cluster = Cluster(name="a", version=Version(1, 19, 16), hosts=())
    for path, written in rows.items():
        section, _, key = path.rpartition(".")
        if section == "ssh" or path == "address":
            continue
        value = getattr(getattr(cluster, section) if section else cluster, key)
        plain = yaml.safe_dump(value).split("\n")[0] if isinstance(value, bool) else str(value)
        assert plain.removeprefix("v") == written.removeprefix("v"), path
    assert len(rows) > 12
