"""The certificates of a cluster: what is made, kept, used again, and made anew."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kwizard.cluster.model import ApiServer, Join, Kubelet, Role
from kwizard.errors import PkiError
from kwizard.pki import needs
from kwizard.pki.store import Pki
from kwizard.pki.token import Token
from tests.pure.recipes.clusters import ANAKIN, BOBA
from tests.pure.recipes.modern_clusters import IN_ETCD, current

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLUSTER = current(kubelet=Kubelet(join=Join.CERTIFICATES))
ASKING = current()
"""Its kubelets ask for their certificates."""


def certificate(data: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(data)


def names_of(cert: x509.Certificate) -> set[str]:
    found = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {
        *found.get_values_for_type(x509.DNSName),
        *(str(a) for a in found.get_values_for_type(x509.IPAddress)),
    }


def uses_of(cert: x509.Certificate) -> set[x509.ObjectIdentifier]:
    return set(cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pki]:
    directory = tmp_path_factory.mktemp("state") / "pki"
    return directory, Pki.ensure(directory, CLUSTER, NOW)


def test_every_certificate_is_signed_by_the_authority_it_needs(made: tuple[Path, Pki]):
    _, pki = made
    for host in CLUSTER.hosts:
        files = pki.bundle(host).files
        for need in needs.needs(CLUSTER, host):
            cert = certificate(files[f"{need.name}.crt"])
            authority = need.authority
            if f"{authority}.crt" in files:
                cert.verify_directly_issued_by(certificate(files[f"{authority}.crt"]))
            (name,) = cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            assert name.value == need.common_name
            assert (ExtendedKeyUsageOID.SERVER_AUTH in uses_of(cert)) == bool(need.names)
            assert (ExtendedKeyUsageOID.CLIENT_AUTH in uses_of(cert)) == need.client


def test_the_api_server_is_known_by_every_name_it_is_called_by(made: tuple[Path, Pki]):
    names = names_of(certificate(made[1].bundle(ANAKIN).files["kube-apiserver.crt"]))
    assert names == {
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "anakin",
        "localhost",
        "10.96.0.1",
        "10.0.63.202",
        "127.0.0.1",
    }


def test_a_new_name_of_the_api_is_put_into_its_certificates_and_no_other_is_made(tmp_path: Path):
    first = Pki.ensure(tmp_path, CLUSTER, NOW)
    more = ("api.example.com", "203.0.113.7", "2001:db8::7")
    changed = replace(CLUSTER, apiserver=ApiServer(names=more))
    second = Pki.ensure(tmp_path, changed, NOW)
    assert second.made == ("anakin/kube-apiserver",)
    files = second.bundle(ANAKIN).files
    assert set(more) < names_of(certificate(files["kube-apiserver.crt"]))
    assert second.bundle(ANAKIN).public != first.bundle(ANAKIN).public
    assert second.bundle(BOBA) == first.bundle(BOBA)
    assert Pki.ensure(tmp_path, changed, NOW).made == ()
    assert Pki.ensure(tmp_path, CLUSTER, NOW).made == ("anakin/kube-apiserver",)


def test_nodes_are_who_the_node_authorizer_wants_them_to_be(made: tuple[Path, Pki]):
    cert = certificate(made[1].bundle(BOBA).files["kubelet-client.crt"])
    assert cert.subject.rfc4514_string() == "CN=system:node:boba,O=system:nodes"


def test_no_host_gets_an_authoritys_key_or_the_admins(made: tuple[Path, Pki]):
    for host in CLUSTER.hosts:
        files = set(made[1].bundle(host).files)
        assert not files & {f"{a}.key" for a in needs.AUTHORITIES}
        assert not {f for f in files if f.startswith(needs.ADMIN)}
        assert files == set(needs.files(CLUSTER, host))
    assert "service-account.key" not in made[1].bundle(BOBA).files
    assert "front-proxy-ca.crt" not in made[1].bundle(BOBA).files


def test_where_kubelets_ask_only_the_control_plane_holds_the_key_that_signs(tmp_path: Path):
    pki = Pki.ensure(tmp_path, ASKING, NOW)
    for host in ASKING.hosts:
        files = set(pki.bundle(host).files)
        signing = {"ca.key"} if Role.CONTROL_PLANE in host.roles else set()
        assert files & {f"{a}.key" for a in needs.AUTHORITIES} == signing
        assert not {f for f in files if f.startswith("kubelet")}
        assert files == set(needs.files(ASKING, host))
    assert pki.bundle(ANAKIN).files["ca.key"] == (tmp_path / "ca.key").read_bytes()


def test_a_token_is_used_again_until_it_has_less_than_an_hour_left(tmp_path: Path):
    pki = Pki.ensure(tmp_path / "pki", ASKING, NOW)
    token = pki.token(NOW)
    assert re.fullmatch(r"[a-z0-9]{6}\.[a-z0-9]{16}", token.text)
    assert token.expiration == "2026-01-02T00:00:00Z"
    assert pki.token(NOW + timedelta(hours=22)) == token
    later = pki.token(NOW + timedelta(hours=23))
    assert later.text != token.text
    assert later.ends == NOW + timedelta(hours=47)
    (file,) = (tmp_path / "pki").glob("bootstrap-token*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", [b"", b"abcdef.0123456789abcdef", b"a.b 2026-01-01T00:00:00Z", b"\xff \xff"]
)
def test_a_damaged_token_is_none(text: bytes):
    assert Token.parse(text) is None


def test_all_of_it_can_be_read_by_its_owner_alone(made: tuple[Path, Pki]):
    directory, _ = made
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = [p for p in directory.rglob("*") if p.is_file()]
    assert len(files) > 30
    for path in directory.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_second_run_makes_nothing_and_changes_nothing(made: tuple[Path, Pki]):
    directory, first = made
    again = Pki.ensure(directory, CLUSTER, NOW + timedelta(days=300))
    assert again.made == ()
    for host in CLUSTER.hosts:
        assert again.bundle(host) == first.bundle(host)


def test_what_would_end_within_a_month_is_made_anew_and_says_so(tmp_path: Path):
    first = Pki.ensure(tmp_path, CLUSTER, NOW)
    (ends,) = {v.ends for v in first.validity() if "/" in v.name}
    late = ends - timedelta(days=29)
    assert Pki.load(tmp_path, CLUSTER, late) is None
    second = Pki.ensure(tmp_path, CLUSTER, late)
    assert "anakin/etcd" in second.made
    assert not set(needs.AUTHORITIES) & set(second.made)
    assert second.bundle(ANAKIN).public != first.bundle(ANAKIN).public
    assert min(v.renew_by for v in second.validity()) > late


def test_a_host_with_another_address_gets_new_certificates_and_no_other_does(tmp_path: Path):
    first = Pki.ensure(tmp_path, CLUSTER, NOW)
    moved = replace(BOBA, address=BOBA.address + 40)
    changed = replace(CLUSTER, hosts=(ANAKIN, moved, CLUSTER.hosts[2]))
    second = Pki.ensure(tmp_path, changed, NOW)
    assert set(second.made) == {"boba/etcd", "boba/kubelet"}
    assert second.bundle(ANAKIN) == first.bundle(ANAKIN)


def test_a_host_without_a_role_in_etcd_holds_no_members_certificate():
    worker = replace(BOBA, roles=frozenset({Role.WORKER}))
    cluster = replace(CLUSTER, hosts=(ANAKIN, worker))
    assert not [f for f in needs.files(cluster, worker) if "etcd" in f]
    asking = replace(cluster, flannel=IN_ETCD)
    assert "etcd.key" not in needs.files(asking, worker)
    assert "etcd-client.key" in needs.files(asking, worker)


def test_damage_and_an_authority_that_ended_are_told_with_the_file(tmp_path: Path):
    Pki.ensure(tmp_path, CLUSTER, NOW)
    with pytest.raises(PkiError, match=r"ca\.crt ended"):
        Pki.ensure(tmp_path, CLUSTER, NOW + timedelta(days=4000))
    (tmp_path / "ca.key").write_text("no key")
    with pytest.raises(PkiError, match=r"ca\.key cannot be read"):
        Pki.ensure(tmp_path, CLUSTER, NOW)


def test_loading_makes_nothing(tmp_path: Path):
    assert Pki.load(tmp_path / "none", CLUSTER, NOW) is None
    assert not (tmp_path / "none").exists()


def test_the_operators_kubeconfig_trusts_the_clusters_authority(made: tuple[Path, Pki]):
    config = json.loads(made[1].kubeconfig({"article": "https://10.0.63.202:6443"}))
    assert config["clusters"][0]["cluster"]["server"] == "https://10.0.63.202:6443"
    assert "client-key-data" in config["users"][0]["user"]
