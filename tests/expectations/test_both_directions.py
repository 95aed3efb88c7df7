"""Each type of Great Expectations, there and back: what is said of a check is a check that says the same."""

from __future__ import annotations

from typing import Any

import pytest
from headgate import check, gx
from headgate.checks import Check
from headgate.errors import UnsupportedError
from headgate.expectations import EXPECTATIONS, express
from headgate.gx.exporting import export
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset

PROPERTIES = (
    {"name": "n", "logicalType": "integer"},
    {"name": "m", "logicalType": "integer"},
    {"name": "f", "logicalType": "number"},
    {"name": "t", "logicalType": "string"},
    {"name": "u", "logicalType": "string"},
    {"name": "b", "logicalType": "boolean"},
    {"name": "day", "logicalType": "date"},
    {"name": "at", "logicalType": "timestamp"},
    {"name": "local", "logicalType": "timestamp", "logicalTypeOptions": {"defaultTimezone": "Europe/Berlin"}},
)
NAMES = [str(prop["name"]) for prop in PROPERTIES]


def rule(key: str, kind: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    implementation = {"type": kind, "kwargs": kwargs}
    return {"id": key, "type": "custom", "engine": "greatExpectations", "implementation": implementation}


def check_of(kind: str, kwargs: dict[str, Any]) -> Check:
    things = dataset(*PROPERTIES, quality=[rule("r", kind, kwargs)])
    (found,) = (one for one in things.rules if one.key == "r")
    assert isinstance(found, Check), found
    return found


# --- what expectations are made of ---

Kwargs = st.SearchStrategy[dict[str, Any]]
whole, number, flag = st.integers(-1000, 1000), st.integers(-4000, 4000).map(lambda n: n / 4), st.booleans()
names, texts = st.sampled_from(NAMES), st.text("ab-é'% _", max_size=5)
patterns = st.sampled_from(["^a", "b$", "[0-9]+", "é|x", "a.b"])
likes = st.text("ab%_é", min_size=1, max_size=5)
moments = st.datetimes().map(lambda moment: moment.replace(year=2024).isoformat() + "+00:00")
days = st.dates().map(str)
shares = st.integers(0, 8).map(lambda n: n / 8)


def of(**arguments: st.SearchStrategy[Any]) -> Kwargs:
    return st.fixed_dictionaries(arguments)


def both(*parts: Kwargs) -> Kwargs:
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


def column(*known: str) -> Kwargs:
    return of(column=st.sampled_from(known or NAMES))


def many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=4)


def within(value: st.SearchStrategy[Any], *, strict: bool = True) -> Kwargs:
    ends = {"min_value": value, "max_value": value} | ({"strict_min": flag, "strict_max": flag} if strict else {})
    found = st.fixed_dictionaries({}, optional=ends)
    return found.filter(lambda kwargs: "min_value" in kwargs or "max_value" in kwargs)


def ranges(**value_of: st.SearchStrategy[Any]) -> Kwargs:
    return st.one_of(*(both(column(name), within(value)) for name, value in value_of.items()))


mostly = st.fixed_dictionaries({}, optional={"mostly": shares})
value_set = st.one_of(
    both(column("n", "f"), of(value_set=many(whole))),
    both(column("f"), of(value_set=many(number))),
    both(column("t"), of(value_set=many(texts))),
    both(column("b"), of(value_set=many(flag))),
)
pair = st.fixed_dictionaries(
    {"column_A": st.just("n"), "column_B": st.just("m")},
    optional={
        "ignore_row_if": st.sampled_from(["both_values_are_missing", "either_value_is_missing", "neither"]),
        "mostly": shares,
    },
)
record = st.fixed_dictionaries(
    {"column_list": st.lists(st.sampled_from(["n", "m", "f"]), min_size=2, unique=True)},
    optional={
        "ignore_row_if": st.sampled_from(["all_values_are_missing", "any_value_is_missing", "never"]),
        "mostly": shares,
    },
)
ordered = both(column("n", "at"), st.fixed_dictionaries({}, optional={"strictly": flag}), mostly)
match_on = st.fixed_dictionaries({}, optional={"match_on": st.sampled_from(["any", "all"])})
numbers = ranges(n=whole, f=number)
text = column("t", "u")

