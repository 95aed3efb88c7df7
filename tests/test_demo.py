"""`make demo` does what docs/demo.md says, and the page shows what the demo prints.

`HEADGATE_WRITE=1 python -m pytest tests/test_demo.py` writes the page's block anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.history import incident_detail, list_incidents, open_store
from headgate.incidents import Closing, Effect
from mcp import Client, StdioServerParameters

from dags.churn.generate import write_day
from tests.support import openlineage_spec
from tests.support.marquez import Marquez, listening

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NAMES = ("customers", "usage_events", "invoices")
LOGIT = (
    "is_active", "events_30d", "days_since_last_event", "support_tickets_30d", "overdue_invoices", "tenure_days",
    "invoiced_90d_eur",
)  # fmt: skip
BLOCK = re.compile(r"(<!-- demo:[^\n]*-->\n)(.*?)(<!-- end of demo -->)", re.DOTALL)


@dataclass
class Demo:
    folder: Path
    output: str
    marquez: Marquez

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / ".demo" / "lineage.jsonl").read_text().splitlines()]

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "dags/churn/data/warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(text).fetchall()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run in a copy, so that a demo of yours is left alone."""
    folder = tmp_path_factory.mktemp("demo")
    ignored = shutil.ignore_patterns("data", "target", "dbt_packages", "logs", "__pycache__")
    for name in ("dags", "dbt_macros"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "HEADGATE", "OPENLINEAGE", "MARQUEZ"))
    }
    with listening() as (url, marquez):
        environment["MARQUEZ_URL"] = url
        command = [sys.executable, "dags/churn/demo.py"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    log = folder / ".demo" / "airflow-and-dbt.log"
    assert done.returncode == 0, done.stdout + done.stderr + (log.read_text()[-3000:] if log.exists() else "")
    return Demo(folder, done.stdout, marquez)


def shown(output: str) -> str:
    """The output without what differs from run to run: times, the events of whole DAG runs, which Airflow emits
    from a process of its own that may be cut short, and the links into Marquez, which have the folder in them."""
    text = "\n".join(line.rstrip() for line in output.strip().splitlines())
    text = re.sub(r"Look at in Marquez:\n.*?\n\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\d{4}-\d\d-\d\d (?!00:00)\d\d:\d\d UTC", "… UTC", text)  # 00:00: which day's data readers have
    text = re.sub(r"\((\d+ min )?\d+ (s|min)\)", "(…)", text)
    return re.sub(r"\b\d+ (s\b|OpenLineage events)", r"… \1", text)


def test_the_page_shows_what_the_demo_prints(demo: Demo) -> None:
    page = ROOT / "docs" / "demo.md"
    text = page.read_text(encoding="utf-8")
    block = f"```text\n{shown(demo.output)}\n```\n"
    if os.environ.get("HEADGATE_WRITE"):
        page.write_text(BLOCK.sub(lambda m: m[1] + block + m[3], text), encoding="utf-8")
        return
    (found,) = BLOCK.findall(text)
    assert found[1] == block


def test_links_into_marquez_are_printed(demo: Demo) -> None:
    (said,) = re.findall(r"Look at in Marquez:\n(.*?)\n\n", demo.output, flags=re.DOTALL)
    assert said.count("/lineage/dataset/duckdb%3A%2F%2F") == 3
    assert "warehouse.analytics.churn_scores" in said


def test_a_good_day_passes_and_the_bad_ones_are_held_back(demo: Demo) -> None:
    columns = "target, outcome, rows_published, rows_set_aside"
    published = demo.query(f"SELECT {columns} FROM headgate.publications ORDER BY interval_end, target")
    assert published == [
        ("analytics.churn_scores", "published", 2215, 0),
        ("raw.customers", "published", 2215, 0),
        ("raw.invoices", "published", 5694, 0),
        ("raw.usage_events", "published_partly", 29190, 300),
        ("raw.customers", "published", 2219, 0),
        # the second day's invoices, in cents, were not published
        ("raw.usage_events", "published_partly", 30333, 310),
        ("analytics.churn_scores", "published", 2222, 0),
        ("raw.customers", "published", 2222, 0),
        ("raw.invoices", "published_partly", 5718, 232),
        ("raw.usage_events", "published_partly", 31476, 320),
        # the fourth day's scores, of events with a new name, were not computed
        ("raw.customers", "published", 2224, 0),
        ("raw.invoices", "published", 5896, 0),
        ("raw.usage_events", "published_partly", 32619, 330),
        ("analytics.churn_scores", "published", 2228, 0),
        ("raw.customers", "published", 2228, 0),
        ("raw.invoices", "published", 5965, 0),
        ("raw.usage_events", "published_partly", 33762, 340),
    ]
    good = "SELECT max(amount_eur) <= 500, count(DISTINCT invoice_id) = count(*) FROM raw.invoices"
    assert demo.query(good) == [(True, True)]
    assert demo.query("SELECT headgate_reasons, count(*) FROM raw.invoices__quarantine GROUP BY ALL") == [
        (["primaryKey", "billed_once_per_period"], 232)
    ]


def test_the_bad_day_opens_an_incident_which_its_owner_is_told_of_until_a_run_closes_it(demo: Demo) -> None:
    with contextlib.closing(open_store(f"sqlite:///{demo.folder / '.demo' / 'history.db'}")) as store:
        number = next(
            each.number
            for each in list_incidents(store, datetime.now(UTC), closed=True)
            if each.incident.rule == "amount_eur.maximum"
        )
        detail = incident_detail(store, str(number), datetime.now(UTC))
    assert detail is not None
    incident = detail.line.incident
    (episode,) = incident.episodes
    run = "churn/publish_invoices/manual__2026-03-0{}T00:00:00+00:00"
    assert (episode.run_key, episode.effect, episode.how) == (run.format(3), Effect.HELD_BACK, Closing.HELD)
    assert f"holds again in run {run.format(4)}" in [entry.text for entry in detail.timeline]
    sent = [(str(each.notice.told), each.notice.recipient, [to.channel for to in each.deliveries if to.delivered_at])
            for each in detail.messages]  # fmt: skip
    assert sent == [("opened", "owner", ["#subscription-data"]), ("closed", "owner", ["#subscription-data"])]
    # The demo prints what its receiver was sent.
    days = dict(zip("23456", re.split(r"^2026-03-0\d  ", demo.output, flags=re.MULTILINE)[1:], strict=True))
    of = f"(incident {number}; contract churn-subscriptions 1.0.0 at warehouse.raw.invoices)."
    found = {day: re.findall(rf"^      (.*?) {re.escape(of)}", said, flags=re.MULTILINE) for day, said in days.items()}
    assert found == {
        "2": [],
        "3": ["New data of invoices is held back"],
        "4": ["Closed: invoices meets this promise again, others are broken"],
        "5": [],
        "6": [],
    }
    # The consumers of the exports were told nothing: what they read was good on each day. Of the model's inputs their
    # owner was told.
    assert "messages that arrived: 5 at #subscription-data, 2 at #customer-analytics\n" in demo.output


def test_a_renamed_value_breaks_no_rule_of_the_export_and_scores_wait(demo: Demo) -> None:
    """The model's inputs have drifted; the incident names who owns the export, and a fix passes its shadow run."""
    reports = demo.folder / ".demo" / "reports" / "churn"
    (export,) = (reports / "publish_usage_events").glob("*2026-03-05*.json")
    (inputs,) = (reports / "check_inputs").glob("*2026-03-05*.json")
    failed = {
        each["key"]: each["severity"]
        for file in (export, inputs)
        for each in json.loads(file.read_text(encoding="utf-8"))["results"]
        if each["status"] == "failed" and each["columns"] == ["event_type"]
    }
    assert failed == {"event_type.events_as_ever": "warning", "as_fitted[event_type]": "error"}
    with contextlib.closing(open_store(f"sqlite:///{demo.folder / '.demo' / 'history.db'}")) as store:
        found = {each.incident.rule: each for each in list_incidents(store, datetime.now(UTC), closed=True)}
    drifted, cause = found["as_fitted[event_type]"], found["event_type.events_as_ever"]
    assert (drifted.incident.effect, drifted.concern.owner) == (Effect.SERVED, "Customer analytics")
    assert drifted.cause is not None
    assert (drifted.cause.number, drifted.cause.owner) == (cause.number, "Subscription platform")
    assert {each.incident.episodes[-1].how for each in (drifted, cause)} == {Closing.HELD}
    day = demo.output.partition("\n2026-03-05 ")[2].partition("\n2026-03-06 ")[0]
    for said in (
        "consumers read 2,222 churn scores of 2026-03-03",
        "serve.py answers for C000001 with the last good score, of 2026-03-03",
        f"cause: incident {cause.number} of churn-subscriptions.usage_events · Subscription platform",
        "stg_usage_events (analytics.stg_usage_events): pass",
        "303 changed",
    ):
        assert said in day


@pytest.mark.parametrize(
    ("contract", "arguments"),
    [
        ("inputs.odcs.yaml", ["--where", "quantity IS NOT NULL"]),
        ("subscriptions.odcs.yaml#usage_events", ["--column", "event_type"]),
    ],
)
def test_the_baselines_are_of_the_first_export(tmp_path: Path, contract: str, arguments: list[str]) -> None:
    churn = ROOT / "dags" / "churn"
    write_day(tmp_path, date(2026, 3, 2))
    export, file = str(tmp_path / "2026-03-02" / "usage_events.csv"), tmp_path / "made.json"
    given = ["baseline", str(churn / "contracts" / contract), export, *arguments, "-o", str(file)]
    assert CliRunner().invoke(main, given).exit_code == 0
    made = json.loads(file.read_text(encoding="utf-8"))
    (kept,) = (churn / "contracts").glob(f"{made['dataset']}.baseline.json")
    theirs = json.loads(kept.read_text(encoding="utf-8"))
    assert theirs.pop("data").endswith("landing/2026-03-02/usage_events.csv")
    assert {**theirs, "at": ""} == {**{name: value for name, value in made.items() if name != "data"}, "at": ""}


def test_its_lineage_says_what_failed(demo: Demo) -> None:
    failed = {e["job"]["name"]: e for e in demo.events if e["eventType"] == "FAIL" and e.get("inputs")}
    event = failed["churn.publish_invoices"]
    assertions = event["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [a["name"] for a in assertions if not a["success"]] == ["amount_eur.maximum"]


def test_dbt_and_the_operators_name_the_same_tables(demo: Demo) -> None:
    """One graph: what the operators publish is what dbt reads."""
    written = {
        (o["namespace"], o["name"])
        for e in demo.events
        if ".publish_" in e["job"]["name"]
        for o in e.get("outputs", ())
    }
    read = {
        (i["namespace"], i["name"])
        for e in demo.events
        if "churn.stg_" in e["job"]["name"]
        for i in e.get("inputs", ())
    }
    assert len(read) == 3
    assert read <= written


def test_marquez_gets_every_event(demo: Demo) -> None:
    """At least once: what came late is followed by the newest again."""
    assert not demo.marquez.refused
    sent, came = (
        {json.dumps(event, sort_keys=True) for event in events} for events in (demo.events, demo.marquez.events)
    )
    assert sent == came


def test_every_event_keeps_the_official_schemas(demo: Demo, shared: Path) -> None:
    wrong = {p for e in demo.events for p in openlineage_spec.problems(e)}
    assert len(demo.events) > 50
    assert not wrong, wrong


def test_the_graph_is_one_from_landing_to_scores(demo: Demo) -> None:
    """After five days: one node a dataset, connected, and what the last day made of the invoices in words."""
    edges = demo.marquez.edges
    reached, todo = set(), {name for _, name in demo.marquez.datasets if name.endswith("/landing/invoices.csv")}
    assert len(todo) == 1
    while todo:
        reached |= todo
        todo = {to for one, to in edges if one in todo} - reached
    assert {
        "warehouse.raw.invoices",
        "warehouse.analytics.customer_features",
        "warehouse.analytics.churn_scores",
    } <= reached
    warehouse = f"duckdb://{(demo.folder / 'dags/churn/data/warehouse.duckdb').resolve()}"
    names = [name.rpartition("/")[2] for _, name in demo.marquez.datasets]
    assert sorted(names) == sorted(DATASETS)
    said = demo.marquez.dataset(warehouse, "warehouse.raw.customers").description
    assert said
    assert "contract churn-subscriptions 1.0.0 (Subscription platform)" in said


# After five days: the landing of all of them is one dataset, and so is each table.
DATASETS = (
    *(f"{name}.csv" for name in NAMES),
    *(f"warehouse.raw.{name}" for name in NAMES),
    *(f"warehouse.raw.{name}__quarantine" for name in ("usage_events", "invoices")),
    *(f"warehouse.analytics.stg_{name}" for name in NAMES),
    "warehouse.analytics.customer_features",
    "warehouse.analytics.churn_scores_new",
    "warehouse.analytics.churn_scores",
)


def test_no_column_is_there_twice(demo: Demo) -> None:
    """To Marquez a column with another type, or without one, is another column."""
    columns = {name: demo.marquez.dataset(namespace, name).columns for namespace, name in demo.marquez.datasets}
    assert {name: found for name, found in columns.items() if not found or len(set(found)) < len(found)} == {}
    assert columns["warehouse.analytics.churn_scores"] == ("customer_id", "churn_score", "scored_at")


def impact(demo: Demo, *arguments: str) -> Any:
    """What `headgate impact` says, as JSON."""
    events = str(demo.folder / ".demo" / "lineage.jsonl")
    result = CliRunner().invoke(main, ["impact", *arguments, "--from", events, "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def people(found: Any) -> list[tuple[str, str, list[str]]]:
    return [(person["role"], person["name"], person["contacts"]) for person in found["people"]]


SLACK = "https://example.slack.com/archives/C0"
PLATFORM = ("owner", "Subscription platform", [f"#subscription-data {SLACK}SUBSDATA"])
ANALYTICS = ("owner", "Customer analytics", [f"#customer-analytics {SLACK}CHURN"])
FEATURES = ("consumer", "churn features", ["#customer-analytics"])
SCORE = ("consumer", "churn score", ["#churn-score"])
SUCCESS = ("consumer", "customer success", ["#customer-success"])

# A column, what is made from it, and whom that concerns.
DOWNSTREAM = [
    (
        "raw.invoices.amount_eur",
        {
            "stg_invoices": ["amount_eur"],
            "customer_features": ["invoiced_90d_eur"],
            "churn_scores_new": ["churn_score"],
            "churn_scores": ["churn_score"],
        },
        [PLATFORM, FEATURES, ANALYTICS, SCORE, SUCCESS],
    ),
    # The score is not made from the country, nor are the features.
    ("raw.customers.country", {"stg_customers": ["country"]}, [PLATFORM, FEATURES]),
    # Nobody reads it.
    ("raw.invoices.currency", {}, [PLATFORM]),
    # The plan is among the features; the score does not read it.
    ("raw.customers.plan", {"stg_customers": ["plan"], "customer_features": ["plan"]}, [PLATFORM, FEATURES, ANALYTICS]),
]


@pytest.mark.parametrize(("column", "made", "concerned"), DOWNSTREAM)
def test_what_is_made_from_a_column_and_whom_that_concerns(
    demo: Demo, column: str, made: dict[str, list[str]], concerned: list[Any]
) -> None:
    found = impact(demo, column)
    assert {one["name"].rpartition(".")[2]: one["columns"] for one in found["affected"]} == made
    assert not any(one["any_column"] for one in found["affected"])
    assert people(found) == concerned


def test_what_the_scores_are_made_from_and_whom_that_concerns(demo: Demo) -> None:
    found = impact(demo, "churn_scores.churn_score", "--upstream")
    made = {one["name"].rpartition("/")[2]: (one["distance"], one["columns"]) for one in found["affected"]}
    assert sorted(made) == sorted(
        set(DATASETS)
        - {"warehouse.analytics.churn_scores"}
        - {f"warehouse.raw.{name}__quarantine" for name in ("usage_events", "invoices")}
    )
    assert made["warehouse.analytics.customer_features"] == (2, sorted(LOGIT))
    invoices = ["amount_eur", "period_start", "status"]
    assert made["warehouse.raw.invoices"] == (4, invoices)
    assert made["invoices.csv"] == (5, invoices)
    assert people(found) == [ANALYTICS, SUCCESS, SCORE, FEATURES, PLATFORM]


def test_a_score_is_traced_to_the_invoices_of_the_day_before(demo: Demo) -> None:
    """On the third, when the day's invoices had been held back; all days ran today, so that the time is of intervals."""
    found = impact(demo, "churn_scores", "--upstream", "--at", "2026-03-03T10:00", "--nominal")
    assert found["changed_last"].endswith(" warehouse.analytics.churn_scores")
    (invoices,) = (one for one in found["served"] if one["name"] == "warehouse.raw.invoices")
    assert invoices["owners"] == ["Subscription platform"]
    served, (held,) = invoices["publication"], invoices["held_back"]
    what = ("run_key", "about", "contract", "version", "verdict", "outcome")
    assert [served[name] for name in what] == [
        "churn/publish_invoices/manual__2026-03-02T00:00:00+00:00",
        "2026-03-02T00:00:00+00:00",
        "churn-subscriptions",
        "1.0.0",
        "pass",
        "published",
    ]
    assert [held[name] for name in what[1:]] == [
        "2026-03-03T00:00:00+00:00",
        "churn-subscriptions",
        "1.0.0",
        "breach",
        "halted",
    ]
    assert held["failed"] == ["amount_eur is at most 500: 5,771 of 5,771 rows (100 %)"]


def test_an_agent_asks_about_every_dataset(demo: Demo) -> None:
    """The server as an agent starts it, on what the demo has left: each tool, and no value of the data."""
    store = f"sqlite:///{demo.folder / '.demo' / 'history.db'}"
    parameters = StdioServerParameters(
        command=str(Path(sys.executable).with_name("headgate")),
        args=["mcp", "--contracts", "dags/churn/contracts", "--from", ".demo/lineage.jsonl"],
        env={**os.environ, "HEADGATE_STORE": store, "HEADGATE_SPOOL": str(demo.folder / ".demo" / "spool")},
        cwd=str(demo.folder),
    )

    async def ask() -> dict[str, Any]:
        async with Client(parameters) as client:
            listed = (await client.call_tool("list_datasets", {})).structured_content
            found = {}
            for name in [each["dataset"] for each in listed["datasets"]]:
                for tool in ("status", "contract", "impact", "explain"):
                    answer = await client.call_tool(tool, {"dataset": name})
                    assert not answer.is_error, (tool, name, answer.content)
                    found[tool, name] = answer.structured_content
            return found

    found = asyncio.run(ask())
    assert {name: found["status", name]["fitness"] for name in (*NAMES, "customer_features", "churn_scores")} == {
        "customers": "yes",
        "usage_events": "degraded",  # some rows wait in quarantine
        "invoices": "degraded",
        "customer_features": "degraded",  # made from them
        "churn_scores": "degraded",
    }
    kinds = [reason["kind"] for reason in found["status", "churn_scores"]["reasons"]]
    assert set(kinds) == {"upstream"}
    assert {each["rule"] for each in found["explain", "usage_events"]["rules_that_did_not_pass"]} == {
        "customer_id.required",
        "primaryKey",
        "quantity.logicalType",
        "quantity.required",
    }
    reached = {each["name"].rpartition(".")[2] for each in found["impact", "invoices"]["affected_by_lineage"]}
    assert {"customer_features", "churn_scores"} <= reached
    # A name, an address of a customer, as the export has them.
    export = (demo.folder / "dags/churn/data/landing/2026-03-04/customers.csv").read_text(encoding="utf-8")
    _, first, *_ = export.splitlines()
    assert not any(value in json.dumps(list(map(str, found.values()))) for value in first.split(",")[:3])


@pytest.mark.parametrize(("is_fixed", "verdict"), [(True, "pass"), (False, "breach")])
def test_the_shadow_run_passes_with_the_fix_alone(tmp_path: Path, is_fixed: bool, verdict: str) -> None:
    churn = ROOT / "dags" / "churn"
    shutil.copytree(churn / "contracts", tmp_path / "contracts")
    write_day(tmp_path, date(2026, 3, 5), "renamed")
    mapped = "case event_type when 'support_case' then 'support_ticket' else event_type end as event_type"
    fixed = (churn / "fix" / "stg_usage_events.sql").read_text(encoding="utf-8")
    before = fixed.replace(mapped, "event_type")
    assert before != fixed
    (tmp_path / "candidate.sql").write_text(fixed if is_fixed else before, encoding="utf-8")
    (tmp_path / "data").mkdir()
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb")) as made:
        made.execute("CREATE SCHEMA raw; CREATE SCHEMA analytics")
        made.execute(
            "CREATE TABLE raw.usage_events AS SELECT * REPLACE (quantity::BIGINT AS quantity, "
            "event_time::TIMESTAMPTZ AS event_time, received_at::TIMESTAMPTZ AS received_at) FROM read_csv(?, "
            "all_varchar = true) WHERE trim(quantity) <> '' AND customer_id <> '' QUALIFY count(*) OVER (PARTITION BY "
            "event_id) = 1",
            [str(tmp_path / "2026-03-05" / "usage_events.csv")],
        )
        made.execute(f"CREATE TABLE analytics.stg_usage_events AS {before.replace('usage_events', 'raw.usage_events')}")
    contracts = tmp_path / "contracts"
    given = ["--sql", str(tmp_path / "candidate.sql"), "--allow", "500", "--format", "json"]
    given += ["--input", f"usage_events={contracts}/subscriptions.odcs.yaml#usage_events"]
    done = CliRunner().invoke(main, ["shadow", f"{contracts}/inputs.odcs.yaml", *given])
    assert json.loads(done.stdout)["verdict"] == verdict, done.output
