"""The example contracts of model outputs: which rule tells of which fault."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate import Contract, Run, check, publish
from headgate.cli import main
from headgate.report import Report, Status

CONTRACTS = Path(__file__).parents[2] / "dags" / "examples" / "contracts"
NOW = datetime(2026, 6, 15, tzinfo=UTC)
# 2,000 answers of the last hour, 2 % unknown, 0.5 % unparsed, 1 % refused.
ANSWERS = """
    CREATE TABLE llm_answers AS SELECT
        'a' || i AS answer_id, TIMESTAMPTZ '2026-06-14 23:30:00+00' AS answered_at, 'm' || i % 2 AS model_version,
        'p1' AS prompt_version,
        CASE WHEN i % 200 = 0 THEN NULL WHEN i % 100 = 1 THEN NULL WHEN i % 50 = 2 THEN 'unknown'
             ELSE CASE i % 4 WHEN 0 THEN 'billing' WHEN 1 THEN 'cancellation' WHEN 2 THEN 'outage' ELSE 'other' END
        END AS category,
        i % 200 <> 0 AS parsed, i % 100 = 1 AS refused, 300 + i % 900 AS latency_ms, 200 AS prompt_tokens,
        20 AS answer_tokens
    FROM generate_series(1, 2000) AS t(i)
"""
# 2,000 customers, scored 45 days ago, with labels for 97 %, and today, with none. Of those with a score of s, a share of s
# have left.
SCORES = """
    CREATE TABLE model_scores AS SELECT
        'C' || i % 2000 AS customer_id,
        CASE WHEN i < 2000 THEN TIMESTAMPTZ '2026-05-01 00:00:00+00' ELSE TIMESTAMPTZ '2026-06-15 00:00:00+00' END AS scored_at,
        CASE WHEN i % 40 < 20 THEN 'v0' ELSE 'v1' END AS model_version,
        CAST(i % 20 + 0.5 AS DOUBLE PRECISION) / 20 AS score,
        CASE WHEN i < 2000 AND i % 100 >= 3 THEN i * 7919 % 1009 < 1009 * (i % 20 + 0.5) / 20 END AS churned
    FROM generate_series(0, 3999) AS t(i)