SAID: dict[str, Kwargs] = {
    "expect_column_distinct_values_to_be_in_set": value_set,
    "expect_column_distinct_values_to_contain_set": value_set,
    "expect_column_distinct_values_to_equal_set": value_set,
    "expect_column_max_to_be_between": ranges(n=whole, f=number, day=days, at=moments),
    "expect_column_mean_to_be_between": numbers,
    "expect_column_median_to_be_between": numbers,
    "expect_column_min_to_be_between": ranges(n=whole, f=number, day=days, at=moments),
    "expect_column_most_common_value_to_be_in_set": both(value_set, of(ties_okay=flag)),
    "expect_column_pair_values_a_to_be_greater_than_b": both(pair, of(or_equal=flag)),
    "expect_column_pair_values_to_be_equal": pair,
    "expect_column_pair_values_to_be_in_set": both(
        pair, of(value_pairs_set=st.lists(st.lists(st.none() | whole, min_size=2, max_size=2), max_size=3))
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": both(column(), within(shares)),
    "expect_column_proportion_of_unique_values_to_be_between": both(column(), within(shares)),
    "expect_column_stdev_to_be_between": numbers,
    "expect_column_sum_to_be_between": numbers,
    "expect_column_to_exist": st.fixed_dictionaries({"column": names}, optional={"column_index": st.integers(1, 9)}),
    "expect_column_unique_value_count_to_be_between": both(column(), within(whole)),
    "expect_column_value_lengths_to_be_between": both(text, within(st.integers(0, 99)), mostly),
    "expect_column_value_z_scores_to_be_less_than": both(
        column("n", "f"), of(threshold=number, double_sided=flag), mostly
    ),
    "expect_column_values_to_be_between": both(ranges(n=whole, f=number, at=moments), mostly),
    "expect_column_values_to_be_dateutil_parseable": both(text, mostly),
    "expect_column_values_to_be_decreasing": ordered,
    "expect_column_values_to_be_in_set": both(value_set, mostly),
    "expect_column_values_to_be_increasing": ordered,
    "expect_column_values_to_be_json_parseable": both(text, mostly),
    "expect_column_values_to_be_null": both(column(), mostly),
    "expect_column_values_to_be_unique": both(column(), mostly),
    "expect_column_values_to_match_json_schema": both(
        text, of(json_schema=st.fixed_dictionaries({"type": st.just("number")}, optional={"maximum": number})), mostly
    ),
    "expect_column_values_to_match_like_pattern": both(text, of(like_pattern=likes), mostly),
    "expect_column_values_to_match_like_pattern_list": both(text, of(like_pattern_list=many(likes)), match_on, mostly),
    "expect_column_values_to_match_regex": both(text, of(regex=patterns), mostly),
    "expect_column_values_to_match_regex_list": both(text, of(regex_list=many(patterns)), match_on, mostly),
    "expect_column_values_to_match_strftime_format": both(
        text, of(strftime_format=st.sampled_from(["%Y-%m-%d", "%d.%m.%y", "%H:%M"])), mostly
    ),
    "expect_column_values_to_not_be_in_set": both(value_set, mostly),
    "expect_column_values_to_not_be_null": both(column(), mostly),
    "expect_column_values_to_not_be_outliers": both(
        column("n", "f"), of(method=st.sampled_from(["iqr", "std"]), multiplier=number.map(abs)), mostly
    ),
    "expect_column_values_to_not_match_like_pattern": both(text, of(like_pattern=likes), mostly),
    "expect_column_values_to_not_match_like_pattern_list": both(text, of(like_pattern_list=many(likes)), mostly),
    "expect_column_values_to_not_match_regex": both(text, of(regex=patterns), mostly),
    "expect_column_values_to_not_match_regex_list": both(text, of(regex_list=many(patterns)), mostly),
    "expect_compound_columns_to_be_unique": record,
    "expect_multicolumn_sum_to_equal": both(record, of(sum_total=number)),
    "expect_multicolumn_values_to_be_equal": record,
    "expect_select_column_values_to_be_unique_within_record": record,
    "expect_table_column_count_to_be_between": within(whole, strict=False),
    "expect_table_column_count_to_equal": of(value=whole),
    "expect_table_columns_to_match_ordered_list": of(column_list=many(names)),
    "expect_table_columns_to_match_set": of(column_set=many(names), exact_match=flag),
    "expect_table_row_count_to_be_between": within(whole),
    "expect_table_row_count_to_equal": of(value=whole),
}

# type, kwargs, why the check is not said by GX
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("expect_column_quantile_values_to_be_between", {"column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]}}, "GX takes the nearest value"),
    ("expect_column_type_to_be", {"column": "n", "type_": "INTEGER"}, "GX names the types of pandas"),
    ("expect_column_values_to_be_of_type", {"column": "n", "type_": "INTEGER"}, "GX names the types of pandas"),
    ("expect_column_values_to_be_in_type_list", {"column": "n", "type_list": ["INTEGER"]}, "GX names the types of pandas"),
    ("expect_table_row_count_to_equal_other_table", {"other_table_name": "things"}, "GX knows tables by their names"),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "SELECT * FROM {batch}"}, "no expectation for a check of type sql"),
    ("expect_column_values_to_be_null", {"column": "n", "row_condition": 'col("m").notNull()', "condition_parser": "great_expectations"}, "a row filter"),
    ("expect_column_to_exist", {"column": "n", "column_index": 0}, "the position 0 for none"),
    ("expect_column_max_to_be_between", {"column": "local", "max_value": "2024-01-01T00:00:00"}, "as those of Europe/Berlin"),
    ("expect_column_pair_values_to_be_equal", {"column_A": "local", "column_B": "local2"}, "as those of Europe/Berlin"),
    ("expect_column_max_to_be_between", {"column": "n", "max_value": 2**53 + 1}, "to a float"),
    ("expect_column_unique_value_count_to_be_between", {"column": "n", "max_value": 1.5}, "not a whole number"),
    ("expect_column_value_lengths_to_be_between", {"column": "t", "max_value": 1.5}, "a length that is not a whole number"),
    ("expect_column_distinct_values_to_contain_set", {"column": "n", "value_set": [1, "x"]}, "none of the column's type"),
    ("expect_column_distinct_values_to_be_in_set", {"column": "day", "value_set": ["2024-01-01"]}, "does not match dates"),
    ("expect_column_values_to_match_like_pattern", {"column": "t", "like_pattern": "a\\%"}, "no escape in LIKE"),
    ("expect_column_values_to_not_match_regex", {"column": "t", "regex": "\\p{Lu}"}, "none of Python's"),
    ("expect_table_column_count_to_be_between", {"min_value": 3, "strict_min": True}, "GX cannot say that the number of columns is > 3"),
]  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_a_check_is_said_as_it_was_read(kind: str) -> None:
    @settings(max_examples=15, deadline=None)
    @given(SAID[kind])
    def there_and_back(kwargs: dict[str, Any]) -> None:
        first = check_of(kind, kwargs)
        said, arguments, _ = express(first)
        again = check_of(said, arguments)
        assert (again.type, again.columns, again.digest) == (first.type, first.columns, first.digest), arguments

    there_and_back()


