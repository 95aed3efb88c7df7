"""Names of expectations: those of older versions of Great Expectations, and those that it has no more."""

from __future__ import annotations

import sys
from typing import Any

# What GX calls otherwise today, with the same meaning.
RENAMED = {
    "expect_multicolumn_values_to_be_unique": "expect_select_column_values_to_be_unique_within_record",
}
# What it runs and headgate has no check type for.
RUN_BY_GX = frozenset({"expect_column_kl_divergence_to_be_less_than"})
_DROPPED = frozenset({
    "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than",
    "expect_column_chisquare_test_p_value_to_be_greater_than",
    "expect_column_pair_cramers_phi_value_to_be_less_than",
    "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
    "expect_file_hash_to_equal",
    "expect_file_line_regex_match_count_to_be_between",
    "expect_file_line_regex_match_count_to_equal",
    "expect_file_size_to_be_between",
    "expect_file_to_be_valid_json",
    "expect_file_to_be_valid_table_header",
    "expect_file_to_exist",
})  # fmt: skip


def why_unknown(kind: str) -> str | None:
    """Return why Great Expectations cannot be asked for an expectation; None if it can.

    A class of one's own is known once it is imported.
    """
    if kind in RUN_BY_GX or kind in _own():
        return None
    if kind in _DROPPED:
        return f"Great Expectations 1 has {kind} no more"
    return f"Great Expectations has no {kind}; a class of one's own is run where it was imported before"


def _own() -> Any:
    """Return the names of the classes that are registered; none unless GX is imported already."""
    registry = sys.modules.get("great_expectations.expectations.registry")
    return getattr(registry, "_registered_expectations", ())
