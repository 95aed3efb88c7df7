"""A report as JSON, and back: nothing of it is lost."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from headgate.checks import Column, Comparison
from headgate.checks.comparison import OPEN_ENDED, Value
from headgate.contract.service_levels import Duration
from headgate.errors import CallError
from headgate.gate import check
from headgate.levels import Amount, ClockKind, LevelResult
from headgate.levels import Status as LevelStatus
from headgate.naming import PlaceName
from headgate.report import CheckResult, Report, Run, Status
from headgate.report.serial import decode, encode
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset

# What a number becomes in JSON.
NUMBERS: list[tuple[Value | None, Any]] = [
    (None, None),
    (3, 3),
    (2**70, 2**70),
    (Decimal("0.1"), 0.1),
    (Decimal("19.99"), 19.99),
    (Decimal("0.12345678901234567890"), {"decimal": "0.12345678901234567890"}),
    (Fraction(1, 3), {"fraction": "1/3"}),
    (date(2026, 1, 2), {"date": "2026-01-02"}),
    (datetime(2026, 1, 2, 3, tzinfo=UTC), {"moment": "2026-01-02T03:00:00+00:00"}),
]


@pytest.mark.parametrize(("value", "said"), NUMBERS, ids=[str(n[0]) for n in NUMBERS])
def test_a_number_is_a_number(value: Value | None, said: Any) -> None:
    assert encode(value) == said
    assert decode(json.loads(json.dumps(said))) == value


texts = st.text(max_size=12)
moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))
values = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.fractions(),
    st.dates(),
    moments,
)  # fmt: skip
columns = st.recursive(
    st.builds(Column, texts, texts, st.frozensets(texts), st.booleans()),
    lambda inner: st.builds(Column, texts, texts, st.frozensets(texts), st.booleans(), st.tuples(inner)),
    max_leaves=4,
)
units = st.sampled_from(["rows", "percent", "mostly"])
comparisons = st.builds(Comparison, st.sampled_from(["=", "!=", ">"]), st.tuples(values), units) | st.builds(
    Comparison, st.sampled_from(["between", *OPEN_ENDED]), st.tuples(values, values), units
)
cells = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
results = st.builds(
    CheckResult,
    key=texts,
    type=texts,
    statement=texts,
    status=st.sampled_from(Status),
    severity=st.sampled_from(["error", "warning"]),
    dimension=texts,
    columns=st.lists(texts, max_size=2).map(tuple),
    unexpected=st.none() | st.integers(0),
    value=st.none() | values,
    rows=st.none() | st.integers(1),
    expect=st.none() | comparisons,
    masked=st.booleans(),
    found=texts,
    reason=texts,
    excused=st.booleans(),
    evidence=texts,
    description=texts,
    policy=st.lists(texts, max_size=2).map(tuple),
    set_aside=st.booleans(),
    examples=st.lists(st.dictionaries(texts, cells, max_size=2), max_size=2).map(tuple),
    path=texts,
    line=st.integers(0, 9999),
    digest=texts,
)


# Durations are promised, lengths of time observed; a length has no smaller part than a second's millionth.
seconds = st.decimals(0, 10**12, places=3)
lengths = st.builds(Duration, st.integers(0, 999), st.integers(0, 10**6), seconds)
amounts = st.one_of(
    st.builds(Amount, lengths | st.timedeltas() | moments),
    st.builds(Amount, st.decimals(allow_nan=False, allow_infinity=False), st.sampled_from(["percent", "rows/h"])),
)
levels = st.builds(
    LevelResult,
    key=texts,
    name=texts,
    status=st.sampled_from(LevelStatus),
    statement=texts,
    at=moments,
    clock=st.sampled_from(ClockKind),
    promised=st.none() | amounts,
    observed=st.none() | amounts,
    reason=texts,
    consumer=texts,
    halts=st.booleans(),
)


def forwards(interval: tuple[datetime | None, datetime | None]) -> bool:
    start, end = interval
    return start is None or end is None or start <= end


reports = st.builds(
    Report,
    contract_id=texts,
    contract_version=texts,
    contract_commit=st.none() | texts,
    contract_file=texts,
    dataset=texts,
    owner=texts,
    support=st.lists(texts, max_size=2).map(tuple),
    draft=st.booleans(),
    data=texts,
    rows=st.integers(0),
    columns=st.lists(columns, max_size=3).map(tuple),
    results=st.lists(results, max_size=4).map(tuple),
    run=st.builds(
        Run, texts, st.tuples(st.none() | moments, st.none() | moments).filter(forwards), st.none() | moments
    ),
    place=st.none() | st.builds(PlaceName, texts, texts),
    measured_at=st.none() | moments,
    stale=texts,
    levels=st.lists(levels, max_size=3).map(tuple),
)


@settings(max_examples=int(os.environ.get("HEADGATE_REPORTS", "100")), deadline=None)
@given(reports)
def test_a_report_reads_back_from_its_json(report: Report) -> None:
    assert Report.from_dict(report.to_dict()) == report
    assert Report.from_dict(json.loads(report.to_json())) == report


def test_a_measured_report_reads_back_and_looks_the_same() -> None:
    rules = [{"metric": "nullValues", "mustBeLessThan": 10, "unit": "percent"}]
    things = dataset(
        {"name": "v", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}, "quality": rules},
        {"name": "day", "logicalType": "date", "required": True},
    )
    frame = pd.DataFrame({"v": [1.5, -2.0, None], "day": [date(2026, 1, 1), None, date(2026, 1, 3)]})
    report = check(things, frame, show_examples=True)
    back = Report.from_dict(json.loads(report.to_json()))
    assert (back, str(back)) == (report, str(report))
    found = {r.key: (r.value, r.rows, str(r.expect)) for r in back.failed}
    assert found == {"v.minimum": (1, 3, "= 0"), "v.nullValues": (1, 3, "< 10 %"), "day.required": (1, 3, "= 0")}


WRONG: list[tuple[dict[str, Any], str]] = [
    ([], "a report is an object of JSON, not"),
    (None, "a report is an object of JSON, not"),
    ({}, "a report of schema None cannot be read"),
    ({"schema": 2}, "a report of schema 2 cannot be read; this version of headgate reads schema 1"),
    ({"schema": 1}, "this is not a report: KeyError"),
]


@pytest.mark.parametrize(("value", "said"), WRONG)
def test_what_is_no_report(value: dict[str, Any], said: str) -> None:
    with pytest.raises(CallError, match=said):
        Report.from_dict(value)
