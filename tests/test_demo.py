"""`make demo` does what docs/demo.md says, and the page shows what the demo prints.

`HEADGATE_WRITE=1 python -m pytest tests/test_demo.py` writes the page's block anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import openlineage_spec
from tests.support.marquez import Marquez, listening

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
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
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "OPENLINEAGE", "MARQUEZ"))}
    with listening() as (url, marquez):
        environment["MARQUEZ_URL"] = url
        command = [sys.executable, "dags/churn/demo.py"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    log = folder / ".demo" / "airflow-and-dbt.log"
    assert done.returncode == 0, done.stdout + done.stderr + (log.read_text()[-3000:] if log.exists() else "")
    return Demo(folder, done.stdout, marquez)


def shown(output: str) -> str:
    """The output without what differs from run to run: seconds, the events of whole DAG runs, which Airflow emits
    from a process of its own that may be cut short, and the links into Marquez, which have the folder in them."""
    text = "\n".join(line.rstrip() for line in output.strip().splitlines())
    text = re.sub(r"Look at in Marquez:\n.*?\n\n", "", text, flags=re.DOTALL)
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
        ("raw.customers", "published", 2215, 0),
        ("raw.invoices", "published", 5694, 0),
        ("raw.usage_events", "published_partly", 29190, 300),
        ("raw.customers", "published", 2219, 0),
        # the second day's invoices, in cents, were not published
        ("raw.usage_events", "published_partly", 30333, 310),
        ("raw.customers", "published", 2222, 0),
        ("raw.invoices", "published_partly", 5718, 232),
        ("raw.usage_events", "published_partly", 31476, 320),
    ]
    good = "SELECT max(amount_eur) <= 500, count(DISTINCT invoice_id) = count(*) FROM raw.invoices"
    assert demo.query(good) == [(True, True)]
    assert demo.query("SELECT headgate_reasons, count(*) FROM raw.invoices__quarantine GROUP BY ALL") == [
        (["primaryKey", "billed_once_per_period"], 232)
    ]


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
    """After three days: one node a dataset, connected, and what the last day made of the invoices in words."""
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
    assert len([name for _, name in demo.marquez.datasets if "/landing/" in name]) == 3
    warehouse = f"duckdb://{(demo.folder / 'dags/churn/data/warehouse.duckdb').resolve()}"
    said = demo.marquez.dataset(warehouse, "warehouse.raw.customers").description
    assert said
    assert "contract churn-subscriptions 1.0.0 (Subscription platform)" in said
    assert demo.marquez.dataset(warehouse, "warehouse.analytics.churn_scores").columns == (
        "customer_id", "churn_score", "scored_at",
    )  # fmt: skip
