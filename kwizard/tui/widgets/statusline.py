"""One line about a run: how it stands, how long it has taken, how much is left."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from kwizard.engine.plan import OPERATOR
from kwizard.language import _, _n, told
from kwizard.tui.forecast import Forecast
from kwizard.tui.measures import duration, size
from kwizard.tui.model import RunModel, Spot
from kwizard.tui.plain import plain

SOON = 5.0  # seconds; less than that is not worth a figure


class StatusLine(Static):
    """Says only what is known: without earlier runs there is no word about what is left."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._said = ""
        self._asked: tuple[int, int] = (-1, -1)
        self._left: float | None = None

    def show(self, model: RunModel, now: datetime, forecast: Forecast | None) -> None:
        """Draw, if something is different."""
        word, style = _word(model)
        over, total = model.counts()
        spent = model.elapsed(now)
        parts = [duration(spent), _("{over} of {count} steps", over=over, count=total)]
        current = model.current()
        if model.status == "running" and model.started is None:
            current = None
        elif model.status == "running" and forecast is not None and not model.paused:
            left = self._remaining(model, now, forecast)
            if left is not None and left >= SOON:
                parts.append(_("about {time} left", time=duration(left)))
        if current and model.status == "running":
            parts += coming(model.spot(current[0].step, current[1]))
        waived = len(model.waived())
        skipped = _n("{count} skipped by you", "{count} skipped by you", waived) if waived else ""
        title = (
            _titled(current[0].title, current[0].step, current[1], model, forecast)
            if current
            else ""
        )
        said = "\0".join((word, *parts, skipped, title))
        if said == self._said:
            return
        self._said = said
        self.update(
            Content.assemble(
                (word, style),
                *(plain(f"   {part}") for part in parts),
                plain(f"   » {skipped}" if skipped else "", "$warning"),
                plain(f"   {title}" if title else "", "$muted"),
            )
        )

    def _remaining(self, model: RunModel, now: datetime, forecast: Forecast) -> float | None:
        """Reckoned anew when something happened, or a second has gone by."""
        asked = (model.revision, int(now.timestamp()))
        if asked[1] != self._asked[1]:
            self._asked = asked
            self._left = forecast.left(model, now)
        return self._left


def _word(model: RunModel) -> tuple[str, str]:
    if model.status == "running" and model.started is None:
        return _("▸ looking at the hosts"), "bold $accent"
    return {
        "idle": (_("· not begun"), "$muted"),
        "running": (_("▸ installing"), "bold $accent"),
        "done": (_("✓ installed"), "bold $success"),
        "failed": (_("✗ stopped"), "bold $error"),
        "interrupted": (_("! interrupted"), "bold $warning"),
    }[model.status]


def coming(spot: Spot | None) -> list[str]:
    """How a file that is being brought is coming along: how much, from whom, how fast."""
    if spot is None or spot.unit != "bytes" or not spot.total or not spot.source:
        return []
    if spot.held:
        return [f"{100 * spot.done // spot.total} %", _("paused")]
    here = spot.source == OPERATOR
    parts = [
        f"{100 * spot.done // spot.total} %",
        _("from here") if here else _("from {host}", host=spot.source),
    ]
    if spot.rate:
        parts.append(_("{rate}/s", rate=size(int(spot.rate))))
        if spot.left is not None and spot.left >= 1:
            parts.append(_("{time} left", time=duration(spot.left)))
    return parts


def _titled(title: str, step: str, host: str, model: RunModel, forecast: Forecast | None) -> str:
    usual = forecast.usual(step, host) if forecast is not None else None
    if model.status != "running" or usual is None or usual < 1:
        return told(title)
    return _("{step}, {time} as a rule", step=told(title), time=duration(usual))
