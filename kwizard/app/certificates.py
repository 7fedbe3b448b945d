"""The certificates of a cluster whose recipe needs some: kept in the cluster's directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kwizard.cluster.model import Cluster, RecipeName
from kwizard.engine.plan import PublicPart, no_files
from kwizard.pki.store import Pki, write_secret
from kwizard.recipes.modern.flags import server_url

FOLDER = "pki"
ADMIN_KUBECONFIG = "admin.kubeconfig"


def existing(cluster: Cluster, directory: Path) -> Pki | None:
    """The certificates as they are; None where some are missing, or none are needed."""
    if cluster.recipe is not RecipeName.MODERN:
        return None
    return Pki.load(directory / FOLDER, cluster)


def secure(cluster: Cluster, directory: Path) -> Pki | None:
    """Have the certificates, and the operator's kubeconfig beside them. None: none are needed.

    Raises PkiError for what is there and cannot be used.
    """
    if cluster.recipe is not RecipeName.MODERN:
        return None
    pki = Pki.ensure(directory / FOLDER, cluster)
    text = pki.kubeconfig(_servers(cluster, cluster.control_plane.name)).encode()
    file = directory / ADMIN_KUBECONFIG
    if not file.is_file() or file.read_bytes() != text:
        write_secret(file, text)
    return pki


def public_part(pki: Pki | None, cluster: Cluster) -> PublicPart:
    """What a plan may know of secret files."""
    if pki is None:
        return no_files

    def digest(bundle: str, host: str) -> str:
        # That the operator's own certificate was renewed is no reason to do anything again.
        return pki.bundle(cluster.host(host)).public if bundle == "pki" else ""

    return digest


def secret_files(pki: Pki, cluster: Cluster, bundle: str, host: str) -> Mapping[str, bytes]:
    """The files of a bundle for a host. Raises KeyError for a bundle there is not."""
    match bundle:
        case "pki":
            return pki.bundle(cluster.host(host)).files
        case "admin":
            return {ADMIN_KUBECONFIG: pki.kubeconfig(_servers(cluster, host)).encode()}
        case "token":
            token = pki.token()
            return {
                "bootstrap-token": token.text.encode(),
                "bootstrap-token-ends": token.expiration.encode(),
            }
    raise KeyError(bundle)


def _servers(cluster: Cluster, first: str) -> dict[str, str]:
    """The API servers by context, that of the host called `first` before the others. The only one
    is called like the cluster; of several each has its host's name behind that."""
    hosts = sorted(cluster.control_planes, key=lambda h: h.name != first)
    if len(hosts) == 1:
        return {cluster.name: server_url(hosts[0])}
    return {f"{cluster.name}-{h.name}": server_url(h) for h in hosts}


def told(pki: Pki, directory: Path) -> Iterator[str]:
    """What the operator should know of the certificates, line by line; nothing in it is secret."""
    made = len(pki.made)
    yield f"{made} made, the others were there" if made else "all of them were there already"
    for valid in pki.validity():
        if "/" not in valid.name:
            yield f"{valid.name} is valid until {valid.ends:%Y-%m-%d}"
    first = next((v for v in pki.validity() if "/" in v.name), None)
    if first is not None:
        yield (
            f"of the hosts' certificates {first.name} ends first, on {first.ends:%Y-%m-%d}: run"
            f" apply again after {first.renew_by:%Y-%m-%d}, and it is renewed"
        )
    yield f"your kubeconfig, which opens everything, is {directory / ADMIN_KUBECONFIG}"
