"""Certificates the operator brings for an etcd that exists already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kwizard.cluster.model import Cluster
from kwizard.errors import PkiError
from kwizard.pki import needs
from kwizard.pki.certificates import AUTHORITY_LIFE, LIFE, Pair, authority, issue, key_pem, new_key
from kwizard.pki.needs import Need
from kwizard.pki.store import Pki
from tests.pure.recipes.clusters import ANAKIN, BOBA
from tests.pure.recipes.modern_clusters import GIVEN, IN_ETCD, current

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPENS_ETCD = {"etcd-client.crt", "etcd-client.key"}


@pytest.fixture(scope="module")
def theirs() -> tuple[Pair, Pair]:
    """Somebody else's authority, and the client's certificate it signed."""
    signer = authority("theirs", NOW)
    return signer, issue(Need("client", "theirs", "somebody"), signer, NOW)


@pytest.fixture
def cluster(tmp_path: Path, theirs: tuple[Pair, Pair]) -> Cluster:
    signer, client = theirs
    for name, data in (
        ("ca.crt", signer.certificate_pem),
        ("client.crt", client.certificate_pem),
        ("client.key", client.key_pem),
    ):
        (tmp_path / name).write_bytes(data)
    files: dict[str, Any] = {
        key: str(tmp_path / Path(getattr(GIVEN, key)).name) for key in ("ca", "cert", "key")
    }
    return current(etcd=replace(GIVEN, **files), flannel=IN_ETCD)


def test_they_go_to_the_hosts_as_they_are_and_nothing_is_made_in_their_place(
    cluster: Cluster, tmp_path: Path, theirs: tuple[Pair, Pair]
):
    pki = Pki.ensure(tmp_path / "pki", cluster, NOW)
    files = pki.bundle(BOBA).files
    assert files["etcd-ca.crt"] == theirs[0].certificate_pem
    assert files["etcd-client.crt"] == theirs[1].certificate_pem
    assert files["etcd-client.key"] == theirs[1].key_pem
    assert "etcd.crt" not in files
    assert not list((tmp_path / "pki").rglob("etcd*"))
    assert tuple(files) == needs.files(cluster, BOBA)
    ends = {v.name: v.ends for v in pki.validity()}
    assert ends["etcd.cert"] == NOW + LIFE
    assert ends["etcd.ca"] == NOW + AUTHORITY_LIFE


def test_another_certificate_of_theirs_makes_the_step_due(cluster: Cluster, tmp_path: Path):
    before = Pki.ensure(tmp_path / "pki", cluster, NOW).bundle(BOBA).public
    other = authority("others", NOW)
    (tmp_path / "ca.crt").write_bytes(other.certificate_pem)
    assert Pki.ensure(tmp_path / "pki", cluster, NOW).bundle(BOBA).public != before


def write_nothing(folder: Path) -> None:
    (folder / "client.key").unlink()


def write_words(folder: Path) -> None:
    (folder / "client.crt").write_text("not a certificate\n")


def write_another_key(folder: Path) -> None:
    (folder / "client.key").write_bytes(key_pem(new_key()))


def write_a_locked_key(folder: Path) -> None:
    locked = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    (folder / "client.key").write_bytes(locked)


def write_too_much(folder: Path) -> None:
    (folder / "ca.crt").write_bytes(b"#" * (2 << 20))


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (write_nothing, "etcd.key: "),
        (write_words, "etcd.cert: there is no certificate"),
        (write_another_key, "is not the key of"),
        (write_a_locked_key, "no private key that can be used"),
        (write_too_much, "too large"),
    ],
)
def test_a_wrong_file_is_told_with_the_key_of_the_cluster_file(
    cluster: Cluster, tmp_path: Path, mistake, said: str
):
    mistake(tmp_path)
    with pytest.raises(PkiError, match=said) as caught:
        Pki.ensure(tmp_path / "pki", cluster, NOW)
    assert caught.value.remedy


def test_a_certificate_that_has_ended_is_told(cluster: Cluster, tmp_path: Path):
    with pytest.raises(PkiError, match=r"etcd\.cert: the certificate .* ended on"):
        Pki.ensure(tmp_path / "pki", cluster, NOW + LIFE + timedelta(days=1))


def test_a_plan_does_without_files_that_are_not_there(cluster: Cluster, tmp_path: Path):
    Pki.ensure(tmp_path / "pki", cluster, NOW)
    assert Pki.load(tmp_path / "pki", cluster, NOW) is not None
    (tmp_path / "client.key").unlink()
    assert Pki.load(tmp_path / "pki", cluster, NOW) is None


def test_where_kubernetes_keeps_the_subnets_no_worker_can_open_etcd():
    kube, etcd = current(), current(flannel=IN_ETCD)
    assert set(needs.files(kube, ANAKIN)) >= OPENS_ETCD
    assert not OPENS_ETCD & set(needs.files(kube, BOBA))
    assert {"flanneld.crt", "flanneld.key"} <= set(needs.files(kube, BOBA))
    assert set(needs.files(etcd, BOBA)) >= OPENS_ETCD
    assert "flanneld.crt" not in needs.files(etcd, BOBA)


def test_a_host_that_has_nothing_to_do_with_etcd_does_not_get_its_authority():
    given = current(etcd=GIVEN)
    assert "etcd-ca.crt" not in needs.files(given, BOBA)
    assert "etcd-ca.crt" in needs.files(given, ANAKIN)
