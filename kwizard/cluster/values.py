"""Single values as a person types them: each `check_*` returns what is wrong, or None.

A sentence has two halves with "; " between them, what is wrong and what to do, so that a form can
show it under its field and a `Problem` can hold it. Forms are strict on purpose: these texts end in
scripts.
"""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, ip_address
from urllib.parse import urlsplit

from kwizard import text

# The published schema uses these very patterns; a test compares them.
NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
VERSION = r"v?[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}"
SHA256 = r"[0-9a-f]{64}"
ZONE = r"[A-Za-z0-9_-]{1,17}"
PREFIX = r"(/[A-Za-z0-9][A-Za-z0-9._-]*)+"
IMAGE = (
    r"[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]+)?(/[A-Za-z0-9._-]+)*"
    r"(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?"
)

CERTIFIED = rf"(\*\.)?{NAME}(\.{NAME})*|[0-9a-f:]*:[0-9a-f:.]*"
"""Which of these are addresses, and whether they are possible ones, the loader tells."""

_WORD = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_KEY = rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_WORD}"
LABEL = rf"{_KEY}=({_WORD})?"
TAINT = rf"{_KEY}(=({_WORD})?)?:(NoSchedule|PreferNoSchedule|NoExecute)"

_OF_THE_KUBELET = re.compile(r"(beta\.)?kubernetes\.io/(hostname|os|arch)=.*")
_LOGIN = re.compile(r"[^\s\x00-\x1f\x7f@:/-][^\s\x00-\x1f\x7f@:/]{0,63}")
_REACHED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\w.-]+)?")
_JUMP = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[^\]\s]+\]|[^:@\s]+)(?::(?P<port>\d+))?")


def shown(value: str, width: int = 60) -> str:
    """Foreign text in quotes, cleaned and cut, for the inside of a sentence."""
    value = text.clean(value).replace("\n", " ").replace("\t", " ")
    return f"'{value if len(value) <= width else value[: width - 1] + '…'}'"


def halves(problem: str) -> tuple[str, str]:
    """A sentence of this module as message and remedy."""
    message, _, remedy = problem.rpartition("; ")
    return message, remedy


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that was probably meant, or None."""
    plain = word.strip().lower().replace("-", "_")[:40]
    by_form = {k.replace("-", "_"): k for k in known}
    found = difflib.get_close_matches(plain, by_form, n=1, cutoff=cutoff)
    return by_form[found[0]] if found else None


def check_name(value: str) -> str | None:
    """A DNS label of RFC 1123, lower case: host names become node names, cluster names folders."""
    if re.fullmatch(NAME, value):
        return None
    if not value:
        return "a name is missing; give one such as anakin"
    if len(value) > 63:
        return f"{shown(value)} is longer than 63 characters; give a shorter one"
    if re.fullmatch(NAME, value.lower()):
        return f"{shown(value)} has upper-case letters; write it as {value.lower()}"
    if value[0] == "-" or value[-1] == "-":
        return f"{shown(value)} begins or ends with a hyphen; begin and end with a-z or 0-9"
    return f"{shown(value)} is no DNS label; use only a-z, 0-9 and hyphens"


def check_address(value: str) -> str | None:
    """An IPv4 address in four numbers that a host can have."""
    try:
        address = IPv4Address(value)
    except ValueError:
        if ":" in value:
            return f"{shown(value)} is no IPv4 address; give one, this recipe knows no other"
        if "/" in value:
            return f"{shown(value)} is a range; write the address alone, such as 10.0.63.202"
        return f"{shown(value)} is no IPv4 address; write it like 10.0.63.202"
    if address.is_unspecified or address.is_multicast or address.is_reserved:
        return (
            f"{value} is no address a host can have; give the address the other hosts reach it by"
        )
    return None


def check_range(value: str) -> str | None:
    """An IPv4 range in CIDR form, without host bits."""
    if not value.strip() or "/" not in value:
        return f"{shown(value)} is no IPv4 range; write it like 10.244.0.0/16"
    try:
        IPv4Network(value)
    except ValueError:
        try:
            whole = IPv4Network(value, strict=False)
        except ValueError:
            return f"{shown(value)} is no IPv4 range; write it like 10.244.0.0/16"
        return f"{value} has bits set behind its prefix; write it as {whole}"
    return None


def check_domain(value: str) -> str | None:
    """A DNS domain such as cluster.local."""
    if len(value) <= 253 and value and all(re.fullmatch(NAME, x) for x in value.split(".")):
        return None
    return f"{shown(value)} is no DNS domain; write it like cluster.local"


def check_certified(value: str) -> str | None:
    """What a server's certificate can be made out to: a DNS name (`*.` may stand for its first
    part), or an address of IPv4 or IPv6 in its usual form."""
    remedy = "write a DNS name such as api.example.com, or an address"
    if re.match(r"[a-z]+://", value.lower()) or re.fullmatch(r"[^:]*:[0-9]+", value):
        return f"{shown(value)} has more than a name in it; write it without https:// and port"
    if value != value.lower() and re.fullmatch(CERTIFIED, value.lower()):
        return f"{shown(value)} has upper-case letters; write it as {value.lower()}"
    if not re.fullmatch(CERTIFIED, value) or len(value) > 253:
        return f"{shown(value)} is neither a DNS name nor an address; {remedy}"
    if ":" not in value and not value.rpartition(".")[2].isdigit():
        return None
    try:
        address = ip_address(value)
    except ValueError:
        return f"{shown(value)} is neither a DNS name nor an address; {remedy}"
    if address.is_unspecified or address.is_multicast:
        return f"{value} is nobody's address; {remedy}"
    return (
        None if str(address) == value else f"{shown(value)} is written oddly; write it as {address}"
    )


def check_login(value: str) -> str | None:
    """A login name for SSH."""
    if _LOGIN.fullmatch(value):
        return None
    return f"{shown(value)} is no login name; leave the key out to log in as ~/.ssh/config says"


def check_reached(value: str) -> str | None:
    """What SSH connects to: an address, a name, or an alias of ~/.ssh/config."""
    if _REACHED.fullmatch(value):
        return None
    return f"{shown(value)} is neither an address nor a host name; write it like 10.0.63.202"


def check_port(value: int) -> str | None:
    """A TCP port, 1 to 65535."""
    return None if 1 <= value <= 65535 else f"{value} is no port; give a number from 1 to 65535"


def check_jump(value: str) -> str | None:
    """A jump host in ssh's form."""
    match = _JUMP.fullmatch(value)
    if match is None:
        return f"{shown(value)} is no jump host; write it like user@gateway:22"
    port = match["port"]
    if port and (len(port) > 5 or check_port(int(port))):
        return f"{shown(value)} has no possible port; give a number from 1 to 65535"
    if match["user"] and check_login(match["user"]):
        return check_login(match["user"])
    return check_reached(match["host"].strip("[]"))


