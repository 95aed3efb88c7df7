"""The history of a big platform: a contract with one dataset for each number, in a DAG with one other, run day by day.

Eighteen of 500 datasets are broken at the end, of which some are made from others; eighteen have a warning, five a rule
that could not be measured; a hundred were broken for some days before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from headgate.checks import RuleId
from headgate.history import Kind, ResultRecord, RunRecord, Surroundings, act, list_incidents, tell_all
from headgate.history.store import Store
from headgate.incidents import Deed
from headgate.levels import ClockKind, LevelResult
from headgate.levels.reading import Amount, Status
from headgate.naming import PlaceName

from tests.support.bulk_history import fill

ROWS, BAD = 10_000, 17
# Broken datasets are so far apart; each is made from the one before, but for every third.
APART = 28
NAMES = ("orders", "invoices", "customers", "payments", "events", "sessions", "shipments", "returns", "prices", "stock")
CHECKS = (
    ("required", "{} is not null"),
    ("maximum", "{} is at most 500"),
    ("pattern", "{} matches ^[A-Z]{{2}}[0-9]+$"),
    ("unique", "{} is unique"),
)
POLICIES = (("halt", "halted"), ("quarantine", "published_partly"), ("warn", "published"))


@dataclass(frozen=True)
class Platform:
    """Of how many datasets, rules of each, and runs of each."""

    datasets: int = 500
    rules: int = 20
    runs: int = 100
    begin: datetime = field(default=datetime(2026, 1, 1, tzinfo=UTC))

    @property
    def now(self) -> datetime:
        """Half a day after the last run."""
        return self.begin + timedelta(days=self.runs - 0.5)

    def records(self, number: int) -> Iterator[RunRecord]:
        """The records of a dataset, by the clock."""
        made = Dataset(self, number)
        return (made.record(run) for run in range(self.runs))


@dataclass(frozen=True)
class Dataset:
    platform: Platform
    number: int

    @property
    def name(self) -> str:
        return f"{NAMES[self.number % len(NAMES)]}_{self.number}"

    @property
    def dag(self) -> str:
        return f"dag_{self.number // 2}"

    @cached_property
    def broken_in(self) -> range:
        """The runs in which something is broken."""
        n, runs = self.number, self.platform.runs
        if n % APART == 5:
            chain, depth = divmod(n // APART, 3)  # what it is made from broke before
            return range(runs - 1 - chain % 5 - 2 * (2 - depth), runs)
        if n % 5 == 2:
            begun = max(0, runs - 9 - n * 7 % (runs * 3 // 4))
            return range(begun, begun + 1 + n % 3)
        return range(0)

    @property
    def policy(self) -> tuple[str, str]:
        """The policy, and what becomes of a broken run by it."""
        return POLICIES[self.number // 3 % len(POLICIES)]

    @cached_property
    def consumers(self) -> tuple[dict[str, Any], ...]:
        below = Dataset(self.platform, self.number + APART).name
        readers = ({"name": "churn score", "contact": "#ml", "reads": ["column_1"]}, {"name": "finance"},
                   {"name": "dashboard", "dataset": below})  # fmt: skip
        return readers[: self.number % 4]

    @cached_property
    def upstream(self) -> tuple[PlaceName, ...]:
        before = self.number - APART
        return (Dataset(self.platform, before).place,) if before >= 0 and self.number // APART % 3 else ()

    @property
    def place(self) -> PlaceName:
        return PlaceName("postgres://db:5432", f"shop.public.{self.name}")

    def statuses(self, run: int) -> dict[int, str]:
        """The status of each rule that did not pass in a run."""
        n, last = self.number, self.platform.rules - 1
        found = {}
        if self.has_levels:
            found[last - 1] = "not_executed"
        if n % APART == 11 and run >= self.platform.runs - 4:
            found[last] = "failed"
        if n % 97 == 3 and run == self.platform.runs - 1:
            found[2] = "errored"
        if run in self.broken_in:
            found |= dict.fromkeys(range(n % 2 + 1), "failed")
        return found

    @property
    def has_levels(self) -> bool:
        return self.number % 3 == 0

    def record(self, run: int) -> RunRecord:
        moment = self.platform.begin + timedelta(days=run)
        statuses = self.statuses(run)
        broken = [rule for rule, status in statuses.items() if status == "failed" and not self._warns(rule)]
        verdict = "breach" if broken else "unknown" if "errored" in statuses.values() else "warn" if "failed" in statuses.values() else "pass"  # fmt: skip
        policy, outcome = self.policy
        outcome = outcome if broken else "published"
        bad = BAD * len(broken) if outcome == "published_partly" else 0
        return RunRecord(
            contract=f"contract-{self.number:03}",
            version=self._version(run),
            commit=f"{run // 30:040x}",
            dataset=self.name,
            owner=f"team {self.number % 20}",
            draft=False,
            place=self.place,
            kind=Kind.PUBLISH,
            run_key=f"{self.dag}/publish_{self.name}/scheduled__{moment.isoformat()}",
            interval=(moment - timedelta(days=1), moment),
            moment=moment,
            at=moment + timedelta(minutes=5, seconds=self.number),
            verdict=verdict,
            outcome=outcome,
            policy=f"{policy} (contract)",
            rows=ROWS + run,
            rows_published=0 if outcome == "halted" else ROWS + run - bad,
            rows_quarantined=bad,
            results=tuple(self._result(rule, run, statuses.get(rule, "passed")) for rule in range(self.platform.rules)),
            levels=self._levels(moment, run) if self.has_levels else (),
            support=(f"#team-{self.number % 20}",),
            consumers=self.consumers,
            around=Surroundings(own=True, upstream=self.upstream, link=f"https://airflow.example.com/dags/{self.dag}"),
        )

    def _version(self, run: int) -> str:
        return "1.1.0" if run >= self.platform.runs * 3 // 5 else "1.0.0"

    def _warns(self, rule: int) -> bool:
        return rule == self.platform.rules - 1

    def _result(self, rule: int, run: int, status: str) -> ResultRecord:
        column = f"column_{rule}"
        if self.has_levels and rule == self.platform.rules - 2:
            return ResultRecord(RuleId("freshness", "v1:freshness"), "data is at most 1 day old", "error", status)
        check, label = CHECKS[rule % len(CHECKS)]
        # A new version has another bound of a column, which is another rule of the same key.
        version = self._version(run) if rule == 1 and self.number % 10 == 0 else ""
        bad = BAD if status == "failed" else 0
        measured = status in ("passed", "failed")
        return ResultRecord(
            RuleId(f"{column}.{check}", f"v1:{self.number:08x}{rule:08x}{version}"),
            label.format(column),
            "warning" if self._warns(rule) else "error",
            status,
            bad if measured else None,
            ROWS + run if measured else None,
            float(bad) if measured else None,
            (column,),
            f"{column} is what the shop wrote",
        )

    def _levels(self, moment: datetime, run: int) -> tuple[dict[str, Any], ...]:
        age, bound = timedelta(hours=2 + run % 5), timedelta(days=1)
        lost = sum(run - 28 < each <= run for each in self.broken_in)
        share, at_least = Decimal("99.9") - lost, Decimal("99.5")
        kept = Status.KEPT if share >= at_least else Status.BROKEN
        levels = (
            ("freshness", Status.KEPT, "data is at most 1 day old", Amount(bound), Amount(age), ""),
            (
                "availability",
                kept,
                "99.5% of 28 days",
                Amount(at_least, "percent"),
                Amount(share, "percent"),
                "" if kept is Status.KEPT else f"{share}% in the last 28 days",
            ),
        )
        return tuple(
            LevelResult(name, name, status, said, moment, ClockKind.INTERVAL_END, promised, observed, reason).to_dict()
            for name, status, said, promised, observed, reason in levels
        )


def write(into: Store, platform: Platform) -> None:
    """Write the history into an empty store, with the messages that are due at the end of it; every third open incident
    has somebody."""
    fill(into, map(platform.records, range(platform.datasets)))
    tell_all(into, platform.now)
    for each in list_incidents(into, platform.now)[::3]:
        act(into, each.number, Deed.ACK, "olga", "the export is repaired", None, platform.now)
