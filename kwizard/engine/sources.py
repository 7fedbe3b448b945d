"""Who gets a file from whom, so that it crosses the operator's line once. Pure: no host is asked.

A host that has the file gives it to two others at a time, each of those to two more: fifty hosts
have it after four rounds. There is no fixed tree: whoever is free gives to whoever asks, so a slow
host or one that is lost delays nobody but itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kwizard.engine.plan import OPERATOR
from kwizard.errors import Fault

__all__ = ["OPERATOR", "Line", "Sources", "Trust"]

AT_ONCE = 2
"""How many hosts one host gives a file to at the same time."""

SOON = 20.0
"""Seconds. Where the operator's line would be done with all that is waited for in less, nothing is
gained by letting hosts into each other."""

SMALL = 2.0
"""A file that the line is done with in less, for all who want it, is small enough to be sent from
here whatever else is waited for."""

_KNOWN_AFTER = 0.5
_IN_FLIGHT = 2 << 20
_TRIES = 2
_HOPELESS = 4


@dataclass
class Trust:
    """What was learned in this run about who can pass files on to whom, for all files.

    A pair that failed is not tried again. A host that failed to fetch from two others without a
    byte, or has no means to, is sent everything from the operator's side; one that cannot give is
    asked no more; and when four pairs have failed and none has worked, nobody is asked any more.
    """

    _barred: set[tuple[str, str]] = field(default_factory=set)
    _mute: set[str] = field(default_factory=set)
    _alone: set[str] = field(default_factory=set)
    _worked: bool = False

    def allows(self, giver: str, receiver: str) -> bool:
        """Whether it may be tried."""
        return (
            not self.alone(receiver)
            and giver not in self._mute
            and (giver, receiver) not in self._barred
        )

    def alone(self, receiver: str) -> bool:
        """Whether this host gets its files from the operator's side and nowhere else."""
        return receiver in self._alone or (not self._worked and len(self._barred) >= _HOPELESS)

    def worked(self) -> None:
        """A file was passed on."""
        self._worked = True

    def failed(self, giver: str, receiver: str, fault: Fault) -> None:
        """It was not; what had come of it before does not count."""
        if fault == "giver":
            self._mute.add(giver)
        elif fault == "receiver":
            self._alone.add(receiver)
        else:
            self._barred.add((giver, receiver))
            if sum(r == receiver for _, r in self._barred) >= _TRIES:
                self._alone.add(receiver)


class Line:
    """How fast the operator's line is, from what is sent over it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent = 0  # bytes of transfers that are over
        self._busy = 0.0  # seconds in which something was sent
        self._since = 0.0
        self._now: dict[tuple[str, str], int] = {}

    def moved(self, transfer: tuple[str, str], sent: int) -> None:
        """A transfer, new or known, has put `sent` bytes on the way since it began."""
        if not self._now:
            self._since = self._clock()
        self._now[transfer] = sent

    def over(self, transfer: tuple[str, str]) -> None:
        """A transfer has ended, however it did."""
        if (sent := self._now.pop(transfer, None)) is not None:
            self._sent += sent
            if not self._now:
                self._busy += self._clock() - self._since

    @property
    def unsure(self) -> bool:
        """Something is being sent, for too short a time to tell how fast."""
        return bool(self._now) and self._seconds < _KNOWN_AFTER

    @property
    def rate(self) -> float | None:
        """Bytes a second; None while too little was sent to tell. What a host has not confirmed
        yet, 2 MiB at most for each transfer, is taken as not sent."""
        sent = self._sent + sum(max(0, s - _IN_FLIGHT) for s in self._now.values())
        return None if self.unsure or not sent else sent / max(self._seconds, 1e-3)

    @property
    def _seconds(self) -> float:
        return self._busy + (self._clock() - self._since if self._now else 0.0)

    def quick(self, demand: int, own: int) -> bool:
        """Whether it is best to send a file from here: `demand` bytes, all that is waited for,
        would be sent soon; or at least the `own` bytes of this file to all who want it."""
        rate = self.rate
        return rate is not None and (demand < SOON * rate or own < SMALL * rate)


class Sources:
    """The hosts that have one file, those that are getting it, and what each of them is to do."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._giving: dict[str, int] = {}  # hosts that have it: how many they give it to now
        self._from: dict[str, str] = {}  # hosts that are getting it: from whom
        self._asking: set[str] = set()

    @property
    def asking(self) -> int:
        """How many hosts want the file and are told to wait."""
        return len(self._asking)

    def holds(self, host: str) -> bool:
        """Whether the host is known to have it."""
        return host in self._giving

    def choose(self, host: str, *, quick: bool = False, unsure: bool = False) -> str | None:
        """Whom `host` gets the file from: a host's name, OPERATOR, or None: wait and ask again
        whenever something has changed. A choice is binding until `has` or `failed`.

        `quick`: the operator's line is so fast that it is best to send to everyone. `unsure`:
        whether it is so will be known in a moment.
        """
        source = OPERATOR if quick else self._source(host, unsure=unsure)
        if source is None:
            self._asking.add(host)
            return None
        self._asking.discard(host)
        self._from[host] = source
        if source in self._giving:
            self._giving[source] += 1
        return source

    def _source(self, host: str, *, unsure: bool) -> str | None:
        if self._trust.alone(host):
            return OPERATOR
        able = self._able(host)
        if unsure and able:
            return None
        if free := [g for g in able if self._giving[g] < AT_ONCE]:
            return min(free, key=self._giving.__getitem__)
        return None if able or self._coming(host) else OPERATOR

    def hope(self, host: str) -> bool:
        """Whether some host that has it, or will, may be tried by this one."""
        return bool(self._able(host)) or self._coming(host)

    def _able(self, host: str) -> list[str]:
        return [g for g in self._giving if self._trust.allows(g, host)]

    def _coming(self, host: str) -> bool:
        """Whether somebody who could give it to `host` is getting it."""
        return any(g != host and self._trust.allows(g, host) for g in self._from)

    def has(self, host: str) -> None:
        """The host has it, whole."""
        self._over(host)
        self._giving.setdefault(host, 0)

    def failed(self, host: str) -> None:
        """The host did not get it this time."""
        self._over(host)

    def _over(self, host: str) -> None:
        self._asking.discard(host)
        source = self._from.pop(host, None)
        if source in self._giving:
            self._giving[source] -= 1
