"""Metrics of a model's outputs: equal to numpy on both engines, and what is no score."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pytest
from headgate import Run, check
from headgate.checks import Unchecked
from headgate.contract import Dataset
from headgate.past.outputs import evaluator
from headgate.past.outputs.query import ask
from headgate.render.report import render
from headgate.report import CheckResult, Report
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.contracts import dataset, load, odcs
from tests.support.postgres_tables import Database

NOW = datetime(2026, 6, 15, tzinfo=UTC)
EDGE = NOW - timedelta(days=30)  # the latest moment that is settled
OLD = EDGE - timedelta(days=1)
METRICS = ("brier_score", "calibration_error", "precision", "recall", "accuracy")
TYPES = {"score": "number", "label": "boolean", "scored_at": "timestamp", "version": "string"}
# What DuckDB and PostgreSQL both call the types of the columns.
SQL = {"score": "DOUBLE PRECISION", "label": "BOOLEAN", "scored_at": "TIMESTAMPTZ", "version": "VARCHAR"}
Row = tuple[Any, ...]


def rule(metric: str, **said: Any) -> dict[str, Any]:
    """A rule that every score keeps, of a row or more, unless `said` has it otherwise; None leaves a word out."""
    wanted = {name: said.pop(name) for name in list(said) if name.startswith("must")} or {"mustBeLessOrEqualTo": 1}
    top = {name: said.pop(name) for name in ("severity", "id", "unit") if name in said}
    words = {"model_metric": metric, "prediction": "score", "label": "label", "minimum": 1, **said}
    implementation = {name: value for name, value in words.items() if value is not None}
    custom = {"id": metric, "type": "custom", "engine": "headgate", "implementation": implementation}
    return {**custom, **wanted, **top}


def promised(*rules: dict[str, Any], types: dict[str, str] | None = None, **root: Any) -> Dataset:
    columns = [{"name": name, "logicalType": kind} for name, kind in (TYPES | (types or {})).items()]
    return dataset(*columns, name="outputs", quality=list(rules), **root)


class Engines:
    """The same table on DuckDB and on PostgreSQL."""

    def __init__(self, folder: Path, server: str) -> None:
        self.file, self.database = folder / "w.duckdb", Database.new(server)

    def fill(self, rows: list[Row], types: dict[str, str]) -> None:
        columns = SQL | types
        made = f"CREATE TABLE outputs ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        full = [tuple(row) + (None,) * (len(columns) - len(row)) for row in rows]
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"SET TimeZone = 'UTC'; DROP TABLE IF EXISTS outputs; {made}")
            if full:
                connection.executemany("INSERT INTO outputs VALUES (?, ?, ?, ?)", full)
        self.database.run("DROP TABLE IF EXISTS outputs", made)
        with psycopg.connect(host=self.database.server, user="headgate", dbname="postgres") as server:
            server.cursor().executemany(f"INSERT INTO {self.database.schema}.outputs VALUES (%s, %s, %s, %s)", full)

    def check(self, promise: Dataset, now: datetime = NOW, **more: Any) -> tuple[Report, Report]:
        run = Run("r", now=now)
        places = (f"{self.file}#outputs", self.database.url("outputs"))
        duck, post = (check(promise, place, run=run, **more) for place in places)
        return duck, post


@pytest.fixture(scope="module")
def engines(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    made = Engines(tmp_path_factory.mktemp("outputs"), postgres)
    yield made
    made.database.drop()


def only(report: Report) -> CheckResult:
    (found,) = (result for result in report.results if result.type == "model_metric")
    return found


@dataclass(frozen=True)
class Case:
    """Rows of (score, label, scored_at, version), a rule, and its result: status, score, and what the reason has."""

    name: str
    rows: list[Row]
    rule: dict[str, Any]
    status: str
    value: float | None = None
    reason: str = ""
    counts: dict[str, Any] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


LATE = {"settled": "P30D", "as_of": "scored_at"}
MIXED: list[Row] = [(0.9, True), (0.8, False), (0.4, True), (0.1, False), (0.7, True)]
SECOND = timedelta(microseconds=1)
CASES = (
    Case("Brier score", MIXED, rule("brier_score"), "passed", (0.01 + 0.64 + 0.36 + 0.01 + 0.09) / 5),
    Case("Brier score, too large", MIXED, rule("brier_score", mustBeLessThan=0.2), "failed", 0.222),
    Case("calibration: a bin each, but 0.9 is with 0.8 in none", MIXED, rule("calibration_error"), "passed", (0.1 + 0.8 + 0.6 + 0.1 + 0.3) / 5),
    Case("calibration: over and under in a bin are one", [(0.65, True), (0.65, False), (0.7, True)], rule("calibration_error"), "passed", 0.0),
    Case("calibration: a bin holds its upper edge", [(0.3, True), (0.1 * 3, True), (0.25, False)], rule("calibration_error"), "passed", (2 - 0.85) / 3),
    Case("calibration: 0 and 1 have bins", [(0.0, False), (1.0, True)], rule("calibration_error"), "passed", 0.0),
    Case("precision", MIXED, rule("precision"), "passed", 2 / 3),
    Case("precision, exactly at the limit", MIXED, rule("precision", threshold=0.3, mustBeGreaterOrEqualTo=0.75), "passed", 0.75),
    Case("a score at the threshold is positive", [(0.5, True), (0.4999, True)], rule("recall"), "passed", 0.5),
    Case("a threshold of scores that are no probabilities", [(3.5, True), (-2, True), (7, False)], rule("precision", threshold=2), "passed", 0.5),
    Case("recall", MIXED, rule("recall", mustBeGreaterThan=0.7), "failed", 2 / 3),
    Case("accuracy at a threshold", MIXED, rule("accuracy", threshold=0.5), "passed", 0.6),
    Case("accuracy of classes", [("a", "a"), ("b", "a"), ("c", "c"), (None, "c"), ("a", None)], rule("accuracy", coverage=0.8), "passed", 2 / 3,
         counts={"labelled": 4, "judged": 3, "unpredicted": 1}, types={"score": "VARCHAR", "label": "VARCHAR"}),
    Case("accuracy of numbered classes", [(2, 2), (3, 1)], rule("accuracy"), "passed", 0.5, types={"score": "INTEGER", "label": "BIGINT"}),
    Case("predictions that are booleans", [(True, True), (True, False), (False, True)], rule("precision"), "passed", 0.5, types={"score": "BOOLEAN"}),
    Case("labels 0 and 1", [(0.9, 1), (0.2, 0)], rule("brier_score"), "passed", 0.025, types={"label": "INTEGER"}),
    Case("labels 0 and 1 as decimals", [(0.9, 1), (0.2, 0)], rule("brier_score"), "passed", 0.025, types={"label": "DECIMAL(3, 1)", "score": "DECIMAL(5, 2)"}),
    Case("other labels", [(0.9, 1), (0.2, -1), (0.2, 2)], rule("recall"), "not_executed", reason="2 labels of 3 that are neither 0 nor 1", types={"label": "INTEGER"}),
    Case("a percentage is no probability", [(90.0, True), (0.2, False)], rule("brier_score"), "not_executed", reason="1 prediction of 2 that are not from 0 to 1", counts={"outside": 1}),
    Case("outside the range is a prediction of scores", [(90.0, True), (0.2, False)], rule("accuracy", threshold=0.5), "passed", 1.0, counts={"outside": 1}),
    Case("NULL and NaN are no predictions", [(None, True), (float("nan"), True), (0.5, True)], rule("brier_score"), "passed", 0.25, counts={"unpredicted": 2, "judged": 1, "coverage": 1.0}),
    Case("infinite", [(float("inf"), True), (float("-inf"), False)], rule("brier_score"), "not_executed", reason="2 predictions of 2"),
    Case("squares too small to be numbers", [(1e-200, False), (1.0, False)], rule("brier_score"), "passed", 0.5),
    Case("no rows", [], rule("brier_score"), "not_executed", reason="no rows"),
    Case("no labels", [(0.5, None), (0.6, None)], rule("brier_score"), "not_executed", reason="labels for 0 % of 2 settled rows, fewer than 90 %"),
    Case("nine of ten labels", [*([(0.5, True)] * 9), (0.5, None)], rule("brier_score"), "passed", 0.25, counts={"coverage": 0.9}),
    Case("fewer labels", [*([(0.5, True)] * 8), (0.5, None)], rule("brier_score"), "not_executed", reason="labels for 88.8 % of 9 settled rows, fewer than 90 %"),
    Case("fewer labels, as allowed", [(0.5, True), (0.5, None)], rule("brier_score", coverage=0), "passed", 0.25, counts={"coverage": 0.5}),
    Case("too few rows", MIXED, rule("brier_score", minimum=6), "not_executed", reason="5 settled rows with a label and a prediction, fewer than 6"),
    Case("too few rows, by default", MIXED, rule("brier_score", minimum=None), "not_executed", reason="fewer than 1,000"),
    Case("nothing predicted positive", [(0.1, True)], rule("precision"), "not_executed", reason="no prediction of 1 is positive, so that precision is not defined"),
    Case("nothing positive", [(0.9, False)], rule("recall"), "not_executed", reason="no label of 1 is positive, so that recall is not defined"),
    Case("settled, at the edge", [(0.5, True, EDGE), (0.5, None, EDGE + SECOND), (0.1, True, OLD)], rule("brier_score", **LATE), "passed", (0.25 + 0.81) / 2,
         counts={"settled": 2, "pending": 1, "coverage": 1.0}),
    Case("a label that is early does not count", [(0.5, True, OLD), (0.1, True, EDGE + SECOND)], rule("brier_score", **LATE), "passed", 0.25, counts={"pending": 1, "labelled": 1}),
    Case("a time that is not known does not count", [(0.5, True, OLD), (0.1, True, None)], rule("brier_score", **LATE), "passed", 0.25, counts={"undated": 1}),
    Case("nothing settled", [(0.5, True, NOW)], rule("brier_score", **LATE), "not_executed", reason="no row is settled: none is as old as P30D"),
    Case("a month is one of the calendar", [(0.5, True, datetime(2026, 5, 15, tzinfo=UTC)), (0.1, True, datetime(2026, 5, 15, 1, tzinfo=UTC))],
         rule("brier_score", settled="P1M", as_of="scored_at"), "passed", 0.25, counts={"pending": 1}),
    Case("a day is settled when it is over", [(0.5, True, date(2026, 5, 15)), (0.1, True, date(2026, 5, 16))], rule("brier_score", **LATE), "passed", 0.25,
         counts={"settled": 1, "pending": 1}, types={"scored_at": "DATE"}),
    Case("a time without a zone is of UTC", [(0.5, True, EDGE.replace(tzinfo=None)), (0.1, True, (EDGE + SECOND).replace(tzinfo=None))], rule("brier_score", **LATE),
         "passed", 0.25, counts={"settled": 1, "pending": 1}, types={"scored_at": "TIMESTAMP"}),
    Case("some rows only", [*MIXED, (0.0, True, None, "old")], rule("brier_score", where="version IS NULL"), "passed", 0.222),
    Case("rows of the last days", [(0.5, True, OLD), (0.1, True, OLD - timedelta(days=90))], rule("brier_score", **LATE, where="scored_at > CURRENT_TIMESTAMP - INTERVAL '60' DAY"), "passed", 0.25),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_result(case: Case, engines: Engines) -> None:
    engines.fill(case.rows, case.types)
    kinds = {
        "VARCHAR": "string",
        "BOOLEAN": "boolean",
        "INTEGER": "integer",
        "BIGINT": "integer",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
    }
    promise = promised(case.rule, types={name: kinds.get(kind, "number") for name, kind in case.types.items()})
    for report in engines.check(promise):
        found = only(report)
        assert (found.status, found.reason) == (case.status, found.reason if case.reason else "")
        assert case.reason in found.reason
        assert (
            found.value is None
            if case.value is None
            else float(found.value or 0) == pytest.approx(case.value, abs=1e-12)
        )
        told = found.details["model_metric"]
        assert {name: told[name] for name in case.counts} == case.counts
        assert report.verdict == {"passed": "pass", "failed": "warn"}.get(case.status, report.verdict)


def edges(predictions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The bin of each prediction, as scikit-learn's calibration_curve has it."""
    return np.searchsorted(np.linspace(0, 1, 11)[1:-1], predictions)


