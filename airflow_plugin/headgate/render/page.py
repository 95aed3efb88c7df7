"""A report as a page of HTML of its own: without scripts, and without anything that is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from headgate.render import levels, past
from headgate.render.documents import templates
from headgate.render.findings import where
from headgate.report.report import Report
from headgate.report.result import CheckResult, Status
from headgate.report.words import detail_words

_TEMPLATES = templates(Path(__file__).parent / "templates")


def render(report: Report, *, line: str = "") -> str:
    """Return the report as a whole document; `line` says what was done with the data."""
    return render_all([(report, line)])


def render_all(reports: Sequence[tuple[Report, str]]) -> str:
    """Return reports as one document, each with its line."""
    title = ", ".join(f"{report.verdict.upper()}: {report.dataset}" for report, _ in reports)
    pages = [_page(report, line) for report, line in reports]
    names = {"where": where, "difference": _difference, "drawing": _drawing}
    return _TEMPLATES.get_template("report.html").render(title=title, pages=pages, **names)


def _difference(result: CheckResult) -> str:
    return detail_words(result.details)


def _drawing(result: CheckResult) -> Markup:
    """Return the past of a number that is not normal as SVG, which has escaped its texts itself."""
    return Markup(past.drawing(result))  # noqa: S704


def _page(report: Report, line: str) -> dict[str, Any]:
    return {
        "report": report,
        "line": line,
        "unmeasured": [result for result in report.not_measured if not result.excused],
        "excused": [result for result in report.not_measured if result.excused],
        "levels": [
            (level, levels.word(level), levels.promise(level), levels.observed(level))
            for level in levels.in_order(report.levels)
        ],
        "clock": levels.clock_words(report.levels) if report.levels else "",
        "kept": [result for result in report.results if result.status is Status.PASSED],
    }
