"""dags/churn/serve.py, a consumer that degrades: the data is broken under it, and its responses are watched."""

from __future__ import annotations

import importlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fastapi.testclient import TestClient
from headgate import Contract, Run, check, history, publish
from headgate.gate import policy_for

DAGS = Path(__file__).parents[1] / "dags"
pytestmark = pytest.mark.slow


class Shop:
    """The contracts of the demo, a warehouse of their own, and the service over both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.warehouse = folder, folder / "data" / "warehouse.duckdb"
        (folder / "data").mkdir()
        shutil.copytree(DAGS / "churn" / "contracts", folder / "contracts")
        self.customers = Contract.load(folder / "contracts" / "subscriptions.odcs.yaml")["customers"]
        self.scores = Contract.load(folder / "contracts" / "features.odcs.yaml")["churn_scores"]
        self.events = Contract.load(folder / "contracts" / "inputs.odcs.yaml")["stg_usage_events"]

    def publish_customers(self, key: str, *, plan: str = "Pro") -> None:
        rows = [
            f"C{number:06d},Name {number},n{number}@example.com,DE,{plan},2025-01-01,"
            + ("2026-01-01" if number == 7 else "")
            for number in range(1, 1202)
        ]
        header = "customer_id,name,email,country,plan,signed_up_on,cancelled_on"
        source = self.folder / "customers.csv"
        source.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        history.told(history.RunRecord.of_publish(publish(self.customers, source, run=Run(key))))

    def publish_scores(self, key: str, score: float = 0.25) -> None:
        """Write the scores as the model does, and publish them as the pipeline does."""
        self._write("churn_scores_new", score)
        published = publish(self.scores, f"{self.warehouse}#analytics.churn_scores_new", run=Run(key))
        history.told(history.RunRecord.of_publish(published))

    def overwrite_scores(self, score: float) -> None:
        """Write scores past the gate; a check finds them."""
        self._write("churn_scores", score)
        self._check(self.scores)

    def check_events(self, *, renamed: float = 0.0) -> None:
        """Write what the features are counted from, a share of the tickets renamed, and check it as the pipeline
        does."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS analytics")
            connection.execute(
                "CREATE OR REPLACE TABLE analytics.stg_usage_events AS "
                "SELECT format('E{:011d}', n) AS event_id, 'C000001' AS customer_id, CASE "
                f"WHEN n % 1000 < 51 * {renamed} THEN 'support_case' WHEN n % 1000 < 51 THEN 'support_ticket' "
                "WHEN n % 1000 < 155 THEN 'export' WHEN n % 1000 < 489 THEN 'api_call' ELSE 'login' END AS event_type, "
                "CASE WHEN n % 1000 < 51 OR n % 1000 >= 489 THEN 1 WHEN n % 1000 < 155 THEN 1 + n % 5 ELSE hash(n) % 501 "
                "END::BIGINT AS quantity, TIMESTAMP '2026-03-01' AS event_time, TIMESTAMP '2026-03-01' AS received_at "
                "FROM range(30000) r(n)"
            )
        self._check(self.events)

    def _write(self, table: str, score: float) -> None:
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS analytics")
            connection.execute("CREATE TABLE IF NOT EXISTS analytics.customer_features AS "
                               "SELECT format('C{:06d}', n) AS customer_id FROM range(1, 1202) r(n)")  # fmt: skip
            connection.execute(
                f"CREATE OR REPLACE TABLE analytics.{table} AS SELECT format('C{{:06d}}', n) AS customer_id, "
                f"CAST({score} AS DOUBLE) AS churn_score, TIMESTAMP '2026-03-02' AS scored_at FROM range(1, 1202) r(n)"
            )

    def _check(self, dataset: Any) -> None:
        report = check(dataset, f"{self.warehouse}#analytics.{dataset.physical_name}")
        history.told(history.RunRecord.of_check(report, str(policy_for(dataset, report))))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{tmp_path / 'history.db'}")
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("HEADGATE_CONTRACTS", str(tmp_path / "contracts"))
    monkeypatch.setenv("CHURN_WAREHOUSE", str(tmp_path / "data" / "warehouse.duckdb"))
    return Shop(tmp_path)


@pytest.fixture
def service(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DAGS))
    sys.modules.pop("churn.serve", None)
    module = importlib.import_module("churn.serve")
    module.NEW = 0.0  # each request asks
    module.BOUND = 20.0  # whatever else the machine does
    yield module
    sys.modules.pop("churn.serve", None)


