"""The token with which kubelets that are nobody yet ask the cluster for a certificate."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIFE = timedelta(hours=24)
RENEW_BEFORE = timedelta(hours=1)
"""A token with less than this left is made anew: what a run begins with it must last that long."""

_SIGNS = string.ascii_lowercase + string.digits
_FORM = re.compile(r"[a-z0-9]{6}\.[a-z0-9]{16}")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is `id.secret` (6 and 16 signs of a-z and 0-9, as Kubernetes has it): a secret, except
    for the id. `ends` is aware, UTC."""

    text: str
    ends: datetime

    @classmethod
    def make(cls, now: datetime) -> Token:
        """A new one: 82 bits of chance, good for 24 hours from `now`."""
        code = "".join(secrets.choice(_SIGNS) for _ in range(22))
        return cls(f"{code[:6]}.{code[6:]}", (now + LIFE).astimezone(UTC).replace(microsecond=0))

    @classmethod
    def parse(cls, data: bytes) -> Token | None:
        """What `dump` wrote; None for anything else."""
        try:
            text, ends = data.decode("ascii").split()
            when = datetime.fromisoformat(ends)
        except ValueError:
            return None
        return cls(text, when) if _FORM.fullmatch(text) and when.tzinfo else None

    def dump(self) -> bytes:
        """As the store keeps it: a secret."""
        return f"{self.text}\n{self.expiration}\n".encode()

    @property
    def expiration(self) -> str:
        """`ends` as Kubernetes writes times (RFC 3339)."""
        return f"{self.ends:%Y-%m-%dT%H:%M:%SZ}"

    def good(self, now: datetime) -> bool:
        """Whether a run that begins now may rely on it."""
        return self.ends - now > RENEW_BEFORE
