"""Fitness for tests: a dataset, what is known of it in few words, and what the answer should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from headgate.contract import Dataset
from headgate.fitness import Evidence, Finding, Fitness, Trouble, fitness
from headgate.gate import Status
from headgate.levels import Clock, Extremes, Facts, PublicationFact, fresh_until, measured
from headgate.places import Publication, QuarantinedBatch, Released
from headgate.places.records import Staleness
from headgate.report import Verdict

from tests.support.contracts import load, odcs, setting
from tests.support.levels import level, t

# One contract with a freshness of a day; the score needs 6 hours, the dashboard only an availability.
FRESH = (level("freshness", 24, "h", "at"),)
CONSUMERS = [
    {"name": "score", "needs": [{"property": "freshness", "value": 6, "unit": "h", "element": "things.at"}]},
    {"name": "billing", "needs": [{"property": "latency", "value": 1, "unit": "h", "element": "things.at"}]},
    {"name": "dashboard"},
]


def things(*levels: Mapping[str, Any], status: str = "active", **settings: Any) -> Dataset:
    own = [setting(name, value) for name, value in {"consumers": CONSUMERS, **settings}.items()]
    thing = {
        "name": "things",
        "properties": [
            {"name": "at", "logicalType": "timestamp"},
            {"name": "secret", "logicalType": "timestamp", "classification": "restricted"},
        ],
        "customProperties": own,
    }
    return load(odcs(thing, slaProperties=list(levels), status=status))["things"]


def run(
    at: str,
    verdict: str = "pass",
    outcome: str = "published",
    *,
    key: str = "",
    mode: Any = "replace",
    part: str | None = None,
    end: str = "",
    rows: int = 100,
    first: str = "",
    version: str = "1.0.0",
) -> Publication:
    """A publication at a time; the time that it is about, and the end of its interval, is the same unless `end`; `first`
    is when its key was first published."""
    about = t(end or at)
    return Publication(
        run_key=key or f"run {at}",
        target="things",
        mode=mode,
        part=part,
        contract_id="test",
        contract_version=version,
        contract_commit=None,
        dataset="things",
        verdict=verdict,
        policy="halt",
        outcome=outcome,
        rows_published=rows,
        rows_set_aside=0,
        run_at=about,
        interval_end=about,
        published_at=t(first or at),
        written_at=t(at),
    )


def check(at: str, verdict: str, *broken: str, warned: tuple[str, ...] = (), version: str = "1.0.0") -> Finding:
    return Finding(t(at), Verdict(verdict), broken=broken, warned=warned, version=version)


def attempt(at: str, verdict: str, outcome: str, *broken: str, key: str = "", about: str = "") -> Finding:
    return Finding(t(at), Verdict(verdict), key or f"run {at}", Status(outcome), broken, moment=t(about or at))


def batch(at: str, rows: int) -> QuarantinedBatch:
    return QuarantinedBatch(f"run {at}", rows, (("amount.maximum", rows),), t(at), t(at), "1.0.0", "f")


def stale(at: str, why: str = "amount.maximum") -> Staleness:
    return Staleness(t(at), f"run {at}", why)


def released(at: str, rows: int) -> Released:
    return Released(f"run {at}", rows, "amount.maximum", "olga", t(at))


def trouble(what: str = "breaks amount.maximum") -> Trouble:
    return Trouble("orders", what)


@dataclass(frozen=True)
class Case:
    """What is known at `now`, and the answer: in one word, with the kinds of its reasons, and how long it holds."""

    name: str
    answer: str
    kinds: str = ""
    valid_until: str | None = None
    now: str = "2026-03-02 12:00"
    newest: str | None = "2026-03-02 06:00"
    publications: tuple[Publication, ...] = ()
    consumer: str = ""
    levels: tuple[Mapping[str, Any], ...] = FRESH
    status: str = "active"
    settings: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)


def asked(case: Case) -> Fitness:
    """The answer to a case."""
    return fitness(case_dataset(case), evidence(case), Clock(t(case.now)), case.consumer)


def case_dataset(case: Case) -> Dataset:
    return things(*case.levels, status=case.status, **case.settings)


def evidence(case: Case, now: datetime | None = None) -> Evidence:
    """What is known of a case: its service levels are measured, by the code that measures them."""
    columns = {} if case.newest is None else {"at": Extremes(t(case.newest), t(case.newest))}
    published = tuple(_fact(each) for each in case.publications)
    facts, clock = Facts(publications=published, columns=columns), Clock(now or t(case.now))
    dataset = case_dataset(case)
    return Evidence(
        publications=case.publications,
        levels=measured(dataset, facts, clock),
        fresh_until=fresh_until(dataset, facts, clock),
        **case.known,
    )


def _fact(record: Publication) -> PublicationFact:
    assert record.published_at is not None
    return PublicationFact(
        record.published_at,
        Status(record.outcome),
        (record.interval_start, record.interval_end),
        record.rows_published,
        columns={"at": Extremes(record.run_at, record.run_at, {Decimal(5): record.run_at})},
    )
