"""Keys and certificates, in memory: made, signed, and looked at. No file is touched here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kwizard.pki.needs import Need, is_address

AUTHORITY_LIFE = timedelta(days=3650)
LIFE = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
"""A certificate with less than this left is made anew when kwizard next comes by."""
_SLACK = timedelta(minutes=5)
"""Hosts whose clocks are a little late must take it at once."""

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def certificate_pem(self) -> bytes:
        """As a file holds it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """As a file holds it: a secret."""
        return key_pem(self.key)

    @property
    def ends(self) -> datetime:
        """When it is no longer valid; aware, UTC."""
        return self.certificate.not_valid_after_utc


def new_key() -> Key:
    """A private key on the curve P-256, which every component takes and makes quickly."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Key) -> bytes:
    """PKCS #8, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: Key) -> bytes:
    """The public half."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def authority(common_name: str, now: datetime) -> Pair:
    """A certificate authority of its own."""
    key = new_key()
    name = _name(common_name)
    builder = (
        _begin(name, name, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def issue(need: Need, signer: Pair, now: datetime) -> Pair:
    """A new key, and the certificate `need` describes, signed by `signer`."""
    key = new_key()
    uses = [ExtendedKeyUsageOID.SERVER_AUTH] if need.server else []
    uses += [ExtendedKeyUsageOID.CLIENT_AUTH] if need.client else []
    # None may outlive the authority it rests on.
    life = min(LIFE, signer.ends - now)
    builder = (
        _begin(
            _name(need.common_name, need.organization), signer.certificate.subject, key, now, life
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()),
            critical=False,
        )
    )
    if need.names:
        builder = builder.add_extension(_alternative(need.names), critical=False)
    return Pair(builder.sign(signer.key, hashes.SHA256()), key)


def why_not(pair: Pair, need: Need, signer: Pair, now: datetime) -> str:
    """Why `pair` cannot serve as `need` any more; "" when it can."""
    certificate = pair.certificate
    if pair.key.public_key() != certificate.public_key():
        return "its key is another one's"
    if certificate.subject != _name(need.common_name, need.organization):
        return "it is made out to somebody else"
    try:
        certificate.verify_directly_issued_by(signer.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return "another authority signed it"
    if _names_in(certificate) != set(need.names):
        return "its names have changed"
    if certificate.not_valid_after_utc - now < RENEW_BEFORE:
        return f"it ends on {certificate.not_valid_after_utc:%Y-%m-%d}"
    return ""


def _begin(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str, organization: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(names: tuple[str, ...]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address(n)) if is_address(n) else x509.DNSName(n) for n in names]
    )


def _names_in(certificate: x509.Certificate) -> set[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {
        *found.get_values_for_type(x509.DNSName),
        *(str(a) for a in found.get_values_for_type(x509.IPAddress)),
    }
