"""Numbers of rows: compared as rows and as percentages, and of none."""

from __future__ import annotations

from tests.dbt.cases.case import A, Case, expectation, quality, text

CASES = [
    Case("required", A, "('x'), (NULL), ('')", {"a": text(required=True)}, {"a.required": (1, False)}),
    Case(
        "of_rows",
        A,
        "('x'), (NULL), (NULL)",
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBe", 2),
                    quality("nullValues", "mustNotBe", 2),
                    quality("nullValues", "mustBeGreaterThan", 2),
                    quality("nullValues", "mustBeGreaterOrEqualTo", 2),
                    quality("nullValues", "mustBeLessThan", 2),
                    quality("nullValues", "mustBeLessOrEqualTo", 2),
                    quality("nullValues", "mustBeBetween", [0, 2]),
                    quality("nullValues", "mustNotBeBetween", [0, 2]),
                    quality("nullValues", "mustBeLessThan", 2.5),
                ]
            )
        },
        {
            "a.mustBe_2": (2, True),
            "a.mustNotBe_2": (2, False),
            "a.mustBeGreaterThan_2": (2, False),
            "a.mustBeGreaterOrEqualTo_2": (2, True),
            "a.mustBeLessThan_2": (2, False),
            "a.mustBeLessOrEqualTo_2": (2, True),
            "a.mustBeBetween_0_2": (2, True),
            "a.mustNotBeBetween_0_2": (2, False),
            "a.mustBeLessThan_2_5": (2, True),
        },
    ),
    Case(
        "of_percent",
        A,
        "('x'), (NULL), ('y')",
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBeLessThan", 33.333333333333336, "percent"),
                    quality("nullValues", "mustBeLessThan", 33.3333333333333, "percent"),
                    quality("nullValues", "mustBeBetween", [33, 34], "percent"),
                ]
            )
        },
        {
            "a.mustBeLessThan_33_333333333333336": (1, True),
            "a.mustBeLessThan_33_3333333333333": (1, False),
            "a.mustBeBetween_33_34": (1, True),
        },
    ),
    Case(
        "five_percent",
        A,
        ", ".join(["(NULL)", *["('x')"] * 19]),
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBeLessThan", 5, "percent"),
                    quality("nullValues", "mustBeLessOrEqualTo", 5, "percent"),
                ]
            )
        },
        {"a.mustBeLessThan_5": (1, False), "a.mustBeLessOrEqualTo_5": (1, True)},
    ),
    Case(
        "empty",
        A,
        "",
        {"a": text(required=True, quality=[quality("nullValues", "mustBeLessThan", 5, "percent")])},
        {"a.required": (0, True), "a.mustBeLessThan_5": "not_executed"},
    ),
    Case(
        "counted",
        A,
        "('x'), ('y')",
        {"a": text()},
        {"mustBe_2": "passed", "mustBeGreaterThan_2": "failed", "mustBeBetween_1_3": "passed"},
        {
            "quality": [
                quality("rowCount", "mustBe", 2),
                quality("rowCount", "mustBeGreaterThan", 2),
                quality("rowCount", "mustBeBetween", [1, 3]),
            ]
        },
    ),
    Case(
        "numbers_of_values",
        A,
        "('x'), ('x'), ('y'), (NULL)",
        {
            "a": text(
                quality=[
                    expectation("column_values_to_be_null", "null"),
                    expectation("column_unique_value_count_to_be_between", "distinct", min_value=3, max_value=5),
                ]
            )
        },
        {"a.null": (3, False), "a.distinct": "failed", "same": "failed"},
        {"quality": [expectation("table_row_count_to_equal_other_table", "same", other_table_name="two_keys")]},
    ),
]
