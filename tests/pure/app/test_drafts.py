"""A draft comes back as it was, however incomplete; what cannot be read is no draft."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.app.drafts import Remembered, forget, remember, remembered
from kwizard.cluster.defaults import with_recipe
from kwizard.cluster.load import load
from kwizard.cluster.model import SSH, Cluster, Host, RecipeName, Role, Version
from kwizard.paths import state_home

ROOT = Path(__file__).parents[3]
EMPTY = Cluster(name="", version=Version(1, 19, 16), hosts=())
SOME = replace(
    EMPTY,
    name="half-done",
    hosts=(
        Host(
            name="anakin",
            address=IPv4Address("10.0.63.202"),
            roles=frozenset({Role.WORKER}),
            ssh=SSH(user="me", port=2222, identity="/keys/id", jump="me@bastion"),
        ),
    ),
)


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize(
    "cluster",
    [
        EMPTY,
        SOME,
        with_recipe(SOME, RecipeName.MODERN, Version(1, 36, 3)),
        load(ROOT / "sample_hosts.yaml").cluster,
        load(ROOT / "docs/examples/modern.yaml").cluster,
    ],
    ids=["empty", "classic", "modern", "sample", "example"],
)
def test_it_comes_back_as_it_was(cluster: Cluster) -> None:
    draft = Remembered(cluster, "options", Path("/somewhere/c.yaml"))
    remember(draft)
    assert remembered() == draft
    forget()
    assert remembered() is None


def test_only_its_owner_reads_it() -> None:
    remember(Remembered(SOME, "hosts"))
    assert (state_home() / "draft.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"form": 1}',
        '{"form": 2}',
        '{"form": 1, "file": null, "page": "x", "cluster": {"recipe": "of nobody"}}',
    ],
)
def test_what_cannot_be_read_is_no_draft(text: str) -> None:
    state_home().mkdir(parents=True)
    (state_home() / "draft.json").write_text(text)
    assert remembered() is None


def test_a_place_that_cannot_be_written_to_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", "/proc/nowhere")
    remember(Remembered(SOME, "hosts"))
    assert remembered() is None
