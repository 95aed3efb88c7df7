"""What Airflow's metrics (StatsD, OpenTelemetry, Datadog) have of each report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headgate.airflow import late

if TYPE_CHECKING:
    from headgate.report import Report

# What separates tags, or parts of a metric, for one of the servers.
_RESERVED = re.compile(r"[^\w.\-/]")


def count_report(report: Report) -> None:
    """Count a report by its verdict, and set how many rows it is about, and how many of them break an error-level rule:
    as many as break the one that most rows break, which is the least that it may be."""
    about = {"contract": _tag(report.contract_id), "dataset": _tag(report.dataset)}
    failed = max((each.unexpected or 0 for each in report.broken), default=0)
    late.Stats.incr("headgate.reports", tags=about | {"verdict": str(report.verdict)})
    late.Stats.gauge("headgate.rows", report.rows, tags=about)
    late.Stats.gauge("headgate.rows_failed", failed, tags=about)


def _tag(value: str) -> str:
    return _RESERVED.sub("_", value)[:200]
