"""The published schema and the loader say the same: the same keys, words, forms and needs."""

import copy
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
import yaml

from kwizard.cluster import model, values
from kwizard.cluster.keys import HOST_NAMES, SECTIONS, SSH_KEYS, TOP_NAMES
from kwizard.cluster.load import loads
from kwizard.errors import InvalidInput
from tests.pure.cluster.strategies import HOST_KEY

from .schema import SCHEMA, VALIDATOR

FULL: dict[str, Any] = {
    "name": "full",
    "recipe": "classic",
    "version": "v1.19.16",
    "supervisor": "nohup",
    "control_plane_is_node": True,
    "hosts": [
        {
            "name": "anakin",
            "address": "10.9.63.202",
            "roles": ["control-plane", "etcd"],
            "labels": ["disk=ssd", "example.com/room="],
            "taints": ["dedicated=db:NoSchedule", "old:NoExecute"],
            "ssh": {
                "address": "10.1.63.202",
                "user": "root",
                "port": 22,
                "identity": "~/.ssh/id_ed25519",
                "jump": "me@gate:22",
                "host_key": HOST_KEY,
            },
        }
    ],
    "network": {
        "pods": "10.244.0.0/16",
        "services": "10.254.0.0/16",
        "dns": "10.254.10.2",
        "domain": "cluster.local",
        "backend": "vxlan",
        "prefix": "/coreos.com/network",
    },
    "etcd": {
        "mode": "existing",
        "endpoints": ["http://10.9.63.202:2379"],
        "image": "etcd:v3",
        "archive": "etcd.tar",
        "binaries": "etcd",
        "ca": "etcd-ca.crt",
        "cert": "etcd-client.crt",
        "key": "etcd-client.key",
    },
    "flannel": {"version": "0.12.0", "binary": "flanneld", "store": "etcd"},
    "release": {
        "tarball": "k.tar.gz",
        "mirror": "http://10.9.9.9:8000/k",
        "on_hosts": False,
        "sha256": "0" * 64,
    },
    "docker": {"install": False, "pause_image": "pause:3.2", "pause_archive": "pause.tar"},
    "firewall": {"zone": "dmz", "move_interface": True},
    "runtime": {"containerd": "containerd.tar.gz", "cni_plugins": "cni.tgz"},
    "images": {
        "pause": "pause:3.10",
        "pause_archive": "pause.tar",
        "coredns": "coredns:1.15",
        "coredns_archive": "coredns.tar",
    },
    "apiserver": {
        "audit": False,
        "encrypt_secrets": True,
        "names": ["api.example.com", "*.k8s.example", "203.0.113.7", "2001:db8::7"],
    },
    "kubelet": {"allow_cgroup_v1": True, "join": "certificates"},
    "proxy": {"mode": "nftables"},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key's place in FULL."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, key))


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    out = copy.deepcopy(FULL)
    inner: Any = out
    for key in place[:-1]:
        inner = inner[key]
    if value is None:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return out


def loader_takes(data: dict[str, Any]) -> bool:
    try:
        loads(yaml.safe_dump(data))
    except InvalidInput:
        return False
    return True


PLACES = list(places(FULL))
KEYS = [p for p in PLACES if isinstance(p[-1], str)]
MAPPINGS = [(), ("hosts", 0), ("hosts", 0, "ssh"), *((s.name,) for s in SECTIONS)]


NEEDED_BY_ANOTHER = {
    ("control_plane_is_node",),
    ("etcd", "mode"),
    ("etcd", "endpoints"),
    ("firewall", "zone"),
}


def test_a_file_with_every_key_is_taken_by_both():
    VALIDATOR.validate(FULL)
    assert loader_takes(FULL)


def test_both_know_the_same_keys():
    assert tuple(SCHEMA["properties"]) == TOP_NAMES
    host = SCHEMA["$defs"]["host"]["properties"]
    assert tuple(host) == HOST_NAMES
    assert tuple(host["ssh"]["properties"]) == tuple(k.name for k in SSH_KEYS.keys)
    for section in SECTIONS:
        known = tuple(SCHEMA["properties"][section.name]["properties"])
        assert known == tuple(k.name for k in section.keys)
    assert {p[-1] for p in KEYS} == {*TOP_NAMES, *HOST_NAMES} | {
        k.name for s in (*SECTIONS, SSH_KEYS) for k in s.keys
    }


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_both_refuse_a_mapping_where_none_is_meant(place):
    broken = changed(place, {"x": 1})
    assert not VALIDATOR.is_valid(broken)
    assert not loader_takes(broken)


@pytest.mark.parametrize("place", KEYS, ids=str)
def test_both_miss_the_same_keys(place):
    """What the schema requires the loader requires. What the loader alone requires rests on
    another key (a mode, a flag), which no schema of this kind says."""
    without = changed(place, None)
    if VALIDATOR.is_valid(without):
        assert loader_takes(without) or place in NEEDED_BY_ANOTHER
    else:
        assert not loader_takes(without)


@pytest.mark.parametrize("place", MAPPINGS, ids=str)
def test_both_refuse_an_unknown_key(place):
    broken = changed((*place, "nonsense"), 1)
    assert not VALIDATOR.is_valid(broken)
    assert not loader_takes(broken)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (model.RecipeName, ("properties", "recipe")),
        (model.Supervisor, ("properties", "supervisor")),
        (model.Role, ("$defs", "role")),
        (model.Backend, ("properties", "network", "properties", "backend")),
        (model.FlannelStore, ("properties", "flannel", "properties", "store")),
        (model.EtcdMode, ("properties", "etcd", "properties", "mode")),
        (model.ProxyMode, ("properties", "proxy", "properties", "mode")),
        (model.Join, ("properties", "kubelet", "properties", "join")),
    ],
)
def test_both_know_the_same_words(words: type[StrEnum], place):
    inner = SCHEMA
    for key in place:
        inner = inner[key]
    assert inner["enum"] == [w.value for w in words]


def test_both_have_the_same_forms():
    patterns = {
        name: SCHEMA["$defs"][name]["pattern"]
        for name in ("name", "version", "image", "label", "taint", "certified")
    }
    patterns["zone"] = SCHEMA["properties"]["firewall"]["properties"]["zone"]["pattern"]
    assert patterns == {
        "name": f"^({values.NAME})$",
        "version": f"^({values.VERSION})$",
        "image": f"^({values.IMAGE})$",
        "label": f"^({values.LABEL})$",
        "taint": f"^({values.TAINT})$",
        "certified": f"^({values.CERTIFIED})$",
        "zone": f"^({values.ZONE})$",
    }


def test_the_defaults_it_names_are_the_models():
    cluster = model.Cluster(name="a", version=model.Version(1, 19, 16), hosts=())
    for section in SECTIONS:
        for key, entry in SCHEMA["properties"][section.name]["properties"].items():
            if "default" in entry:
                value = getattr(getattr(cluster, section.name), key)
                plain = value if isinstance(value, bool) else str(value).removeprefix("v")
                assert entry["default"] == plain, key
    for key in ("recipe", "supervisor", "control_plane_is_node"):
        assert SCHEMA["properties"][key]["default"] == getattr(cluster, key)


def test_the_schema_is_one():
    VALIDATOR.check_schema(SCHEMA)
