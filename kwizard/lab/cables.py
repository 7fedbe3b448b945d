"""A host's two cables: pulled out or not, how fast. Kept in files, since a reboot makes new ones.

power.sh reads the same files (`<cable>.cut`, `<cable>.rate`) whenever the host starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kwizard.errors import InvalidInput, Problem
from kwizard.lab.layout import Layout, Seat
from kwizard.lab.machine import sh, succeeds

_RATE = re.compile(r"[1-9][0-9]{0,5}(kbit|mbit|gbit)")


def set_cut(layout: Layout, seat: Seat, links: Iterable[str], *, cut: bool) -> None:
    """Pull the cables `links` out, or put them back in."""
    seat.settings.mkdir(parents=True, exist_ok=True)
    for link in links:
        mark = seat.settings / f"{link}.cut"
        if cut:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)
        if _exists(layout, link):
            sh(["ip", "-n", layout.netns, "link", "set", link, "down" if cut else "up"])


def set_rate(layout: Layout, seat: Seat, rate: str | None) -> None:
    """Let at most `rate` (2mbit, 300kbit) reach the host, on each cable; None lifts the limit.

    What the host sends is limited where it arrives: the kernel needs nothing but tbf for this.
    Raises InvalidInput for a rate of another form.
    """
    if rate is not None and not _RATE.fullmatch(rate):
        raise InvalidInput([Problem(f"{rate!r} is no rate", "write it like 2mbit or 300kbit")])
    seat.settings.mkdir(parents=True, exist_ok=True)
    for link in (seat.link, seat.second_link):
        mark = seat.settings / f"{link}.rate"
        if rate is None:
            mark.unlink(missing_ok=True)
        else:
            mark.write_text(f"{rate}\n")
        if not _exists(layout, link):
            continue
        qdisc = ["tc", "-n", layout.netns, "qdisc"]
        if rate is None:
            succeeds([*qdisc, "delete", "dev", link, "root"])
        else:
            bucket = ["rate", rate, "burst", "32kb", "latency", "400ms"]
            sh([*qdisc, "replace", "dev", link, "root", "tbf", *bucket])


def is_cut(seat: Seat) -> bool:
    """Whether the cable to the first network is pulled out."""
    return (seat.settings / f"{seat.link}.cut").exists()


def _exists(layout: Layout, link: str) -> bool:
    """A host that is off has no cables."""
    return succeeds(["ip", "-n", layout.netns, "link", "show", link])
