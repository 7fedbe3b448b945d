"""The certificates an operator brings along, for an etcd that exists already: read and looked at
before any host is touched, so that a wrong file is a sentence here and no daemon that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from kwizard.errors import PkiError
from kwizard.pki import needs

MOST = 1 << 20
"""Bytes of one file; a certificate with its chain has a few thousand."""

_KEYS = {
    f"{needs.ETCD_CA}.crt": "etcd.ca",
    f"{needs.ETCD_CLIENT}.crt": "etcd.cert",
    f"{needs.ETCD_CLIENT}.key": "etcd.key",
}
"""What the cluster file calls each of them."""


def read_given(paths: Mapping[str, str], now: datetime) -> dict[str, bytes]:
    """The files by the name they have on a host. Raises PkiError for one that cannot be read or
    used: no PEM, a certificate that has ended, a key that is not the certificate's."""
    files = {name: _read(name, Path(path)) for name, path in paths.items()}
    for name, data in files.items():
        if name.endswith(".crt"):
            ends = certificate_of(name, data).not_valid_after_utc
            if ends < now:
                raise PkiError(
                    f"{_KEYS[name]}: the certificate {paths[name]} ended on {ends:%Y-%m-%d}",
                    remedy="have a new one made where this one was made",
                )
    pair = (f"{needs.ETCD_CLIENT}.crt", f"{needs.ETCD_CLIENT}.key")
    if all(name in files for name in pair):
        _fit(*pair, files, paths)
    return files


def certificate_of(name: str, data: bytes) -> x509.Certificate:
    """The first certificate of a file. Raises PkiError when there is none."""
    try:
        return x509.load_pem_x509_certificates(data)[0]
    except ValueError as error:
        raise PkiError(
            f"{_KEYS[name]}: there is no certificate in that file",
            remedy="name a file in PEM form, which begins with -----BEGIN CERTIFICATE-----",
        ) from error


def ends_of(files: Mapping[str, bytes]) -> dict[str, datetime]:
    """When each certificate ends, by the key of the cluster file."""
    return {
        _KEYS[name]: certificate_of(name, data).not_valid_after_utc
        for name, data in files.items()
        if name.endswith(".crt")
    }


def _read(name: str, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise PkiError(
            f"{_KEYS[name]}: {path} cannot be read: {error.strerror or error}",
            remedy="name a file of this machine that you may read",
        ) from error
    if len(data) > MOST:
        raise PkiError(f"{_KEYS[name]}: {path} is too large", remedy="name a PEM file")
    return data


def _fit(cert: str, key: str, files: Mapping[str, bytes], paths: Mapping[str, str]) -> None:
    try:
        private = serialization.load_pem_private_key(files[key], password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PkiError(
            f"etcd.key: {paths[key]} holds no private key that can be used",
            remedy="name a file in PEM form that is not encrypted",
        ) from error
    mine, theirs = private.public_key(), certificate_of(cert, files[cert]).public_key()
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if mine.public_bytes(*form) != theirs.public_bytes(*form):
        raise PkiError(
            f"etcd.key: {paths[key]} is not the key of {paths[cert]}",
            remedy="name the two files that were made together",
        )
