"""What `ping` prints, of iputils and of busybox."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kwizard.probes.sections import Section, number, short

# "5 packets transmitted, 4 received, 20% packet loss" (iputils, with "+3 errors" between), and
# "4 packets transmitted, 4 packets received, 0% packet loss" (busybox).
_COUNTS = re.compile(r"\b(\d{1,9}) packets transmitted, (\d{1,9}) (?:packets )?received\b")
# "rtt min/avg/max/mdev = 0.212/0.242/0.296/0.038 ms"; busybox: "round-trip min/avg/max = ...".
_TIMES = re.compile(r"min/avg/max\S{0,10} = [\d.]{1,12}/([\d.]{1,12})/")
_UNREACHABLE = re.compile(r"^From (\S{1,60}):? .*?((?:Destination|Packet|Time|Redirect) .{1,80})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One ping's result. `rtt_ms` is the mean; `error` says why nothing came back."""

    sent: int = 0
    received: int = 0
    rtt_ms: float | None = None
    error: str | None = None


def ping(section: Section) -> Ping:
    """The result in what a ping command printed. No summary in it: 0 sent, and its own words."""
    counts = _COUNTS.search(section.text)
    if counts is None:
        return Ping(error=_without_summary(section))
    sent, received = int(counts[1]), int(counts[2])
    times = _TIMES.search(section.text)
    return Ping(
        sent=sent,
        received=received,
        rtt_ms=_milliseconds(times[1]) if times and received else None,
        error=None if received else _reason(section),
    )


def _without_summary(section: Section) -> str:
    if section.status == 124:
        return "ping did not end"
    if section.status is None:
        return "the host did not say"
    last = [line for line in section.lines if line.strip()]
    return short(last[-1]) if last else "ping said nothing"


def _reason(section: Section) -> str:
    for line in section.lines[:200]:
        if (match := _UNREACHABLE.match(line.strip())) is not None:
            return short(f"{match[2]} (says {match[1].rstrip(':')})")
        if "sendmsg:" in line or "sendto:" in line or "connect:" in line:
            return short(line)
    return "no answer"


def _milliseconds(text: str) -> float | None:
    whole, _, rest = text.partition(".")
    if number(whole) is None or (rest and number(rest) is None):
        return None
    return float(text)
