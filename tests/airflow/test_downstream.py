"""A breach names who is affected: the contract's consumers, and what lineage has downstream, within a bound of time."""

from __future__ import annotations

import json
import logging
import socket
import time
from pathlib import Path

import pytest
from headgate.airflow.downstream import also_reads
from headgate.naming import PlaceName

from tests.support.dagtest import DagFolder
from tests.support.marquez_api import Marquez, serving
from tests.support.shop import BAD, Shop
from tests.support.timed import timed
from tests.support.told_events import NAMESPACE, churn_days, event, write_events

LOG = logging.getLogger("headgate.test")
CONSUMERS = [{"name": "score", "contact": "#score", "reads": ["amount"]}, "finance"]


@pytest.mark.slow
def test_a_breach_names_who_is_affected(
    dags: DagFolder, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.contract("halt")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["schema"][0]["customProperties"] = [{"property": "consumers", "value": CONSUMERS, "vendor": "headgate"}]
    path.write_text(json.dumps(document), encoding="utf-8")
    table = {"namespace": f"duckdb://{tmp_path / 'w.duckdb'}", "name": "w.shop.things", "facets": {}}
    report = {"namespace": "n", "name": "report", "facets": {"ownership": {"owners": [{"name": "BI team"}]}}}
    write_events(tmp_path / "lineage.jsonl", [event("make", [table], [report])])
    monkeypatch.setenv("AIRFLOW__HEADGATE__LINEAGE", str(tmp_path / "lineage.jsonl"))
    shop.csv.write_text(BAD)
    run = dags.run(dags.write("affected", shop.publish()))
    assert run.states["publish"] == "failed"
    assert run.summaries["publish"]["affected"] == ["score (#score; reads amount)", "finance"]
    assert run.summaries["publish"]["also_reads"] == ["report (BI team)"]
    assert "affects: score (#score; reads amount), finance" in " ".join(run.log.split())
    assert "downstream, by lineage: report (BI team)" in run.log


def test_lineage_is_asked_only_where_it_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    invoices = PlaceName(NAMESPACE, "raw.invoices")
    assert also_reads(invoices, LOG) == []
    events = [e for e in churn_days() if e["eventType"] == "COMPLETE"]
    monkeypatch.setenv("AIRFLOW__HEADGATE__LINEAGE", str(write_events(tmp_path / "x.jsonl", events)))
    assert also_reads(invoices, LOG) == ["features (Analytics)", "churn_scores"]
    assert also_reads(None, LOG) == []
    with serving(Marquez(events)) as url:
        monkeypatch.setenv("AIRFLOW__HEADGATE__LINEAGE", url)
        assert also_reads(invoices, LOG) == ["features (Analytics)", "churn_scores"]


@timed
@pytest.mark.slow
def test_lineage_that_fails_or_hangs_delays_by_two_seconds_at_most(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        monkeypatch.setenv("AIRFLOW__HEADGATE__LINEAGE", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        begun = time.monotonic()
        assert also_reads(PlaceName("n", "a"), LOG) == []
        assert time.monotonic() - begun < 2.5
    monkeypatch.setenv("AIRFLOW__HEADGATE__LINEAGE", "/nope")
    assert also_reads(PlaceName("n", "a"), LOG) == []
    said = [record.message for record in caplog.records]
    assert len(said) == 2
    assert said[1].endswith("[headgate] lineage: DataNotFoundError: /nope: file or folder of lineage events not found")
