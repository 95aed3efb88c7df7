"""Runs of a shop for the pages, and who asks for these."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from headgate.checks import RuleId
from headgate.history import ResultRecord, Surroundings
from headgate.naming import PlaceName
from headgate.page.ask import Scope

from tests.support.history import BEGIN, record

# Ten minutes after the last run.
NOW = BEGIN + timedelta(days=10, minutes=15)
ALL = Scope(None, lambda _: True, lambda _: True)


def result(key: str, status: str = "passed", **fields: Any) -> ResultRecord:
    failed = 40 * (status == "failed")
    values: dict[str, Any] = {"severity": "error", "status": status, "failed": failed, "rows": 2000}
    return ResultRecord(RuleId(key, f"v1:{key}"), f"{key} holds", **values | fields)


def run(day: float, dataset: str = "orders", dag: str = "shop", *results: ResultRecord, **fields: Any) -> Any:
    """A publish of a day by a task of a DAG; without one, outside of Airflow."""
    key = f"{dag}/publish_{dataset}/scheduled__{day:g}" if dag else f"day {day:g}"
    shown = results or (result("id.required", columns=("id",)),)
    worst = {each.status for each in shown if each.severity == "error"}
    verdict = (
        "unknown" if worst & {"errored", "not_executed"}
        else "breach" if "failed" in worst
        else "warn" if any(each.status == "failed" for each in shown)
        else "pass"
    )  # fmt: skip
    values: dict[str, Any] = {
        "dataset": dataset,
        "place": PlaceName("postgres://db:5432", f"shop.public.{dataset}"),
        "run_key": key,
        "results": tuple(shown),
        "verdict": verdict,
        "outcome": "published" if verdict in ("pass", "warn") else "halted",
        "rows": 2000,
        "support": ("#orders-help",),
        "consumers": ({"name": "churn score", "contact": "#ml"}, {"name": "finance"}),
        "around": Surroundings(own=True),
    }
    return replace(record(day), **values | fields)


def freshness(age_h: float, promised_h: float = 24, **fields: Any) -> dict[str, Any]:
    """A freshness as a run measured it on the tenth day."""
    at = BEGIN + timedelta(days=10)
    values = {
        "key": "sla.freshness", "name": "freshness", "status": "kept" if age_h <= promised_h else "broken",
        "statement": f"at most {promised_h} h old", "at": at.isoformat(), "clock": "interval_end", "consumer": "",
        "promised": {"value": promised_h * 3600, "unit": "s"}, "observed": {"value": age_h * 3600, "unit": "s"},
        "reason": "", "halts": False, "young": False, "faulty": False,
    }  # fmt: skip
    return values | fields


class Reader(HTMLParser):
    """The texts of a document, its links, its elements and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "hx-post", "hx-get")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(document: str) -> Reader:
    reader = Reader()
    reader.feed(document)
    return reader


def words(document: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(document).texts))
