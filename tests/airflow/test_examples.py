"""The example DAGs, run as they are: good days, bad days, what consumers read then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from tests.support.dagtest import DagFolder

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "dags" / "examples"


@dataclass(frozen=True)
class Step:
    """One run, with these params, on this day: the states, and the rows of the example's table then.

    `assets` are the outcomes that its asset events tell (None: an event without extra), `said` stands in the log.
    """

    states: str
    rows: list[Any]
    assets: list[str | None] = field(default_factory=list)
    said: str = ""
    day: int = 1
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    name: str
    query: str
    steps: tuple[Step, ...]


RATES = [("CHF", 0.9634), ("GBP", 0.8571), ("USD", 1.0842)]
DAYS = [("2026-03-01", 2), ("2026-03-02", 2), ("2026-03-03", 2)]
CASES = (
    Case("quarantine_with_approval", "SELECT count(*), max(amount_eur) FROM orders.shop.orders",
         (Step("export publish set_aside approve:skipped release:skipped verdict", [(100, 109.5)], ["published"]),)),
    Case("last_known_good", "SELECT currency, rate FROM rates.finance.rates ORDER BY 1",
         (Step("fetch publish", RATES, ["published"]),
          Step("fetch publish", RATES, day=2, params={"bad_day": True}, said="kept the last good"),
          Step("fetch publish:failed", RATES, day=9, params={"bad_day": True}, said="is older than P3D"))),
    Case("model_outputs", "SELECT model_version, count(*), count(churned) FROM model_scores.churn.model_scores GROUP BY 1",
         (Step("score publish", [("v1", 4000, 2000)], ["published"]),
          Step("score publish", [("v1", 4000, 2000)], day=2, params={"bad_model": True}, said="the Brier score of score against churned is < 0.2"))),
    Case("partitioned_backfill", "SELECT sold_on::VARCHAR, count(*) FROM sales.retail.sales GROUP BY ALL ORDER BY 1",
         (Step("export publish[0] publish[1]:failed publish[2]", [DAYS[0], DAYS[2]], params={"bad_day": "2026-03-02"},
               said="sold_on"),
          Step("export publish[0] publish[1] publish[2]", DAYS),
          Step("export publish[0]", DAYS, params={"first_day": "2026-03-02", "days": 1}))),
    Case("postgres_warehouse", "SELECT count(*), min(id) FROM example.customers",
         (Step("load publish", [(20, 1)]),
          Step("load publish", [(19, 2)], params={"bad_rows": 1}, day=2, said="quarantined 1 in"),
          Step("load publish:failed", [(19, 2)], params={"bad_rows": 5}, day=3, said="more than 10 %"))),
    Case("enforcement", "SELECT article, pieces FROM stock.shop.stock ORDER BY 1",
         (Step("count_stock report", [("chair", 4), ("table", 7)], [None]),
          Step("count_stock:failed report:upstream_failed", [("chair", -4), ("table", 7)], params={"bad_day": True},
               said="pieces is at least 0"))),
)  # fmt: skip


# Of the first, a part; the second is run where a server is: test_lineage_spool.py; the third below.
OTHERS = {"last_known_good_consumer", "lineage_flush", "watch"}


@pytest.fixture
def examples(dags: DagFolder) -> Iterator[Path]:
    """A copy, without data of yours."""
    folder = dags.folder / "examples"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("data", "__pycache__"))
    yield folder
    shutil.rmtree(folder)


def test_all_are_parsed(examples: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(examples))
    assert not bag.import_errors
    assert {dag.partition(".")[0] for dag in bag.dags} == {case.name for case in CASES} | OTHERS
    for file in examples.glob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_example(case: Case, dags: DagFolder, examples: Path, request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.name == "postgres_warehouse":
        server = request.getfixturevalue("postgres")
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", f"postgres://headgate@/postgres?host={quote(server, safe='')}")
    monkeypatch.setenv("AIRFLOW__HEADGATE__ENFORCE_FOLDER", str(examples / "contracts"))
    for number, step in enumerate(case.steps):
        run = dags.run(examples / f"{case.name}.py", step.day, **step.params)
        at = f"step {number}: {run.log}"
        expected = dict(named.partition(":")[::2] for named in step.states.split())
        assert run.states == {task: state or "success" for task, state in expected.items()}, at
        assert run.state == ("failed" if "failed" in step.states else "success"), at
        assert [extra.get("outcome") for _, extra in run.assets] == step.assets, at
        assert step.said in run.log, at
        assert rows(case, examples, request) == step.rows, at


def test_the_watch_finds_what_never_came(dags: DagFolder, examples: Path) -> None:
    never = dags.run(examples / "watch.py")
    watched = [f"watch[{number}]" for number in range(3)]  # the contracts that promise a service level
    assert never.states == dict.fromkeys(["datasets", *watched, "upkeep"], "success")
    assert "nothing was ever published; it was due by" in never.log
    assert "A service level is broken." in never.log


def rows(case: Case, examples: Path, request: Any) -> list[tuple[Any, ...]]:
    if case.name == "postgres_warehouse":
        import psycopg

        with psycopg.connect(host=request.getfixturevalue("postgres"), user="headgate", dbname="postgres") as session:
            return session.execute(case.query).fetchall()
    name = case.query.partition(" FROM ")[2].partition(".")[0]
    with duckdb.connect() as session:
        session.execute(f"ATTACH '{examples / 'data' / name / 'warehouse.duckdb'}' AS {name} (READ_ONLY)")
        return session.execute(case.query).fetchall()
