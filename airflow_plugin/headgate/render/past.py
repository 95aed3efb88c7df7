"""The past of a number that is not normal: one line of text, and a drawing. Both show nothing but numbers of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from headgate.render.escaping import xml
from headgate.report.result import CheckResult
from headgate.report.words import normal_limits, normal_number

_BARS = "▁▂▃▄▅▆▇█"
# So many days fit into a line of a terminal: four weeks.
_IN_A_LINE = 28
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 190, 70, 14, 14, 34
# Inside a page the style is that of the page as well, so its names are of this drawing alone.
_STYLE = """
.hg-past text{font:11px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#59636e}
.hg-past .band{fill:#1a7f37;fill-opacity:.14}
.hg-past .middle{stroke:#1a7f37;stroke-dasharray:4 3}
.hg-past .line{fill:none;stroke:#818b98}
.hg-past .day{fill:#818b98}
.hg-past .same{fill:#0969da}
.hg-past .judged{fill:#cf222e}
@media (prefers-color-scheme:dark){
.hg-past text{fill:#9198a1}
.hg-past .band{fill:#3fb950;fill-opacity:.2}
.hg-past .middle{stroke:#3fb950}
.hg-past .line{stroke:#656c76}
.hg-past .day{fill:#656c76}
.hg-past .same{fill:#4493f8}
.hg-past .judged{fill:#ff7b72}
}"""


def line(result: CheckResult) -> str:
    """Return the last weeks of a number and the day that is not normal, as a line; empty of other results."""
    normal = _normal(result)
    if not normal:
        return ""
    values = [value for _, value in normal["past"][-_IN_A_LINE:]]
    drawn = _bars([*values, normal["value"]])
    past = f"{drawn[:-1]} " if values else ""
    value = normal_number(normal, normal["value"])
    return f"{past}→ {drawn[-1]} {value} on {normal['day']}; {normal_limits(normal)}"


def drawing(result: CheckResult) -> str:
    """Return the past of a number that is not normal as SVG, without scripts; empty of other results."""
    normal = _normal(result)
    if not normal:
        return ""
    days = [*((date.fromisoformat(day), value) for day, value in normal["past"])]
    judged = date.fromisoformat(normal["day"]), normal["value"]
    limits = [normal[name] for name in ("lower", "expected", "upper") if name in normal]
    plot = _Plot([*days, judged], [0 if normal["scale"] == "log" else judged[1], *limits])
    label = f"{result.statement}: {normal_number(normal, judged[1])} on {judged[0]}; {normal_limits(normal)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hg-past" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-label="{escape(xml(label))}">',
        f"<style>{_STYLE}</style>",
        *plot.band(normal),
    ]
    if days:
        corners = " ".join(f"{plot.x(day)},{plot.y(value)}" for day, value in days)
        parts.append(f'<polyline class="line" points="{corners}"/>')
    for day, value in days:
        kind = "same" if day.weekday() == judged[0].weekday() else "day"
        parts.append(plot.point(normal, day, value, kind, 2.5))
    parts.append(plot.point(normal, *judged, "judged", 5))
    for value in (plot.low, plot.high):
        said = normal_number(normal, value)
        parts.append(f'<text x="{_LEFT - 8}" y="{plot.y(value) + 4}" text-anchor="end">{said}</text>')
    if days:
        parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 12}">{days[0][0]}</text>')
    parts.append(f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 12}" text-anchor="end">{judged[0]:%A} {judged[0]}</text>')
    return "\n".join((*parts, "</svg>"))


class _Plot:
    """Where days and numbers are in the drawing."""

    def __init__(self, days: Sequence[tuple[date, float]], limits: Sequence[float]) -> None:
        values = [*(value for _, value in days), *limits]
        self.low, self.high = min(values), max(values)
        self.first, self.days = days[0][0], max(1, (days[-1][0] - days[0][0]).days)
        self.alone = len(days) == 1

    def x(self, day: date) -> float:
        share = 1 if self.alone else (day - self.first).days / self.days
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT - 6) * share, 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1)
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share, 1)

    def band(self, normal: Mapping[str, Any]) -> list[str]:
        """Return what is normal: from limit to limit, or to the edge where a side has none."""
        top, bottom = self.y(normal.get("upper", self.high)), self.y(normal.get("lower", self.low))
        width = _WIDTH - _LEFT - _RIGHT
        found = [f'<rect class="band" x="{_LEFT}" y="{top}" width="{width}" height="{round(bottom - top, 1)}"/>']
        if "expected" in normal:
            y = self.y(normal["expected"])
            found.append(f'<line class="middle" x1="{_LEFT}" y1="{y}" x2="{_LEFT + width}" y2="{y}"/>')
        return found

    def point(self, normal: Mapping[str, Any], day: date, value: float, kind: str, radius: float) -> str:
        said = f"{day:%a} {day}: {normal_number(normal, value)}"
        at = f'cx="{self.x(day)}" cy="{self.y(value)}" r="{radius}"'
        return f'<circle class="{kind}" {at}><title>{said}</title></circle>'


def _normal(result: CheckResult) -> Mapping[str, Any]:
    found: Mapping[str, Any] = result.details.get("normal", {})
    return found if str(result.status) == "failed" else {}


def _bars(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    steps = len(_BARS) - 1
    return "".join(_BARS[round(steps * (value - low) / (high - low)) if high > low else steps // 2] for value in values)
