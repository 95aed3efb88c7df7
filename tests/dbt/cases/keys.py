"""Keys, foreign keys, and columns compared within a row."""

from __future__ import annotations

from tests.dbt.cases.case import A, Case, expectation, text

CASES = [
    Case(
        "one_key", A, "('x'), ('x'), ('x'), ('y'), (NULL), (NULL)", {"a": text(unique=True)}, {"a.unique": (3, False)}
    ),
    Case(
        "two_keys",
        {"a": "TEXT", "b": "INTEGER"},
        "('x', 1), ('x', 1), ('x', 2), (NULL, 1), (NULL, 1)",
        {"a": text(primaryKey=True, primaryKeyPosition=1), "b": {"primaryKey": True, "primaryKeyPosition": 2}},
        {"primaryKey": (2, False), "a.primaryKey": (2, False), "b.primaryKey": (0, True)},
    ),
    Case(
        "keys",
        {"id": "INTEGER", "parent": "INTEGER", "a": "TEXT", "b": "BIGINT"},
        "(1, NULL, 'x', 1), (2, 1, 'x', 2), (3, 9, NULL, 7)",
        {
            "id": {"logicalType": "integer"},
            "parent": {"logicalType": "integer", "relationships": [{"to": "keys.id"}]},
            "a": text(relationships=[{"to": "two_keys.a"}]),
            "b": {"logicalType": "integer"},
        },
        {"parent.foreignKey": (1, False), "a.foreignKey": (0, True), "both": (0, True)},
        {"relationships": [{"id": "both", "from": ["keys.a", "keys.b"], "to": ["two_keys.a", "two_keys.b"]}]},
    ),
    Case(
        "records",
        {"a": "INTEGER", "b": "INTEGER", "c": "INTEGER"},
        "(1, 1, 1), (1, 2, 3), (3, 2, 1), (NULL, 1, 1), (NULL, NULL, NULL), (NULL, NULL, NULL), (1, 2, 3)",
        {name: {"logicalType": "integer"} for name in "abc"},
        {
            "equal": (4, False),
            "equal_any": (3, False),
            "equal_never": (6, False),
            "greater": (4, False),
            "not_below": (3, False),
            "sum": (2, False),
            "sum_any": (1, False),
            "key": (2, False),
            "key_never": (4, False),
            "key_any": (2, False),
        },
        {
            "quality": [
                expectation("column_pair_values_to_be_equal", "equal", column_A="a", column_B="b"),
                *(
                    expectation("column_pair_values_to_be_equal", key, column_A="a", column_B="b", ignore_row_if=rule)
                    for key, rule in (("equal_any", "either_value_is_missing"), ("equal_never", "neither"))
                ),
                expectation("column_pair_values_a_to_be_greater_than_b", "greater", column_A="a", column_B="b"),
                expectation(
                    "column_pair_values_a_to_be_greater_than_b", "not_below", column_A="a", column_B="b", or_equal=True
                ),
                expectation("multicolumn_sum_to_equal", "sum", column_list=["a", "b", "c"], sum_total=6),
                expectation(
                    "multicolumn_sum_to_equal",
                    "sum_any",
                    column_list=["a", "b", "c"],
                    sum_total=6,
                    ignore_row_if="any_value_is_missing",
                ),
                expectation("compound_columns_to_be_unique", "key", column_list=["a", "b", "c"]),
                *(
                    expectation("compound_columns_to_be_unique", key, column_list=["a", "b", "c"], ignore_row_if=rule)
                    for key, rule in (("key_never", "never"), ("key_any", "any_value_is_missing"))
                ),
            ]
        },
    ),
]