def by_numpy(metric: str, predictions: Any, labels: Any, threshold: float = 0.5) -> float | None:
    p, y = np.asarray(predictions, dtype=float), np.asarray(labels, dtype=float)
    predicted = p >= threshold
    if metric == "brier_score":
        return float(np.mean((p - y) ** 2))
    if metric == "calibration_error":
        bins = edges(p)
        of_bins = [(np.mean(bins == b), np.mean(p[bins == b]), np.mean(y[bins == b])) for b in np.unique(bins)]
        return float(sum(weight * abs(mean - share) for weight, mean, share in of_bins))
    if metric == "precision":
        return float(np.mean(y[predicted])) if predicted.any() else None
    if metric == "recall":
        return float(np.mean(predicted[y == 1])) if y.any() else None
    return float(np.mean(predicted == (y == 1)))


def agree(found: CheckResult, wanted: float | None) -> None:
    if wanted is None:
        assert found.status == "not_executed"
        assert found.reason.endswith("is not defined")
    else:
        assert found.value is not None
        assert float(found.value) == pytest.approx(wanted, abs=1e-12)


SCORES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 0.3, 0.1 * 3, 0.7, 0.1 * 7, 5e-324, 1e-160]))
EACH = promised(*(rule(metric, threshold=0.5 if metric == "accuracy" else None) for metric in METRICS))


