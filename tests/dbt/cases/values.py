"""Numbers, dates and times: lists and ranges."""

from __future__ import annotations

from tests.dbt.cases.case import Case, bounds, enum, quality

CASES = [
    Case(
        "other_values",
        {"i": "INTEGER", "d": "NUMERIC(12, 2)", "b": "BOOLEAN", "t": "DATE", "u": "NUMERIC(12, 2)"},
        "(1, 0.10, TRUE, DATE '2024-02-29', 0.10), (2, 0.11, FALSE, DATE '2024-03-01', 0.11)",
        {
            "i": enum("integer", 1, 3),
            "d": enum("number", 0.1, 7),
            "b": enum("boolean", True),
            "t": enum("date", "2024-02-29"),
            "u": {"quality": [quality("invalidValues", "mustBe", 0, validValues=[0.1])]},
        },
        {
            "i.enum": (1, False),
            "d.enum": (1, False),
            "b.enum": (1, False),
            "t.enum": (1, False),
            "u.mustBe_0": (1, False),
        },
    ),
    Case(
        "ranges",
        {"i": "BIGINT", "j": "INTEGER", "d": "NUMERIC(12, 2)", "f": "DOUBLE PRECISION", "t": "DATE", "c": "TIME"},
        "(1, 1, 19.99, 0.1, DATE '2024-03-01', TIME '08:00'), "
        "(9223372036854775807, 5, 20.00, 'NaN', DATE '2024-03-02', TIME '18:00'), "
        "(NULL, NULL, NULL, NULL, NULL, NULL)",
        {
            "i": bounds("integer", minimum=1, maximum=9223372036854775806),
            "j": bounds("integer", exclusiveMinimum=1, exclusiveMaximum=5),
            "d": bounds("number", maximum=19.99),
            "f": bounds("number", minimum=0.1, maximum=1),
            "t": bounds("date", exclusiveMinimum="2024-03-01", maximum="2024-03-02"),
            "c": bounds("time", minimum="08:00:00", exclusiveMaximum="18:00:00"),
        },
        {
            "i.minimum": (0, True),
            "i.maximum": (1, False),
            "j.exclusiveMinimum": (1, False),
            "j.exclusiveMaximum": (1, False),
            "d.maximum": (1, False),
            "f.minimum": (0, True),
            "f.maximum": (1, False),
            "t.exclusiveMinimum": (1, False),
            "t.maximum": (0, True),
            "c.minimum": (0, True),
            "c.exclusiveMaximum": (1, False),
        },
    ),
    Case(
        "large",
        {"n": "NUMERIC(38, 0)", "m": "NUMERIC(38, 0)"},
        f"({10**37}, {10**37}), ({10**37 + 1}, {10**37 + 1})",
        {"n": bounds("integer", maximum=10**37), "m": enum("integer", 10**37)},
        {"n.maximum": (1, False), "m.enum": (1, False)},
    ),
    Case(
        "moments",
        {"naive": "TIMESTAMP", "zoned": "TIMESTAMPTZ", "day": "DATE"},
        "(TIMESTAMP '2024-03-01 00:00:00', TIMESTAMPTZ '2024-03-01 00:00:00+00', DATE '2024-03-01'), "
        "(TIMESTAMP '2024-02-29 23:59:59', TIMESTAMPTZ '2024-03-01 00:30:00+01', DATE '2024-02-29')",
        {
            "naive": bounds("timestamp", minimum="2024-03-01T00:00:00Z", timezone=False),
            "zoned": bounds("timestamp", minimum="2024-03-01T01:00:00+01:00", timezone=True),
            "day": bounds("timestamp", minimum="2024-03-01T00:00:00Z", timezone=True),
        },
        {
            "naive.minimum": (1, False),
            "zoned.minimum": (1, False),
            "day.minimum": (1, False),
            "naive.timezone": "passed",
            "zoned.timezone": "passed",
            "day.timezone": "failed",
            "day.logicalType": "failed",
        },
    ),
]