@pytest.mark.parametrize(("kind", "kwargs", "why"), REFUSED)
def test_what_gx_would_read_otherwise_is_refused(kind: str, kwargs: dict[str, Any], why: str) -> None:
    local = {**PROPERTIES[-1], "name": "local2"}
    things = dataset(*PROPERTIES, local, quality=[rule("r", kind, kwargs)])
    (found,) = (one for one in things.checks if one.key.startswith("r"))
    with pytest.raises(UnsupportedError) as error:
        express(found)
    assert why in str(error.value)


def test_every_type_with_a_way_back_is_here() -> None:
    assert {kind for kind, one in EXPECTATIONS.items() if one.from_check} == set(SAID)
    assert {kind for kind, one in EXPECTATIONS.items() if one.why_not} <= {kind for kind, _, _ in REFUSED}
    assert all(bool(one.from_check or one.why_not) == bool(one.says) for one in EXPECTATIONS.values())


# type, kwargs
ANSWERED: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_be_null", {"column": "n", "mostly": 0.2}),
    ("expect_column_values_to_be_null", {"column": "n", "mostly": 0.3}),
    ("expect_column_values_to_not_match_regex", {"column": "t", "regex": "z"}),
    ("expect_column_values_to_not_match_regex_list", {"column": "t", "regex_list": ["z", "^a"]}),
    ("expect_column_values_to_match_regex_list", {"column": "t", "regex_list": ["a", "b"], "match_on": "all"}),
    ("expect_column_values_to_match_regex_list", {"column": "t", "regex_list": ["a", "b", "2"]}),
    ("expect_column_values_to_match_strftime_format", {"column": "t", "strftime_format": "%Y", "mostly": 0.25}),
    ("expect_column_values_to_be_dateutil_parseable", {"column": "t"}),
    ("expect_column_values_to_be_json_parseable", {"column": "t", "mostly": 0.25}),
    ("expect_column_values_to_match_json_schema", {"column": "j", "json_schema": {"type": "number", "maximum": 2.5}}),
    ("expect_column_values_to_match_json_schema", {"column": "j", "json_schema": {"type": "number"}}),
    ("expect_column_values_to_be_increasing", {"column": "n"}),
    ("expect_column_values_to_be_increasing", {"column": "n", "strictly": True}),
    ("expect_column_values_to_be_decreasing", {"column": "f", "mostly": 0.5}),
    ("expect_column_value_z_scores_to_be_less_than", {"column": "f", "threshold": 1.4, "double_sided": True}),
    ("expect_column_value_z_scores_to_be_less_than", {"column": "f", "threshold": 1.6, "double_sided": False}),
    ("expect_column_values_to_not_be_outliers", {"column": "f", "method": "iqr", "multiplier": 1.5}),
    ("expect_column_values_to_not_be_outliers", {"column": "f", "method": "std", "multiplier": 2}),
    ("expect_column_max_to_be_between", {"column": "f", "max_value": 100, "strict_max": True}),
    ("expect_column_max_to_be_between", {"column": "day", "max_value": "2024-03-01"}),
    ("expect_column_max_to_be_between", {"column": "day", "max_value": "2024-03-01", "strict_max": True}),
    ("expect_column_min_to_be_between", {"column": "at", "min_value": "2024-01-01T00:00:00+00:00"}),
    ("expect_column_min_to_be_between", {"column": "at", "min_value": "2024-01-01T00:00:01+00:00"}),
    ("expect_column_mean_to_be_between", {"column": "n", "min_value": 2, "max_value": 2.5}),
    ("expect_column_median_to_be_between", {"column": "n", "min_value": 2, "strict_min": True}),
    ("expect_column_stdev_to_be_between", {"column": "f", "max_value": 10}),
    ("expect_column_sum_to_be_between", {"column": "n", "min_value": 7, "max_value": 7}),
    ("expect_column_unique_value_count_to_be_between", {"column": "n", "max_value": 2}),
    ("expect_column_unique_value_count_to_be_between", {"column": "n", "max_value": 2, "strict_max": True}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "n", "min_value": 0.75}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "n", "min_value": 0.75}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "n", "value_set": [2, 3, 4]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "n", "value_set": [2, 3, 4]}),
    ("expect_column_distinct_values_to_equal_set", {"column": "b", "value_set": [True, False]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "n", "value_set": [2]}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "t", "value_set": ["a"], "ties_okay": True}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "t", "value_set": ["a"], "ties_okay": False}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "m"}),
    ("expect_column_pair_values_to_be_equal", {"column_A": "n", "column_B": "m", "ignore_row_if": "either_value_is_missing"}),
    ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "n", "column_B": "m", "or_equal": True, "mostly": 0.75}),
    ("expect_column_pair_values_to_be_in_set", {"column_A": "n", "column_B": "m", "value_pairs_set": [[2, 2], [3, 3], [None, 4]]}),
    ("expect_multicolumn_sum_to_equal", {"column_list": ["n", "m"], "sum_total": 4, "ignore_row_if": "any_value_is_missing"}),
    ("expect_multicolumn_values_to_be_equal", {"column_list": ["n", "m"], "mostly": 0.75}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"], "mostly": 0.25}),
    ("expect_select_column_values_to_be_unique_within_record", {"column_list": ["n", "m"]}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "m"], "exact_match": False}),
    ("expect_table_columns_to_match_set", {"column_set": ["n", "m"], "exact_match": True}),
    ("expect_table_columns_to_match_ordered_list", {"column_list": ["n", "m"]}),
    ("expect_table_column_count_to_equal", {"value": 8}),
    ("expect_table_column_count_to_be_between", {"min_value": 9}),
    ("expect_table_row_count_to_be_between", {"min_value": 4, "max_value": 5, "strict_min": True}),
    ("expect_column_to_exist", {"column": "m", "column_index": 1}),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_gx_and_headgate_give_what_is_exported_the_same_verdict() -> None:
    from datetime import date

    import pandas as pd

    from tests.support.gx_oracle import Oracle

    frame = pd.DataFrame(
        {
            "n": [2, 2, None, 3],
            "m": [2, 2, 4, 3],
            "f": [1.0, 2.0, 3.0, 100.0],
            "t": ["a", "ab", None, "2024"],
            "j": ["1", "2.5", None, "3"],
            "b": [True, False, True, True],
            "day": [date(2024, 3, 1), None, date(2024, 2, 29), date(2023, 1, 1)],
            "at": pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-03-01"], utc=True),
        }
    )
    properties = [
        *(prop for prop in PROPERTIES if prop["name"] in frame.columns),
        {"name": "j", "logicalType": "string"},
    ]
    rules = [rule(str(i), kind, kwargs) for i, (kind, kwargs) in enumerate(ANSWERED)]
    things = dataset(*properties, quality=rules)
    ours = {result.key: result.status == "passed" for result in check(things, frame).results}
    suite = export(things).suite
    said = [one for one in suite["expectations"] if one["meta"]["headgate"]["rule"].isdigit()]
    assert [one["type"] for one in said] == [kind for kind, _ in ANSWERED]
    oracle = Oracle(frame)
    for one in said:
        key = one["meta"]["headgate"]["rule"]
        (answer,) = oracle.answer({"name": "s", "expectations": [one]})["results"]  # type: ignore[index]
        assert "exception_traceback': 'T" not in str(answer["exception_info"]), one
        assert answer["success"] is ours[key], one
        (told,) = gx.check({"name": "s", "expectations": [one]}, frame).results
        assert (told.status == "passed") is ours[key], one
    assert {True, False} == set(ours.values())