@pytest.mark.slow
@given(st.lists(st.tuples(SCORES, st.booleans()), min_size=1, max_size=40), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_equal_to_numpy(rows: list[tuple[float, bool]], unpredicted: int) -> None:
    given_scores, given_labels = zip(*rows, *[(None, True)] * unpredicted)
    times, versions = pa.nulls(len(given_scores), pa.timestamp("us")), pa.nulls(len(given_scores), pa.string())
    report = check(
        EACH,
        pa.table(
            {
                "score": pa.array(given_scores, pa.float64()),
                "label": pa.array(given_labels, pa.bool_()),
                "scored_at": times,
                "version": versions,
            }
        ),
    )
    predictions, labels = zip(*rows)
    for found in (result for result in report.results if result.type == "model_metric"):
        agree(found, by_numpy(found.key, predictions, labels))


@pytest.mark.slow
def test_equal_to_numpy_and_to_each_other_at_some_size(engines: Engines) -> None:
    random = np.random.default_rng(20260615)
    scores = np.concatenate([random.beta(0.5, 0.7, 2_000), np.linspace(0, 1, 11), [1e-200, 0.3, 0.6, 0.7]])
    labels = random.random(len(scores)) < scores
    versions = random.choice(["a", "b", "c"], len(scores))
    engines.fill(list(zip(scores.tolist(), labels.tolist(), [OLD] * len(scores), versions.tolist())), {})
    rules = [
        rule(metric, id=f"{metric}-{segment}", **LATE, segment=segment, threshold=threshold)
        for metric in METRICS
        for segment in (None, "version")
        for threshold in [None if metric in METRICS[:2] else 0.6]
    ]
    duck, post = engines.check(promised(*rules), show_examples=True)
    for one, other in zip(duck.results, post.results, strict=True):
        if one.type != "model_metric":
            continue
        metric, _, segment = one.key.partition("-")
        for found in (one, other):
            if segment == "None":
                agree(found, by_numpy(metric, scores, labels, 0.6))
                continue
            told = {each["where"]["version"]: each["score"] for each in found.details["model_metric"]["segments"]}
            wanted = {v: by_numpy(metric, scores[versions == v], labels[versions == v], 0.6) for v in "abc"}
            assert told == pytest.approx(wanted, abs=1e-12)
            assert float(found.value or 0) == pytest.approx(max(w for w in wanted.values() if w is not None), abs=1e-12)


SEGMENTS: list[tuple[str, list[Row], dict[str, Any], str, float | None, str]] = [
    ("the worst is too large", [(0.5, True, None, "a"), (0.1, True, None, "b")], {"mustBeLessThan": 0.5}, "failed", 0.81, ""),
    ("all are good, and the worst is told", [(0.5, True, None, "a"), (0.9, True, None, "b")], {"mustBeLessThan": 0.5}, "passed", 0.25, ""),
    ("NULL is a segment", [(0.9, True, None, "a"), (0.1, True, None, None)], {"mustBeLessThan": 0.5}, "failed", 0.81, ""),
    ("too few rows in one are unknown", [*[(0.9, True, None, "a")] * 2, (0.9, True, None, "b")], {"mustBeLessThan": 0.5, "minimum": 2}, "not_executed", None,
     "1 of 2 segments: 1 settled row with a label and a prediction, fewer than 2"),
    ("unless another one is bad", [*[(0.1, True, None, "a")] * 2, (0.9, True, None, "b")], {"mustBeLessThan": 0.5, "minimum": 2}, "failed", 0.81, ""),
    ("each has its labels", [*[(0.9, True, None, "a")] * 9, (0.9, None, None, "b")], {"coverage": 0.5}, "not_executed", None, "1 of 2 segments: labels for 0 % of 1 settled row"),
    ("a new version has no settled rows", [(0.9, True, OLD, "a"), (0.9, None, NOW, "b")], LATE, "not_executed", None, "1 of 2 segments: no row is settled"),
    ("a lower bound", [(0.5, True, None, "a"), (0.1, True, None, "b")], {"mustBeGreaterThan": 0.3}, "failed", 0.25, ""),
    ("a range: the farthest from it", [(1.0, True, None, "a"), (0.5, True, None, "b"), (0.0, True, None, "c")], {"mustBeBetween": [0.2, 0.9]}, "failed", 0.0, ""),
    ("one value", [(1.0, True, None, "a"), (0.5, True, None, "b")], {"mustBe": 0.25}, "failed", 0.0, ""),
    ("another value", [(1.0, True, None, "a"), (0.5, True, None, "b")], {"mustNotBe": 0.25}, "failed", 0.25, ""),
    ("out of a range", [(1.0, True, None, "a"), (0.5, True, None, "b")], {"mustNotBeBetween": [0.2, 0.9]}, "failed", 0.25, ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "said", "status", "value", "reason"), SEGMENTS, ids=[c[0] for c in SEGMENTS])
def test_the_worst_segment_decides(
    name: str, rows: list[Row], said: dict[str, Any], status: str, value: float | None, reason: str, engines: Engines
) -> None:
    engines.fill(rows, {})
    for report in engines.check(promised(rule("brier_score", segment="version", **said))):
        found = only(report)
        assert (found.status, reason in found.reason) == (status, True)
        assert (found.value if value is None else float(found.value or 0)) == (
            value and pytest.approx(value, abs=1e-12)
        )
        assert len(found.details["model_metric"]["segments"]) == len({row[3] for row in rows})
        assert not any(each["where"] for each in found.details["model_metric"]["segments"])  # values are not shown


def frame(rows: list[Row]) -> pa.Table:
    kinds = [pa.float64(), pa.bool_(), pa.timestamp("us", "UTC"), pa.string()]
    full = [tuple(row) + (None,) * (4 - len(row)) for row in rows]
    return pa.table({n: pa.array([row[i] for row in full], kinds[i]) for i, n in enumerate(TYPES)})


# Values that a segment can have, as one for all rows; and how many segments they are.
ODD: list[tuple[str, int]] = [
    ("'NaN'::DOUBLE", 1), ("[n, 1]", 4), ("{'a': n}", 4), ("MAP {'a': n}", 4), ("'infinity'::TIMESTAMP", 1),
    ("'20260-01-01'::DATE", 1), ("(n / 2)::DECIMAL(38, 10)", 4), ("'a'::BLOB", 1), ("-0.0::DOUBLE * n", 1),
]  # fmt: skip


@pytest.mark.parametrize(("value", "count"), ODD)
def test_segments_of_any_type(value: str, count: int, tmp_path: Path) -> None:
    with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
        connection.execute(f"CREATE TABLE outputs AS SELECT n / 4 AS score, TRUE AS label, {value} AS version FROM range(4) AS t (n)")  # fmt: skip
    columns = [{"name": name} for name in ("score", "label", "version")]
    rules = [rule("calibration_error", segment="version"), rule("recall")]
    report = check(dataset(*columns, name="outputs", quality=rules), f"{tmp_path}/w.duckdb#outputs", show_examples=True)
    found = {each.key: each for each in report.results if each.type == "model_metric"}
    assert {str(each.status) for each in found.values()} == {"passed"}
    assert len(found["calibration_error"].details["model_metric"]["segments"]) == count
    assert Report.from_dict(json.loads(report.to_json())) == report


def test_a_fault_of_one_rule_is_not_one_of_the_others() -> None:
    # Ten years before the year 5 are no date.
    now = datetime(5, 1, 1, tzinfo=UTC)
    early = rule("brier_score", settled="P10Y", as_of="scored_at")
    report = check(promised(early, rule("recall")), frame(MIXED), run=Run("r", now=now))
    found = {each.key: each for each in report.results if each.type == "model_metric"}
    assert {key: (str(each.status), each.reason) for key, each in found.items()} == {
        "brier_score": ("errored", "it cannot be computed: ValueError"),
        "recall": ("passed", ""),
    }


def test_a_fault_of_one_rule_of_a_query_is_not_one_of_the_others(engines: Engines) -> None:
    engines.fill(MIXED, {})
    made = promised(rule("recall", id="large", threshold=1), rule("recall", id="usual"))
    large = {"threshold": Decimal("1E+400")}  # DuckDB reads it as infinite, PostgreSQL refuses it
    rules = tuple(replace(each, args=each.args | large) if each.key == "large" else each for each in made.checks)
    for report, status in zip(engines.check(replace(made, rules=rules)), ("passed", "errored"), strict=True):
        found = {each.key: str(each.status) for each in report.results if each.type == "model_metric"}
        assert found == {"large": status, "usual": "passed"}


def test_a_column_of_many_values_is_no_segment() -> None:
    rows = [(0.5, True, None, f"{i}") for i in range(1_001)]
    brier, calibration = (rule(m, segment="version") for m in METRICS[:2])
    for promise in (promised(brier), promised(calibration)):
        assert only(check(promise, frame(rows[:-1]))).status == "passed"
        found = only(check(promise, frame(rows)))
        assert (found.status, found.reason) == (
            "not_executed",
            "version has more than 1,000 values, which are too many segments",
        )


def test_rules_of_the_same_rows_share_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counting(of: Any, rules: Any, *args: Any, **more: Any) -> Any:
        asked.append(len(rules))
        return ask(of, rules, *args, **more)

    monkeypatch.setattr(evaluator, "ask", counting)
    rules = [
        *(rule(m) for m in METRICS[:4]),
        rule("accuracy", threshold=0.5),
        rule("recall", id="other", segment="version"),
    ]
    results = [r for r in check(promised(*rules), frame(MIXED)).results if r.type == "model_metric"]
    assert [r.status for r in results] == ["passed"] * 6
    assert sorted(asked) == [1, 5]


def test_several_operators_are_several_checks() -> None:
    report = check(
        promised(rule("brier_score", segment="version", mustBeGreaterThan=0.3, mustBeLessThan=0.5)),
        frame([(0.5, True, None, "a"), (0.3, True, None, "b")]),
    )
    found = {r.key: (r.status, r.value) for r in report.results if r.type == "model_metric"}
    assert {key: (status, round(float(value or 0), 9)) for key, (status, value) in found.items()} == {
        "brier_score[mustBeGreaterThan]": ("failed", 0.25),
        "brier_score[mustBeLessThan]": ("passed", 0.49),
    }


def test_a_warning_by_default_and_unknown_is_not_pass() -> None:
    for severity, verdict in ((None, "pass"), ("warning", "pass"), ("error", "unknown")):
        said = rule("brier_score", minimum=100, **({"severity": severity} if severity else {}))
        assert check(promised(said), frame(MIXED)).verdict == verdict
    for severity, verdict in ((None, "warn"), ("error", "breach")):
        said = rule("brier_score", mustBeLessThan=0.1, **({"severity": severity} if severity else {}))
        assert check(promised(said), frame(MIXED)).verdict == verdict


def test_what_a_report_says() -> None:
    rows = (
        [(0.1, True, OLD, "v1")] * 47
        + [(0.1, None, OLD, "v1")] * 3
        + [(None, True, OLD, "v2")]
        + [(0.9, True, OLD, "v2")] * 2
    )
    promise = promised(
        rule("brier_score", **LATE, mustBeLessThan=0.2, segment="version"),
        rule("recall", id="kept", mustBeGreaterOrEqualTo=0),
    )
    report = check(promise, frame(rows), run=Run("r", now=NOW), show_examples=True)
    said = " ".join(render(report, width=200, verbose=True).split())
    assert "the Brier score of score against label, of each version is < 0.2" in said
    assert "brier_score: version = v1, the worst of 2 segments: labels for 94 % of 50 settled rows" in said
    assert (
        "the recall of score at 0.5 against label is >= 0: 0.0408163; labels for 94.3 % of 53 settled rows, 1 without a prediction"
        in said
    )
    hidden = render(check(promise, frame(rows), run=Run("r", now=NOW)), width=200)
    assert "v1" not in hidden
    assert Report.from_dict(json.loads(report.to_json())) == report


def test_nothing_is_said_of_classified_columns() -> None:
    columns = [
        {"name": n, "logicalType": k} | ({"classification": "secret"} if n == "label" else {}) for n, k in TYPES.items()
    ]
    promise = dataset(*columns, quality=[rule("brier_score", mustBeLessThan=0.1, segment="version")])
    found = only(check(promise, frame([(0.4321, True, None, "v1")]), show_examples=True))
    assert (found.status, found.value, found.observed) == ("failed", None, "***")
    (segment,) = found.details["model_metric"]["segments"]
    assert segment["where"] == {}
    assert "score" not in segment


def test_a_time_without_a_zone_is_of_the_default_zone() -> None:
    local = datetime(2026, 5, 16, 2)  # midnight of UTC in Berlin
    table = pa.table(
        {
            "score": [0.5, 0.1],
            "label": [True, True],
            "scored_at": pa.array([local, local + SECOND], pa.timestamp("us")),
            "version": ["a", "a"],
        }
    )
    columns = [{"name": n, "logicalType": k} for n, k in TYPES.items()]
    columns[2] |= {"logicalTypeOptions": {"timezone": False, "defaultTimezone": "Europe/Berlin"}}
    found = only(check(dataset(*columns, quality=[rule("brier_score", **LATE)]), table, run=Run("r", now=NOW)))
    assert float(found.value or 0) == 0.25


def test_a_file_of_csv(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "score,label,scored_at,version\n0.5,true,2026-01-01T00:00:00Z,a\n0.7,,2026-01-01T00:00:00Z,a\n0.9,yes,2026-06-14T00:00:00Z,a\n"
    )
    found = only(check(promised(rule("brier_score", **LATE, coverage=0.5)), tmp_path / "o.csv", run=Run("r", now=NOW)))
    assert (found.value, found.details["model_metric"]["pending"]) == (Fraction(1, 4), 1)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"rule": {"model_metric": "brier"}}, "brier is not one of brier_score, calibration_error, precision, recall, accuracy; did you mean 'brier_score'?"),
    ({"tresholt": 1}, "'tresholt' is not a word of a model metric; did you mean 'threshold'?"),
    ({"label": None}, "say which column is the label: `label: …`"),
    ({"prediction": "scor"}, "prediction: 'scor' is not a property of outputs; did you mean 'score'?"),
    ({"threshold": 0.5}, "brier_score is of probabilities, and has no threshold"),
    ({"settled": "P30D"}, "'settled' needs 'as_of'"),
    ({"as_of": "scored_at"}, "'as_of' needs 'settled'"),
    ({"settled": "a month", "as_of": "scored_at"}, "settled: 'a month' is not a duration; expected a text such as P30D, P1M or PT6H, or a number and its unit, such as 30 days or 6 h"),
    ({"settled": "-P30D", "as_of": "scored_at"}, "settled: '-P30D' is not a duration; expected a text such as P30D, P1M or PT6H"),
    ({"settled": "-30 d", "as_of": "scored_at"}, "settled: '-30 d' is not a duration"),
    ({"settled": 30, "as_of": "scored_at"}, "settled: 30 is not a duration"),
    ({"settled": "30 m", "as_of": "scored_at"}, "settled: the unit m is minutes or months"),
    ({"settled": f"{'9' * 29}.1 mo", "as_of": "scored_at"}, "is not a duration"),
    ({"rule": {"model_metric": "recall"}, "threshold": "0.1"}, "'threshold' takes a number, not the text '0.1'"),
    ({"rule": {"model_metric": "recall"}, "threshold": "high"}, "'threshold' takes a number, not the text 'high'"),
    ({"segment": "versoin"}, "segment: 'versoin' is not a property of outputs; did you mean 'version'?"),
    ({"settled": "P11Y", "as_of": "scored_at"}, "settled: P11Y is longer than 10 years"),
    ({"coverage": 90}, "'coverage' is a share from 0 to 1, not 90"),
    ({"coverage": "most"}, "'coverage' takes a number, not the text 'most'"),
    ({"minimum": 0}, "'minimum' takes a number of rows, 1 or more, not 0"),
    ({"minimum": 0.5}, "'minimum' takes a number of rows, 1 or more, not 0.5"),
    ({"where": 1}, "'where' takes a condition in SQL, not 1"),
    ({"mustBeLessThan": 20}, "a model metric is a number from 0 to 1, and is compared with 20"),
    ({"mustBeLessThan": 0.2, "unit": "percent"}, "a model metric is a number from 0 to 1, without a unit"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "reason"), WRONG, ids=[case[1][:50] for case in WRONG])
