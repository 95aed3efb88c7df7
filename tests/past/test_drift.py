"""Rules about a baseline: what is drift, on every platform, and what is not measured."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner
from headgate import Contract, Run, check, publish
from headgate.checks.baseline import Baseline, Bins, PinnedColumn, added, segment_name
from headgate.checks.baseline_json import dump, load
from headgate.cli import main
from headgate.errors import CallError
from headgate.gate import measure_drift
from headgate.past.drift.pin import Pinning
from headgate.past.drift.pinned import added_to, baseline_of, write
from headgate.places import place_of
from headgate.report import CheckResult, Report, Status, Verdict
from hypothesis import given
from hypothesis import strategies as st

from tests.support.contracts import odcs
from tests.support.contracts import write as write_contract
from tests.support.postgres_tables import Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILE = "things.baseline.json"
RULE: dict[str, Any] = {"drift": FILE}
EVERYTHING = Pinning()
PROPERTIES = (
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "x", "logicalType": "number"},
    {"name": "few", "logicalType": "integer"},
    {"name": "word", "logicalType": "string"},
    {"name": "flag", "logicalType": "boolean"},
    {"name": "version", "logicalType": "string"},
    {"name": "secret", "logicalType": "string", "classification": "restricted"},
    {"name": "at", "logicalType": "timestamp"},
)


def rows(n: int, seed: int = 0, **changes: Callable[[Any], Any]) -> pa.Table:
    """Independent rows: 5 % of x are NULL; each change is made to the column of its name."""
    r = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "id": np.arange(n),
        "x": np.where(r.random(n) < 0.05, np.nan, r.normal(100, 15, n).round(2)),
        "few": r.integers(0, 4, n),
        "word": np.array(["red", "green", "blue"], dtype=object)[r.integers(0, 3, n)],
        "flag": r.random(n) < 0.3,
        "version": np.array(["v1", "v2"], dtype=object)[r.integers(0, 2, n)],
        "secret": np.array(["a", "b"], dtype=object)[r.integers(0, 2, n)],
        "at": np.datetime64("2026-01-01T00:00:00") + np.arange(n).astype("timedelta64[s]"),
    }
    columns |= {name: change(columns[name]) for name, change in changes.items()}
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def contract(folder: Path, *quality: dict[str, Any], **dataset: Any) -> Path:
    rules = [{"type": "custom", "engine": "headgate", **rule} for rule in quality]
    thing = {"name": "things", "properties": list(PROPERTIES), "quality": rules, **dataset}
    return write_contract(folder, odcs(thing))


def pin(folder: Path, table: Any = None, wanted: Pinning = EVERYTHING) -> Baseline:
    """Write the baseline of 28,000 rows beside the contract."""
    dataset = Contract.load(contract(folder))["things"]
    data = rows(28_000, seed=1) if table is None else table
    baseline = baseline_of(dataset, place_of(data), wanted, now=NOW)
    write(baseline, folder / FILE)
    return baseline


def measured(folder: Path, data: Any, **rule: Any) -> dict[str, CheckResult]:
    """The results of the rule, by column."""
    path = contract(folder, {"implementation": {**RULE, **rule}})
    report = measure_drift(Contract.load(path)["things"], data)
    return {result.columns[0]: result for result in report.results if result.type == "drift"}


def some(share: float, value: Any, seed: int = 7) -> Callable[[Any], Any]:
    return lambda values: np.where(np.random.default_rng(seed).random(len(values)) < share, value, values)


CASES: list[tuple[str, dict[str, Callable[[Any], Any]], set[str]]] = [
    ("nothing", {}, set()),
    ("× 100 in 1 %", {"x": lambda x: np.where(np.arange(len(x)) % 100, x, x * 100)}, {"x"}),
    ("a value renamed in 1 %", {"word": some(0.01, "RED")}, {"word"}),
    ("a number that is new in 1 %", {"few": some(0.01, 9)}, {"few"}),
    ("NULL becomes the default", {"x": lambda x: np.where(np.isnan(x), 100, x)}, {"x"}),
    ("5 % become NULL", {"word": some(0.05, None)}, {"word"}),
    ("a flag that is set", {"flag": lambda x: np.ones(len(x), bool)}, {"flag"}),
    ("NaN and infinity are above all numbers", {"x": some(0.05, np.inf)}, {"x"}),
    ("below the lowest", {"x": some(0.02, -1.0)}, {"x"}),
    ("a shift of 2 standard deviations, and one value far away", {"x": lambda x: np.append(x[:-1] + 30, 1e9)}, {"x"}),
    ("5 % moved to another known value", {"word": some(0.05, "red")}, set()),
    ("what is not pinned", {"secret": some(1, "c"), "at": lambda x: x + np.timedelta64(3600, "s")}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_drift(name: str, changes: Any, expected: set[str], tmp_path: Path) -> None:
    pin(tmp_path)
    results = measured(tmp_path, rows(10_000, **changes))
    assert results.keys() == {"x", "few", "word", "flag", "version"}
    assert {column for column, result in results.items() if result.status is Status.FAILED} == expected
    assert {result.status for result in results.values()} <= {Status.PASSED, Status.FAILED}


@pytest.fixture(scope="module")
def tables(postgres: str) -> Iterator[Database]:
    made = Database.new(postgres)
    yield made
    made.drop()


def test_postgres_counts_as_duckdb_does(tables: Database, tmp_path: Path) -> None:
    """The same rows have the same baseline and the same distances, NaN and infinities among them, by segment too."""
    base, current = rows(6_000, x=some(0.01, np.inf)), rows(4_000, seed=5, x=some(0.02, -np.inf), word=some(0.1, None))
    for number, table in enumerate((base, current)):
        kinds = "id bigint, x double precision, few integer, word text, flag boolean, version varchar(9), secret text, at timestamp"
        tables.run(f"CREATE TABLE t{number} ({kinds})")
        with (
            psycopg.connect(tables.server_url) as connection,
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{tables.schema}".t{number} FROM STDIN') as copy,
        ):
            for row in zip(*table.to_pydict().values()):
                copy.write_row(row)
    for segment in ("", "version"):
        dataset = Contract.load(contract(tmp_path))["things"]
        wanted = Pinning(segment=segment)
        made = [baseline_of(dataset, place_of(data), wanted, now=NOW) for data in (tables.url("t0"), base)]
        assert made[0].columns == made[1].columns and made[0].rows == made[1].rows
        write(made[0], tmp_path / FILE)
        on_postgres, on_duckdb = (measured(tmp_path, data) for data in (tables.url("t1"), current))
        assert {n: r.details["drift"] for n, r in on_postgres.items()} == {
            n: r.details["drift"] for n, r in on_duckdb.items()
        }
        assert {n for n, r in on_duckdb.items() if r.status is Status.FAILED} == {"x", "word"}


def test_nan_of_a_decimal_is_beyond_its_numbers(tables: Database, tmp_path: Path) -> None:
    values = "CASE WHEN i % 50 = 0 THEN 'NaN' ELSE (i % 97) || '.5' END"
    tables.run(f"CREATE TABLE nan AS SELECT i AS id, ({values})::numeric AS x FROM generate_series(1, 5000) i")
    dataset = Contract.load(contract(tmp_path))["things"]
    (column,) = baseline_of(dataset, place_of(tables.url("nan")), EVERYTHING, now=NOW).columns.values()
    assert (column.bins.low, column.bins.high) == (Decimal("0.5"), Decimal("96.5"))
    assert (column.counts[""][0], column.counts[""][-2], sum(column.counts[""])) == (0, 100, 5_000)


def test_what_the_report_says(tmp_path: Path) -> None:
    pin(tmp_path)
    result = measured(tmp_path, rows(10_000, word=some(0.01, "RED")))["word"]
    told = result.details["drift"]
    (whole,) = told["distances"]
    assert (result.severity, str(result.expect)) == ("warning", f"< {whole['limit']}")
    assert float(result.value or 0) == whole["value"] > whole["limit"] == 0.02 > whole["noise"] > 0
    assert told["baseline"] == {"file": FILE, "version": 1, "at": NOW.isoformat()}
    assert whole["moved"][0]["bin"] == "new values" and whole["moved"][0]["before"] == 0
    assert {moved["bin"] for moved in whole["moved"][1:]} <= {"value 1", "value 2", "value 3"}
    assert all(moved["values"] == {} for moved in whole["moved"]), "values are shown only where they may be"
    shown = check(
        Contract.load(contract(tmp_path, {"implementation": RULE}))["things"],
        rows(10_000, word=some(0.01, "RED")),
        show_examples=True,
    )
    (again,) = (r for r in shown.results if r.key == "custom[word]")
    assert {m["values"].get("is") for m in again.details["drift"]["distances"][0]["moved"]} <= {
        None,
        "red",
        "green",
        "blue",
    }
    read = Report.from_dict(json.loads(shown.to_json()))
    assert next(r for r in read.results if r.key == "custom[word]").details == again.details


NOT_MEASURED: list[tuple[str, dict[str, Any], Any, str]] = [
    ("too few rows", {}, rows(999), "999 rows are too few to tell drift from chance; at least 1,000 are needed"),
    ("no rows", {}, rows(1).slice(1), "no rows"),
    ("too few in the baseline", {"minimum": 30_000}, rows(40_000), "the baseline has 28,000 rows; at least 30,000 are needed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rule", "data", "reason"), NOT_MEASURED, ids=[case[0] for case in NOT_MEASURED])
def test_what_is_not_measured_is_not_passed(name: str, rule: Any, data: Any, reason: str, tmp_path: Path) -> None:
    pin(tmp_path)
    results = measured(tmp_path, data, **rule)
    assert {(result.status, result.reason) for result in results.values()} == {(Status.NOT_EXECUTED, reason)}


def test_a_column_of_another_type_is_an_error_and_a_missing_one_a_breach(tmp_path: Path) -> None:
    pin(tmp_path)
    data = rows(2_000).drop_columns(["flag"]).set_column(1, "x", pa.array(["a"] * 2_000))
    results = measured(tmp_path, data)
    assert (results["flag"].status, results["flag"].reason) == (Status.NOT_EXECUTED, "the column flag is missing")
    assert results["word"].status is Status.PASSED
    assert (results["x"].status, results["x"].reason) == (
        Status.ERRORED,
        "x is of type VARCHAR; its baseline has numbers",
    )


SEGMENTS: list[tuple[str, Callable[[Any], Any], Callable[[Any], Any], str, str]] = [
    ("both as they were", lambda v: v, lambda w: w, "passed", ""),
    ("a version without a baseline", some(0.2, "v3"), lambda w: w, "not_executed", "1 of 3 segments by version not measured: 1,984 rows are of a segment that the baseline does not have; headgate baseline --add adds it"),
    ("few rows of it", some(0.01, "v3"), lambda w: w, "not_executed", "1 of 3 segments by version not measured: 98 rows are of a segment that the baseline does not have; headgate baseline --add adds it"),
    ("few rows of a version that is known", lambda v: np.where(np.arange(len(v)) < 10, "v1", "v2"), lambda w: w, "not_executed", "1 of 2 segments by version not measured: 10 rows are too few to tell drift from chance; at least 1,000 are needed"),
    ("one that drifts beside one without a baseline", some(0.2, "v3"), some(0.05, "RED", seed=8), "failed", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "versions", "words", "status", "reason"), SEGMENTS, ids=[case[0] for case in SEGMENTS]
)
def test_segments(name: str, versions: Any, words: Any, status: str, reason: str, tmp_path: Path) -> None:
    pin(tmp_path, wanted=Pinning(segment="version"))
    result = measured(tmp_path, rows(10_000, version=versions, word=words))["word"]
    assert (str(result.status), result.reason) == (status, reason)


def test_one_segment_that_drifts_decides(tmp_path: Path) -> None:
    """In all rows together, half as much would be seen."""
    pin(tmp_path, wanted=Pinning(segment="version"))
    data = rows(10_000).to_pydict()
    data["word"] = [
        "RED" if v == "v2" and i % 20 == 0 else w for i, (w, v) in enumerate(zip(data["word"], data["version"]))
    ]
    result = measured(tmp_path, pa.table(data))["word"]
    first, second = result.details["drift"]["distances"]
    assert (first["drifted"], second["drifted"]) == (True, False)
    assert (first["where"], second["where"]) == ({}, {}), "which segment it is, is a value of the data"
    report = check(Contract.load(tmp_path / "test.odcs.yaml")["things"], pa.table(data), show_examples=True)
    shown = next(r for r in report.results if r.key == "custom[word]").details["drift"]["distances"]
    assert [each["where"] for each in shown] == [{"version": "v2"}, {"version": "v1"}]


@pytest.mark.parametrize("statistic", ["psi", "jensen_shannon", "chi_square", "kolmogorov_smirnov", "wasserstein"])
def test_every_statistic_by_name(statistic: str, tmp_path: Path) -> None:
    pin(tmp_path, rows(28_000, seed=1, x=lambda x: x.round(0)), Pinning(columns=("x",), distinct=("x",)))
    rule = {"statistic": statistic} | ({"threshold": 5} if statistic == "wasserstein" else {})
    for shift, expected in ((0, Status.PASSED), (10, Status.FAILED)):
        data = rows(5_000, x=lambda x, by=shift: x.round(0) + by)
        result = measured(tmp_path, data, **rule)["x"]
        assert result.status is expected, result.details
        if shift and statistic == "wasserstein":
            assert float(result.value or 0) == pytest.approx(10, abs=0.7)


def test_a_breach_holds_data_back_where_the_rule_is_of_error_level(tmp_path: Path) -> None:
    pin(tmp_path)
    file = contract(tmp_path, {"implementation": RULE, "severity": "error"})
    dataset, target = Contract.load(file)["things"], f"{tmp_path / 'w.duckdb'}#main.things"
    good = publish(dataset, source=rows(10_000, seed=3), target=target, run=Run(key="1", now=NOW))
    bad = publish(dataset, source=rows(10_000, seed=4, few=some(0.05, 77)), target=target, run=Run(key="2", now=NOW))
    assert (str(good.status), str(bad.status)) == ("published", "halted")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        assert connection.execute("SELECT count(*) FROM things WHERE few = 77").fetchall() == [(0,)]


@pytest.mark.parametrize("kind", ["new_values", "out_of_range"])
def test_rows_that_the_baseline_does_not_know(kind: str, tmp_path: Path) -> None:
    pin(tmp_path)
    data = rows(2_000, word=some(0.01, "RED"), x=some(0.01, 1e6))
    exact = contract(tmp_path, {"implementation": {kind: FILE}})
    column = {"new_values": "word", "out_of_range": "x"}[kind]
    broken = check(Contract.load(exact)["things"], data).failed
    assert [(r.columns, r.severity, r.set_aside) for r in broken] == [((column,), "warning", True)]
    some_allowed = contract(tmp_path, {"implementation": {kind: FILE}, "mustBeLessThan": 5, "unit": "percent"})
    assert not check(Contract.load(some_allowed)["things"], data).failed


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"drift": "absent.baseline.json"}, "the baseline 'absent.baseline.json' was not found; headgate baseline writes it"),
    ({"drift": "/etc/passwd"}, "is not a baseline"),
    ({"drift": FILE, "columns": ["secret"]}, "'secret' is not in the baseline: it is classified: a baseline holds values"),
    ({"drift": FILE, "columns": ["wrd"]}, "'wrd' is not a property; did you mean 'word'?"),
    ({"drift": FILE, "column": ["word"]}, "'column' is not a word of 'drift'; did you mean 'columns'?"),
    ({"drift": FILE, "statistic": "ks"}, "'ks' is not a statistic"),
    ({"drift": FILE, "statistic": "wasserstein"}, "'wasserstein' is in the unit of the column: say its `threshold`"),
    ({"drift": FILE, "statistic": "kolmogorov_smirnov"}, "'kolmogorov_smirnov' needs every value: headgate baseline --distinct x"),
    ({"drift": FILE, "significance": 1}, "'significance' takes a number between 0 and 1, not 1"),
    ({"drift": FILE, "threshold": "0.1"}, "'threshold' takes a number that is not negative, not '0.1'"),
    ({"drift": FILE, "columns": ["x", "x"]}, "'columns' lists a property twice"),
    ({"drift": FILE, "minimum": 0}, "'minimum' takes a number of rows, not 0"),
    ({"out_of_range": FILE, "columns": ["word"]}, "the baseline has a list of values of 'word', not what 'out_of_range' needs"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "reason"), REFUSED, ids=[reason[:50] for _, reason in REFUSED])
def test_a_rule_that_cannot_be_executed_says_why(said: dict[str, Any], reason: str, tmp_path: Path) -> None:
    pin(tmp_path)
    dataset = Contract.load(contract(tmp_path, {"implementation": said}))["things"]
    (result,) = (r for r in check(dataset, rows(10)).results if r.key == "custom")
    assert result.status is Status.NOT_EXECUTED and reason in result.reason


@pytest.mark.parametrize(("text", "reason"), [
    ("{", "it is not JSON: Expecting property name"), ("[]", "it is not a baseline; headgate baseline writes one"),
    ("[" * 100_000, "it is not JSON of a baseline"),
    ('{"columns": {}}', "its schema is None"),
    ('{"schema": 1, "columns": {}}', "'rows' is missing in it"),
])  # fmt: skip
def test_a_file_that_is_no_baseline(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    dataset = Contract.load(contract(tmp_path, {"implementation": RULE}))["things"]
    (result,) = (r for r in check(dataset, rows(10)).results if r.key == "custom")
    assert reason in result.reason


X, WORD = "columns.x.", "columns.word."
EDITED: list[tuple[str, Any, str]] = [
    (f"{X}high", "1E+999999999", "'x.high' is 1E+999999999, which is beyond all numbers of a column"),
    (f"{X}high", -1e9, "low, edges and high of 'x' do not ascend"),
    (f"{X}low", "DROP TABLE x", "'x.low' is 'DROP TABLE x', not a number"),
    (f"{X}counts", {"": [1]}, "'x' has 13 bins and 1 counts"),
    (f"{X}counts", {}, "'x' has other segments than `rows`"),
    (f"{X}counts", [], "'counts' is not an object"),
    (f"{X}counts", {"": [0.5] * 13}, "'x.counts' is 0.5, not a number of rows"),
    (f"{X}counts", {"": [10**400, *[0] * 12]}, "not a number of rows"),
    (f"{WORD}values", ["a"] * 3, "'word' lists a value twice"),
    (f"{WORD}values", [str(n) for n in range(1_001)], "'word.values' lists 1,001; at most 1,000 are read"),
    ("rows", {"": 1_000_000}, "the counts of 'x' are 28,000, its rows 1,000,000"),
    ("rows", {"": -5}, "'rows.' is -5, not a number of rows"),
    ("version", "x", "'version' is x, not a number of rows"),
    ("at", "2026-01-01T00:00:00", "'at' is '2026-01-01T00:00:00', not a time with a time zone"),
    ("dataset", "others", "the baseline 'things.baseline.json' is one of 'others', not of 'things'"),
    ("segment", "secret", "the segments of the baseline 'things.baseline.json' are values of a classified column"),
    ("columns", {}, "the baseline has no property of the dataset that the rule could be about"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "reason"), EDITED, ids=[f"{path}-{at}" for at, (path, *_) in enumerate(EDITED)]
)
def test_a_baseline_that_somebody_edited(path: str, value: Any, reason: str, tmp_path: Path) -> None:
    """It is as untrusted as a contract: refused with what is wrong, and the other rules of the contract are executed."""
    pin(tmp_path)
    told = json.loads((tmp_path / FILE).read_text())
    *steps, last = path.split(".")
    at = told
    for step in steps:
        at = at[step]
    at[last] = value
    (tmp_path / FILE).write_text(json.dumps(told))
    file = contract(tmp_path, {"implementation": RULE, "severity": "error"})
    report = check(Contract.load(file)["things"], rows(2_000))
    (result,) = (r for r in report.results if r.key == "custom")
    assert (result.status, report.verdict) == (Status.NOT_EXECUTED, Verdict.UNKNOWN) and reason in result.reason


def test_a_pinned_column_that_is_no_property_any_more_is_not_passed(tmp_path: Path) -> None:
    pin(tmp_path)
    path = contract(tmp_path, {"implementation": RULE, "severity": "error"})
    path.write_text(path.read_text().replace('"few"', '"some"'))
    report = check(
        Contract.load(path)["things"], rows(2_000).rename_columns(["id", "x", "some", *rows(1).column_names[3:]])
    )
    (lost,) = (r for r in report.results if r.key == "custom[few]")
    assert lost.reason == "'few' of the baseline is not a property of the dataset; pin it anew"
    assert report.verdict is Verdict.UNKNOWN


def test_segments_of_null_of_nothing_and_of_the_word_null(tmp_path: Path) -> None:
    versions = np.array(["a", "", "NULL", "'", None], dtype=object)
    data = rows(10_000, version=lambda v: versions[np.arange(len(v)) % 5])
    found = baseline_of(
        Contract.load(contract(tmp_path))["things"], place_of(data), Pinning(segment="version"), now=NOW
    )
    assert found.rows == {"a": 2_000, "''": 2_000, "'NULL'": 2_000, "'''": 2_000, "NULL": 2_000}
    assert [segment_name(value) for value in ("a", "", "NULL", "'")] == ["a", "''", "'NULL'", "'''"]


PINNED: list[tuple[Pinning, str, str]] = [
    (Pinning(segment="secret"), "", "'secret' is classified: its values cannot be segments of a baseline"),
    (Pinning(segment="versoin"), "", "has no column 'versoin'; did you mean 'version'?"),
    (Pinning(columns=("wrd",)), "", "has no column 'wrd'; did you mean 'word'?"),
    (Pinning(columns=("secret",)), "", "'secret' cannot be pinned: it is classified: a baseline holds values"),
    (
        Pinning(columns=("version",), segment="version"),
        "",
        "'version' is the column of the segments, which is not pinned itself",
    ),
    (Pinning(segment="version", distinct=("x",)), "", "--distinct does not go with --segment"),
]


@pytest.mark.parametrize(("wanted", "where", "reason"), PINNED, ids=[case[2][:40] for case in PINNED])
def test_what_is_not_pinned(wanted: Pinning, where: str, reason: str, tmp_path: Path) -> None:
    dataset = Contract.load(contract(tmp_path))["things"]
    with pytest.raises(CallError) as error:
        baseline_of(dataset, place_of(rows(100)), wanted, now=NOW, where=where)
    assert reason in str(error.value)


def test_a_condition_on_a_classified_column_is_not_kept(tmp_path: Path) -> None:
    dataset = Contract.load(contract(tmp_path))["things"]
    for where, kept in (("secret = 'a'", "a condition on a classified column"), ("few > 1", "few > 1")):
        assert baseline_of(dataset, place_of(rows(500)), EVERYTHING, now=NOW, where=where).where == kept


def test_a_long_value_is_not_listed(tmp_path: Path) -> None:
    dataset = Contract.load(contract(tmp_path))["things"]
    baseline = baseline_of(dataset, place_of(rows(500, word=some(0.1, "L" * 201))), EVERYTHING, now=NOW)
    assert baseline.left_out["word"] == "it has values of more than 200 characters"


def test_what_two_commands_add_is_all_there(tmp_path: Path) -> None:
    path, data = contract(tmp_path, {"implementation": RULE}), tmp_path / "d.parquet"
    pq.write_table(rows(2_000), data)
    command = [str(Path(sys.executable).with_name("headgate")), "baseline", str(path), str(data)]
    subprocess.run(command, check=True, capture_output=True)
    both = [subprocess.Popen([*command, "--add"], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    told = json.loads((tmp_path / FILE).read_text())
    assert (told["version"], told["rows"]) == (3, {"": 6_000})


def test_parts_add_up(tmp_path: Path) -> None:
    """What is counted of parts, in the bins of the first, is what is counted of the whole."""
    dataset = Contract.load(contract(tmp_path))["things"]
    table = rows(9_000)
    parts = [table.slice(0, 4_000), table.slice(4_000, 5_000)]
    first = baseline_of(dataset, place_of(parts[0]), Pinning(), now=NOW)
    both = added_to(first, dataset, place_of(parts[1]), now=NOW)
    again = added_to(baseline_of(dataset, place_of(parts[0]), Pinning(), now=NOW), dataset, place_of(table), now=NOW)
    for name, column in both.columns.items():
        assert again.columns[name].counts[""] == added(column.counts[""], first.columns[name].counts[""])
        assert sum(column.counts[""]) == 9_000 == both.rows[""]
    assert both.version == 2


VALUES = st.lists(st.one_of(st.text(max_size=8), st.booleans()), min_size=1, max_size=5, unique_by=str)
NUMBERS = st.lists(st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)), min_size=1, max_size=9, unique=True)  # fmt: skip


@given(
    st.one_of(
        VALUES.map(lambda v: Bins(values=tuple(v))), NUMBERS.map(lambda n: Bins(tuple(sorted(n)), min(n), max(n)))
    )
)
def test_a_baseline_is_read_back_as_it_was_written(bins: Bins) -> None:
    counts = tuple(range(bins.size))
    column = PinnedColumn(bins, {"": counts})
    rows = {"": sum(counts)}
    baseline = Baseline("things", "test 1.0.0", 3, NOW, "data", rows, {"c": column}, left_out={"k": "it is a key"})
    assert load(dump(baseline)) == baseline
    assert sum(bool(bins.name(at)) for at in range(bins.size)) == bins.size


def test_the_command(tmp_path: Path) -> None:
    path, data = contract(tmp_path, {"implementation": RULE}), tmp_path / "d.parquet"
    pq.write_table(rows(1_500), data)

    def run(*options: str) -> tuple[int, str]:
        done = CliRunner(env={"COLUMNS": "400"}).invoke(main, ["baseline", str(path), str(data), *options])
        return done.exit_code, done.output

    code, said = run()
    assert code == 0 and "secret is not pinned: it is classified: a baseline holds values" in said
    assert f"drift: {FILE}" in said
    assert run() == (2, f"{tmp_path / FILE} exists; --add adds to it, --replace pins it anew\n")
    assert run("--replace", "--column", "word", "--format", "json")[0] == 0
    told = json.loads((tmp_path / FILE).read_text())
    assert (told["version"], list(told["columns"])) == (2, ["word"])
    assert run("--add", "--segment", "version")[1].endswith("it has no segments, not of 'version'\n")
    assert run("--replace", "--segment", "version=v1")[0] == run("--add", "--segment", "version=v9")[0] == 0
    assert json.loads((tmp_path / FILE).read_text())["rows"] == {"v1": 1_500, "v9": 1_500}
    code, said = run("--replace", "--column", "secret")
    assert code == 2 and "'secret' cannot be pinned: it is classified" in said
    assert "secret" not in json.dumps(json.loads((tmp_path / FILE).read_text())["columns"])


def test_a_dataset_without_such_a_rule(tmp_path: Path) -> None:
    with pytest.raises(
        CallError, match="things has no rule `drift` that compares it with a baseline and can be executed"
    ):
        measure_drift(Contract.load(contract(tmp_path))["things"], rows(10))


def test_the_commands_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/drift.md shows commands that run, and rules that are executed on what they write."""
    page = (Path(__file__).parents[2] / "docs" / "drift.md").read_text(encoding="utf-8")
    console, *rules = re.findall(r"```(?:console|yaml)\n(.+?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts").mkdir()
    properties = [*PROPERTIES[:4], {"name": "as_of", "logicalType": "date"}]
    quality = [rule for text in rules for rule in yaml.safe_load(text)["quality"]]
    for rule in quality:
        kind, _ = next(iter(rule["implementation"].items()))
        rule |= {"id": kind, "implementation": {kind: "customer_features.baseline.json"}}
    tables = {"name": "customer_features", "properties": properties, "quality": quality}
    servers = [{"server": "warehouse", "type": "duckdb", "database": "w.duckdb", "schema": "main"}]
    file = write_contract(tmp_path / "contracts", odcs(tables, servers=servers), "features.odcs.yaml")
    data = rows(2_000).append_column("as_of", pa.array([date(2026, 2, 1 + i % 28) for i in range(2_000)]))
    pq.write_table(data, "training.parquet")
    with duckdb.connect("contracts/w.duckdb") as connection:
        connection.execute("CREATE TABLE customer_features AS FROM 'training.parquet'")
    commands = [line.partition("  #")[0] for line in console.splitlines()]
    assert len(commands) == 3
    for number, command in enumerate(commands):
        done = CliRunner().invoke(main, [*shlex.split(command)[1:], *(["--replace"] if number else [])])
        assert done.exit_code == 0, done.output
    report = check(Contract.load(file)["customer_features"], "training.parquet")
    found = {
        result.key.partition("[")[0]: result.status for result in report.results if not result.type.startswith("col")
    }
    assert {found[kind] for kind in ("drift", "new_values", "out_of_range")} == {Status.PASSED}
