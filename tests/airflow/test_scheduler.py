"""What only a whole Airflow can show: assets that start DAGs, a person's approval, a sensor in the triggerer, a task
that is killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import pytest

from tests.support.airflow_server import Airflow, airflow
from tests.support.shop import BAD, GOOD, Shop

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "dags" / "examples"
DAGS = """
from datetime import datetime, timedelta
from airflow.sdk import DAG, Asset, AssetAlias, task
from headgate.airflow import ContractPublishOperator, ContractSensor
FOLDER = {folder!r}
CONTRACT, CSV = FOLDER + "/things.odcs.yaml", FOLDER + "/things.csv"
SLOW, LONG = FOLDER + "/slow.odcs.yaml", FOLDER + "/long.odcs.yaml"
URI = "x-duckdb://" + FOLDER + "/w.duckdb/shop/things"
def publish(task_id, **more):
    return ContractPublishOperator(task_id=task_id, **{{**dict(contract=CONTRACT, source=CSV, retries=9,
                                   retry_delay=timedelta(seconds=1)), **more}})
def told(triggering_asset_events):
    for asset, events in triggering_asset_events.items():
        if isinstance(asset, AssetAlias): continue  # the same events, by the alias that they came through
        with open(FOLDER + "/told", "a") as file:
            file.writelines(f"{{asset.name}} {{event.extra['outcome']}} {{event.extra['rows']}}" + chr(10) for event in events)
with DAG("producer", schedule=None): publish("publish", outlets=[AssetAlias("things")])
with DAG("by_asset", schedule=[Asset(URI)], is_paused_upon_creation=False):
    task(task_id="told")(told)() >> publish("publish", target="copied", outlets=[Asset("copied")])
with DAG("by_alias", schedule=[AssetAlias("things")], is_paused_upon_creation=False): task(task_id="told")(told)()
with DAG("waiting", schedule=None):
    ContractSensor(task_id="wait", contract=CONTRACT, data=FOLDER + "/awaited.csv", deferrable=True, poke_interval=1)
with DAG("at_once", schedule=None): [publish(f"publish_{{n}}", target=f"t{{n}}") for n in (1, 2)]
with DAG("enforced", schedule=None):
    @task(outlets=[Asset("x-duckdb://" + FOLDER + "/enforced.duckdb/shop/things")])
    def write():
        import duckdb
        with duckdb.connect(FOLDER + "/enforced.duckdb") as connection:
            connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.things AS SELECT 'a' AS id, -1::BIGINT AS amount")
    write()
with DAG("long", schedule=None): publish("publish", contract=LONG, source="shop.many", outlets=[Asset("long")])
with DAG("slow", schedule=None): publish("publish", contract=SLOW, source="shop.endless", retries=0)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.contract("last_known_good")
    with duckdb.connect(str(shop.folder / "slow.duckdb")) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE TABLE shop.things AS SELECT 'old' AS id, 1::BIGINT AS amount")
        # Nobody waits for its end.
        connection.execute(
            "CREATE VIEW shop.endless AS SELECT range::VARCHAR AS id, range AS amount FROM range(100000000000) WHERE hash(range) % 7 = 9"
        )
    with duckdb.connect(str(shop.folder / "long.duckdb")) as connection:
        # Seconds of work for three rows.
        connection.execute(
            "CREATE SCHEMA shop; CREATE VIEW shop.many AS SELECT range::VARCHAR AS id, range AS amount FROM range(1000000000) WHERE range < 3 OR hash(range) % 7 = 9"
        )
    text = (shop.folder / "things.odcs.yaml").read_text()
    (shop.folder / "long.odcs.yaml").write_text(text.replace("w.duckdb", "long.duckdb"))
    (shop.folder / "slow.odcs.yaml").write_text(text.replace("w.duckdb", "slow.duckdb"))
    (shop.folder / "enforced").mkdir()
    (shop.folder / "enforced" / "e.odcs.yaml").write_text(text.replace("w.duckdb", "../enforced.duckdb"))
    return shop


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dags") / "examples"
    return Path(shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("data", "__pycache__")))