def test_a_rule_that_cannot_be_meant_is_listed_with_the_reason(said: dict[str, Any], reason: str) -> None:
    made = promised(rule("brier_score", **(said | said.pop("rule", {}))))
    (found,) = (each for each in made.rules if each.key == "brier_score")
    assert isinstance(found, Unchecked)
    assert reason in found.reason
    assert not found.excused


TYPES_WRONG: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({"label": "VARCHAR"}, rule("recall"), "the label label is VARCHAR; it must be a boolean, or 0 and 1"),
    ({"score": "VARCHAR"}, rule("recall"), "the prediction score is VARCHAR, which is not a number"),
    ({"score": "BOOLEAN"}, rule("brier_score"), "the prediction score is BOOLEAN, which is not a number"),
    ({"scored_at": "VARCHAR"}, rule("recall", **LATE), "as_of: scored_at is VARCHAR, which is not a date or a timestamp"),
    ({}, rule("accuracy"), "accuracy compares classes, and score is DOUBLE and label BOOLEAN; of a score, give its `threshold`"),
    ({}, rule("recall", where="nothing > 1"), "the data has no column 'nothing'"),
]  # fmt: skip


@pytest.mark.parametrize(("types", "said", "reason"), TYPES_WRONG, ids=[case[2][:40] for case in TYPES_WRONG])
def test_columns_that_it_cannot_be_measured_on(types: dict[str, str], said: dict[str, Any], reason: str) -> None:
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in (SQL | types).items())
    with duckdb.connect() as connection:
        table = connection.sql(f"SELECT {columns}").to_arrow_table()
    found = only(check(dataset(*({"name": name} for name in TYPES), quality=[said]), table))
    assert found.status in ("not_executed", "errored")
    assert reason in found.reason
    assert not found.excused


def test_the_rule_of_a_property_is_about_it() -> None:
    said = rule("brier_score")
    del said["implementation"]["prediction"]
    columns = [{"name": n, "logicalType": k} for n, k in TYPES.items()]
    columns[0] |= {"quality": [said], "physicalName": "p"}
    (found,) = (
        c for c in load(odcs({"name": "things", "properties": columns}))["things"].checks if c.type == "model_metric"
    )
    assert (found.key, found.args["prediction"]) == ("score.brier_score", "p")
