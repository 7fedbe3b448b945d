"""The operator's kubeconfig, merged into another one: nothing else in it changes."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from kwizard.app.certificates import secure
from kwizard.app.kubeconfig import kubeconfig_of, merge, usual
from kwizard.cli.main import main
from kwizard.errors import InvalidInput, KwizardError
from kwizard.paths import cluster_dir
from tests.pure.recipes.modern_clusters import current

OTHER: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "preferences": {"colors": True},
    "clusters": [{"name": "work", "cluster": {"server": "https://work.example:6443"}}],
    "users": [{"name": "me", "user": {"token": "123456"}}],
    "contexts": [{"name": "work", "context": {"cluster": "work", "user": "me"}}],
    "current-context": "work",
}


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A cluster that is installed from here."""
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    cluster = current()
    secure(cluster, cluster_dir(cluster.name))
    return cluster.name


@pytest.fixture
def target(tmp_path: Path) -> Path:
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(OTHER))
    file.chmod(0o644)
    return file


def entries(config: dict[str, Any], key: str) -> dict[str, Any]:
    return {e["name"]: e for e in config[key]}


def test_its_context_stands_beside_the_others_which_stay(name: str, target: Path):
    before = target.read_bytes()
    merged = merge(name, target)
    found = yaml.safe_load(target.read_text())
    own = json.loads(kubeconfig_of(name).read_text())
    for key in ("clusters", "users", "contexts"):
        assert entries(found, key) == entries(OTHER, key) | entries(own, key)
    assert found["current-context"] == "work"
    assert found["preferences"] == {"colors": True}
    assert merged.backup is not None
    assert merged.backup.read_bytes() == before
    for file in (target, merged.backup):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_time_changes_nothing(name: str, target: Path):
    merge(name, target)
    before, there = target.read_bytes(), set(target.parent.iterdir())
    assert merge(name, target).backup is None
    assert target.read_bytes() == before
    assert set(target.parent.iterdir()) == there


def test_a_renewed_certificate_takes_the_place_of_the_old_one(name: str, target: Path):
    merge(name, target)
    for kind in ("crt", "key"):
        (cluster_dir(name) / "pki" / f"admin.{kind}").unlink()
    secure(current(), cluster_dir(name))
    merged = merge(name, target)
    assert merged.backup is not None
    assert merged.backup.name == "config.before-kwizard-2"
    found = yaml.safe_load(target.read_text())
    assert len(found["users"]) == 2
    assert (
        entries(found, "users")[f"{name}-admin"]
        in json.loads(kubeconfig_of(name).read_text())["users"]
    )


def test_another_cluster_of_that_name_is_left_alone(name: str, target: Path):
    theirs = {"name": name, "cluster": {"server": "https://10.9.9.9:6443"}}
    target.write_text(yaml.safe_dump(OTHER | {"clusters": [theirs]}))
    before = target.read_bytes()
    with pytest.raises(InvalidInput, match="another one"):
        merge(name, target)
    assert target.read_bytes() == before


@pytest.mark.parametrize("text", ["- a list", "clusters: x", "clusters: [1]", "{", "\0", "7"])
def test_what_is_no_kubeconfig_is_left_alone(name: str, target: Path, text: str):
    target.write_text(text)
    with pytest.raises(InvalidInput, match="is no kubeconfig"):
        merge(name, target)
    assert target.read_text() == text


def test_where_there_is_none_one_is_made_and_the_context_is_the_current_one(name: str):
    merged = merge(name, usual())
    assert merged.target == Path.home() / ".kube" / "config"
    assert merged.backup is None
    assert yaml.safe_load(merged.target.read_text())["current-context"] == name
    assert stat.S_IMODE(merged.target.stat().st_mode) == 0o600


def test_a_link_stays_a_link(name: str, target: Path, tmp_path: Path):
    link = tmp_path / "link"
    link.symlink_to(target)
    assert merge(name, link).target == target
    assert link.is_symlink()


def test_a_place_that_cannot_be_written_is_told(name: str, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(KwizardError, match="file"):
        merge(name, tmp_path / "file" / "config")


def test_the_command_prints_the_place_and_merges_only_when_asked(
    name: str, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["kubeconfig", name]) == 0
    assert capsys.readouterr().out.strip() == str(kubeconfig_of(name))
    assert not (Path.home() / ".kube").exists()
    assert main(["kubeconfig", name, "--merge", str(target)]) == 0
    assert f"--context {name}" in capsys.readouterr().out
    assert main(["kubeconfig", name, "--merge"]) == 0
    assert (Path.home() / ".kube" / "config").is_file()
    assert main(["kubeconfig", "vader"]) == 2


def test_a_cluster_file_says_the_name_too(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from kwizard.cluster.dump import dump

    file = tmp_path / "cluster.yaml"
    file.write_text(dump(replace(current(), name=name)))
    assert main(["kubeconfig", str(file)]) == 0
    assert capsys.readouterr().out.strip() == str(kubeconfig_of(name))
