"""Small drawings of the past, as SVG: a strip of verdicts, a sparkline, bars. Their texts are escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from headgate.plural import counted
from headgate.render.escaping import xml

_WORDS = {"p": "pass", "w": "warn", "b": "breach", "u": "unknown"}
# Verdicts are told apart by height as well as by colour.
_HEIGHTS = {"p": 6, "w": 10, "b": 16, "u": 16}
_STRIP = 16
_WIDTH, _HEIGHT = 180, 34


def strip(recent: str, most: int = 30) -> Markup:
    """Return the verdicts of the last runs as bars, one letter each (p, w, b, u), the newest last."""
    shown = recent[-most:]
    if not shown:
        return Markup('<span class="dim">no run of all of it</span>')
    counts = ", ".join(f"{shown.count(letter)} {word}" for letter, word in _WORDS.items() if letter in shown)
    bars = Markup("").join(
        Markup('<rect class="v-{}" x="{}" y="{}" width="4" height="{}"/>').format(
            letter, 5 * at, _STRIP - _HEIGHTS.get(letter, 16), _HEIGHTS.get(letter, 16)
        )
        for at, letter in enumerate(shown)
    )
    said = f"last {counted(len(shown), 'run')}: {counts}"
    drawn = Markup('<svg class="strip" width="{}" height="{}" role="img" aria-label="{}"><title>{}</title>{}</svg>')
    return drawn.format(5 * len(shown), _STRIP, said, said, bars)


@dataclass(frozen=True, slots=True)
class Mark:
    """A run in a sparkline: its number, None where nothing was measured; whether it broke the promise; and whether the
    version of the contract was another than in the run before."""

    value: float | None
    failed: bool = False
    changed: bool = False


def sparkline(marks: Sequence[Mark], limits: Sequence[float] = (), what: str = "") -> Markup:
    """Return numbers of runs as a line, the oldest first, with what is allowed (`limits`) and the changes of the
    contract's version drawn in; empty where nothing was measured.

    Args:
        what: what the numbers are, in words.
    """
    values = [mark.value for mark in marks if mark.value is not None]
    if not values:
        return Markup("")
    low, high = min(*values, *limits, 0) if limits else min(*values, 0), max([*values, *limits])
    reach, step = (high - low) or 1, (_WIDTH - 10) / max(len(marks) - 1, 1)

    def x(at: int) -> float:
        return round(5 + at * step, 1)

    def y(value: float) -> float:
        return round(_HEIGHT - 4 - (_HEIGHT - 8) * (value - low) / reach, 1)

    parts = [
        Markup('<line class="limit" x1="0" x2="{}" y1="{}" y2="{}"/>').format(_WIDTH, y(limit), y(limit))
        for limit in limits
    ]
    parts += [
        Markup('<line class="change" x1="{}" x2="{}" y1="0" y2="{}"/>').format(x(at), x(at), _HEIGHT)
        for at, mark in enumerate(marks)
        if mark.changed
    ]
    corners = " ".join(f"{x(at)},{y(mark.value)}" for at, mark in enumerate(marks) if mark.value is not None)
    parts.append(Markup('<polyline class="line" points="{}"/>').format(corners))
    parts += [
        Markup('<circle class="failed" cx="{}" cy="{}" r="2.5"/>').format(x(at), y(mark.value))
        for at, mark in enumerate(marks)
        if mark.failed and mark.value is not None
    ]
    said = _said(marks, values, limits, what)
    return Markup(
        '<svg class="spark" width="{}" height="{}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
    ).format(_WIDTH, _HEIGHT, said, said, Markup("").join(parts))


def bars(shares: Sequence[tuple[str, float]]) -> Markup:
    """Return a distribution as bars: (name, share of the rows from 0 to 1)."""
    if not shares:
        return Markup("")
    width, most = 12, max(share for _, share in shares) or 1
    said = xml(", ".join(f"{name} {100 * share:.3g} %" for name, share in shares))
    one = Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>')
    drawn = Markup("").join(
        one.format(at * width, round(40 - tall, 1), width - 2, round(tall, 1), xml(f"{name}: {100 * share:.3g} %"))
        for at, (name, share, tall) in enumerate((name, share, 38 * share / most) for name, share in shares)
    )
    return Markup('<svg class="bars" width="{}" height="40" role="img" aria-label="{}">{}</svg>').format(
        width * len(shares), said, drawn
    )


def _said(marks: Sequence[Mark], values: Sequence[float], limits: Sequence[float], what: str) -> str:
    failed = sum(mark.failed for mark in marks)
    allowed = f", allowed {' to '.join(f'{limit:,.6g}' for limit in limits)}" if limits else ""
    broken = f", broken in {failed}" if failed else ""
    last = f"{values[-1]:,.6g} last, {min(values):,.6g} to {max(values):,.6g}"
    return xml(f"{what or 'measured'} in the last {counted(len(marks), 'run')}: {last}{allowed}{broken}")
