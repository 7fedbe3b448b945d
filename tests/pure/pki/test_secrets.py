"""Secrets beside the certificates: the key of Secrets in etcd, the token kubelets join with."""

from __future__ import annotations

import base64
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from kwizard.app.certificates import public_part, secret_files
from kwizard.cluster.model import ApiServer
from kwizard.errors import PkiError
from kwizard.pki.store import Pki
from tests.pure.recipes.clusters import ANAKIN, BOBA
from tests.pure.recipes.modern_clusters import current

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ENCRYPTED = current(apiserver=ApiServer(encrypt_secrets=True))


def test_the_key_is_made_once_and_given_to_the_control_plane_alone(tmp_path: Path):
    pki = Pki.ensure(tmp_path, ENCRYPTED, NOW)
    assert "encryption" in pki.made
    file = tmp_path / "encryption.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    config = yaml.safe_load(pki.bundle(ANAKIN).files["encryption.key"])
    first, last = config["resources"][0]["providers"]
    assert first["secretbox"]["keys"][0]["secret"] == file.read_text().strip()
    assert len(base64.b64decode(file.read_text())) == 32
    assert last == {"identity": {}}
    assert "encryption.key" not in pki.bundle(BOBA).files
    again = Pki.ensure(tmp_path, ENCRYPTED, NOW)
    assert again.made == ()
    assert again.bundle(ANAKIN) == pki.bundle(ANAKIN)


def test_nothing_of_the_key_is_in_what_a_plan_knows(tmp_path: Path):
    plain = Pki.ensure(tmp_path, current(), NOW).bundle(ANAKIN).public
    assert Pki.ensure(tmp_path, ENCRYPTED, NOW).bundle(ANAKIN).public == plain


def test_what_is_encrypted_stays_encrypted(tmp_path: Path):
    Pki.ensure(tmp_path, ENCRYPTED, NOW)
    before = (tmp_path / "encryption.key").read_bytes()
    with pytest.raises(PkiError, match="no longer says so"):
        Pki.ensure(tmp_path, current(), NOW)
    assert (tmp_path / "encryption.key").read_bytes() == before
    assert Pki.load(tmp_path, replace(ENCRYPTED, control_plane_is_node=True), NOW) is not None


def test_a_plan_makes_no_key(tmp_path: Path):
    Pki.ensure(tmp_path, current(), NOW)
    assert Pki.load(tmp_path, ENCRYPTED, NOW) is None
    assert not (tmp_path / "encryption.key").exists()


def test_the_token_goes_beside_a_job_and_makes_nothing_due(tmp_path: Path):
    pki = Pki.ensure(tmp_path, current())
    files = secret_files(pki, current(), "token", "boba")
    assert files == secret_files(pki, current(), "token", "anakin")
    text, ends = (tmp_path / "bootstrap-token").read_text().split()
    assert files == {"bootstrap-token": text.encode(), "bootstrap-token-ends": ends.encode()}
    assert public_part(pki, current())("token", "boba") == ""
