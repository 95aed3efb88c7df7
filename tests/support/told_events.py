"""OpenLineage events, as the operators, dbt-ol and others send them, made from a few words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from headgate.lineage.events import graph_from_events
from headgate.lineage.graph import Graph
from headgate.naming import PlaceName

NAMESPACE = "postgres://db:5432"
Event = dict[str, Any]


def place(name: str) -> PlaceName:
    return PlaceName(NAMESPACE, name)


def data(name: str, **facets: Any) -> Event:
    """A dataset of an event. `contract` is its facet headgate_contract; `columns` those of its schema; `made_from` its
    column lineage: {column: ["dataset.column"]}, under "" what chooses its rows."""
    made_from = facets.pop("made_from", None)
    contract = facets.pop("contract", None)
    columns = facets.pop("columns", None)
    if columns:
        facets["schema"] = {"fields": [{"name": column} for column in columns]}
    if contract:
        facets["headgate_contract"] = contract
    if made_from:
        fields = {c: {"inputFields": [_field(s) for s in sources]} for c, sources in made_from.items() if c}
        facets["columnLineage"] = {"fields": fields, "dataset": [_field(s) for s in made_from.get("", [])]}
    return {"namespace": NAMESPACE, "name": name, "facets": facets}


def _field(text: str) -> dict[str, str]:
    dataset, _, column = text.rpartition(".")
    return {"namespace": NAMESPACE, "name": dataset, "field": column}


def event(
    job: str,
    inputs: Iterable[str | Event] = (),
    outputs: Iterable[str | Event] = (),
    *,
    end: str = "COMPLETE",
    at: str = "2026-03-02T01:00:00Z",
    run: str = "1",
    **facets: Any,
) -> Event:
    """An event of a run of a job; `run` tells runs of a job apart."""
    return {
        "eventType": end,
        "eventTime": at,
        "producer": "https://example.com",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid5(NAMESPACE_URL, f"{job}/{run}")), "facets": facets},
        "job": {"namespace": "jobs", "name": job},
        "inputs": [data(each) if isinstance(each, str) else each for each in inputs],
        "outputs": [data(each) if isinstance(each, str) else each for each in outputs],
    }


def graph(*events: Event) -> Graph:
    return graph_from_events(events)


def write_events(path: Path, events: Iterable[Event]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in events), encoding="utf-8")
    return path


def contract(version: str = "1.0.0", outcome: str = "published", **more: Any) -> Event:
    """The facet headgate_contract of a publish of invoices."""
    return {
        "contract": "billing",
        "version": version,
        "dataset": "invoices",
        "verdict": "pass" if outcome == "published" else "breach",
        "outcome": outcome,
        "policy": "halt",
        "owner": "Billing team",
        "support": [{"channel": "#billing", "url": "https://chat.example/billing"}],
        "commit": f"c{version}",
    } | more


SCORE = {"name": "churn score", "contact": "#churn", "reads": ["amount"], "dataset": "churn_scores"}
BROKEN = [{"rule": "amount.maximum", "statement": "amount is at most 500", "observed": "12 rows", "severity": "error"}]


def churn_days() -> list[Event]:
    """Two days: the invoices of the second break their contract and are held back; scores are made on both."""
    events = []
    for day, outcome, run in (("2026-03-02", "published", "a"), ("2026-03-03", "halted", "b")):
        held = outcome == "halted"
        rows = {"audited": 100 if held else 90} | ({} if held else {"published": 90})
        facet = contract(outcome=outcome, rows=rows, failed=BROKEN if held else [], consumers=[SCORE, "finance"],
                         runKey=f"publish/{day}", runAt=f"{day}T00:00:00Z", version="1.0.0")  # fmt: skip
        nominal = {"nominalTime": {"nominalStartTime": f"{day}T00:00:00Z"}}
        invoices = data("raw.invoices", contract=facet, columns=["id", "amount", "note"])
        end = "FAIL" if held else "COMPLETE"
        events += [
            event("publish", ["landing/invoices.csv"], end="START", at=f"{day}T01:00:00Z", run=run, **nominal),
            event("publish", ["landing/invoices.csv"], [invoices], end=end, at=f"{day}T01:05:00Z", run=run, **nominal),
        ]
        features = data("features", made_from={"spend": ["raw.invoices.amount"], "invoice": ["raw.invoices.id"]},
                        columns=["spend", "invoice"], ownership={"owners": [{"name": "Analytics"}]})  # fmt: skip
        scores = data("churn_scores", made_from={"score": ["features.spend"]}, columns=["score"])
        for job, inputs, output, hour in (("dbt", ["raw.invoices"], features, 2), ("score", ["features"], scores, 3)):
            events += [
                event(job, inputs, end="START", at=f"{day}T0{hour}:00:00Z", run=run, **nominal),
                event(job, inputs, [output], at=f"{day}T0{hour}:05:00Z", run=run, **nominal),
            ]
    return events
