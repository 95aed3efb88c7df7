"""What a task says of a report: the log for a person, the XCom for a program, a file where one is wanted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate.airflow import late
from headgate.airflow.config import setting
from headgate.airflow.downstream import also_reads
from headgate.airflow.timeout import call_with_timeout

if TYPE_CHECKING:
    from headgate.naming import PlaceName
    from headgate.report import Report

XCOM_KEY = "headgate"


def log_and_push(
    report: Report,
    line: str,
    *,
    failed: bool,
    log: Logger,
    context: Any,
    more: dict[str, Any],
    place: PlaceName | None = None,
) -> dict[str, Any]:
    """Log the report and `line`, and push the summary of both, which is returned; `more` stands in it too.

    If the task fails, lineage says who reads the dataset at `place`; by default the place of the report.
    """
    say = log.error if failed else log.warning if report.failed or report.broken_levels else log.info
    for text in late.render(report, width=140).splitlines():
        say("%s", text)
    if also := also_reads(place or report.place, log) if failed else []:
        say("%s", late.plain(f"downstream, by lineage: {', '.join(also)}"))
        more = more | {"also_reads": also}
    say("%s", late.plain(line))
    summary = summary_of(report, line, more)
    context["ti"].xcom_push(key=XCOM_KEY, value=summary)
    return summary


def summary_of(report: Report, line: str, more: dict[str, Any]) -> dict[str, Any]:
    """What the XCom holds: the report in small, the last line of the log, and `more`."""
    return late.summarise(report) | {"summary": late.plain(line)} | more


def write_report(report: Report, line: str, log: Logger, more: dict[str, Any]) -> Path | None:
    """Write the report below `[headgate] reports_folder`: as JSON, whose path is returned, and beside it as a page.

    None where that is not set, or not possible.
    """
    folder = setting("reports_folder")
    if not folder:
        return None
    path = Path(folder, *(part.replace(":", "_") for part in f"{report.run.key}.json".split("/")))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report.to_dict() | more, ensure_ascii=False, indent=2), encoding="utf-8")
        page_of(path).write_text(late.make_form("html", report, line=line), encoding="utf-8")
    except OSError as error:  # an observer never breaks the observed
        log.warning("the report could not be written: %s", error)
        return None
    return path


def page_of(report_file: Path) -> Path:
    """Return where the page of a report is."""
    return report_file.with_name(f"{report_file.name.removesuffix('.json')}.html")


# Who is told of a report besides the log and the XCom, by what a person calls them.
Listeners = Mapping[str, Callable[[], Any]]
# All of them together hold a task up for no longer than this.
BUDGET_S = 10.0


def notify(listeners: Listeners, log: Logger, *, budget_s: float = BUDGET_S) -> None:
    """Tell every listener, one after the other. One that fails, or takes too long, is named in the log: an observer
    never breaks the observed."""
    end = time.monotonic() + budget_s
    for name, listener in listeners.items():
        left = end - time.monotonic()
        fault = call_with_timeout(listener, bound_s=left) if left > 0 else "not told: the others took all of the time"
        if fault:
            log.warning("%s: %s", name, fault)
