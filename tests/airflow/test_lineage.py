"""The lineage events of the operators: on complete and on failure, with datasets, schema and one assertion a check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support import openlineage_spec
from tests.support.contracts import odcs, write
from tests.support.dagtest import DagFolder, DagRun

pytestmark = pytest.mark.slow


@pytest.fixture
def body(tmp_path: Path) -> str:
    things = {
        "name": "things",
        "description": "What we sell.",
        "properties": [
            {"name": "id", "logicalType": "string", "required": True, "description": "The key."},
            {
                "name": "email",
                "logicalType": "string",
                "classification": "personal",
                "enum": [{"value": "secret@example.com"}],
            },
        ],
    }
    contract = write(
        tmp_path,
        odcs(
            things,
            team={"name": "Shop team"},
            servers=[{"server": "local", "type": "duckdb", "database": "w.duckdb", "schema": "shop"}],
            slaProperties=[{"property": "latency", "value": 1, "unit": "d"}],
            settings={"onBreach": ["quarantine"], "maxQuarantinePercent": 60, "showExamples": True},
        ),
    )
    return (
        f"ContractPublishOperator(task_id='publish', contract={str(contract)!r}, source={str(tmp_path / 't.csv')!r})"
        f" >> ContractCheckOperator(task_id='check', contract={str(contract)!r})\n"
    )


def events(run: DagRun, task: str) -> dict[str, dict[str, Any]]:
    return {e["eventType"]: e for e in run.events if e["job"]["name"].endswith(f".{task}")}


def names(datasets: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(d["namespace"], d["name"]) for d in datasets]


def test_a_publish_that_completes(dags: DagFolder, body: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,email\na,secret@example.com\n,secret@example.com\n")
    run = dags.run(dags.write("lineage_complete", body))
    warehouse = f"duckdb://{tmp_path / 'w.duckdb'}"
    found = events(run, "publish")
    assert set(found) == {"START", "COMPLETE"}
    complete = found["COMPLETE"]
    assert names(complete["inputs"]) == [("file", str(tmp_path / "t.csv"))]
    assert names(complete["outputs"]) == [(warehouse, "w.shop.things"), (warehouse, "w.shop.things__quarantine")]
    target, quarantine = complete["outputs"]
    assert [f["name"] for f in target["facets"]["schema"]["fields"]] == ["id", "email"]
    assert target["facets"]["ownership"]["owners"] == [{"name": "Shop team", "type": "DATA_OWNER"}]
    assert [o["outputFacets"]["outputStatistics"]["rowCount"] for o in (target, quarantine)] == [1, 1]
    assertions = complete["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert len(assertions) == 7  # one for each check; the service level is none
    keys = [(a["assertion"], a.get("column")) for a in assertions]
    assert len(set(keys)) == len(keys)
    broken = [a for a in assertions if not a["success"]]
    assert [(a["name"], a["column"], a["severity"], a["actual"]) for a in broken] == [
        ("id.required", "id", "error", "1 of 2 rows (50 %)")
    ]
    tests = complete["run"]["facets"]["test"]["tests"]
    assert {t["name"]: t["status"] for t in tests}["sla.latency"] == "skip"


def test_a_check_reads_what_was_published(dags: DagFolder, body: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,email\na,secret@example.com\n")
    complete = events(dags.run(dags.write("lineage_check", body)), "check")["COMPLETE"]
    assert names(complete["inputs"]) == [(f"duckdb://{tmp_path / 'w.duckdb'}", "w.shop.things")]
    assert complete["outputs"] == []


def test_a_publish_that_fails_says_what_broke_and_no_values(dags: DagFolder, body: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,email\n,private@example.com\n,private@example.com\n")
    run = dags.run(dags.write("lineage_fail", body))
    assert run.states == {"publish": "failed", "check": "upstream_failed"}
    fail = events(run, "publish")["FAIL"]
    assert names(fail["inputs"]) == [("file", str(tmp_path / "t.csv"))]
    assert names(fail["outputs"]) == [(f"duckdb://{tmp_path / 'w.duckdb'}", "w.shop.things")]
    broken = [
        a["name"] for a in fail["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"] if not a["success"]
    ]
    assert broken == ["id.required", "email.enum"]
    assert "things does not keep id.required, email.enum" in fail["run"]["facets"]["errorMessage"]["message"]
    whole = str(run.events)
    assert "private@example.com" not in whole  # the data
    assert "secret@example.com" not in whole  # literals of classified columns
    assert "private@example.com" not in run.log


def test_the_validator_finds_what_is_wrong(shared: Path) -> None:
    """The oracle itself: an event that departs from the schemas is refused."""
    facet = {
        "_producer": "https://example.com",
        "_schemaURL": "https://example.com/x.json",
        "assertions": [{"success": True}],
    }
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-01T00:00:00Z",
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "01890a5d-ac96-774b-bcce-b302099a8057"},
        "job": {"namespace": "n", "name": "j"},
        "inputs": [{"namespace": "has space", "name": "x", "inputFacets": {"dataQualityAssertions": facet}}],
    }
    found = " ".join(openlineage_spec.problems(event))
    assert "'assertion' is a required property" in found
    assert "has space" in found


def test_the_warehouse_holds_what_the_events_say(dags: DagFolder, body: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,email\na,secret@example.com\n,secret@example.com\n")
    complete = events(dags.run(dags.write("lineage_rows", body)), "publish")["COMPLETE"]
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        for output in complete["outputs"]:
            schema, table = output["name"].split(".")[1:]
            (count,) = connection.execute(f"SELECT count(*) FROM {schema}.{table}").fetchone() or (None,)
            assert count == output["outputFacets"]["outputStatistics"]["rowCount"]


def test_the_event_says_what_happened_and_what_is_stale(dags: DagFolder, body: str, tmp_path: Path) -> None:
    path = dags.write(
        "lineage_outcome", body.replace("task_id='publish',", "task_id='publish', on_breach='last_known_good',")
    )
    (tmp_path / "t.csv").write_text("id,email\na,secret@example.com\n")
    good = events(dags.run(path, day=1), "publish")["COMPLETE"]
    assert good["run"]["facets"]["headgate_outcome"]["outcome"] == "published"
    assert good["outputs"][0]["facets"]["documentation"]["description"].startswith(
        "What we sell. ✔ PUBLISHED 2026-01-01"
    )
    (tmp_path / "t.csv").write_text("id,email\n,secret@example.com\n")
    run = dags.run(path, day=2)
    kept = events(run, "publish")["COMPLETE"]
    facet = kept["run"]["facets"]["headgate_outcome"]
    assert (facet["outcome"], facet["staleSince"]) == ("kept_last_good", "2026-01-02T00:00:00+00:00")
    assert facet["summary"] == run.summaries["publish"]["summary"]
    assert facet["summary"] in run.log
    said = kept["outputs"][0]["facets"]["documentation"]["description"]
    assert said.startswith(
        "What we sell. ‖ STALE SINCE 2026-01-02 00:00 UTC: 2026-01-02 held back by contract test 1.0.0"
    )
