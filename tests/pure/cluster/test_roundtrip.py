from pathlib import Path

import yaml
from hypothesis import given

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load, loads
from kwizard.cluster.model import Cluster

from .schema import VALIDATOR
from .strategies import clusters

SAMPLE = Path(__file__).parents[3] / "sample_hosts.yaml"


@given(clusters())
def test_what_is_written_is_read_back(cluster: Cluster):
    assert loads(dump(cluster)).cluster == cluster


@given(clusters())
def test_what_is_written_obeys_the_published_schema(cluster: Cluster):
    VALIDATOR.validate(yaml.safe_load(dump(cluster)))


@given(clusters())
def test_writing_twice_gives_the_same_text(cluster: Cluster):
    assert dump(loads(dump(cluster)).cluster) == dump(cluster)


def test_the_sample_keeps_its_order_and_its_words():
    cluster = load(SAMPLE).cluster
    written = yaml.safe_load(dump(cluster))
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    assert [h["name"] for h in written["hosts"]] == [h["name"] for h in sample["hosts"]]
    assert list(written) == [k for k in sample if k in written]
    assert written["hosts"] == sample["hosts"]


def test_a_standing_cluster_keeps_its_ranges_when_defaults_change():
    text = "name: a\nversion: v1.19.16\nhosts: [a 10.9.0.1, b 10.9.0.2]\n"
    written = yaml.safe_load(dump(loads(text).cluster))
    assert written["network"]["pods"] == "10.0.0.0/16"
    assert written["network"]["services"] == "10.254.0.0/16"
    assert written["flannel"] == {"version": "v0.5.5"}
