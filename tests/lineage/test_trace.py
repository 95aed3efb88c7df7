"""What served at a moment, what it was made from, and what was held back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from headgate.errors import CallError
from headgate.lineage import trace_back
from headgate.lineage.graph import Graph
from headgate.lineage.trace import Trace

from tests.support.told_events import churn_days, contract, data, event, graph


def traced(dataset: str, at: str, graph: Graph | None = None, **options: Any) -> Trace:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return trace_back(graph or DAYS, dataset, moment, **options)


DAYS = graph(*churn_days())


def said(trace: Trace) -> list[str]:
    return [
        f"{one.node.name.name} {f'{one.publication.at:%d %H:%M}' if one.publication else '?'}"
        f"{''.join(f' -{run.outcome}' for run in one.held_back)}"
        for one in trace.served
    ]


# The score of the third at ten is made from the third's features, and these from the invoices of the day before.
MOMENTS = [
    ("2026-03-03T10:00", ["churn_scores 03 03:05", "features 03 02:05", "raw.invoices 02 01:05 -halted", "landing/invoices.csv ?"]),
    ("2026-03-03T02:30", ["churn_scores 02 03:05", "features 02 02:05", "raw.invoices 02 01:05 -halted", "landing/invoices.csv ?"]),
    ("2026-03-02T23:00", ["churn_scores 02 03:05", "features 02 02:05", "raw.invoices 02 01:05", "landing/invoices.csv ?"]),
    ("2026-03-02T03:05", ["churn_scores 02 03:05", "features 02 02:05", "raw.invoices 02 01:05", "landing/invoices.csv ?"]),
    ("2026-03-02T01:00", ["churn_scores ?", "features ?", "raw.invoices ?", "landing/invoices.csv ?"]),
]  # fmt: skip


@pytest.mark.parametrize(("at", "expected"), MOMENTS)
def test_what_served(at: str, expected: list[str]) -> None:
    assert said(traced("churn_scores", at)) == expected


def test_the_score_of_the_third_is_traced_to_the_invoices_of_the_day_before_with_owner_and_reason() -> None:
    found = traced("churn_scores", "2026-03-03T10:00")
    last = found.changed_last
    assert last is not None and last.publication is not None
    assert (last.node.name.name, last.publication.about, last.publication.version, last.node.owners) == (
        "raw.invoices", datetime(2026, 3, 2, tzinfo=UTC), "1.0.0", ("Billing team",),
    )  # fmt: skip
    (held,) = last.held_back
    assert (held.outcome, [str(each) for each in held.failed]) == ("halted", ["amount is at most 500: 12 rows"])


def test_a_day_that_is_run_again_is_found_by_its_data_interval() -> None:
    """Both days ran months later, one after the other."""
    late = [e | {"eventTime": e["eventTime"].replace("2026-03-02", "2026-11-26").replace("2026-03-03", "2026-11-27")} for e in churn_days()]  # fmt: skip
    again = graph(*late)
    assert said(traced("churn_scores", "2026-03-02T10:00", again, nominal=True)) == [
        "churn_scores 26 03:05", "features 26 02:05", "raw.invoices 26 01:05", "landing/invoices.csv ?",
    ]  # fmt: skip
    assert said(traced("churn_scores", "2026-03-03T10:00", again, nominal=True))[2] == "raw.invoices 26 01:05 -halted"
    assert said(traced("churn_scores", "2026-03-03T10:00", again))[0] == "churn_scores ?"


def publish(day: int, **facet: Any) -> dict[str, Any]:
    at = f"2026-03-0{day}T01:00:00Z"
    return event("publish", [], [data("invoices", contract=contract(**facet))], at=at, run=str(day))


DIFFERENCES = [
    ({}, []),
    ({"version": "1.1.0"}, ["version: 1.0.0 → 1.1.0", "commit: c1.0.0 → c1.1.0"]),
    ({"rows": {"audited": 9, "published": 7, "quarantined": 2, "before": 5}},
     ["rows audited: unknown → 9", "rows published: unknown → 7", "rows quarantined: unknown → 2"]),
    ({"outcome": "published_partly",
      "failed": [{"rule": "a.maximum", "statement": "a is at most 5", "observed": "2 rows"}]},
     ["verdict: pass → breach", "outcome: published → published_partly", "newly broken: a is at most 5: 2 rows"]),
    ({"policy": "warn"}, ["policy: halt → warn"]),
]  # fmt: skip


@pytest.mark.parametrize(("facet", "expected"), DIFFERENCES)
def test_what_differs_from_the_publication_before(facet: dict[str, Any], expected: list[str]) -> None:
    (one,) = traced("invoices", "2026-03-05T00:00", graph(publish(2), publish(3, **facet))).served
    assert list(one.differences) == expected


def test_what_was_kept_is_no_publication() -> None:
    kept = publish(3, outcome="kept_last_good", staleSince="2026-03-02", staleReason="amount is at most 500")
    (one,) = traced("invoices", "2026-03-05T00:00", graph(publish(2), kept)).served
    assert one.publication is not None
    assert (one.publication.at.day, [run.stale_reason for run in one.held_back]) == (2, ["amount is at most 500"])


def test_lineage_without_runs_says_what_is_needed() -> None:
    with pytest.raises(CallError, match="has no events of runs, and --at needs them; give --from a file or folder"):
        traced("a", "2026-03-05T00:00", graph(event("j", ["a"])))