def check_host_key(value: str) -> str | None:
    """A public key as OpenSSH writes it: its type and the key in base64; a comment may follow."""
    remedy = "write it as in /etc/ssh/ssh_host_ed25519_key.pub on the host"
    kind, _, rest = value.partition(" ")
    try:
        blob = base64.b64decode(rest.split(" ")[0], validate=True)
    except ValueError:
        return f"{shown(value)} is no public key; {remedy}"
    # The key names its own type, with a length before it (RFC 4253, 6.6).
    if not kind or blob[:4] != len(kind).to_bytes(4, "big") or blob[4:].find(kind.encode()) != 0:
        return f"{shown(value)} is no public key; {remedy}"
    return None


def check_path(value: str) -> str | None:
    """A path on the operator's machine: one line, no control characters. It need not exist."""
    if not value.strip():
        return "a path is missing; give one, or leave the key out"
    if text.clean(value) != value or "\n" in value or "\t" in value:
        return f"{shown(value)} has control characters in it; rename the file"
    return None


def check_url(value: str) -> str | None:
    """An http or https address without a password in it."""
    problem = f"{shown(value)} is no http or https address; write it like https://mirror.example/kubernetes"
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        return problem
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and parts.port != 0 and not check_reached(parts.hostname or "")
    except ValueError:
        return problem
    if not usable:
        return problem
    if parts.username is not None or parts.password is not None:
        return "the address has a login in it; take it out, a cluster file holds no secrets"
    return None


def check_endpoint(value: str) -> str | None:
    """An etcd client URL: scheme, host, port, nothing more."""
    problem = check_url(value)
    if problem is not None:
        return (
            problem
            if "login" in problem
            else f"{shown(value)} is no etcd endpoint; write it like http://10.0.63.202:2379"
        )
    parts = urlsplit(value)
    if parts.port is None:
        return f"{shown(value)} has no port; add the port of etcd's clients, usually :2379"
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return f"{shown(value)} has something behind the port; write only http://host:port"
    return None


def check_sha256(value: str) -> str | None:
    """A SHA-256 sum in lower-case hexadecimal."""
    if re.fullmatch(SHA256, value):
        return None
    return f"{shown(value, 70)} is no SHA-256 sum; give its 64 digits of 0-9 and a-f"


def check_image(value: str) -> str | None:
    """A container image's name."""
    if len(value) <= 255 and re.fullmatch(IMAGE, value):
        return None
    return f"{shown(value)} is no image name; write it like quay.io/coreos/etcd:v3.4.23"


def check_zone(value: str) -> str | None:
    """A firewalld zone: at most 17 characters, as firewalld itself has it."""
    if re.fullmatch(ZONE, value):
        return None
    return f"{shown(value)} is no firewalld zone; write it like dmz, 17 characters at most"


def check_prefix(value: str) -> str | None:
    """The directory of flannel in etcd, with its leading slash."""
    if len(value) <= 255 and re.fullmatch(PREFIX, value):
        return None
    return f"{shown(value)} is no key in etcd; write it like /atomic.io/network"


def check_label(value: str) -> str | None:
    """A node's label, `key=value`, as Kubernetes takes it."""
    if not re.fullmatch(LABEL, value):
        return f"{shown(value)} is no label; write it like disk=ssd or example.com/room=a"
    if _OF_THE_KUBELET.fullmatch(value):
        return f"{shown(value)} is set by the kubelet itself; leave it out"
    return None


def check_taint(value: str) -> str | None:
    """A node's taint, `key=value:effect`, as Kubernetes takes it."""
    if re.fullmatch(TAINT, value):
        return None
    return (
        f"{shown(value)} is no taint; write it like dedicated=db:NoSchedule"
        " (or PreferNoSchedule, NoExecute)"
    )
