"""A report in small: for an XCom, which lies in Airflow's metadata database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from headgate.contract import Dataset
from headgate.levels import LevelResult, Status
from headgate.plural import counted
from headgate.render.levels import promise
from headgate.report.affected import affected
from headgate.report.report import Report

MAX_BYTES = 16_384


def count_verdicts(reports: Sequence[Report]) -> str:
    """Return how many reports have which verdict, in words."""
    verdicts = Counter(str(report.verdict) for report in reports)
    return f"{counted(len(reports), 'dataset')}: {', '.join(f'{verdicts[name]} {name}' for name in sorted(verdicts))}"


def summarise(report: Report) -> dict[str, Any]:
    """JSON-ready, at most 12 KB, without values of the data: as many broken promises, and service levels that are
    broken or unknown, as there is room for."""
    executed, declared = report.coverage
    broken = [
        {
            "check": r.key[:200],
            "status": str(r.status),
            "severity": r.severity,
            "unexpected": r.unexpected,
            "observed": r.observed[:200] or None,
            "statement": r.statement[:200],
        }
        for r in (*report.failed, *(r for r in report.not_measured if not r.excused))
    ]
    levels = _levels((*report.broken_levels, *report.broken_needs, *report.unknown_levels))
    summary: dict[str, Any] = {
        "contract": report.contract_id,
        "version": report.contract_version,
        "commit": report.contract_commit,
        "dataset": report.dataset,
        "owner": report.owner[:200],
        "support": [channel[:200] for channel in report.support[:5]],
        "affected": [consumer[:200] for consumer in report.affected[:10]],
        "run_key": report.run.key,
        "verdict": str(report.verdict),
        "stale": report.stale[:500] or None,
        "rows": report.rows,
        "executed": executed,
        "declared": declared,
        "broken_in_all": len(broken),
        "broken": broken,
        "levels": levels,
    }
    return _shortened(summary, levels, broken)


def summarise_levels(dataset: Dataset, place: str, levels: Sequence[LevelResult], line: str) -> dict[str, Any]:
    """Return what a watch found of a dataset, in the form of a report's summary: JSON-ready, at most 12 KB. `line` is
    the last line of the log."""
    contract, late = dataset.contract, [level for level in levels if level.status is Status.BROKEN]
    listed = _levels([*late, *(level for level in levels if level.status is Status.UNKNOWN)])
    summary: dict[str, Any] = {
        "contract": contract.id,
        "version": contract.version,
        "commit": contract.git_commit,
        "dataset": dataset.name,
        "owner": contract.owner[:200],
        "support": [channel[:200] for channel in contract.support[:5]],
        "affected": [consumer[:200] for consumer in affected(dataset.consumers, (), late)[:10]],
        "place": place[:500],
        "at": levels[0].at.isoformat(),
        "summary": line[:500],
        "measured": sum(level.measured for level in levels),
        "broken_in_all": 0,
        "broken": [],
        "levels": listed,
    }
    return _shortened(summary, listed)


def _levels(levels: Iterable[LevelResult]) -> list[dict[str, Any]]:
    return [
        {
            "level": level.key[:200],
            "status": str(level.status),
            "statement": promise(level)[:200],
            "reason": level.reason[:200] or None,
            "consumer": level.consumer[:200] or None,
        }
        for level in levels
    ]


def _shortened(summary: dict[str, Any], *lists: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary with as much of its lists, the first of which is shortened first, as there is room for."""
    for listed in lists:
        while listed and len(json.dumps(summary).encode()) > MAX_BYTES * 3 // 4:
            listed.pop()
    return summary
