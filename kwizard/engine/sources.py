"""Who gets a file from whom, so that it crosses the operator's line once. Pure: no host is asked.

A host that has the file gives it to two others at a time, each of those to two more: fifty hosts
have it after four rounds. There is no fixed tree: whoever is free gives to whoever asks, so a slow
host or one that is lost delays nobody but itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kwizard.errors import Fault

OPERATOR = "operator"
AT_ONCE = 2
"""How many hosts one host gives a file to at the same time."""

SOON = 1.0
"""Seconds. Where the operator's line would be done with all who wait in less, it is not worth
letting hosts into each other."""

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


class Sources:
    """The hosts that have one file, those that are getting it, and what each of them is to do."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._giving: dict[str, int] = {}  # hosts that have it: how many they give it to now
        self._from: dict[str, str] = {}  # hosts that are getting it: from whom
        self._asking: set[str] = set()
        self._seconds: float | None = None

    @property
    def untouched(self) -> bool:
        """Nobody has it, and it is on its way to nobody."""
        return not self._giving and not self._from

    def choose(self, host: str) -> str | None:
        """Whom `host` gets the file from: a host's name, OPERATOR, or None: wait and ask again
        whenever something has changed. A choice is binding until `has` or `failed`."""
        self._asking.add(host)
        source = self._source(host)
        if source is not None:
            self._asking.discard(host)
            self._from[host] = source
            if source in self._giving:
                self._giving[source] += 1
        return source

    def _source(self, host: str) -> str | None:
        if self._trust.alone(host):
            return OPERATOR
        if self._seconds is not None and self._seconds * len(self._asking) < SOON:
            return OPERATOR
        able = [g for g in self._giving if self._trust.allows(g, host)]
        if free := [g for g in able if self._giving[g] < AT_ONCE]:
            return min(free, key=self._giving.__getitem__)
        return None if able or self._coming(host) else OPERATOR

    def _coming(self, host: str) -> bool:
        """Whether somebody who could give it to `host` is getting it."""
        return any(self._trust.allows(g, host) for g in self._from)

    def has(self, host: str, seconds: float | None = None) -> None:
        """The host has it, whole. `seconds`: how long sending all of it from here took."""
        self._over(host)
        self._giving.setdefault(host, 0)
        if seconds is not None:
            self._seconds = seconds

    def failed(self, host: str) -> None:
        """The host did not get it this time."""
        self._over(host)

    def _over(self, host: str) -> None:
        self._asking.discard(host)
        source = self._from.pop(host, None)
        if source in self._giving:
            self._giving[source] -= 1
