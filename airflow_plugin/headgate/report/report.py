"""The report: all check results of one dataset in one run. The one value that everything downstream reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from headgate.checks import Column
from headgate.contract.consumers import Consumer, consumers_of
from headgate.errors import CallError
from headgate.forms import make_form
from headgate.levels.level import LevelResult
from headgate.levels.reading import Status as LevelStatus
from headgate.naming import PlaceName
from headgate.report import serial
from headgate.report.affected import affected
from headgate.report.explain import explained
from headgate.report.result import CheckResult, Status, result_dict, result_from

if TYPE_CHECKING:
    from headgate.scan import Ran


_NOT_MEASURED = (Status.ERRORED, Status.NOT_EXECUTED)


class Verdict(StrEnum):
    """The verdict of a report: only warnings failed, or promised levels are broken (warn), an error-level check failed
    (breach), or something that matters could not be measured (unknown). Unknown is not pass. A service level that
    halts counts as an error-level check."""

    PASS = "pass"
    WARN = "warn"
    BREACH = "breach"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """What makes a verdict reproducible: the run's key, the data interval (start, end) that it covers, and the time
    that it is about. Times are aware; None if the run has none.

    The key names what the run publishes and quarantines: a rerun of the same key replaces it.

    Raises:
        CallError: a part is of another type, a moment has no time zone, or the interval ends before it starts.
    """

    key: str = ""
    interval: tuple[datetime | None, datetime | None] = (None, None)
    now: datetime | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.key, str):
            raise CallError(f"the run key {self.key!r} is not a string")
        if not (isinstance(self.interval, tuple) and len(self.interval) == 2):
            raise CallError(f"the interval {self.interval!r} is not a pair (start, end)")
        start, end = self.interval
        for name, when in {"now": self.now, "interval_start": start, "interval_end": end}.items():
            if when is not None and not isinstance(when, datetime):
                raise CallError(f"{name} is {when!r}, not a datetime")
            if when is not None and when.tzinfo is None:
                raise CallError(f"{name} has no time zone: give an aware datetime")
        if start and end and end < start:
            raise CallError(f"the interval ends at {end.isoformat()}, before it starts at {start.isoformat()}")

    @property
    def interval_start(self) -> datetime | None:
        return self.interval[0]

    @property
    def interval_end(self) -> datetime | None:
        return self.interval[1]


NO_RUN = Run()


@dataclass(frozen=True)
class Report:
    """All check results of one dataset in one run."""

    contract_id: str
    contract_version: str
    contract_commit: str | None
    contract_file: str
    dataset: str
    owner: str
    support: tuple[str, ...]
    draft: bool
    data: str
    rows: int
    columns: tuple[Column, ...]
    results: tuple[CheckResult, ...]
    run: Run = NO_RUN
    # What lineage and history call the data; None of data that has no place of its own.
    place: PlaceName | None = None
    # When it was measured, by the clock; aware.
    measured_at: datetime | None = None
    # Who reads the dataset, as the contract says.
    consumers: tuple[Consumer, ...] = ()
    # Why newer data than this was held back, where it was.
    stale: str = ""
    # The service levels, and the needs of consumers, where they were measured.
    levels: tuple[LevelResult, ...] = ()
    # The queries that measured it, in their order.
    ran: tuple[Ran, ...] = field(default=(), repr=False, compare=False)
    # Of a suite of Great Expectations: the suite, and GX's answers.
    answers: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The failed checks, error-level first."""
        failed = [r for r in self.results if r.status is Status.FAILED]
        return tuple(sorted(failed, key=lambda r: r.severity != "error"))

    @property
    def not_measured(self) -> tuple[CheckResult, ...]:
        """The checks that were not measured, and the service levels that have no result of their own."""
        own = {level.key for level in self.levels}
        return tuple(r for r in self.results if r.status in _NOT_MEASURED and r.key not in own)

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """The error-level checks that failed."""
        return tuple(r for r in self.failed if r.severity == "error")

    @property
    def unknown(self) -> tuple[CheckResult, ...]:
        """The error-level checks that were not measured and are not excused."""
        return tuple(r for r in self.not_measured if r.severity == "error" and not r.excused)

    @property
    def broken_levels(self) -> tuple[LevelResult, ...]:
        """The promised service levels that are broken, those first that hold data back."""
        return tuple(each for each in self._levels(LevelStatus.BROKEN) if not each.consumer)

    @property
    def broken_needs(self) -> tuple[LevelResult, ...]:
        """The needs of consumers that are not met. They change no verdict: the contract does not promise them."""
        return tuple(each for each in self._levels(LevelStatus.BROKEN) if each.consumer)

    @property
    def unknown_levels(self) -> tuple[LevelResult, ...]:
        """The service levels that could not be measured, those first that hold data back; among these is one whose
        value, unit or element is a mistake."""
        faulty = tuple(each for each in self.levels if each.faulty and each.halts)
        return (*faulty, *self._levels(LevelStatus.UNKNOWN))

    def _levels(self, status: LevelStatus) -> tuple[LevelResult, ...]:
        return tuple(sorted((each for each in self.levels if each.status is status), key=lambda each: not each.halts))

    @property
    def ended(self) -> LevelResult | None:
        """The endOfLife that has passed, after which nothing more is published; None before that."""
        return next((each for each in self.broken_levels if each.name == "endOfLife"), None)

    @property
    def not_kept(self) -> tuple[str, ...]:
        """The keys of what prevents a pass, checks and service levels that halt: those that are broken, then those that
        are unknown."""
        broken = [*(r.key for r in self.broken), *(level.key for level in self.broken_levels if level.halts)]
        unknown = [*(r.key for r in self.unknown), *(level.key for level in self.unknown_levels if level.halts)]
        return (*broken, *unknown)

    @property
    def affected(self) -> tuple[str, ...]:
        """The consumers whom what is broken or not measured affects, in words."""
        wrong = [*self.failed, *(r for r in self.not_measured if not r.excused)]
        return affected(self.consumers, wrong, (*self.broken_levels, *self.broken_needs))

    @property
    def verdict(self) -> Verdict:
        if self.unknown or any(level.halts for level in self.unknown_levels):
            return Verdict.UNKNOWN
        if self.broken or any(level.halts for level in self.broken_levels):
            return Verdict.BREACH
        return Verdict.WARN if self.failed or self.broken_levels else Verdict.PASS

    @property
    def coverage(self) -> tuple[int, int]:
        """(executed, declared): how many of the contract's rules, service levels among them, were measured."""
        declared = {r.key for r in self.results}
        levels = sum(level.key in declared and not level.measured for level in self.levels)
        return len(self.results) - len(self.not_measured) - levels, len(self.results)

    def __str__(self) -> str:
        """Return the report as a person reads it."""
        return str(make_form("text", self))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values, which `from_dict` reads back.

        Numbers are numbers (`serial.encode`). `verdict`, `coverage`, and the texts `observed` and `expected` of a
        result repeat what the other values say.
        """
        executed, declared = self.coverage
        return {
            "schema": serial.SCHEMA,
            "contract": {
                "id": self.contract_id,
                "version": self.contract_version,
                "commit": self.contract_commit,
                "file": self.contract_file,
                "owner": self.owner,
                "support": list(self.support),
                "draft": self.draft,
                "consumers": [consumer.to_dict() for consumer in self.consumers],
            },
            "dataset": self.dataset,
            "data": self.data,
            "place": serial.place_dict(self.place),
            "measured_at": serial.moment_text(self.measured_at),
            "run": {
                "key": self.run.key,
                "interval": [serial.moment_text(moment) for moment in self.run.interval],
                "now": serial.moment_text(self.run.now),
            },
            "verdict": str(self.verdict),
            "stale": self.stale or None,
            "rows": self.rows,
            "columns": [serial.column_dict(column) for column in self.columns],
            "coverage": {"executed": executed, "declared": declared},
            "results": [result_dict(r) for r in self.results],
            "levels": [level.to_dict() for level in self.levels],
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Report:
        """Return the report that `to_dict` gave, without the queries that measured it.

        Raises:
            CallError: it is not a report, or has another version of the format.
        """
        if not isinstance(value, Mapping):
            raise CallError(f"a report is an object of JSON, not {value!r:.40}")
        if value.get("schema") != serial.SCHEMA:
            raise CallError(
                f"a report of schema {value.get('schema')!r} cannot be read; this version of headgate reads schema "
                f"{serial.SCHEMA}, which it writes since 0.2"
            )
        try:
            contract = value["contract"]
            return cls(
                contract_id=contract["id"],
                contract_version=contract["version"],
                contract_commit=contract["commit"],
                contract_file=contract["file"],
                dataset=value["dataset"],
                owner=contract["owner"],
                support=tuple(contract["support"]),
                draft=contract["draft"],
                data=value["data"],
                rows=value["rows"],
                columns=tuple(serial.column_from(column) for column in value["columns"]),
                results=tuple(result_from(result) for result in value["results"]),
                run=_run_from(value["run"]),
                place=serial.place_from(value["place"]),
                measured_at=serial.moment_from(value["measured_at"]),
                consumers=consumers_of(contract.get("consumers", [])),
                stale=value["stale"] or "",
                levels=tuple(LevelResult.from_dict(level) for level in value.get("levels", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CallError(f"this is not a report: {type(error).__name__}: {error}") from None

    def explain(self) -> dict[str, Any]:
        """Return what proves each check, and what it cost, as JSON-ready values.

        `checks` are the executed checks, in the contract's order, with their evidence, the number of the query that
        decided them (None if the columns alone did) and their share of the time: a query's time is divided evenly among
        all checks that it was run for. `queries` have their SQL and seconds.
        """
        return explained(self.results, self.ran)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, default=str)

    def to_gx(self, *, values: bool = False) -> dict[str, Any]:
        """Return the JSON form of Great Expectations' ExpectationSuiteValidationResult.

        `values`: whether to include values of the data. A contract's report has none to show.
        """
        return dict(make_form("gx", self, values=values))


def shortened(names: Sequence[str], limit: int = 10) -> str:
    """Return some names for one line, and how many more there are."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _run_from(value: Mapping[str, Any]) -> Run:
    start, end = map(serial.moment_from, value["interval"])
    return Run(value["key"], (start, end), serial.moment_from(value["now"]))
