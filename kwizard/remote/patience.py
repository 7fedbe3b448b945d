"""How long to wait for a host that went away in the middle of something."""

from __future__ import annotations

import asyncio

from kwizard.errors import (
    ConnectionLost,
    HostKeyChanged,
    HostKeyUnknown,
    HostRefused,
    HostUnreachable,
    SudoRefused,
)

_DELAYS = (0.5, 1.0, 2.0, 3.0, 5.0)
_REFUSALS = 6


class Patience:
    """Pauses between attempts, growing to 5 s, until `seconds` have passed without contact.

    A host we were logged in to before may turn us away while it starts or stops (pam_nologin, a
    session that ends at once): that is waited out too, a few times only, since repeated refusals
    can lock an account. Another host key or a refused sudo is never waited out.
    """

    def __init__(self, seconds: float, host: str) -> None:
        self._seconds = seconds
        self._host = host
        self.contact()

    def contact(self) -> None:
        """The host was there: the clock starts anew with the next failure."""
        self._since: float | None = None
        self._tries = 0
        self._refusals = 0

    async def wait(self, error: Exception, *, reached: bool) -> None:
        """Pause before the next attempt, or raise: `error` itself where waiting is no use (also
        when the host was never `reached`), ConnectionLost when it stayed away for too long."""
        if not reached or not self._passes(error):
            raise error
        now = asyncio.get_running_loop().time()
        self._since = now if self._since is None else self._since
        delay = _DELAYS[min(self._tries, len(_DELAYS) - 1)]
        if now + delay - self._since > self._seconds:
            raise ConnectionLost(
                f"the connection was lost and did not come back within {self._seconds:g} s "
                f"({getattr(error, 'message', error)})",
                host=self._host,
                remedy="check the host and the network; what runs there goes on, and "
                "`kwizard resume` takes it up again",
            ) from error
        self._tries += 1
        await asyncio.sleep(delay if self._refusals == 0 else max(delay, 2.0))

    def _passes(self, error: Exception) -> bool:
        if isinstance(error, ConnectionLost | HostUnreachable):
            return True
        if not isinstance(error, HostRefused):
            return False
        if isinstance(error, HostKeyChanged | HostKeyUnknown | SudoRefused):
            return False
        self._refusals += 1
        return self._refusals <= _REFUSALS
