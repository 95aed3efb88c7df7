"""Cases of expectations about the table, its columns and their types, and of queries."""

from __future__ import annotations

from ..kit import SAME, Case, each, fails, passes, skips
from ..tables import MIXED

_T = "expect_table_"
NAMES = list(MIXED)
_FILES = "a physical type is a promise about the table"
_NOT_FILES = {"parquet": skips(_FILES), "frame": skips(_FILES)}
_TYPES = "differs because GX names pandas' types; here it is the platform's own"
_NO_SQL = "cannot be asked: GX's pandas engine has no SQL"


def _query(text: str) -> dict[str, str]:
    return {"unexpected_rows_query": text}


CASES = [
    *each("expect_column_to_exist", {"column": "n"}, *[passes()] * 3),
    *each("expect_column_to_exist", {"column": "m", "column_index": 1}, *[passes()] * 3),
    *each("expect_column_to_exist", {"column": "m", "column_index": 2}, *[fails("it is column 1, counted from 0")] * 3),
    *each(_T + "row_count_to_equal", {"value": 8}, passes("8"), fails("0"), fails("3")),
    *each(_T + "row_count_to_be_between", {"min_value": 3, "max_value": 8}, passes("8"), fails("0"), passes("3")),
    *each(_T + "row_count_to_be_between", {"min_value": 3, "max_value": 8, "strict_min": True}, passes("8"), fails("0"), fails("3")),
    *each(_T + "row_count_to_be_between", {"min_value": 3, "max_value": 8, "strict_max": True}, fails("8"), fails("0"), passes("3")),
    *each(_T + "row_count_to_equal_other_table", {"other_table_name": "other"}, fails("5"), fails("-3"), passes("0"), _NO_SQL),
    *each(_T + "row_count_to_equal_other_table", {"other_table_name": "gone"}, *[skips("not a dataset of this contract")] * 3, _NO_SQL),
    *each(_T + "column_count_to_equal", {"value": len(NAMES)}, *[passes()] * 3),
    *each(_T + "column_count_to_be_between", {"max_value": len(NAMES) - 1}, *[fails(f"{len(NAMES)} columns")] * 3),
    *each(_T + "columns_to_match_set", {"column_set": NAMES[::-1]}, *[passes()] * 3),
    *each(_T + "columns_to_match_set", {"column_set": [*NAMES[1:], "x"]}, *[fails("without 'x' and with 'n'")] * 3),
    *each(_T + "columns_to_match_set", {"column_set": NAMES[1:], "exact_match": False}, *[passes()] * 3),
    *each(_T + "columns_to_match_ordered_list", {"column_list": NAMES}, *[passes()] * 3),
    *each(_T + "columns_to_match_ordered_list", {"column_list": NAMES[::-1]}, *[fails("the columns are")] * 3),
    *each("expect_column_values_to_be_of_type", {"column": "n", "type_": "INTEGER"}, *[passes()] * 3, _TYPES, _NOT_FILES),
    *each("expect_column_values_to_be_of_type", {"column": "n", "type_": "BIGINT"}, *[fails("is INTEGER")] * 3, SAME, {**_NOT_FILES, "postgres": fails("is integer")}),
    *each("expect_column_values_to_be_of_type", {"column": "d", "type_": "DECIMAL"}, *[passes()] * 3, _TYPES, _NOT_FILES),
    *each("expect_column_values_to_be_of_type", {"column": "d", "type_": "DECIMAL(9,3)"}, *[fails("is DECIMAL(9,2)")] * 3, _TYPES, {**_NOT_FILES, "postgres": fails("is numeric(9,2)")}),
    *each("expect_column_values_to_be_in_type_list", {"column": "t", "type_list": ["INTEGER", "VARCHAR"]}, *[passes()] * 3, _TYPES, _NOT_FILES),
    *each("expect_column_type_to_be", {"column": "t", "type_": "VARCHAR"}, *[passes()] * 3, _TYPES, _NOT_FILES),
    *each("unexpected_rows_expectation", _query("SELECT * FROM {batch} WHERE n > 2"), fails("3"), passes("0"), passes("0"), _NO_SQL),
    *each("unexpected_rows_expectation", _query("SELECT n FROM {batch} GROUP BY n HAVING count(*) > 1"), fails("1"), passes("0"), fails("1"), _NO_SQL),
    *each("unexpected_rows_expectation", _query("DROP TABLE things"), *[skips("the query is refused")] * 3, _NO_SQL),
    *each("expect_query_results_to_match_comparison", {"base_query": "SELECT n FROM things WHERE n IN (1, 3)", "comparison_data_source_name": "here", "comparison_query": "SELECT n FROM other"}, fails("1"), fails("3"), fails("3"), _NO_SQL),
    *each("expect_query_results_to_match_comparison", {"base_query": "SELECT n FROM things WHERE n IN (1, 3)", "comparison_data_source_name": "here", "comparison_query": "SELECT n FROM other", "mostly": 0.6}, passes(), fails("0"), fails("0"), _NO_SQL),
    *each("expect_query_results_to_match_comparison", {"base_query": "SELECT n FROM things", "comparison_data_source_name": "elsewhere", "comparison_query": "SELECT n FROM other"}, *[skips("not a server of this contract")] * 3, _NO_SQL),
    *each("expect_column_values_to_be_my_own", {"column": "n"}, *[skips("has no expect_column_values_to_be_my_own")] * 3, "cannot be asked: GX does not know it"),
    Case("untyped", "expect_column_values_to_be_between", {"column": "t", "min_value": "a"}, skips("logicalType, which is not given"), "cannot be asked: GX refuses it"),
    Case("untyped", "expect_column_mean_to_be_between", {"column": "t", "min_value": 0}, skips("t is VARCHAR"), "cannot be asked: GX raises", {"postgres": skips("t is character varying")}),
    Case("untyped", "expect_column_mean_to_be_between", {"column": "n", "min_value": 1.5}, passes("1.5")),
]  # fmt: skip