# the metric invalidValues says what two expectations say
VALID: list[tuple[dict[str, Any], tuple[str, dict[str, Any]] | str]] = [
    ({"validValues": ["a", "b"]}, ("expect_column_values_to_be_in_set", {"column": "t", "value_set": ["a", "b"]})),
    ({"pattern": "^a"}, ("expect_column_values_to_match_regex", {"column": "t", "regex": "^a"})),
    ({"validValues": ["a"], "pattern": "^a"}, "GX says values and a pattern in two expectations"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), VALID)
def test_invalid_values(arguments: dict[str, Any], said: tuple[str, dict[str, Any]] | str) -> None:
    metric = {"id": "r", "metric": "invalidValues", "mustBe": 0, "arguments": arguments}
    things = dataset({"name": "t", "logicalType": "string", "quality": [metric]})
    (found,) = (one for one in things.checks if one.key == "t.r")
    if isinstance(said, str):
        with pytest.raises(UnsupportedError, match=said):
            express(found)
    else:
        assert express(found)[:2] == said


def test_an_expectation_that_gx_is_asked_is_said_as_it_is() -> None:
    kind, partition = "expect_column_kl_divergence_to_be_less_than", {"values": [1], "weights": [1]}
    kwargs = {"column": "n", "partition_object": partition, "threshold": 1}
    assert express(check_of(kind, kwargs)) == (kind, kwargs, "")
