"""Drafts of contracts, which the data they were drafted from must keep."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from headgate import draft_contract
from headgate.contract import Dataset
from headgate.gate import check
from headgate.rules.load import parse


def drafted(data: Any, **options: Any) -> Dataset:
    """The dataset of the draft, which must be clean, and which `data` must keep in every point."""
    text = str(draft_contract(data, **options))
    things = parse(text, Path("draft.odcs.yaml")).only()
    report = check(things, data)
    assert (str(report.verdict), report.draft) == ("pass", True), f"{report}\n{text}"
    assert [r.key for r in report.not_measured] == [], text
    return things


def options_of(things: Dataset) -> dict[str, dict[str, Any]]:
    return {p.name: dict(p.options) for p in things.properties}


def enums(things: Dataset) -> dict[str, list[Any]]:
    return {c.columns[0]: list(c.args["values"]) for c in things.checks if c.type == "in_set"}


def rules(things: Dataset, column: str) -> set[str]:
    return {c.type for c in things.checks if c.columns == (column,)} - {"column_exists", "type"}


def write_csv(path: Path, columns: dict[str, list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
    return path
