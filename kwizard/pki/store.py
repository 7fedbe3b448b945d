"""A cluster's certificates on the operator's disk: made once, used again, renewed in time."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from kwizard.cluster.model import Cluster, Host
from kwizard.errors import PkiError
from kwizard.pki import needs
from kwizard.pki.certificates import (
    RENEW_BEFORE,
    Key,
    Pair,
    authority,
    issue,
    key_pem,
    new_key,
    public_pem,
    why_not,
)
from kwizard.pki.given import ends_of, read_given
from kwizard.pki.needs import Need
from kwizard.pki.token import Token

TOKEN = "bootstrap-token"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True)
class Validity:
    """One certificate's place in the store (`anakin/etcd`), and until when it holds."""

    name: str
    ends: datetime

    @property
    def renew_by(self) -> datetime:
        """From then on a run of kwizard makes it anew (authorities are never made anew)."""
        return self.ends - RENEW_BEFORE


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one host by name. They hold secrets; `public` does not: a digest of the
    certificates and public keys among them, which changes when any of them does."""

    files: Mapping[str, bytes]
    public: str


class Pki:
    """The store of one cluster in `directory` (0700, files 0600)."""

    def __init__(self, directory: Path, cluster: Cluster) -> None:
        self._directory, self._cluster = directory, cluster
        self._pairs: dict[str, Pair] = {}
        self._account: Key | None = None
        self._given: Mapping[str, bytes] = {}
        self.made: tuple[str, ...] = ()
        """What `ensure` had to make this time."""

    @classmethod
    def ensure(cls, directory: Path, cluster: Cluster, now: datetime | None = None) -> Pki:
        """Have everything `cluster` needs in `directory`: read, and made where it is missing, ends
        within 30 days, or no longer fits the cluster. Raises PkiError for what cannot be read."""
        self = cls(directory, cluster)
        self._fill(now or datetime.now(UTC), make=True)
        return self

    @classmethod
    def load(cls, directory: Path, cluster: Cluster, now: datetime | None = None) -> Pki | None:
        """The store as it is, nothing made; None unless it holds all that is needed, still good."""
        self = cls(directory, cluster)
        return self if self._fill(now or datetime.now(UTC), make=False) else None

    def bundle(self, host: Host) -> Bundle:
        """What belongs on `host`."""
        files: dict[str, bytes] = {}
        digest = hashlib.sha256()
        for name in needs.files(self._cluster, host):
            stem, _, kind = name.rpartition(".")
            files[name] = self._file(host, stem, kind)
            if kind != "key":
                digest.update(name.encode() + b"\0" + files[name])
        return Bundle(files, digest.hexdigest())

    def token(self, now: datetime | None = None) -> Token:
        """The token that kubelets join with: the one made earlier, or a new one when that has less
        than an hour left."""
        path, now = self._directory / TOKEN, now or datetime.now(UTC)
        try:
            found = Token.parse(path.read_bytes())
        except FileNotFoundError:
            found = None
        if found is None or not found.good(now):
            found = Token.make(now)
            write_secret(path, found.dump())
        return found

    def validity(self) -> tuple[Validity, ...]:
        """Every certificate, the one that ends first first."""
        found = [Validity(name, pair.ends) for name, pair in self._pairs.items()]
        found += [Validity(name, ends) for name, ends in ends_of(self._given).items()]
        return tuple(sorted(found, key=lambda v: (v.ends, v.name)))

    def kubeconfig(self, servers: Mapping[str, str]) -> str:
        """The operator's kubeconfig: a secret, since it holds the admin's key.

        `servers` are the URLs of the API servers by the name of the context that reaches each; the
        first is the current one.
        """
        pair, trusted = self._pairs[needs.ADMIN], self._pairs[needs.CLUSTER_CA]
        user = f"{self._cluster.name}-admin"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": name,
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": _base64(trusted.certificate_pem),
                    },
                }
                for name, server in servers.items()
            ],
            "users": [
                {
                    "name": user,
                    "user": {
                        "client-certificate-data": _base64(pair.certificate_pem),
                        "client-key-data": _base64(pair.key_pem),
                    },
                }
            ],
            "contexts": [
                {"name": name, "context": {"cluster": name, "user": user}} for name in servers
            ],
            "current-context": next(iter(servers)),
        }
        return json.dumps(document, indent=2) + "\n"

    def _file(self, host: Host, stem: str, kind: str) -> bytes:
        if (name := f"{stem}.{kind}") in self._given:
            return self._given[name]
        if stem == needs.ENCRYPTION:
            return encryption_config(self._path(needs.ENCRYPTION, "key").read_text("ascii").strip())
        if stem == needs.SERVICE_ACCOUNT:
            assert self._account is not None
            return key_pem(self._account) if kind == "key" else public_pem(self._account)
        pair = self._pairs[stem if stem in needs.AUTHORITIES else f"{host.name}/{stem}"]
        return pair.key_pem if kind == "key" else pair.certificate_pem

    def _wanted(self) -> dict[str, Need]:
        out = {needs.ADMIN: needs.admin()}
        for host in self._cluster.hosts:
            for need in needs.needs(self._cluster, host):
                out[f"{host.name}/{need.name}"] = need
        return out

    def _fill(self, now: datetime, *, make: bool) -> bool:
        made: list[str] = []
        paths = needs.given(self._cluster)
        if not make and not all(Path(path).is_file() for path in paths.values()):
            return False
        self._given = read_given(paths, now)
        for name in needs.authorities(self._cluster):
            pair = self._read(name)
            if pair is None:
                if not make:
                    return False
                pair = authority(f"kwizard {self._cluster.name} {name}", now)
                self._write(name, pair)
                made.append(name)
            elif pair.ends < now:
                raise PkiError(
                    f"the authority {self._path(name, 'crt')} ended on {pair.ends:%Y-%m-%d}",
                    remedy="everything rests on it: move the directory away and install again",
                )
            self._pairs[name] = pair
        for name, need in self._wanted().items():
            pair, signer = self._read(name), self._pairs[need.authority]
            if pair is None or why_not(pair, need, signer, now):
                if not make:
                    return False
                pair = issue(need, signer, now)
                self._write(name, pair)
                made.append(name)
            self._pairs[name] = pair
        self._account = self._read_key(needs.SERVICE_ACCOUNT)
        if self._account is None:
            if not make:
                return False
            self._account = new_key()
            write_secret(self._path(needs.SERVICE_ACCOUNT, "key"), key_pem(self._account))
            made.append(needs.SERVICE_ACCOUNT)
        if not self._encryption(made, make=make):
            return False
        self.made = tuple(made)
        return True

    def _encryption(self, made: list[str], *, make: bool) -> bool:
        """The key of Secrets in etcd, where it is wanted. Raises PkiError for one that is in use
        and no longer wanted: what it encrypted could never be read again."""
        path = self._path(needs.ENCRYPTION, "key")
        if not self._cluster.apiserver.encrypt_secrets:
            if path.exists() and make:
                raise PkiError(
                    f"Secrets in etcd are encrypted with {path}, and the cluster file no longer"
                    " says so",
                    remedy="set apiserver.encrypt_secrets: true again",
                )
            return True
        if not path.exists():
            if not make:
                return False
            write_secret(path, base64.b64encode(os.urandom(32)) + b"\n")
            made.append(needs.ENCRYPTION)
        return True

    def _path(self, name: str, kind: str) -> Path:
        return self._directory / f"{name}.{kind}"

    def _write(self, name: str, pair: Pair) -> None:
        # The key first: a certificate without its key is never found here.
        write_secret(self._path(name, "key"), pair.key_pem)
        write_secret(self._path(name, "crt"), pair.certificate_pem)

    def _read(self, name: str) -> Pair | None:
        path = self._path(name, "crt")
        key = self._read_key(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        if key is None:
            return None
        try:
            return Pair(x509.load_pem_x509_certificate(data), key)
        except ValueError as error:
            raise _damaged(path) from error

    def _read_key(self, name: str) -> Key | None:
        path = self._path(name, "key")
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise _damaged(path) from error
        if not isinstance(key, Key):
            raise _damaged(path)
        return key


def encryption_config(key: str) -> bytes:
    """What tells an API server to encrypt Secrets with `key` (base64 of 32 bytes): a secret. What
    was written before is still read, by the last provider."""
    return f"""\
# Written by kwizard. What this key encrypted cannot be read without it.
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: kwizard
        secret: {key}
  - identity: {{}}
""".encode()


def write_secret(path: Path, data: bytes) -> None:
    """Put a file there as a whole, 0600, in a directory nobody else may enter."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _damaged(path: Path) -> PkiError:
    return PkiError(
        f"{path} cannot be read",
        remedy="put it back from a backup; without its key a cluster has to be installed anew",
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