"""
DATA = {"llm_answers": ANSWERS, "model_scores": SCORES}

CASES: list[tuple[str, str, str, str, set[str], str]] = [
    ("llm_answers", "good answers", "", "pass", set(), ""),
    ("llm_answers", "more is refused", "UPDATE llm_answers SET refused = TRUE, category = NULL WHERE latency_ms % 20 = 0", "breach", {"refused.few-refused"}, ""),
    ("llm_answers", "the JSON is in a code block", "UPDATE llm_answers SET parsed = FALSE, category = NULL WHERE latency_ms % 40 = 0", "breach", {"parsed.few-unparsed"}, ""),
    ("llm_answers", "more is unknown", "UPDATE llm_answers SET category = 'unknown' WHERE category = 'billing'", "warn", {"category.few-unknown"}, ""),
    ("llm_answers", "a category is invented", "UPDATE llm_answers SET category = 'refund' WHERE answer_id = 'a7'", "breach", {"category.enum"}, ""),
    ("llm_answers", "an answer twice", "INSERT INTO llm_answers SELECT * FROM llm_answers LIMIT 1", "breach", {"primaryKey"}, ""),
    ("llm_answers", "parsed, but empty", "UPDATE llm_answers SET category = NULL WHERE answer_id = 'a7'", "breach", {"answers-have-a-category"}, ""),
    ("llm_answers", "no answers since yesterday", "UPDATE llm_answers SET answered_at = answered_at - INTERVAL '1' DAY", "warn", set(), "freshness"),
    ("model_scores", "good scores", "", "pass", set(), ""),
    ("model_scores", "upside down", "UPDATE model_scores SET score = 1 - score", "breach", {"scores-are-right", "scores-are-calibrated", "calls-are-worth-it"}, ""),
    ("model_scores", "one version is too sure of itself", "UPDATE model_scores SET score = 0.75 WHERE model_version = 'v1' AND score BETWEEN 0.3 AND 0.75", "warn", {"scores-are-calibrated", "calls-are-worth-it"}, ""),
    ("model_scores", "percent instead of shares", "UPDATE model_scores SET score = score * 100", "unknown", {"score.maximum", "calls-are-worth-it"}, "predictions of 1,940 that are not from 0 to 1"),
    ("model_scores", "the labels do not come", "UPDATE model_scores SET churned = NULL", "unknown", set(), "labels for 0 % of 2,000 settled rows, fewer than 90 %"),
    ("model_scores", "labels of those who left alone", "UPDATE model_scores SET churned = NULL WHERE NOT churned", "unknown", set(), "fewer than 90 %"),
]  # fmt: skip


def dataset_of(name: str) -> Any:
    return Contract.load(CONTRACTS / f"{name}.odcs.yaml")[name]


def assert_told(report: Report, verdict: str, failed: set[str], said: str) -> None:
    told = {result.key for result in report.failed}
    assert (report.verdict, told) == (verdict, failed)
    reasons = [r.reason for r in report.results if r.status is Status.NOT_EXECUTED and not r.excused]
    late = [level.name for level in report.broken_levels]
    assert any(said in each for each in (*reasons, *late)) if said else not (reasons or late)


@pytest.mark.parametrize(
    ("name", "fault", "change", "verdict", "failed", "said"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES]
)
def test_what_fires(
    name: str, fault: str, change: str, verdict: str, failed: set[str], said: str, tmp_path: Path
) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(f"SET TimeZone = 'UTC'; {DATA[name]}; {change}")
    report = check(dataset_of(name), f"{tmp_path}/w.duckdb#{name}", run=Run("r", now=NOW))
    assert_told(report, verdict, failed, said)


@pytest.mark.parametrize("case", [CASES[0], CASES[1], CASES[8], CASES[10]], ids=lambda case: f"{case[0]}: {case[1]}")
def test_what_fires_on_postgresql(case: tuple[str, str, str, str, set[str], str], schema: Any) -> None:
    name, _, change, verdict, failed, said = case
    schema.run(ANSWERS if name == "llm_answers" else SCORES, *([change] if change else []))
    assert_told(check(dataset_of(name), schema.url(name), run=Run("r", now=NOW)), verdict, failed, said)


def test_the_last_good_scores_go_on_serving(tmp_path: Path) -> None:
    scores, target = dataset_of("model_scores"), f"{tmp_path}/served.duckdb#churn.model_scores"
    outcomes = []
    for day, change in enumerate(["", "UPDATE model_scores SET score = 1 - score, model_version = 'v9'"]):
        file = tmp_path / f"{day}.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute(f"SET TimeZone = 'UTC'; {DATA['model_scores']}; {change}")
        outcomes.append(
            publish(scores, source=f"{file}#model_scores", target=target, run=Run(f"{day}", now=NOW)).status
        )
    with duckdb.connect(str(tmp_path / "served.duckdb"), read_only=True) as connection:
        served = connection.execute("SELECT DISTINCT model_version FROM churn.model_scores ORDER BY 1").fetchall()
    assert (outcomes, served) == (["published", "kept_last_good"], [("v0",), ("v1",)])


@pytest.mark.parametrize("name", DATA)
def test_lint_says_nothing(name: str) -> None:
    done = CliRunner().invoke(main, ["lint", "--strict", str(CONTRACTS / f"{name}.odcs.yaml")])
    assert (done.exit_code, " problem" in done.output, " note" in done.output) == (0, False, False), done.output


DRIFTS: list[tuple[str, str, str, set[str], str]] = [
    ("as before", "", "pass", set(), ""),
    ("one version answers otherwise", "UPDATE llm_answers SET category = 'outage' WHERE model_version = 'm1' AND category = 'cancellation'", "warn", {"categories-as-before[category]"}, ""),
    ("a version that is new", "UPDATE llm_answers SET model_version = 'm2' WHERE model_version = 'm1'", "pass", set(), "rows are of a segment that the baseline does not have"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "verdict", "failed", "said"), [c[1:] for c in DRIFTS], ids=[c[0] for c in DRIFTS])
def test_drift_by_model_version(change: str, verdict: str, failed: set[str], said: str, tmp_path: Path) -> None:
    """The rule that the contract has in a comment, with a baseline by version."""
    text = (CONTRACTS / "llm_answers.odcs.yaml").read_text(encoding="utf-8")
    file, warehouse = tmp_path / "llm_answers.odcs.yaml", tmp_path / "w.duckdb"
    at = text.index("      # - id: categories-as-before")
    lines, rest = text[at:].split("customProperties:", 1)
    file.write_text(text[:at] + lines.replace("      # ", "      ") + "customProperties:" + rest, encoding="utf-8")
    many = ANSWERS.replace("generate_series(1, 2000)", "generate_series(1, 20000)")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"SET TimeZone = 'UTC'; {many}")
    command = ["baseline", str(file), f"{warehouse}#llm_answers", "--column", "category", "--segment", "model_version"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change or "SELECT 1")
    report = check(Contract.load(file)["llm_answers"], f"{warehouse}#llm_answers", run=Run("r", now=NOW))
    told = {result.key for result in report.failed}
    reasons = [r.reason for r in report.results if r.status is Status.NOT_EXECUTED and not r.excused]
    assert (report.verdict, told) == (verdict, failed)
    assert (len(reasons), all(said in each for each in reasons)) == (1 if said else 0, True)
