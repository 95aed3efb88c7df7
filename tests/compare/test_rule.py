"""A rule of reconciliation in a contract: what it may say, and what the report says of it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Contract, Run, check, history, publish
from headgate.checks import Unchecked
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.cli import main
from headgate.compare.evaluator import bandwidth, over_a_line
from headgate.errors import CallError
from headgate.gate import policy_for, reconcile
from headgate.history import open_store
from headgate.lineage import check_facets
from headgate.places import place_of
from headgate.render import FORMATS, View
from headgate.render.answers import CheckAnswer
from headgate.report import Report, Status, Verdict

from tests.support.contracts import dataset, load, odcs, write
from tests.support.history import sqlite_at

COLUMNS = [
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "v", "logicalType": "number"},
    {"name": "day", "logicalType": "date"},
]


def rule(**implementation: Any) -> dict[str, Any]:
    return {"id": "agrees", "type": "custom", "engine": "headgate", "implementation": implementation}


REFUSED = [
    ({"by": ["id"], "sums": ["v"]}, "the engine headgate runs rules whose implementation has one of `reconcile: …`"),
    ({"reconcile": "things", "summs": ["v"]}, "'summs' is not a word of a reconciliation; did you mean 'sums'?"),
    ({"reconcile": "thing", "sums": ["v"]}, "'thing' is not a dataset; did you mean 'things'?"),
    ({"reconcile": "other.odcs.yaml#things", "sums": ["v"]}, "the contract 'other.odcs.yaml' cannot be read"),
    ({"reconcile": "other.odcs.yaml", "sums": ["v"]}, "write the dataset too: other.odcs.yaml#DATASET"),
    ({"reconcile": "things"}, "say what must agree"),
    ({"reconcile": "things", "rows": "by primary key", "sums": ["v"]}, "'sums' does not go with 'rows'"),
    ({"reconcile": "things", "sums": ["v"], "except": ["day"]}, "'except' does not go with 'sums'"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": {"relativ": 1}}, "'relativ' is not a tolerance; did you mean 'relative'?"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": {"relative": "a lot"}}, "'relative' takes a number"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": {"absolute": -1}}, "not negative, not -1"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": {"groups": 0.5}}, "a whole number, not 0.5"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": 0.1}, "'tolerance' takes"),
    ({"reconcile": "things", "sums": ["v"], "settled": "two days"}, "settled: "),
    ({"reconcile": "things", "sums": ["v"], "settled": "P1M"}, "is not a duration of days or hours"),
    ({"reconcile": "things", "sums": [["v"]]}, "'sums' takes columns"),
    ({"reconcile": "things", "sums": []}, "'sums' is empty; name at least one column"),
    ({"reconcile": "things", "rows": []}, "'rows' is empty; name at least one column"),
    ({"reconcile": "things", "sums": ["v"], "tolerance": {"rows": 1}}, "say how many may differ by 'groups', not 'rows'"),
    ({"reconcile": "things", "rows": ["id"], "tolerance": {"groups": 1}}, "say how many may differ by 'rows', not 'groups'"),
    ({"reconcile": "things", "rows": ["id"], "tolerance": {"columns": {"v": {"absolut": 1}}}}, "'absolut' of 'v' is not a tolerance; did you mean 'absolute'?"),
    ({"reconcile": "things", "rows": 5}, None),
]  # fmt: skip


@pytest.mark.parametrize(("implementation", "reason"), REFUSED, ids=[str(case[1])[:40] for case in REFUSED])
def test_a_rule_that_cannot_be_meant_is_listed_with_the_reason(
    implementation: dict[str, Any], reason: str | None
) -> None:
    made = dataset(*COLUMNS, quality=[rule(**implementation)])
    (found,) = (each for each in made.rules if each.key == "agrees")
    if reason is None:
        assert not isinstance(found, Unchecked)
        return
    assert isinstance(found, Unchecked)
    assert reason in found.reason
    assert not found.excused  # unknown is not pass


def test_what_a_rule_says() -> None:
    said = rule(
        reconcile="things", by=["id", {"day": "date_trunc('month', day)"}], sums={"v": "v * 2"}, where="v > 0", other_where="v < 9",
        tolerance={"relative": 0.001, "groups": 3, "columns": {"v": {"absolute": "0.01"}}}, settled="P2DT12H",
    )  # fmt: skip
    (found,) = (c for c in dataset(*COLUMNS, quality=[said]).checks if c.key == "agrees")
    read = Reconciliation.of(found)
    assert (read.by, read.sums) == ((Pair("id", "id"), Pair("day", "date_trunc('month', day)")), (Pair("v", "v * 2"),))
    assert (read.tolerance.relative, read.tolerances["v"].absolute, read.allowed) == (
        Decimal("0.001"),
        Decimal("0.01"),
        3,
    )
    assert (read.settled, read.where, read.other_where) == (read.settled, "v > 0", "v < 9")
    assert str(read.settled) == "2 days, 12:00:00"
    again = dataset(*COLUMNS, quality=[{**said, "id": "other"}])
    assert found.digest in [c.digest for c in again.checks]


def test_lint_tells_of_columns_that_no_contract_has() -> None:
    said = rule(reconcile="things", by=["id", {"dai": "date_trunc('month', day)"}], sums={"v": "w"})
    contract = load(odcs({"name": "things", "properties": COLUMNS, "quality": [said]}))
    assert [(p.rule, p.message, p.level) for p in contract.remarks if p.rule == "dangling-reference"] == [
        ("dangling-reference", "'dai' is not a property of this dataset; did you mean 'day'?", "warning"),
        ("dangling-reference", "'w' is not a property of things", "warning"),
    ]


REMARKS: list[tuple[dict[str, Any], list[str]]] = [
    ({"sums": ["v"]}, ["'things' is this dataset itself, which always agrees with itself"]),
    ({"rows": "by primary key"}, ["'things' is this dataset itself, which always agrees with itself"]),
    ({"sums": ["v"], "where": "id > 5"}, []),
    ({"sums": [{"v": "v * 2"}]}, []),
    ({"sums": [{"v": "v * 2"}], "tolerance": {"columns": {"vv": {"absolute": 1}}}}, ["'vv' has a tolerance and is not among the sums; did you mean 'v'?"]),
    ({"rows": "by primary key", "where": "id > 5", "tolerance": {"columns": {"vv": {"absolute": 1}}}}, ["'vv' is not a property of this dataset; did you mean 'v'?"]),
    ({"rows": "by primary key", "where": "id > 5", "except": ["dai"]}, ["'dai' is not a property of this dataset or things; did you mean 'day'?"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "remarks"), REMARKS, ids=[str(case[0]) for case in REMARKS])
def test_lint_tells_of_what_can_not_be_meant(said: dict[str, Any], remarks: list[str]) -> None:
    contract = load(odcs({"name": "things", "properties": COLUMNS, "quality": [rule(reconcile="things", **said)]}))
    told = [p.message for p in contract.remarks if p.rule in ("dangling-reference", "reconciliation")]
    assert told == remarks


PHYSICAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"sums": ["v"], "by": ["day"]}, {"sums": (Pair("v_a", "v_b"),), "by": (Pair("day", "d"),)}),
    ({"sums": {"v": "day"}, "as_of": "day"}, {"sums": (Pair("v_a", "d"),), "as_of": Pair("day", "d")}),
    ({"sums": ["v * 2"]}, {"sums": (Pair("v * 2", "v * 2"),)}),
    ({"rows": "by primary key", "columns": ["v"]}, {"key": (Pair("id", "number"),), "columns": (Pair("v_a", "v_b"),)}),
]


@pytest.mark.parametrize(("said", "meant"), PHYSICAL, ids=[str(case[0]) for case in PHYSICAL])
def test_a_property_is_the_column_of_each_side(said: dict[str, Any], meant: dict[str, Any]) -> None:
    def columns(**physical: str) -> list[dict[str, Any]]:
        return [{**c, "physicalName": physical.get(c["name"], c["name"])} for c in COLUMNS]

    contract = load(
        odcs(
            {"name": "a", "properties": columns(v="v_a"), "quality": [rule(reconcile="b", **said)]},
            {"name": "b", "properties": columns(v="v_b", day="d", id="number")},
        )
    )
    (found,) = (Reconciliation.of(c) for c in contract["a"].checks if c.type == "reconciliation")
    assert {name: getattr(found, name) for name in meant} == meant


NOW = datetime(2026, 6, 15, tzinfo=UTC)


class Two:
    """Two datasets of two contracts, each in a file of DuckDB of its own."""

    def __init__(self, folder: Path, implementation: dict[str, Any], **root: Any) -> None:
        self.folder = folder
        columns = root.pop("columns", COLUMNS)
        servers = {
            name: [{"server": "local", "type": "duckdb", "database": f"{name}.duckdb", "schema": "main"}]
            for name in ("a", "b")
        }
        write(folder, odcs({"name": "things", "properties": columns}, id="b", servers=servers["b"]), "b.odcs.yaml")
        quality = [rule(**{"reconcile": "b.odcs.yaml#things"} | implementation)]
        path = write(
            folder,
            odcs({"name": "things", "properties": columns, "quality": quality}, id="a", servers=servers["a"], **root),
            "a.odcs.yaml",
        )
        self.contract = path

    def fill(self, **rows: str) -> Two:
        for name, values in rows.items():
            with duckdb.connect(str(self.folder / f"{name}.duckdb")) as connection:
                connection.execute("CREATE OR REPLACE TABLE things (id INTEGER, v DECIMAL(12, 2), day DATE)")
                if values:
                    connection.execute(f"INSERT INTO things VALUES {values}")
        return self

    @property
    def dataset(self) -> Any:
        return Contract.load(self.contract)["things"]

    def check(self, now: datetime = NOW, **more: Any) -> Report:
        return reconcile(
            self.dataset,
            self.folder / "a.duckdb#things" if False else f"{self.folder}/a.duckdb#things",
            run=Run("r", now=now),
            **more,
        )


def result(report: Report) -> Any:
    return next(each for each in report.results if each.type == "reconciliation")


SUMS = {"by": [{"day": "date_trunc('month', day)"}], "sums": ["v"]}
ROWS = {"rows": "by primary key"}
SAME = "(1, 5, '2026-01-01'), (2, 7, '2026-02-01')"
ANSWERS: list[tuple[str, dict[str, Any], str, str, tuple[str, int | None, int | None]]] = [
    ("equal sums", SUMS, SAME, "(1, 2, '2026-01-01'), (3, 3, '2026-01-09'), (2, 7, '2026-02-01')", ("passed", 0, 2)),
    ("a sum is off", SUMS, SAME, "(1, 5, '2026-01-01'), (2, 7.01, '2026-02-01')", ("failed", 1, 2)),
    ("within an absolute tolerance, at its edge", SUMS | {"tolerance": {"absolute": 0.01}}, SAME, "(1, 5, '2026-01-01'), (2, 7.01, '2026-02-01')", ("passed", 0, 2)),
    ("just beyond it", SUMS | {"tolerance": {"absolute": 0.01}}, SAME, "(1, 5, '2026-01-01'), (2, 7.02, '2026-02-01')", ("failed", 1, 2)),
    ("within a relative tolerance", SUMS | {"tolerance": {"relative": 0.1}}, SAME, "(1, 5.5, '2026-01-01'), (2, 7, '2026-02-01')", ("passed", 0, 2)),
    ("one group may differ", SUMS | {"tolerance": {"groups": 1}}, SAME, "(1, 5, '2026-01-01'), (2, 9, '2026-02-01')", ("passed", 1, 2)),
    ("a group on one side", SUMS, SAME, "(1, 5, '2026-01-01')", ("failed", 1, 2)),
    ("a group of zero on one side", SUMS, SAME + ", (3, 0, '2026-03-01')", SAME, ("failed", 1, 3)),
    ("a NULL group", SUMS, SAME + ", (3, 1, NULL)", SAME + ", (3, 2, NULL)", ("failed", 1, 3)),
    ("NULL values sum up to 0", SUMS, SAME + ", (3, NULL, '2026-03-01')", SAME + ", (4, 0, '2026-03-05')", ("passed", 0, 3)),
    ("no groups: all rows are one", {"sums": ["v"]}, SAME, "(9, 12, NULL)", ("passed", 0, 1)),
    ("the number of rows, by 1", {"by": [], "sums": [1]}, SAME, "(9, 12, NULL)", ("failed", 1, 1)),
    ("a filter on either side", SUMS | {"where": "id < 9", "other_where": "v > 0"}, SAME + ", (9, 1, '2026-01-01')", SAME + ", (5, -2, '2026-01-01')", ("passed", 0, 2)),
    ("filters that leave nothing", SUMS | {"where": "id > 9", "other_where": "id > 9"}, SAME, SAME, ("passed", 0, 0)),
    ("other is empty", SUMS, SAME, "", ("failed", None, None)),
    ("both are empty", SUMS, "", "", ("passed", 0, 0)),
    ("a period that is not settled", SUMS | {"settled": "P2D"}, SAME, SAME + ", (3, 1, '2026-06-14')", ("passed", 0, 2)),
    ("a period that ended is settled two days later", SUMS | {"settled": "P2D"}, SAME, SAME + ", (3, 1, '2026-05-31')", ("failed", 1, 3)),
    ("rows agree", ROWS, SAME, "(2, 7.00, '2026-02-01'), (1, 5, '2026-01-01')", ("passed", 0, 2)),
    ("a row is changed", ROWS, SAME, "(1, 5, '2026-01-01'), (2, 7, '2026-02-02')", ("failed", 1, 2)),
    ("except what is left out", ROWS | {"except": ["day"]}, SAME, "(1, 5, '2026-01-01'), (2, 7, '2026-02-02')", ("passed", 0, 2)),
    ("a tolerance of one column", ROWS | {"tolerance": {"columns": {"v": {"absolute": 1}}}}, SAME, "(1, 6, '2026-01-01'), (2, 7, '2026-02-01')", ("passed", 0, 2)),
    ("rows that changed just now are late", ROWS | {"settled": "P2D", "as_of": "day"}, SAME + ", (3, 1, '2026-06-14')", SAME + ", (4, 1, '2026-06-15')", ("passed", 0, 2)),
    ("a row that is late on one side alone", ROWS | {"settled": "P2D", "as_of": "day"}, SAME, "(1, 5, '2026-01-01'), (2, 9, '2026-06-14')", ("passed", 0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "implementation", "own", "other", "expected"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answers(
    tmp_path: Path, name: str, implementation: dict[str, Any], own: str, other: str, expected: tuple[Any, ...]
) -> None:
    found = result(Two(tmp_path, implementation).fill(a=own, b=other).check())
    rows = None if found.unexpected is None else found.rows
    assert (str(found.status), found.unexpected, rows) == expected


def test_the_report_names_what_differs_and_reads_back(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b="(1, 5, '2026-01-01'), (2, 700, '2026-02-01'), (3, 1, NULL)")
    report = two.check(show_examples=True)
    found = result(report)
    assert (report.verdict, found.observed) == (Verdict.BREACH, "2 of 3 rows (67 %)")
    assert found.reconciled["columns"] == {"v": 1}
    assert list(found.examples) == [
        {"id": 2, "v": "7.00", "v in main.things": "700.00"},
        {"id": 3, "v": "1.00", "day": None, "only in": "main.things"},
    ]
    assert Report.from_dict(json.loads(report.to_json())) == report
    assert "1 changed (v in 1), 1 only in main.things; no pattern" in str(report)
    for form in ("html", "markdown", "github", "junit", "sarif"):
        said = FORMATS[form].render(CheckAnswer(report, policy_for(two.dataset, report)), View(at=NOW))
        assert "1 only in main.things; no pattern" in said, form
    # Without values: no example, and none in what is shown of a pattern.
    assert result(two.check()).examples == ()


def test_classified_columns_are_masked(tmp_path: Path) -> None:
    columns = [COLUMNS[0], {**COLUMNS[1], "classification": "restricted"}, COLUMNS[2]]
    two = Two(tmp_path, ROWS, columns=columns).fill(a=SAME, b="(1, 5, '2026-01-01'), (2, 98765.4, '2026-02-01')")
    report = two.check(show_examples=True)
    assert list(result(report).examples) == [{"id": 2, "v": "***", "v in main.things": "***"}]
    assert "98765" not in report.to_json()


def test_what_cannot_be_compared_is_unknown(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        connection.execute("CREATE OR REPLACE TABLE things (id INTEGER, v VARCHAR, day DATE)")
        connection.execute("INSERT INTO things VALUES (1, '5', NULL)")
    report = two.check()
    assert (report.verdict, result(report).status) == (Verdict.UNKNOWN, Status.NOT_EXECUTED)
    assert "have no form in common" in result(report).reason
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        connection.execute("DROP TABLE things")
    report = two.check()
    assert (report.verdict, result(report).status) == (Verdict.UNKNOWN, Status.ERRORED)
    (tmp_path / "b.odcs.yaml").unlink()
    with pytest.raises(CallError, match=r"agrees is not executed: .* cannot be read"):
        two.check()


def test_a_column_that_the_other_side_lacks_is_a_difference(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        connection.execute("ALTER TABLE things DROP COLUMN day")
    found = result(two.check())
    assert (found.status, found.found) == (Status.FAILED, "day only in main.things")


def test_a_reference_says_where_the_other_side_is(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b="(1, 1, NULL)", c=SAME)
    there = {"b.odcs.yaml#things": f"{tmp_path}/c.duckdb#things"}
    assert two.check(references=there).verdict is Verdict.PASS
    with pytest.raises(CallError, match="nothing"):
        two.check(references={"nothing": "x.parquet"})


def test_a_check_runs_it_beside_all_others_and_a_publish_too(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a="", b=SAME)
    source = tmp_path / "source.csv"
    source.write_text("id,v,day\n1,5,2026-01-01\n2,8,2026-02-01\n")
    outcome = publish(two.dataset, source=source, run=Run("one"))
    assert (outcome.status, [r.key for r in outcome.report.broken]) == ("halted", ["agrees"])
    source.write_text("id,v,day\n1,5,2026-01-01\n2,7,2026-02-01\n")
    assert publish(two.dataset, source=source, run=Run("one")).published
    assert check(two.dataset, f"{tmp_path}/a.duckdb#things").verdict is Verdict.PASS
    # A part of the rows agrees with nothing: the rule is left to a check of the whole.
    source.write_text("id,v,day\n3,1,2026-03-01\n")
    appended = publish(two.dataset, source=source, run=Run("two"), mode="append")
    assert appended.published
    (skipped,) = (r for r in appended.report.results if r.key == "agrees")
    assert (skipped.status, skipped.excused) == (Status.NOT_EXECUTED, True)
    assert check(two.dataset, f"{tmp_path}/a.duckdb#things").verdict is Verdict.BREACH
    (skipped,) = (
        r for r in check(two.dataset, f"{tmp_path}/a.duckdb#things", where="id = 3").results if r.key == "agrees"
    )
    assert (skipped.status, skipped.excused) == (Status.NOT_EXECUTED, True)


def test_lineage_has_both_datasets_as_inputs_of_the_run(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b="(1, 5, '2026-01-01')")
    facets = check_facets(two.check(), place_of(f"{tmp_path}/a.duckdb#things"), two.dataset)
    assert [each.name for each in facets.inputs] == ["a.duckdb/main/things", "b.duckdb/main/things"] or len(
        facets.inputs
    ) == 2
    (test,) = (each for each in facets.run["test"].tests if each.type == "reconciliation")
    assert (test.name, test.status) == ("agrees", "fail")
    assert "dataQualityAssertions" not in (facets.inputs[1].inputFacets or {})


def test_the_command_compares_what_a_contract_says(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    runner = CliRunner()
    done = runner.invoke(main, ["reconcile", str(two.contract)])
    assert (done.exit_code, done.output.splitlines()[0]) == (0, "PASSED  rows by id agree with b.odcs.yaml#things")
    two.fill(b="(1, 5, '2026-01-01')")
    done = runner.invoke(main, ["reconcile", str(two.contract), "--explain", "--show-examples"])
    assert done.exit_code == 1
    for words in (
        "1 of 2 rows (50 %) differ",
        "1 only here; no pattern",
        "id=2, v=7.00",
        "join in place",
        "verdict breach",
    ):
        assert words in done.output
    done = runner.invoke(main, ["reconcile", str(two.contract), "--format", "json"])
    assert json.loads(done.output)["results"][-1]["reconciled"]["only_own"] == 1


COMMANDS: list[tuple[list[str], int, str]] = [
    (["--key", "id"], 1, "1 of 2 rows (50 %) differ"),
    (["--key", "id", "--except", "v", "--except", "day"], 0, "verdict pass"),
    (["--key", "id", "--absolute", "3"], 0, "verdict pass"),
    (["--key", "id=number", "--except", "v"], 2, "the data has no column 'number'"),
    (["--key", "id", "--allow", "1"], 0, "verdict pass"),
    (["--sum", "v"], 1, "1 of 1 group (100 %) differ"),
    (["--sum", "v", "--by", "id"], 1, "1 of 2 groups (50 %) differ"),
    (["--sum", "v => v * 1", "--by", "id", "--where", "id = 1", "--other-where", "id = 1"], 0, "verdict pass"),
    (["--key", "id", "--sum", "v"], 2, "give --key to compare rows, or --sum"),
    ([], 2, "give --key to compare rows, or --sum"),
    (["--key", "nothing"], 2, "the data has no column 'nothing'"),
    (["--sum", "day"], 3, "which is not a number"),
    (["--sum", "case when v >= 5 then 1 else 0 end"], 0, "verdict pass"),
    (["--sum", "case when v=5 then 1 else 0 end => 2"], 1, "1 of 1 group"),
    (["--sum", "id=v"], 1, "id of main.things agree"),
    (["--sum", ""], 2, "--sum '': expected a column or an expression"),
    (["--key", "id =>  "], 2, "expected a column or an expression"),
    (["--sum", "v", "--bandwidth", "-5"], 2, "--bandwidth -5: expected MB a second"),
    (["--sum", "v", "--bandwidth", "nan"], 2, "--bandwidth nan: expected MB a second"),
    (["--sum", "v", "--bandwidth", "0"], 2, "--bandwidth 0: expected MB a second"),
    (["--sum", "v", "--settled", "P99999999D"], 2, "expected at most 366 days"),
    (["--sum", "v", "--settled", "-P1D"], 2, "must not be negative"),
    (["--sum", "v", "--settled", "P2D"], 2, "say by `as_of`"),
    (["--sum", "v", "--relative", "x"], 2, "--relative x: expected a number"),
    (["--sum", "(SELECT 1)"], 2, "give one expression"),
    (["--sum", "sum(v)"], 2, "without aggregates"),
    (["--sum", "read_text('/etc/passwd')"], 2, "is not one that"),
]


@pytest.mark.parametrize(("options", "code", "words"), COMMANDS, ids=[" ".join(c[0]) or "nothing" for c in COMMANDS])
def test_the_command_compares_two_datasets(tmp_path: Path, options: list[str], code: int, words: str) -> None:
    Two(tmp_path, ROWS).fill(a=SAME, b="(1, 5, '2026-01-01'), (2, 9, '2026-02-01')")
    done = CliRunner().invoke(
        main, ["reconcile", f"{tmp_path}/a.duckdb#things", f"{tmp_path}/b.duckdb#things", *options]
    )
    assert (done.exit_code, words in done.output) == (code, True), done.output


@pytest.mark.parametrize(
    "option",
    [
        "--key", "--sum", "--by", "--except", "--settled", "--as-of", "--where", "--other-where", "--absolute",
        "--relative", "--allow",
    ],
)  # fmt: skip
def test_an_option_that_the_rule_of_a_contract_says_is_refused(tmp_path: Path, option: str) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    done = CliRunner().invoke(main, ["reconcile", str(two.contract), option, "0"])
    assert (done.exit_code, f"{option} does not go with a contract alone" in done.output) == (2, True), done.output


def test_the_bandwidth_given_is_that_of_the_rules_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_BANDWIDTH", "7")
    with over_a_line(5):
        assert bandwidth() == 5e6
        with over_a_line(None):
            assert bandwidth() == 5e6
    assert bandwidth() == 7e6


def test_what_a_comparison_did_not_look_at_stays_as_the_check_found_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_STORE", sqlite_at(tmp_path))
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    # A NULL breaks a promise of its own; the other side has the same.
    columns = [COLUMNS[0], {**COLUMNS[1], "required": True}, COLUMNS[2]]
    rows = "(1, 5, '2026-01-01'), (2, NULL, '2026-02-01')"
    two = Two(tmp_path, {**SUMS, "by": ["id"]}, columns=columns).fill(a=rows, b=rows)

    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, list(arguments)).output

    run("check", str(two.contract))
    with closing(open_store()) as store:
        (checked,) = history.home(store)
        before = {each.key: each.status for each in history.rules(store, checked.id)}
    assert (before["v.required"], before["agrees"]) == ("failed", "passed")
    two.fill(b="(1, 9, '2026-01-01'), (2, NULL, '2026-02-01')")
    run("reconcile", str(two.contract))
    with closing(open_store()) as store:
        (after,) = history.home(store)
        assert {each.key: each.status for each in history.rules(store, after.id)} == {**before, "agrees": "failed"}
        assert (after.rules, after.broken, after.unmeasured) == (checked.rules, 2, checked.unmeasured)
    listed = run("incidents", "list")
    assert "v is not null (1 of 2 rows)" in listed and "(1 of 2 groups)" in listed, listed
    two.fill(b=rows)
    run("reconcile", str(two.contract))
    listed = run("incidents", "list")
    assert "v is not null" in listed and "agree with" not in listed, listed


def test_a_key_that_is_called_otherwise_on_the_other_side(tmp_path: Path) -> None:
    Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    with duckdb.connect(str(tmp_path / "b.duckdb")) as connection:
        connection.execute("ALTER TABLE things RENAME COLUMN id TO number")
    sides = [f"{tmp_path}/a.duckdb#things", f"{tmp_path}/b.duckdb#things"]
    done = CliRunner().invoke(main, ["reconcile", *sides, "--key", "id=number"])
    assert (done.exit_code, "0 of 2 rows differ" in done.output) == (0, True), done.output
    done = CliRunner().invoke(main, ["reconcile", *sides, "--key", "v"])
    assert (done.exit_code, "id only in main.things; number only in main.things" in done.output) == (1, True), (
        done.output
    )


def test_the_key_of_a_contracts_dataset_is_its_primary_key(tmp_path: Path) -> None:
    two = Two(tmp_path, ROWS).fill(a=SAME, b=SAME)
    done = CliRunner().invoke(main, ["reconcile", f"{two.contract}#things", f"{tmp_path}/b.duckdb#things"])
    assert (done.exit_code, "rows by id of main.things" in done.output) == (0, True), done.output
