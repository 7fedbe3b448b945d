"""How fast bytes come, and how long the rest will take."""

from __future__ import annotations

from collections import deque

WINDOW = 10.0  # seconds the rate is taken over


class Pace:
    """How fast bytes come, over the last ten seconds. Fed with the clock's own times."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=4096)

    def saw(self, at: float, done: int) -> None:
        """`done` bytes were there at second `at`."""
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()  # begun anew
        self._seen.append((at, done))
        while at - self._seen[0][0] > WINDOW:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Bytes a second; None while too little is known."""
        if len(self._seen) < 2:
            return None
        (first, before), (last, now) = self._seen[0], self._seen[-1]
        return (now - before) / (last - first) if last - first >= 1 else None

    def left(self, total: int) -> float | None:
        """Seconds until `total` bytes are there at this rate; None while nobody can tell."""
        rate = self.rate
        return (total - self._seen[-1][1]) / rate if rate and total else None
