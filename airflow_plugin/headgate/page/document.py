"""A view as a document: templates that escape everything, and the words that they share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from markupsafe import Markup

from headgate.levels.reading import length_words
from headgate.page.ask import Ask
from headgate.page.drawing import sparkline, strip
from headgate.plural import counted
from headgate.render.documents import templates

_SOON = timedelta(minutes=1)


def document(ask: Ask, template: str, **values: Any) -> str:
    """Return a view as a whole document."""
    return _TEMPLATES.get_template(template).render(ask=ask, links=ask.links, now=ask.now, **values)


def moment(at: datetime | None, now: datetime) -> Markup:
    """Return a time: how long ago, and exactly, with its zone."""
    if at is None:
        return Markup("")
    exact = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{} <small>({})</small></time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), exact, exact, distance(at, now)
    )


def distance(at: datetime, now: datetime) -> str:
    """Return how far a time is from now, in words."""
    if abs(now - at) < _SOON:
        return "just now"
    return f"{_length(now - at)} ago" if at <= now else f"in {_length(at - now)}"


def _length(length: timedelta) -> str:
    """Return a length without what is too small to matter beside the rest."""
    if length >= timedelta(days=2):
        return f"{length.days} d"
    unit = timedelta(hours=1) if length >= timedelta(hours=2) else timedelta(minutes=1)
    return length_words(length // unit * unit)


def number(value: float | None) -> str:
    """Return a number with its thousands grouped; a dash where there is none."""
    return "–" if value is None else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


_TEMPLATES = templates(Path(__file__).parent / "templates")
_TEMPLATES.globals.update(
    moment=moment, distance=distance, number=number, counted=counted, strip=strip, sparkline=sparkline
)
