"""The smallest changes that break a consumer, and which check sees each: the table of docs/drift.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headgate import Contract, check
from headgate.past.drift.pin import Pinning
from headgate.past.drift.pinned import baseline_of, write
from headgate.places import place_of
from headgate.report import Status

from tests.support.contracts import odcs
from tests.support.contracts import write as write_contract

PAGE = Path(__file__).parents[2] / "docs" / "drift.md"
START, END = (
    "<!-- smallest changes: written by tests/past/test_smallest_change.py -->\n",
    "<!-- end of smallest changes -->",
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = 10_000
Columns = dict[str, Any]
HOUR = np.timedelta64(3_600_000_000, "us")


def columns(rows: int, seed: int) -> Columns:
    """Orders of ten weeks at all hours of the day; 5 % have no discount."""
    r = np.random.default_rng(seed)
    return {
        "id": np.arange(rows),
        "amount": r.gamma(4, 25, rows).round(2),
        "discount": np.where(r.random(rows) < 0.05, np.nan, r.integers(0, 60, rows).astype(float)),
        "status": np.array(["placed", "paid", "shipped"], dtype=object)[r.integers(0, 3, rows)],
        "at": np.datetime64("2026-01-01T00:00:00", "us") + r.integers(0, 70 * 24 * 60, rows).astype("timedelta64[m]"),
    }


def some(share: float, of: str) -> Callable[[Columns], Any]:
    return lambda c: np.random.default_rng(5).random(len(c[of])) < share


CHANGES: dict[str, Callable[[Columns], Columns]] = {
    "nothing": lambda c: c,
    "× 100 in 1 % of the amounts": lambda c: c | {"amount": np.where(some(0.01, "amount")(c), c["amount"] * 100, c["amount"])},
    "a value of an enum renamed in 1 % of the rows": lambda c: c | {"status": np.where(some(0.01, "status")(c), "PAID", c["status"])},
    "NULL became the default 0": lambda c: c | {"discount": np.nan_to_num(c["discount"])},
    "NULL became a usual value": lambda c: c | {"discount": np.where(np.isnan(c["discount"]), 30, c["discount"])},
    "5 % moved to another known value": lambda c: c | {"status": np.where(some(0.05, "status")(c), "paid", c["status"])},
    "the time zone, + 1 h": lambda c: c | {"at": c["at"] + HOUR},
}  # fmt: skip
# What looks at the data, in the order in which it costs little.
SEES = {
    "known": "`new_values`, `out_of_range`",
    "drift": "`drift`",
    "source": "rows by key with the source",
}


def table(data: Columns) -> pa.Table:
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in data.items()})


def seen(folder: Path) -> dict[str, dict[str, bool]]:
    """By change, which checks see it. Every other rule of the contract passes each time."""
    properties = [
        {"name": "id", "logicalType": "integer", "primaryKey": True},
        {"name": "amount", "logicalType": "number", "required": True, "logicalTypeOptions": {"minimum": 0}},
        {"name": "discount", "logicalType": "number"},
        {"name": "status", "logicalType": "string", "required": True},
        {"name": "at", "logicalType": "timestamp", "required": True},
    ]
    own: dict[str, Any] = {"type": "custom", "engine": "headgate"}
    file = "orders.baseline.json"
    quality = [
        {"metric": "rowCount", "mustBeBetween": [5_000, 20_000]},
        {**own, "id": "known", "implementation": {"new_values": file}},
        {**own, "id": "known_range", "implementation": {"out_of_range": file}, "mustBeLessThan": 0.1, "unit": "percent"},
        {**own, "id": "drift", "implementation": {"drift": file}},
        {**own, "id": "source", "severity": "warning", "implementation": {"reconcile": "source", "rows": "by primary key"}},
    ]  # fmt: skip
    objects = [
        {"name": "orders", "properties": properties, "quality": quality},
        {"name": "source", "properties": properties},
    ]
    path = write_contract(folder, odcs(*objects))
    base = baseline_of(Contract.load(path)["orders"], place_of(table(columns(28 * ROWS, 1))), Pinning(), now=NOW)
    write(base, folder / file)
    orders = Contract.load(path)["orders"]
    before = columns(ROWS, 2)
    pq.write_table(table(before), folder / "source.parquet")
    found = {}
    for name, change in CHANGES.items():
        pq.write_table(table(change(dict(before))), folder / "orders.parquet")
        report = check(orders, folder / "orders.parquet", references={"source": folder / "source.parquet"})
        assert not [r for r in report.results if r.status not in (Status.PASSED, Status.FAILED)], report.not_measured
        failed = {result.key.partition("[")[0].removesuffix("_range") for result in report.failed}
        assert failed <= SEES.keys(), "no other rule sees it"
        found[name] = {each: each in failed for each in SEES}
    return found


def page(found: dict[str, dict[str, bool]]) -> str:
    lines = [f"| what changed | rules of type, range, key, count | {' | '.join(SEES.values())} |", "| --- " * 5 + "|"]
    for name, by in found.items():
        lines.append(f"| {name} | - | {' | '.join('**seen**' if by[each] else '-' for each in SEES)} |")
    return "\n".join((*lines, ""))


@pytest.mark.slow
def test_which_check_sees_the_smallest_change(tmp_path: Path) -> None:
    """`HEADGATE_WRITE=1 python -m pytest tests/past/test_smallest_change.py` writes the table anew."""
    found = seen(tmp_path)
    assert not any(found["nothing"].values())
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    written = before + START + "\n" + page(found) + "\n" + END + after
    if os.environ.get("HEADGATE_WRITE"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written
