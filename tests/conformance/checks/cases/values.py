"""Cases of expectations about the values of one column."""

from __future__ import annotations

from ..kit import SAME, Case, each, fails, passes, skips

_V = "expect_column_values_to_"
NONE = passes(0)
_FLOATS = "differs because GX's bounds are float64; a contract's are exact"
_NO_LIKE = "cannot be asked: GX's pandas engine has no LIKE"
_SCHEMA = "differs because GX raises where a text is no JSON; here such a text is unexpected"
_NOT_ARE = {"postgres": skips("is not matched alike by PostgreSQL")}
_NO_ORDER = {"postgres": skips("have no order")}
NOT_JSON = {"type": "object", "properties": {"a": {"type": "integer"}}}

CASES = [
    *each(_V + "be_null", {"column": "n"}, fails(7), NONE, NONE),
    *each(_V + "be_null", {"column": "n", "mostly": 0.125}, passes(7), NONE, NONE),
    *each(_V + "be_null", {"column": "n", "mostly": 0.126}, fails(7), NONE, NONE),
    *each(_V + "not_be_null", {"column": "n"}, fails(1), NONE, fails(3)),
    *each(_V + "not_be_null", {"column": "n", "mostly": 0.875}, passes(1), NONE, fails(3)),
    *each(_V + "not_be_null", {"column": "n", "mostly": 0.8750001}, fails(1), NONE, fails(3)),
    *each(_V + "not_be_null", {"column": "n", "mostly": 0}, passes(1), NONE, passes(3)),
    *each(_V + "be_unique", {"column": "n"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "n", "mostly": 0.7}, passes(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "big"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "f"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "at"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "d"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "u"}, fails(2), NONE, NONE),
    *each(_V + "be_between", {"column": "n", "min_value": 1, "max_value": 7}, fails(2), NONE, NONE),
    *each(_V + "be_between", {"column": "n", "min_value": 1, "max_value": 7, "strict_min": True}, fails(3), NONE, NONE),
    *each(_V + "be_between", {"column": "n", "min_value": 1, "max_value": 7, "strict_max": True}, fails(3), NONE, NONE),
    *each(_V + "be_between", {"column": "n", "max_value": 7, "mostly": 0.857142857142857}, passes(1), NONE, NONE),
    *each(_V + "be_between", {"column": "f", "min_value": 0}, NONE, NONE, NONE),
    *each(_V + "be_between", {"column": "f", "min_value": 0, "strict_min": True}, fails(2), NONE, NONE),
    *each(_V + "be_between", {"column": "d", "max_value": 19.99}, fails(1), NONE, NONE, mixed=_FLOATS),
    *each(_V + "be_between", {"column": "big", "max_value": 2**53}, fails(1), NONE, NONE),
    *each(_V + "be_between", {"column": "at", "min_value": "2024-01-01T00:00:00+00:00"}, fails(1), NONE, NONE),
    *each(_V + "be_in_set", {"column": "n", "value_set": [1, 2]}, fails(4), NONE, NONE),
    *each(_V + "be_in_set", {"column": "n", "value_set": []}, fails(7), NONE, NONE),
    *each(_V + "be_in_set", {"column": "t", "value_set": ["a", "日本", None]}, fails(5), NONE, NONE),
    *each(_V + "be_in_set", {"column": "b", "value_set": [True]}, fails(2), NONE, NONE),
    *each(_V + "be_in_set", {"column": "big", "value_set": [2**53]}, fails(6), NONE, NONE),
    *each(_V + "be_in_set", {"column": "d", "value_set": [1.1, 2.2]}, fails(4), NONE, NONE, mixed="differs because GX holds no decimal to be a float; here numbers are numbers"),
    *each(_V + "not_be_in_set", {"column": "t", "value_set": ["a", ""]}, fails(2), NONE, NONE),
    *each(_V + "not_be_in_set", {"column": "t", "value_set": ["a", ""], "mostly": 0.7}, passes(2), NONE, NONE),
    *each("expect_column_value_lengths_to_be_between", {"column": "u", "min_value": 1, "max_value": 1}, fails(2), NONE, NONE),
    *each("expect_column_value_lengths_to_be_between", {"column": "u", "min_value": 1, "strict_min": True}, fails(4), NONE, NONE),
    *each("expect_column_value_lengths_to_equal", {"column": "u", "value": 1}, fails(2), NONE, NONE),
    # patterns: RE2
    *each(_V + "match_regex", {"column": "t", "regex": "^[a-z]"}, fails(4), NONE, NONE),
    *each(_V + "not_match_regex", {"column": "t", "regex": "a"}, fails(2), NONE, NONE),
    *each(_V + "not_match_regex", {"column": "t", "regex": "s$"}, NONE, NONE, NONE, mixed="differs because $ is the very end in RE2; Python's also stands before a last newline"),
    *each(_V + "match_regex_list", {"column": "t", "regex_list": ["^a", "^A"]}, fails(4), NONE, NONE),
    *each(_V + "match_regex_list", {"column": "t", "regex_list": ["a", "b"], "match_on": "all"}, fails(6), NONE, NONE),
    *each(_V + "match_regex_list", {"column": "t", "regex_list": ["a", "b"], "match_on": "all", "mostly": 0.1}, passes(6), NONE, NONE),
    *each(_V + "not_match_regex_list", {"column": "t", "regex_list": ["日", "2024"]}, fails(2), NONE, NONE),
    *each(_V + "match_regex", {"column": "t", "regex": "(?=a)"}, *[skips("the regex is not an RE2 pattern")] * 3, "differs because a pattern of a contract is RE2's, without look-around"),
    *each(_V + "not_match_regex", {"column": "n", "regex": "a"}, *[skips("n is not a string")] * 3, "differs because GX matches the number as pandas writes it"),
    *each(_V + "match_regex_list", {"column": "t", "regex_list": ["\\p{Lu}"]}, fails(6), NONE, NONE, "cannot be asked: Python's re has no such classes", _NOT_ARE),
    *each(_V + "not_match_regex", {"column": "t", "regex": "\\p{Lu}"}, fails(1), NONE, NONE, "cannot be asked: Python's re has no such classes", _NOT_ARE),
    *each(_V + "match_like_pattern", {"column": "t", "like_pattern": "a%"}, fails(5), NONE, NONE, _NO_LIKE),
    *each(_V + "match_like_pattern", {"column": "t", "like_pattern": "__"}, fails(6), NONE, NONE, _NO_LIKE),
    *each(_V + "match_like_pattern", {"column": "t", "like_pattern": "a\\%b"}, fails(6), NONE, NONE, _NO_LIKE),
    *each(_V + "match_like_pattern", {"column": "t", "like_pattern": "%\\"}, *[skips("it ends in the middle of an escape")] * 3, _NO_LIKE),
    *each(_V + "match_like_pattern", {"column": "t", "like_pattern": "it's%"}, fails(6), NONE, NONE, _NO_LIKE),
    *each(_V + "match_like_pattern_list", {"column": "t", "like_pattern_list": ["a_b", "A"]}, fails(5), NONE, NONE, _NO_LIKE),
    *each(_V + "match_like_pattern_list", {"column": "t", "like_pattern_list": ["a%", "%b"], "match_on": "all"}, fails(6), NONE, NONE, _NO_LIKE),
    *each(_V + "not_match_like_pattern", {"column": "t", "like_pattern": "%日%"}, fails(1), NONE, NONE, _NO_LIKE),
    *each(_V + "not_match_like_pattern_list", {"column": "t", "like_pattern_list": ["a%", "A"]}, fails(3), NONE, NONE, _NO_LIKE),
    # texts that Python reads
    *each(_V + "be_dateutil_parseable", {"column": "t"}, fails(6), NONE, NONE),
    *each(_V + "be_dateutil_parseable", {"column": "t", "mostly": 0.14}, passes(6), NONE, NONE),
    *each(_V + "match_strftime_format", {"column": "t", "strftime_format": "%Y-%m-%d"}, fails(6), NONE, NONE),
    *each(_V + "be_json_parseable", {"column": "j"}, fails(2), NONE, NONE),
    *each(_V + "match_json_schema", {"column": "j", "json_schema": NOT_JSON}, fails(6), NONE, NONE, mixed=_SCHEMA),
    *each(_V + "match_json_schema", {"column": "j", "json_schema": {"pattern": "a"}}, *[skips("a pattern")] * 3, "differs because a pattern of Python may take for ever"),
    *each(_V + "match_json_schema", {"column": "j", "json_schema": {"$ref": "https://example.com/s"}}, *[skips("nothing is fetched")] * 3, "differs because GX would fetch it"),
    *each(_V + "match_json_schema", {"column": "j", "json_schema": {"$ref": "#"}}, *[skips("a reference")] * 3, "differs because a reference of a contract may go round for ever"),
    *each(_V + "match_json_schema", {"column": "j", "json_schema": {"type": "nonsense"}}, *[skips("it is not a JSON schema")] * 3, "differs because GX raises at the first value"),
    *each(_V + "match_strftime_format", {"column": "n", "strftime_format": "%Y"}, *[skips("n is not a string")] * 3, "differs because a number is no text, which GX finds out at the first value"),
    # how far from the others
    *each("expect_column_value_z_scores_to_be_less_than", {"column": "n", "threshold": 1.5, "double_sided": True}, fails(2), NONE, NONE),
    *each("expect_column_value_z_scores_to_be_less_than", {"column": "n", "threshold": 1.5, "double_sided": False}, fails(1), NONE, NONE),
    *each("expect_column_value_z_scores_to_be_less_than", {"column": "n", "threshold": 1.6, "double_sided": True}, NONE, NONE, NONE),
    Case("spread", "expect_column_value_z_scores_to_be_less_than", {"column": "same", "threshold": 0, "double_sided": True}, NONE),
    *each(_V + "not_be_outliers", {"column": "n"}, fails(1), NONE, NONE),
    Case("spread", _V + "not_be_outliers", {"column": "v"}, fails(1)),
    Case("spread", _V + "not_be_outliers", {"column": "v", "mostly": 0.8}, passes(1)),
    Case("spread", _V + "not_be_outliers", {"column": "v", "method": "iqr", "multiplier": 48}, NONE),
    Case("spread", _V + "not_be_outliers", {"column": "v", "method": "iqr", "multiplier": 0}, fails(2)),
    Case("spread", _V + "not_be_outliers", {"column": "v", "method": "std", "multiplier": 1.5}, fails(1)),
    Case("spread", _V + "not_be_outliers", {"column": "v", "method": "std", "multiplier": 2}, NONE),
    Case("spread", _V + "not_be_outliers", {"column": "same", "method": "std", "multiplier": 0}, NONE),
    Case("spread", _V + "not_be_outliers", {"column": "same", "method": "iqr", "multiplier": 0}, NONE),
    # order
    Case("ordered", _V + "be_increasing", {"column": "up"}, NONE, SAME, _NO_ORDER),
    Case("ordered", _V + "be_increasing", {"column": "up", "strictly": True}, fails(1), SAME, _NO_ORDER),
    Case("ordered", _V + "be_increasing", {"column": "up", "strictly": True, "mostly": 0.75}, passes(1), SAME, _NO_ORDER),
    Case("ordered", _V + "be_increasing", {"column": "when"}, fails(1), SAME, _NO_ORDER),
    Case("ordered", _V + "be_decreasing", {"column": "down"}, fails(1), SAME, _NO_ORDER),
    Case("ordered", _V + "be_decreasing", {"column": "down", "strictly": True}, fails(2), SAME, _NO_ORDER),
    Case("ordered", _V + "be_increasing", {"column": "word"}, skips("word is VARCHAR"), "differs because GX subtracts and raises on texts", _NO_ORDER),
    *each(_V + "be_increasing", {"column": "n"}, fails(1), NONE, NONE, SAME, _NO_ORDER),
    # mostly is decided exactly
    Case("thirds", _V + "be_in_set", {"column": "v", "value_set": ["a"], "mostly": 0.6666666666666666}, passes(1)),
    Case("thirds", _V + "be_in_set", {"column": "v", "value_set": ["a"], "mostly": 0.6666666666666667}, fails(1)),
    Case("thirds", _V + "be_in_set", {"column": "w", "value_set": ["a"], "mostly": 0.5}, passes(1)),
    Case("thirds", _V + "be_in_set", {"column": "w", "value_set": ["a"], "mostly": 0.51}, fails(1)),
    Case("thirds", _V + "be_in_set", {"column": "w", "value_set": ["a"], "mostly": 1.5}, skips("mostly is not within 0 and 1"), "cannot be asked: GX refuses it"),
    # NaN is a value above every number, and no NULL; a frame of pandas has it for NULL
    Case("nan", _V + "be_between", {"column": "f", "max_value": 10}, fails(1), "differs because pandas means NULL by NaN"),
    Case("nan", _V + "not_be_null", {"column": "f"}, fails(1), "differs because pandas means NULL by NaN"),
    Case("nan", _V + "be_between", {"column": "g", "max_value": 10}, fails(1)),
    # arguments
    *each(_V + "be_unique", {"column": "n", "result_format": "SUMMARY"}, fails(2), NONE, NONE),
    *each(_V + "be_unique", {"column": "gone"}, *[skips("'gone' is not a property")] * 3, "cannot be asked: GX raises"),
    *each(_V + "be_between", {"column": "t", "min_value": "a"}, *[skips("texts have another order")] * 3, "cannot be asked: GX refuses it"),
    *each(_V + "be_between", {"column": "n"}, *[skips("neither min_value nor max_value")] * 3, "cannot be asked: GX refuses it"),
]  # fmt: skip
