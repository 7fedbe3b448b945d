"""An etcd with TLS that somebody else runs: started by hand on a lab host, with certificates that
kwizard had no part in (RSA, an authority of their own)."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from kwizard.lab.release import etcd_path
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, Site

PLACE = "/opt/others-etcd"


def start(site: Site, host: str, folder: Path) -> str:
    """Starts it on `host`; its client URL. `folder` gets ca.crt, client.crt and client.key."""
    address = ADDRESSES[host]
    _certificates(folder, address)
    site.on(host, f"mkdir -p {PLACE}/data")
    with etcd_path().open("rb") as archive:
        _send(site, host, archive.read(), f"tar -xzf - -C {PLACE}")
    _give(site, host, folder)
    url = f"https://{address}:2379"
    site.on(
        host,
        f"systemd-run --quiet --unit=others-etcd $(find {PLACE} -type f -name etcd) --name=others"
        f" --data-dir={PLACE}/data --listen-client-urls={url} --advertise-client-urls={url}"
        f" --cert-file={PLACE}/server.crt --key-file={PLACE}/server.key --client-cert-auth"
        f" --trusted-ca-file={PLACE}/ca.crt",
    )
    _until_it_answers(site, folder, url)
    return url


def renew(site: Site, host: str, folder: Path) -> None:
    """Its owner has new certificates made by a new authority, and starts it again with them."""
    _certificates(folder, ADDRESSES[host])
    _give(site, host, folder)
    site.on(host, "systemctl restart others-etcd")
    _until_it_answers(site, folder, f"https://{ADDRESSES[host]}:2379")


def _give(site: Site, host: str, folder: Path) -> None:
    for name in ("ca.crt", "server.crt", "server.key"):
        _send(site, host, (folder / name).read_bytes(), f"cat >{PLACE}/{name}")


def _until_it_answers(site: Site, folder: Path, url: str) -> None:
    ready = f"curl -s -m 5 --cacert {folder}/ca.crt --cert {folder}/client.crt --key"
    ready += f" {folder}/client.key {url}/health"
    eventually(lambda: site.lab.exec(ready, timeout=30).stdout, lambda said: "true" in said, 30)


def _send(site: Site, host: str, data: bytes, command: str) -> None:
    subprocess.run(
        site.lab.run_command(host, command), input=data, check=True, capture_output=True, timeout=60
    )


def _certificates(folder: Path, address: str) -> None:
    folder.mkdir(exist_ok=True)
    authority = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for name, serves in (("ca", None), ("server", address), ("client", "")):
        key = authority if name == "ca" else rsa.generate_private_key(65537, 2048)
        made = _certificate(name, key.public_key(), authority, serves)
        (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        if name != "ca":
            plain = serialization.PrivateFormat.TraditionalOpenSSL
            pem = serialization.Encoding.PEM
            data = key.private_bytes(pem, plain, serialization.NoEncryption())
            (folder / f"{name}.key").write_bytes(data)


def _certificate(
    name: str, public: rsa.RSAPublicKey, authority: rsa.RSAPrivateKey, serves: str | None
) -> x509.Certificate:
    """`serves`: the address of a server, "" for a client, None for the authority itself."""
    now = datetime.now(UTC)

    def called(who: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])

    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called("ca"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=serves is None, path_length=None), critical=True)
    )
    if serves:
        made = made.add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(serves))]), critical=False
        )
    return made.sign(authority, hashes.SHA256())
