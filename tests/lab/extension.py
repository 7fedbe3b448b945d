"""An API of somebody else's behind the cluster's own: a small extension server on a lab host.

It answers only to the front proxy's certificate and tells who the API server said was asking. It
needs nothing but the host's python3.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GROUP = "echo.kwizard.test"
SERVED_AS = "echo.default.svc"
PORT = 7443
UNIT = "echo-api"

SERVER = """
import http.server, json, ssl, sys

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path.rstrip("/").endswith("/v1"):
            said = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "GROUP/v1",
                    "resources": [{"name": "echoes", "singularName": "", "namespaced": False,
                                   "kind": "Echo", "verbs": ["list"]}]}
        else:
            subject = dict(x[0] for x in self.connection.getpeercert()["subject"])
            said = {"kind": "EchoList", "apiVersion": "GROUP/v1", "metadata": {}, "items": [],
                    "caller": subject["commonName"], "user": self.headers.get("X-Remote-User"),
                    "groups": self.headers.get_all("X-Remote-Group")}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Echo)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile="/run/echo/clients.crt")
context.verify_mode = ssl.CERT_REQUIRED
context.load_cert_chain("/run/echo/pair.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
""".replace("GROUP", GROUP)


@dataclass(frozen=True)
class Pair:
    """A certificate that signs itself, and its key, both as PEM."""

    certificate: str
    key: str


def pair() -> Pair:
    """A server's certificate for the name under which the API server asks."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVED_AS)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SERVED_AS)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(
        made.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
    )


def objects(address: IPv4Address, certificate: str) -> list[dict[str, Any]]:
    """What makes the cluster's API server pass `GROUP` on to the server at `address`."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "echo", "namespace": "default"},
            "spec": {"ports": [{"name": "api", "port": 443, "targetPort": PORT}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "name": "echo-1",
                "namespace": "default",
                "labels": {"kubernetes.io/service-name": "echo"},
            },
            "addressType": "IPv4",
            "ports": [{"name": "api", "port": PORT, "protocol": "TCP"}],
            "endpoints": [{"addresses": [str(address)], "conditions": {"ready": True}}],
        },
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": f"v1.{GROUP}"},
            "spec": {
                "group": GROUP,
                "version": "v1",
                "groupPriorityMinimum": 1000,
                "versionPriority": 15,
                "caBundle": base64.b64encode(certificate.encode()).decode(),
                "service": {"name": "echo", "namespace": "default", "port": 443},
            },
        },
    ]


def as_list(items: list[dict[str, Any]]) -> str:
    """For `kubectl apply -f -`."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
