"""What the data says about a change: the new contract's report on the data that there is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from headgate.changes.change import Change, Diff, Level, ranked
from headgate.plural import counted

if TYPE_CHECKING:
    from headgate.report import Report


def weighed(diff: Diff, reports: Mapping[str, Report]) -> Diff:
    """Changes whose promise the data keeps already are SAFE for producers; the others say what was found.

    Args:
        reports: of each dataset that was measured, by its name; made by the new contract.
    """
    return dataclasses.replace(diff, changes=ranked(_weighed(change, reports) for change in diff.changes))


def _weighed(change: Change, reports: Mapping[str, Report]) -> Change:
    report = reports.get(change.dataset or "")
    if report is None or not change.measured_at or change.producers < Level.RISK:
        return change
    # What is excused (documentation) is not to be measured.
    found = [r for r in report.results if _is_at(r.path, change.measured_at) and not r.excused]
    failed = [result for result in found if result.status == "failed"]
    missing = [result for result in found if result.status not in ("passed", "failed")]
    data = f"{counted(report.rows, 'row')} of {report.data.rpartition('/')[2]}"
    if failed:
        said = "; ".join(f"{result.statement}: {result.observed}" for result in failed[:3])
        return dataclasses.replace(change, evidence=f"The data breaks it: {said}.", todo="Repair the data first.")
    if missing or not found:
        why = missing[0].reason if missing else "no check measures it"
        evidence = f"Not shown by the data: not executed ({why})."
        return dataclasses.replace(change, evidence=evidence, todo="Find out otherwise whether the data keeps it.")
    unexpected = max(result.unexpected or 0 for result in found)
    kept = dataclasses.replace(
        change, producers=Level.SAFE, evidence=f"The data keeps it already: {data}, {unexpected:,} unexpected."
    )
    return dataclasses.replace(kept, todo=change.todo if kept.level >= Level.RISK else "")


def _is_at(path: str, places: tuple[str, ...]) -> bool:
    """Whether a check's path is at one of the places, or inside it; a place with `$` at its end is that alone."""
    return any(
        path == place.removesuffix("$") or (not place.endswith("$") and path.startswith((f"{place}.", f"{place}[")))
        for place in places
    )