def asked(service: Any, customer: str = "C000001") -> dict[str, Any]:
    response = TestClient(service.app).get(f"/scores/{customer}")
    body: dict[str, Any] = response.json()
    return body if response.status_code == 200 else {"status": response.status_code, **body["detail"]}


def test_from_fresh_scores_to_no_answer_and_back(shop: Shop, service: Any) -> None:
    found = asked(service)
    assert (found["status"], found["source"], found["fitness"]) == (503, "no answer", "unknown")

    shop.publish_customers("day-1")
    shop.publish_scores("day-1")
    found = asked(service)
    assert (found["source"], found["score"], found["fitness"], found["why"]) == ("fresh", 0.25, "yes", [])

    # A service renames a plan. The customers are held back; scores still serve, and say what is wrong upstream.
    shop.publish_customers("day-2", plan="Professional")
    found = asked(service)
    assert (found["source"], found["score"]) == ("last good", 0.25)
    assert "customers" in found["why"][0] and "plan" in found["why"][0]

    # The model's scores are no probabilities: the gate keeps the last good ones.
    shop.publish_customers("day-3")
    shop.publish_scores("day-3", score=25)
    found = asked(service)
    assert (found["source"], found["score"]) == ("last good", 0.25)
    assert "churn_score" in found["why"][0]

    # Somebody writes them past the gate: a rule of thumb on the last good customers is better.
    shop.overwrite_scores(25)
    assert (asked(service)["source"], asked(service)["score"], asked(service)["fitness"]) == ("rule", 0.2, "no")
    assert asked(service, "C000007")["score"] == 1.0

    shop.publish_scores("day-4", score=0.5)
    found = asked(service)
    assert (found["source"], found["score"], found["why"]) == ("fresh", 0.5, [])


def test_a_model_that_would_see_another_world_serves_its_last_good_scores(shop: Shop, service: Any) -> None:
    """1 % of the events have another name, which no rule forbids."""
    shop.publish_customers("day-1")
    shop.check_events()
    shop.publish_scores("day-1")
    assert asked(service)["source"] == "fresh"

    shop.check_events(renamed=0.2)
    found = asked(service)
    assert (found["source"], found["score"], found["fitness"]) == ("last good", 0.25, "degraded")
    (why,) = found["why"]
    assert "stg_usage_events" in why and "as_fitted[event_type]" in why

    shop.check_events()
    shop.publish_scores("day-3", score=0.5)
    found = asked(service)
    assert (found["source"], found["score"], found["why"]) == ("fresh", 0.5, [])


def test_where_the_data_cannot_be_read_the_last_answer_holds_with_its_age(shop: Shop, service: Any) -> None:
    shop.publish_customers("day-1")
    shop.publish_scores("day-1")
    assert asked(service)["fitness"] == "yes"
    time.sleep(0.2)
    kept = shop.warehouse.read_bytes()
    shop.warehouse.write_bytes(b"somebody is writing")
    found = service.fitness("churn_scores")
    assert found["fitness"] == "yes" and found["answer_age"] >= 0.2
    service.OLDEST = 0.1
    assert service.fitness("churn_scores")["fitness"] == "unknown"
    assert asked(service)["source"] == "no answer"
    shop.warehouse.write_bytes(kept)
    service.OLDEST = 600.0
    assert asked(service)["source"] == "fresh"


def test_asking_is_bounded_and_an_answer_is_kept_for_seconds(
    shop: Shop, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.publish_customers("day-1")
    shop.publish_scores("day-1")
    assert asked(service)["fitness"] == "yes"
    calls = []

    def slow(*_: Any, **__: Any) -> Any:
        calls.append(1)
        time.sleep(3)

    monkeypatch.setattr(service, "status", slow)
    service.BOUND = 0.2
    began = time.monotonic()
    assert service.fitness("churn_scores")["fitness"] == "yes"
    assert time.monotonic() - began < 2 and len(calls) == 1
    service.NEW = 60.0
    assert service.fitness("churn_scores")["fitness"] == "yes" and len(calls) == 1


def test_the_example_stays_short() -> None:
    assert len((DAGS / "churn" / "serve.py").read_text(encoding="utf-8").splitlines()) <= 60
