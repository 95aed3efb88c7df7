"""Any table, and any text, keeps its own draft."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.drafts import drafted, write_csv

pytestmark = pytest.mark.slow


NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12)


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)


KINDS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint64(), st.integers(0, 2**64 - 1)),
    (pa.int8(), st.integers(-128, 127)),
    (pa.float64(), st.floats()),
    (pa.float32(), st.floats(width=32)),
    (pa.decimal128(38, 10), st.decimals(-(10**27), 10**27, allow_nan=False, places=10)),
    (pa.decimal128(9, 0), st.decimals(-999, 999, allow_nan=False, places=0)),
    (pa.string(), TEXTS),
    (pa.string(), st.sampled_from(["a", "b", "", "NA", "it's", 'x: "y"', "1"])),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("us"), st.datetimes()),
    (pa.timestamp("ns"), st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))),
    (pa.timestamp("us", "UTC"), st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))),
    (pa.time64("us"), st.times()),
    (pa.list_(pa.int64()), st.lists(st.integers(0, 9), max_size=3)),
    (pa.struct([("x", pa.int64())]), st.fixed_dictionaries({"x": st.integers(0, 9)})),
    (pa.binary(), st.binary(max_size=4)),
    (pa.null(), st.none()),
    (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["x", "y"])),
]


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 12))
    times = draw(st.sampled_from([1, 1, 25]))
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=str.casefold))
    columns = []
    for _ in names:
        kind, values = draw(st.sampled_from(KINDS))
        cells = draw(st.lists(st.none() | values if draw(st.booleans()) else values, min_size=rows, max_size=rows))
        columns.append(pa.array(cells * times, kind))
    return pa.table(columns, names=names)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_every_table_keeps_its_own_draft(table: pa.Table) -> None:
    if any(name.lower().startswith(("headgate_", "__headgate")) for name in table.column_names):
        return
    drafted(table)


CELL = st.one_of(
    TEXTS,
    st.sampled_from(["NA", "", " ", "null", "1", "1.5", "007", "true", "2024-01-01", "2024-01-01T10:00:00Z", "08:30"]),
    st.integers(-(10**25), 10**25).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.times().map(str),
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=4), st.sampled_from([1, 15]))
def test_every_text_keeps_its_own_draft(tmp_path_factory: Any, columns: list[list[str]], times: int) -> None:
    length = min(map(len, columns))
    path = tmp_path_factory.mktemp("text") / "t.csv"
    drafted(write_csv(path, {f"c{i}": cells[:length] * times for i, cells in enumerate(columns)}))
