"""Suites into contracts, contracts into suites, results into reports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner
from headgate import Contract, gx
from headgate.cli import main
from headgate.errors import CallError
from headgate.gate import check
from headgate.gx.exporting import export
from headgate.gx.importing import import_suite
from headgate.gx.suite import suite_of
from headgate.gx.types import TYPES

from tests.support.contracts import dataset, write

NOT_NULL, UNIQUE = "expect_column_values_to_not_be_null", "expect_column_values_to_be_unique"
BETWEEN, REGEX = "expect_column_values_to_be_between", "expect_column_values_to_match_regex"
COMPOUND, ROWS = "expect_compound_columns_to_be_unique", "expect_table_row_count_to_be_between"
TOGETHER = {"column_list": ["id", "state"], "ignore_row_if": "any_value_is_missing"}

# type, kwargs, what else the suite says, the line of the contract that it becomes
IMPORTS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (NOT_NULL, {"column": "id"}, {}, "        required: true"),
    (UNIQUE, {"column": "id", "mostly": 1}, {}, "        unique: true"),
    (ROWS, {"min_value": 1}, {}, "      - {metric: rowCount, mustBeGreaterOrEqualTo: 1}"),
    (ROWS, {"min_value": 1, "max_value": 9}, {"severity": "info"}, "      - {metric: rowCount, mustBeBetween: [1, 9], severity: info}"),
    (BETWEEN, {"column": "id", "min_value": 1e-7}, {}, "          - {name: values_to_be_between, type: custom, engine: greatExpectations, implementation: {type: expect_column_values_to_be_between, kwargs: {column: id, min_value: 0.0000001}}}"),
    (REGEX, {"column": "id", "regex": 'a"$: #'}, {}, '          - {name: values_to_match_regex, type: custom, engine: greatExpectations, implementation: {type: expect_column_values_to_match_regex, kwargs: {column: id, regex: "a\\"$: #"}}}'),
]  # fmt: skip


def suite(*expectations: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": "shop.orders", "expectations": [{"type": t, "kwargs": k, **more} for t, k in expectations]}


@pytest.mark.parametrize(("kind", "kwargs", "more", "line"), IMPORTS)
def test_an_expectation_becomes_a_promise(kind: str, kwargs: Any, more: Any, line: str, tmp_path: Path) -> None:
    imported = import_suite(suite_of(suite((kind, kwargs), **more)))
    assert line in imported.text.splitlines()
    assert (imported.lost, imported.unexecuted) == ((), ())
    path = tmp_path / "a.odcs.yaml"
    path.write_text(imported.text)
    said = export(Contract.load(path).only()).suite["expectations"]
    severity = "warning" if more else "critical"
    kept = {name: value for name, value in kwargs.items() if name != "mostly"}
    assert (kind, kept, severity) in [(e["type"], e["kwargs"], e["severity"]) for e in said]


def test_a_suite_comes_back_from_its_contract(tmp_path: Path) -> None:
    given = suite(
        (NOT_NULL, {"column": "id"}), (REGEX, {"column": "state", "regex": "^a", "mostly": 0.9}), (COMPOUND, TOGETHER),
        (ROWS, {"max_value": 9}), ("expect_column_mean_to_be_between", {"column": "id", "min_value": 0.5, "max_value": None}),
    )  # fmt: skip
    first = import_suite(suite_of(given))
    path = tmp_path / "a.odcs.yaml"
    path.write_text(first.text)
    back = export(Contract.load(path).only())
    again = import_suite(suite_of(back.suite))
    assert again.text == first.text.replace("shop.orders", "shop-orders.orders").replace(
        "id: shop-orders", "id: shop-orders-orders"
    ).replace('id: "shop-orders"', 'id: "shop-orders-orders"')
    wanted = {(e["type"], json.dumps(e["kwargs"], sort_keys=True)) for e in given["expectations"]}
    found = {(e["type"], json.dumps(e["kwargs"], sort_keys=True)) for e in back.suite["expectations"]}
    assert wanted <= found and {kind for kind, _ in found - wanted} == {"expect_column_to_exist"}


CONDITIONS = [
    {"row_condition": "kind in ['a', 'b'] & n > 1", "condition_parser": "pandas"},
    {"row_condition": 'col("n") > 1', "condition_parser": "great_expectations"},
    {"row_condition": {"type": "comparison", "column": {"name": "n"}, "operator": ">", "parameter": 1}},
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_columns_of_a_row_condition_are_properties(condition: dict[str, Any], tmp_path: Path) -> None:
    imported = import_suite(suite_of(suite((NOT_NULL, {"column": "id", **condition}))))
    assert (imported.lost, imported.unexecuted) == ((), ())
    assert '- name: "n"' in imported.text


def test_one_expectation_of_several_checks_is_exported_once(tmp_path: Path) -> None:
    ranges = {"quantiles": [0.25, 0.75], "value_ranges": [[0, 1], [2, None]]}
    given = suite(("expect_column_quantile_values_to_be_between", {"column": "n", "quantile_ranges": ranges}))
    path = tmp_path / "a.odcs.yaml"
    path.write_text(import_suite(suite_of(given)).text)
    dataset = Contract.load(path).only()
    assert [check.key for check in dataset.checks if check.type == "quantile"] == [
        "n.quantile_values_to_be_between[0.25]",
        "n.quantile_values_to_be_between[0.75]",
    ]
    assert [e["kwargs"] for e in export(dataset).suite["expectations"]][1:] == [given["expectations"][0]["kwargs"]]


def test_what_is_exported_fails_where_the_contract_does() -> None:
    import pandas as pd

    things = dataset(
        {"name": "id", "logicalType": "string", "required": True, "unique": True, "logicalTypeOptions": {"pattern": "^[a-z]+$", "maxLength": 3}},
        {"name": "n", "logicalType": "number", "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": 10}},
        quality=[{"metric": "rowCount", "mustBeGreaterThan": 3}],
    )  # fmt: skip
    frame = pd.DataFrame({"id": ["a", "a", None, "ABCD", "b"], "n": [-1.0, 10.0, 9.5, None, 3.0]})
    exported = export(things)
    ours = {r.key: r.unexpected for r in check(things, frame).results}
    theirs = gx.check(exported.suite, frame)
    for answer in theirs.answers[1]:
        rule = answer.expectation.meta["headgate"]["rule"]
        assert answer.result.get("unexpected_count", ours[rule]) == ours[rule], rule
    assert len(exported.suite["expectations"]) == 9
    assert [line.partition(":")[0] for line in exported.lost] == ["id.logicalType", "n.logicalType", "extraColumns"]


def test_what_cannot_be_carried_over_is_named(tmp_path: Path) -> None:
    runner = CliRunner()
    path = tmp_path / "s.json"
    path.write_text(json.dumps(suite((NOT_NULL, {"column": "id", "row_condition": "x > 1"}), meta={"owner": "me"})))
    done = runner.invoke(main, ["gx", "import", str(path)])
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"not carried over: expectations[0] ({NOT_NULL}): meta: owner",
        "carried over, not executed by headgate: id.values_to_not_be_null: row_condition is none of GX's: an object, or "
        "a text with its condition_parser",
    ]
    assert runner.invoke(main, ["gx", "import", str(path), "--strict"]).exit_code == 1
    contract = write(tmp_path, {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "c", "version": "1.0.0", "status": "active",
                                "schema": [{"name": "t", "properties": [{"name": "v", "quality": [{"type": "text", "description": "nice"}]}]}]})  # fmt: skip
    done = runner.invoke(main, ["gx", "export", str(contract), "--strict"])
    assert done.exit_code == 1
    assert [e["type"] for e in json.loads(done.stdout)["expectations"]] == ["expect_column_to_exist"]
    assert "not carried over: v.text: documentation" in done.stderr.splitlines()


WRONG: list[tuple[Any, str]] = [
    (7, "int is not a suite"),
    ({"name": "s"}, "a suite has a list `expectations`; this has only name"),
    ({"expectations": 3}, "a suite has a list `expectations`; this has int"),
    ({"expectations": [1]}, "expectations[0]: an expectation is an object"),
    ({"expectations": [{"kwargs": {}}]}, "expectations[0]: an expectation says"),
    ({"expectations": [{"type": NOT_NULL, "severity": "bad"}]}, "severity 'bad' is none of critical, warning, info"),
    ("nowhere.json", "nowhere.json: the suite cannot be read"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_no_suite_is_told(given: Any, said: str) -> None:
    with pytest.raises(CallError) as error:
        suite_of(given)
    assert said in str(error.value)


def test_importing_it_imports_neither_gx_nor_pandas() -> None:
    code = "import sys, headgate.gx; print([m for m in ('great_expectations', 'pandas', 'numpy', 'duckdb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


class TestBesideGX:
    def test_every_type_of_its_core_is_in_the_table(self) -> None:
        import great_expectations.expectations.core as core
        from great_expectations.expectations.expectation import Expectation
        from great_expectations.expectations.registry import list_registered_expectation_implementations

        named = [getattr(core, name) for name in dir(core)]
        kinds = {c.expectation_type for c in named if isinstance(c, type) and issubclass(c, Expectation)} - {""}
        assert kinds - set(TYPES) == set()
        # One that GX keeps for old suites has no name of its own any more.
        assert set(TYPES) - set(list_registered_expectation_implementations()) == {
            "expect_multicolumn_values_to_be_unique"
        }

    SQL_ONLY: ClassVar[dict[str, dict[str, Any]]] = {
        "expect_column_values_to_match_like_pattern": {"column": "a", "like_pattern": "a%"},
        "expect_column_values_to_match_like_pattern_list": {"column": "a", "like_pattern_list": ["a%"]},
        "expect_column_values_to_not_match_like_pattern": {"column": "a", "like_pattern": "a%"},
        "expect_column_values_to_not_match_like_pattern_list": {"column": "a", "like_pattern_list": ["a%"]},
        "expect_query_results_to_match_comparison": {"base_query": "q", "comparison_data_source_name": "s", "comparison_query": "q"},
        "expect_table_row_count_to_equal_other_table": {"other_table_name": "t"},
        "unexpected_rows_expectation": {"unexpected_rows_query": "select * from {batch}"},
    }  # fmt: skip

    def test_what_its_pandas_engine_does_not_have_raises_there(self) -> None:
        import pandas as pd

        frame = pd.DataFrame({"a": ["x"]})
        report = gx.check(suite(*self.SQL_ONLY.items()), frame)
        assert {r.status for r in report.results} == {"errored"} and report.verdict == "unknown"
        named = {reading.type for reading in TYPES.values() if not reading.on_pandas}
        assert named == {*self.SQL_ONLY, "expect_multicolumn_values_to_be_unique"}

    @pytest.mark.parametrize("kind", ["expect_multicolumn_values_to_be_unique", "expect_something_odd"])
    def test_what_it_does_not_know_is_refused(self, kind: str) -> None:
        import pandas as pd

        with pytest.raises(CallError, match=f"knows no expectation '{kind}'"):
            gx.check(suite((kind, {"column_list": ["a", "b"]})), pd.DataFrame({"a": [1], "b": [1]}))

    def test_its_own_result_becomes_a_report(self) -> None:
        import pandas as pd

        from tests.support.gx_oracle import Oracle

        frame = pd.DataFrame({"id": [1, 1, None]})
        given = {"name": "s", "expectations": [
            {"type": UNIQUE, "kwargs": {"column": "id"}, "severity": "warning"},
            {"type": NOT_NULL, "kwargs": {"column": "id", "mostly": 0.5}}, {"type": NOT_NULL, "kwargs": {"column": "x"}},
        ]}  # fmt: skip
        result = Oracle(frame).answer(given)
        report = gx.report_of(result)
        assert [(r.key, r.status, r.unexpected) for r in report.results] == [
            (f"x.{NOT_NULL}", "errored", None), (f"id.{UNIQUE}", "failed", 2), (f"id.{NOT_NULL}", "passed", 1),
        ]  # fmt: skip
        assert (report.verdict, report.coverage, report.rows) == ("unknown", (2, 3), 3)
        assert report.to_gx(values=True)["results"] == result["results"]  # type: ignore[index]
        assert str(report).startswith("UNKNOWN")

    def test_it_reads_the_answer_back_and_renders_it(self) -> None:
        import pandas as pd
        from great_expectations.core import ExpectationSuiteValidationResult
        from great_expectations.core.expectation_validation_result import ExpectationValidationResult
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.render.renderer import ValidationResultsPageRenderer
        from great_expectations.render.view import DefaultJinjaPageView

        frame = pd.DataFrame({"id": [1, 1, None], "s": ["a", "b", "c"]})
        given = suite(
            (UNIQUE, {"column": "id"}),
            (NOT_NULL, {"column": "id"}),
            (REGEX, {"column": "s", "regex": "[ab]"}),
            (COMPOUND, {"column_list": ["id", "s"]}),
        )
        answer = gx.check(given, frame).to_gx(values=True)
        results = [
            ExpectationValidationResult(
                **{**r, "expectation_config": ExpectationConfiguration(**r["expectation_config"])}
            )
            for r in answer["results"]
        ]
        meta = answer["meta"] | {"run_id": {"run_name": "r", "run_time": "2026-01-01T00:00:00+00:00"}}
        read = ExpectationSuiteValidationResult(**{**answer, "results": results, "meta": meta})
        assert read.to_json_dict()["results"] == answer["results"]
        page = DefaultJinjaPageView().render(ValidationResultsPageRenderer(run_info_at_end=True).render(read))
        assert "2 unexpected values found" in page

    def test_without_values_nothing_of_the_data_is_told(self) -> None:
        import pandas as pd

        frame = pd.DataFrame({"s": ["secret-1", "secret-1", "secret-2"], "d": [object(), 1, 2]})
        given = suite((UNIQUE, {"column": "s"}), ("expect_column_max_to_be_between", {"column": "d"}),
                      ("expect_column_distinct_values_to_be_in_set", {"column": "s", "value_set": ["a"]}))  # fmt: skip
        assert "secret" in json.dumps(gx.check(given, frame, mode="COMPLETE").to_gx(values=True))
        report = gx.check(given, frame, mode="COMPLETE")
        for text in (json.dumps(report.to_gx()), report.to_json(), str(report)):
            assert "secret" not in text and "object object" not in text

    def test_a_contract_has_the_form_too(self) -> None:
        import pandas as pd

        report = check(dataset({"name": "v", "required": True}), pd.DataFrame({"v": ["a", None]}))
        answer = report.to_gx()
        assert [(r["expectation_config"]["type"], r["success"]) for r in answer["results"]][:2] == [
            ("headgate:column_exists", True), ("headgate:not_null", False),
        ]  # fmt: skip


@pytest.mark.parametrize("kind", ["parquet", "table", "polars", "arrow", "csv"])
def test_other_places_are_answered_as_the_frame_of_them(kind: str, tmp_path: Path) -> None:
    import duckdb
    import polars as pl

    columns = {"id": [1, 1, None], "s": ["a", None, "c"]}
    given = suite((UNIQUE, {"column": "id"}), (NOT_NULL, {"column": "s"}), (ROWS, {"max_value": 3}))
    frame = pl.DataFrame(columns)
    path = tmp_path / f"t.{kind}"
    data: Any = path
    match kind:
        case "parquet":
            frame.write_parquet(path)
        case "csv":
            frame.write_csv(path)
        case "table":
            data = f"{tmp_path / 'w.duckdb'}#main.t"
            with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
                connection.execute("CREATE TABLE t AS SELECT * FROM frame")
        case _:
            data = frame if kind == "polars" else frame.to_arrow()
    report = gx.check(given, data)
    assert [r.unexpected for r in report.results] == [2, 1, None]
    assert (report.verdict, report.rows) == ("breach", 3)


def test_a_table_of_postgresql(schema: Any) -> None:
    schema.fill("t", {"id": ("integer", [1, 1, None]), "s": ("text", ["a", None, "c"])})
    report = gx.check(suite((UNIQUE, {"column": "id"}), (NOT_NULL, {"column": "s"})), schema.url("t"))
    assert [r.unexpected for r in report.results] == [2, 1]
