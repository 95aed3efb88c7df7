"""Two bounds of a property: which no value keeps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contracts import dataset

# logical type, options, whether some value keeps both bounds
BOUNDS: list[tuple[str, dict[str, Any], bool]] = [
    ("integer", {"minimum": 1, "maximum": 1}, True),
    ("integer", {"minimum": 2, "maximum": 1}, False),
    ("number", {"minimum": 1, "maximum": 0.5}, False),
    ("number", {"minimum": 0.5, "maximum": 1}, True),
    ("number", {"exclusiveMinimum": 1, "maximum": 1}, False),
    ("number", {"minimum": 1, "exclusiveMaximum": 1}, False),
    ("number", {"exclusiveMinimum": 1, "exclusiveMaximum": 1.5}, True),
    ("string", {"minLength": 2, "maxLength": 1}, False),
    ("date", {"minimum": "2025-06-01", "maximum": "2025-06-01"}, True),
    ("date", {"minimum": "2025-06-02", "maximum": "2025-06-01"}, False),
    ("time", {"minimum": "09:00:00", "maximum": "08:59:59"}, False),
    # Bounds are moments, however they are written.
    ("timestamp", {"minimum": "2025-06-01T01:00:00+02:00", "maximum": "2025-06-01T00:00:00Z"}, True),
    ("timestamp", {"minimum": "2025-06-01T00:00:00Z", "maximum": "2025-06-01T01:00:00+02:00"}, False),
    ("timestamp", {"minimum": "2025-06-01T00:00:00Z", "maximum": "2025-06-01T02:00:00+02:00"}, True),
    ("timestamp", {"exclusiveMinimum": "2025-06-01T00:00:00Z", "maximum": "2025-06-01T02:00:00+02:00"}, False),
    ("timestamp", {"minimum": "2025-06-01T00:00:00.5Z", "maximum": "2025-06-01T00:00:00Z"}, False),
    ("timestamp", {"defaultTimezone": "America/New_York", "minimum": "2025-06-01T03:59:59Z",
                   "maximum": "2025-06-01T00:00:00"}, True),
    ("timestamp", {"defaultTimezone": "America/New_York", "minimum": "2025-06-01T04:00:01Z",
                   "maximum": "2025-06-01T00:00:00"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "options", "kept"), BOUNDS)
def test_bounds(kind: str, options: dict[str, Any], kept: bool) -> None:
    prop = {"name": "v", "logicalType": kind, "logicalTypeOptions": options}
    told = [remark.message for remark in dataset(prop).contract.remarks if remark.rule == "bounds-order"]
    assert [message.endswith("nothing keeps both") for message in told] == [True] * (not kept)