@pytest.fixture(scope="module")
def server(shop: Shop, examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    dags = examples.parent
    (dags / "all.py").write_text(DAGS.format(folder=str(shop.folder)))
    options = {"ENFORCE_FOLDER": str(shop.folder / "enforced"), "REPORTS_FOLDER": str(shop.folder / "reports")}
    settings = {f"AIRFLOW__HEADGATE__{name}": value for name, value in options.items()}
    with airflow(tmp_path_factory.mktemp("airflow"), dags, **settings) as running:
        running.wait(lambda: running.call("GET", "dags")["total_entries"] == 17, "the DAGs")
        yield running


def told(shop: Shop) -> list[str]:
    path = shop.folder / "told"
    return sorted(path.read_text().splitlines()) if path.exists() else []


def test_assets_start_their_consumers_only_when_something_was_published(server: Airflow, shop: Shop) -> None:
    shop.csv.write_text(GOOD)
    uri = f"x-duckdb://{shop.warehouse}/shop/things"
    server.wait_for_task("producer", server.start("producer"), "publish", "success")
    server.wait(lambda: len(told(shop)) == 2, "both consumers")
    assert told(shop) == [f"{uri} published 2"] * 2
    (run,) = server.wait(lambda: server.runs("by_asset"), "the run")
    assert run["logical_date"] is None
    copied = server.wait_for_task("by_asset", run["dag_run_id"], "publish", "success", "failed")
    assert copied["state"] == "success"
    shop.csv.write_text(BAD)
    kept = server.start("producer")
    assert server.wait_for_task("producer", kept, "publish", "success", "failed")["state"] == "success"
    xcom = server.call(
        "GET", f"dags/producer/dagRuns/{kept}/taskInstances/publish/xcomEntries/headgate?deserialize=true"
    )
    assert xcom["value"]["outcome"] == "kept_last_good"
    events = server.call("GET", "assets/events?source_dag_id=producer")["asset_events"]
    assert [event["extra"]["outcome"] for event in events] == ["published"]
    assert [len(server.runs(dag)) for dag in ("by_asset", "by_alias")] == [1, 1]
    page = server.call("GET", f"dags/producer/dagRuns/{kept}/taskInstances/publish/links")["extra_links"]["Report"]
    for who, status in {None: 401, "viewer": 200, "admin": 200}.items():
        shown = server.get(page, who)
        assert shown.status_code == status
        assert ("BREACH" in shown.text, "Shop team" in shown.text) == (
            (True, True) if status == 200 else (False, False)
        )
    assert "script-src" not in (policy := shown.headers["content-security-policy"])
    assert policy.startswith("default-src 'none'")


# paths below /headgate that show nothing, even to an admin
NO_PAGES = [
    "/reports/producer/publish/none.html",
    "/reports/producer/..%2F..%2Fthings.odcs.yaml",
    "/reports/..%2Fenforced/e.odcs.yaml",
    "/reports/producer/%2Fetc%2Fpasswd",
    "/reports/producer/",
    "/docs",
    "/openapi.json",
]


@pytest.mark.parametrize("path", NO_PAGES)
def test_only_pages_of_reports_are_shown(path: str, server: Airflow) -> None:
    assert server.get(f"/headgate{path}", "admin").status_code == 404


def test_a_sensor_waits_in_the_triggerer(server: Airflow, shop: Shop) -> None:
    awaited = shop.folder / "awaited.csv"
    run = server.start("waiting")
    server.wait_until_parked("waiting", run, "wait", "deferred")
    awaited.write_text(BAD)
    awaited.write_text(GOOD)
    done = server.wait_for_task("waiting", run, "wait", "success", "failed", "up_for_retry")
    assert (done["state"], done["try_number"]) == ("success", 1)


def test_two_at_once_in_one_database_both_get_through(server: Airflow, shop: Shop) -> None:
    shop.csv.write_text(GOOD)
    run = server.start("at_once")
    states = {server.wait_for_task("at_once", run, f"publish_{n}", "success", "failed")["state"] for n in (1, 2)}
    assert states == {"success"}
    assert shop.query("SELECT (SELECT count(*) FROM shop.t1), (SELECT count(*) FROM shop.t2)") == [(2, 2)]


APPROVAL = "quarantine_with_approval"
QUESTION = (
    "Publish 2 of 100 orders although they break amount_eur.maximum? Affected: finance (#finance; reads amount_eur)."
)


def asked(server: Airflow) -> tuple[str, str]:
    """A run of the example that waits for an answer, and the path of the question."""
    run = server.start(APPROVAL, bad_rows=2)
    server.wait_until_parked(APPROVAL, run, "approve", "awaiting_input", "deferred")
    return run, f"dags/{APPROVAL}/dagRuns/{run}/taskInstances/approve/-1/hitlDetails"


def answer(server: Airflow, person: str, path: str, option: str, why: str) -> None:
    server.logged_in(person).call("PATCH", path, chosen_options=[option], params_input={"why": why})


def ended(server: Airflow, run: str) -> tuple[str, str]:
    """The states of the release and of the verdict."""
    done = server.wait_for_task(APPROVAL, run, "verdict", "success", "failed", "upstream_failed")
    return server.task(APPROVAL, run, "release")["state"], done["state"]


def lying(examples: Path, run: str) -> tuple[int, int]:
    """How many orders are published, and how many this run has set aside."""
    with duckdb.connect(str(examples / "data/orders/warehouse.duckdb"), read_only=True) as connection:
        counts = "SELECT (SELECT count(*) FROM shop.orders), count(*) FROM shop.orders__quarantine"
        published, aside = connection.execute(f"{counts} WHERE contains(headgate_run_key, ?)", [run]).fetchall()[0]
    return published, aside


def test_rows_are_released_behind_an_approval(server: Airflow, examples: Path) -> None:
    """The example, from the breach to the released rows, by people of two roles."""
    run, path = asked(server)
    question = server.logged_in("user").call("GET", path)
    assert question["subject"] == QUESTION
    assert question["body"].splitlines()[0] == "- amount_eur is at most 500: broken by 2 rows"
    assert "2900" not in question["subject"] + question["body"]
    with pytest.raises(httpx.HTTPStatusError, match="403 Forbidden"):
        answer(server, "viewer", path, "Approve", "wholesale")
    answer(server, "user", path, "Approve", "wholesale")
    assert ended(server, run) == ("success", "success")
    assert lying(examples, run) == (100, 0)
    task = f"dags/{APPROVAL}/dagRuns/{run}/taskInstances/release"
    xcom = server.call("GET", f"{task}/xcomEntries/headgate?deserialize=true")
    assert [xcom["value"][name] for name in ("by", "why", "rows", "outcome")] == ["user", "wholesale", 2, "released"]
    events = server.call("GET", f"assets/events?source_dag_id={APPROVAL}")["asset_events"]
    assert sorted(event["extra"]["outcome"] for event in events) == ["published_partly", "released"]


def test_rejected_rows_stay_where_they_are(server: Airflow, examples: Path) -> None:
    run, path = asked(server)
    answer(server, "op", path, "Reject", "")
    assert ended(server, run) == ("skipped", "success")
    assert lying(examples, run) == (98, 2)


def test_an_approval_without_a_reason_is_asked_for_again(server: Airflow, examples: Path) -> None:
    run, path = asked(server)
    answer(server, "op", path, "Approve", " ")
    assert ended(server, run) == ("failed", "failed")
    assert lying(examples, run) == (98, 2)
    server.clear(APPROVAL, run, "approve")
    server.wait_until_parked(APPROVAL, run, "approve", "awaiting_input", "deferred", tries=2)
    answer(server, "op", path, "Approve", "wholesale")
    assert ended(server, run) == ("success", "success")
    assert lying(examples, run) == (100, 0)


def test_a_consumer_reads_what_was_published(server: Airflow) -> None:
    """The example: its publisher's event starts it, and tells it what there is."""
    dag, consumer = "last_known_good", "last_known_good_consumer"
    server.call("PATCH", f"dags/{consumer}", is_paused=False)
    server.wait_for_task(dag, server.start(dag), "publish", "success", "failed")
    (run,) = server.wait(lambda: server.runs(consumer), "the consumer")
    assert server.wait_for_task(consumer, run["dag_run_id"], "use", "success", "failed")["state"] == "success"
    path = f"dags/{consumer}/dagRuns/{run['dag_run_id']}/taskInstances/use/xcomEntries/return_value?deserialize=true"
    told = server.call("GET", path)["value"]
    assert [told[name] for name in ("dataset", "outcome", "rows", "version")] == ["rates", "published", 3, "1.0.0"]


def test_a_task_that_knows_of_no_contract_is_held_to_it(server: Airflow, shop: Shop) -> None:
    run = server.start("enforced")
    assert server.wait_for_task("enforced", run, "write", "success", "failed")["state"] == "failed"
    xcom = server.call("GET", f"dags/enforced/dagRuns/{run}/taskInstances/write/xcomEntries/headgate?deserialize=true")
    assert [each["check"] for each in xcom["value"]["broken"]] == ["amount.minimum"]


def test_the_api_server_is_away_in_the_middle_of_a_publish(server: Airflow, shop: Shop) -> None:
    run = server.start("long")
    log = server.home / "logs" / "dag_id=long" / f"run_id={run}" / "task_id=publish" / "attempt=1.log"
    server.wait(lambda: log.exists() and "staging" in log.read_text(), "the query")
    server.kill("api-server")
    with pytest.raises(httpx.ConnectError):
        server.runs("long")
    server.begin("api-server")
    server.wait(server.answers, "the API server")
    assert server.wait_for_task("long", run, "publish", "success", "failed")["state"] == "success"
    with duckdb.connect(str(shop.folder / "long.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT amount FROM shop.things ORDER BY 1").fetchall() == [(0,), (1,), (2,)]
    events = server.call("GET", "assets/events?source_dag_id=long")["asset_events"]
    assert [event["extra"]["rows"] for event in events] == [3]


def test_a_killed_task_stops_its_query_and_leaves_the_old_state(server: Airflow, shop: Shop) -> None:
    run = server.start("slow")
    log = server.home / "logs" / "dag_id=slow" / f"run_id={run}" / "task_id=publish" / "attempt=1.log"
    server.wait(lambda: log.exists() and "staging" in log.read_text(), "the query")
    server.call("PATCH", f"dags/slow/dagRuns/{run}/taskInstances/publish", new_state="failed")
    # By itself: Airflow would kill it five seconds later.
    server.wait(lambda: "Task exited" in log.read_text(), "the end of the task")

    def tables() -> list[str] | None:
        try:
            with duckdb.connect(str(shop.folder / "slow.duckdb")) as connection:
                return [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        except duckdb.IOException:  # the task's process still holds it
            return None

    assert server.wait(tables, "the database") == ["things"]
    with duckdb.connect(str(shop.folder / "slow.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT * FROM shop.things").fetchall() == [("old", 1)]
