"""A shadow run as values for JSON: no values of rows are in it but those that may be shown."""

from __future__ import annotations

from typing import Any

from headgate.compare.shadow.found import ColumnChange, Input, Output, ShadowRun
from headgate.report.serial import plain_value


def run_dict(run: ShadowRun) -> dict[str, Any]:
    """Return a run as JSON can hold it."""
    return {
        "schema": 1,
        "verdict": str(run.verdict),
        "candidate": run.candidate,
        "contract": run.contract,
        "commit": run.commit,
        "at": run.at.isoformat(),
        "sample": run.sample,
        "inputs": [_input(each) for each in run.inputs],
        "outputs": [_output(each) for each in run.outputs],
        "skipped": list(run.skipped),
        "failed": list(run.failed),
        "command": run.command,
    }


def summary_dict(run: ShadowRun) -> dict[str, Any]:
    """Return the run in a few values: of each output the verdict, and how many rows differ."""
    outputs = {
        output.name: {
            "verdict": str(output.verdict),
            "differing": output.reconciled.differing if output.reconciled else None,
            "patterns": [pattern.words for pattern in output.patterns],
            "broken": [result.key for result in output.broken],
        }
        for output in run.outputs[:20]
    }
    return {"verdict": str(run.verdict), "candidate": run.candidate, "outputs": outputs}


def _input(each: Input) -> dict[str, Any]:
    return {"name": each.name, "place": each.place, "rows": each.rows, "masked": list(each.masked)}


def _output(output: Output) -> dict[str, Any]:
    return {
        "name": output.name,
        "place": output.place,
        "verdict": str(output.verdict),
        "key": list(output.key),
        "rows": _rows(output),
        "why": output.why,
        "is_new": output.is_new,
        "schema": list(output.schema),
        "columns": [_column(each) for each in output.columns],
        "drift": {
            "column": output.drift.column,
            "psi": output.drift.psi,
            "noise": output.drift.noise,
            "rows": list(output.drift.rows),
        }
        if output.drift
        else None,
        "patterns": [
            {"kind": p.kind, "columns": list(p.columns), "words": p.words, "count": p.count, "of": p.of}
            for p in output.patterns
        ],
        "left_out": list(output.left_out),
        "broken": [
            {"key": r.key, "statement": r.statement, "severity": r.severity, "found": r.observed, "line": r.line}
            for r in output.broken
        ],
        "unjudged": list(output.unjudged),
        "contract": output.contract,
        "contract_file": output.contract_file,
        "readers": list(output.readers),
        "remarks": list(output.remarks),
        "allowed": output.allowed,
    }


def _rows(output: Output) -> dict[str, Any] | None:
    found = output.reconciled
    if found is None:
        return None
    return {
        "unit": found.unit,
        "before": found.rows[0],
        "after": found.rows[1],
        "compared": found.compared,
        "changed": found.changed,
        "only_before": found.only_own,
        "only_after": found.only_other,
        "differing": found.differing,
    }


def _column(each: ColumnChange) -> dict[str, Any]:
    return {
        "name": each.column,
        "changed": each.changed,
        "pattern": each.pattern,
        "median_ratio": plain_value(each.ratio),
        "sums": [plain_value(value) for value in each.sums] if each.sums else None,
        "nulls": list(each.nulls),
        "lost_values": each.lost,
        "new_values": each.new,
        "values": {name: list(values) for name, values in each.values.items()},
    }
