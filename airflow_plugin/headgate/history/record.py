"""What a run left: the value that the history keeps of a check or a publish."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from headgate.checks import Comparison, RuleId
from headgate.checks.check import NOT_ASKED
from headgate.errors import CallError
from headgate.history.surroundings import NOWHERE, Surroundings
from headgate.naming import PlaceName
from headgate.report import CheckResult, Report, serial

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.gate import Outcome
    from headgate.levels import LevelResult

# The version of the JSON form; it changes only where a reader of the form before would read something wrong.
SCHEMA = 1
# The outcomes by which readers get new data.
VISIBLE = ("published", "published_partly")
# The key under which a report file says what the report itself does not.
_BESIDE = "recorded"


class Kind(StrEnum):
    """What ran: a check, which changes nothing, a check of some of the rows (`where`), a publish, or a watch, which
    measures service levels alone: it is no run of a pipeline, and only incidents know of it."""

    CHECK = "check"
    PART = "check_of_part"
    PUBLISH = "publish"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """The result of one rule. `failed` rows of `rows`; `value` is the number that was measured, None where there is
    none, or it may not be shown. `status` is one of the report's: passed, failed, errored, not_executed. `columns` are
    those that the rule is about, `description` is what the contract says of it, `unit` what is counted if not rows.
    `type` is the check's type, empty of a record that does not say it; `expect` what the number must be, {operator,
    bounds}, None where that is no number, or may not be shown."""

    rule: RuleId
    label: str
    severity: str
    status: str
    failed: int | None = None
    rows: int | None = None
    value: float | None = None
    columns: tuple[str, ...] = ()
    description: str = ""
    unit: str = ""
    type: str = ""
    expect: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, result: CheckResult) -> ResultRecord:
        """Return what is kept of a result: no examples, and no value that is masked."""
        return cls(
            RuleId(result.key, result.digest),
            result.statement,
            str(result.severity),
            str(result.status),
            result.unexpected,
            result.rows,
            None if result.masked else _number(result.value),
            result.columns,
            result.description,
            "group" if result.reconciled.get("unit") == "groups" else "",
            result.type,
            None if result.masked else _expected(result.expect),
        )

    @property
    def about(self) -> dict[str, Any]:
        """What the rule is about, which is the same in each run; what is empty is left out."""
        said = {
            "type": self.type,
            "columns": list(self.columns),
            "description": self.description,
            "unit": self.unit,
            "expect": self.expect,
        }
        return {name: value for name, value in said.items() if value}

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.rule.key,
            "digest": self.rule.digest,
            "label": self.label,
            "severity": self.severity,
            "status": self.status,
            "failed": self.failed,
            "rows": self.rows,
            "value": self.value,
            "columns": list(self.columns),
            "description": self.description,
            **({"unit": self.unit} if self.unit else {}),
            "type": self.type,
            "expect": self.expect,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> ResultRecord:
        return cls(
            RuleId(value["key"], value["digest"]),
            **{name: value[name] for name in ("label", "severity", "status", "failed", "rows", "value")},
            columns=tuple(value.get("columns", ())),
            description=value.get("description", ""),
            unit=value.get("unit", ""),
            type=value.get("type", ""),
            expect=value.get("expect"),
        )


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run left of one dataset at one place.

    `place` is what was checked, of a publish the target; None of data that has no place of its own. `run_key` names the
    run: a record of the same run replaces one that was measured earlier. `at` is when it was measured, by the clock.
    `moment` is what the run is about: the end of its data interval, else when it was due, else `at`. `outcome` is None
    of a check. `support` and `consumers` are the contract's, these as `Consumer.to_dict`. Times are aware.
    """

    contract: str
    version: str
    commit: str | None
    dataset: str
    owner: str
    draft: bool
    place: PlaceName | None
    kind: Kind
    run_key: str
    interval: tuple[datetime | None, datetime | None]
    moment: datetime
    at: datetime
    verdict: str
    outcome: str | None
    policy: str
    rows: int
    rows_published: int | None = None
    rows_quarantined: int | None = None
    results: tuple[ResultRecord, ...] = ()
    levels: tuple[Mapping[str, Any], ...] = ()
    support: tuple[str, ...] = ()
    consumers: tuple[Mapping[str, Any], ...] = ()
    around: Surroundings = NOWHERE

    @classmethod
    def of_check(
        cls,
        report: Report,
        policy: str,
        place: PlaceName | None = None,
        levels: Iterable[Mapping[str, Any]] | None = None,
        *,
        part: bool = False,
        around: Surroundings = NOWHERE,
    ) -> RunRecord:
        """Return the record of a check. Rules that were left out because only datasets were compared are not in it.

        Args:
            policy: the policy, in words.
            place: what history calls the data, in place of the report's own.
            levels: the results of service levels, as `LevelResult.to_dict` gives them; by default those of the report,
                where it has any.
            part: whether only some of the rows were looked at.
            around: what the report does not say.
        """
        at = report.measured_at or datetime.now(UTC)
        run = report.run
        return cls(
            contract=report.contract_id,
            version=report.contract_version,
            commit=report.contract_commit,
            dataset=report.dataset,
            owner=report.owner,
            draft=report.draft,
            place=place or report.place,
            kind=Kind.PART if part else Kind.CHECK,
            # Of a run without a name every check is one of its own.
            run_key=run.key or f"at {at.astimezone(UTC).isoformat()}",
            interval=run.interval,
            moment=run.interval_end or run.now or at,
            at=at,
            verdict=str(report.verdict),
            outcome=None,
            policy=policy,
            rows=report.rows,
            results=tuple(ResultRecord.of(each) for each in report.results if each.reason != NOT_ASKED),
            levels=tuple([each.to_dict() for each in getattr(report, "levels", ())] if levels is None else levels),
            support=report.support,
            consumers=tuple(each.to_dict() for each in report.consumers),
            around=around,
        )

    @classmethod
    def of_publish(
        cls,
        outcome: Outcome,
        levels: Iterable[Mapping[str, Any]] | None = None,
        *,
        around: Surroundings = NOWHERE,
    ) -> RunRecord:
        """Return the record of a publish, as of `of_check`. The source is upstream of the target. Where rows are added,
        each run is a part of its own: what one of them left out no other brings."""
        mode, source = outcome.mode, outcome.source.lineage
        slot = mode.part or (around.slot if mode.whole else f"run {outcome.report.run.key}")
        upstream = around.upstream or ((source,) if source is not None else ())
        around = replace(around, slot=slot, own=True, upstream=upstream)
        checked = cls.of_check(outcome.report, str(outcome.policy), outcome.target.lineage, levels, around=around)
        return replace(
            checked,
            kind=Kind.PUBLISH,
            outcome=str(outcome.status),
            rows_published=outcome.rows_published,
            rows_quarantined=outcome.rows_set_aside,
        )

    @classmethod
    def of_watch(
        cls, dataset: Dataset, place: PlaceName | None, levels: Iterable[LevelResult], at: datetime
    ) -> RunRecord:
        """Return the record of a watch at `at`, by the wall clock."""
        contract = dataset.contract
        return cls(
            contract=contract.id,
            version=contract.version,
            commit=contract.git_commit,
            dataset=dataset.name,
            owner=contract.owner,
            draft=contract.is_draft,
            place=place,
            kind=Kind.WATCH,
            run_key=f"watch at {at.astimezone(UTC).isoformat()}",
            interval=(None, None),
            moment=at,
            at=at,
            verdict="",
            outcome=None,
            policy="",
            rows=0,
            levels=tuple(each.to_dict() for each in levels),
            support=tuple(contract.support),
            consumers=tuple(each.to_dict() for each in dataset.consumers),
        )

    @classmethod
    def of_file(cls, value: Mapping[str, Any]) -> RunRecord:
        """Return the record of a run from its report file, as a task writes it to `[headgate] reports_folder`.

        Raises:
            CallError: it is not such a file, or does not say where the data is or when it was measured.
        """
        report = Report.from_dict(value)
        if report.measured_at is None:
            raise CallError("the report does not say when it was measured")
        beside = value.get(_BESIDE)
        if not isinstance(beside, Mapping):
            raise CallError("the report does not say what was done; headgate 0.2 did not write that yet")
        try:
            checked = cls.of_check(report, beside["policy"], levels=beside["levels"])
            return replace(
                checked,
                place=serial.place_from(beside["place"]),
                kind=Kind(beside["kind"]),
                around=Surroundings.from_dict(beside.get("around")),
                **{name: beside[name] for name in ("outcome", "rows_published", "rows_quarantined")},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CallError(f"this is not the report of a task: {type(error).__name__}: {error}") from None

    @property
    def report_keys(self) -> dict[str, Any]:
        """What `of_file` reads in a report file beside the report."""
        said = self.to_dict()
        names = ("place", "kind", "policy", "outcome", "rows_published", "rows_quarantined", "levels",
                 "around")  # fmt: skip
        return {_BESIDE: {name: said[name] for name in names}}

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, which `from_dict` reads back."""
        return {
            "schema": SCHEMA,
            "contract": self.contract,
            "version": self.version,
            "commit": self.commit,
            "dataset": self.dataset,
            "owner": self.owner,
            "draft": self.draft,
            "place": serial.place_dict(self.place),
            "kind": str(self.kind),
            "run_key": self.run_key,
            "interval": [serial.moment_text(moment) for moment in self.interval],
            "moment": self.moment.isoformat(),
            "at": self.at.isoformat(),
            "verdict": self.verdict,
            "outcome": self.outcome,
            "policy": self.policy,
            "rows": self.rows,
            "rows_published": self.rows_published,
            "rows_quarantined": self.rows_quarantined,
            "results": [result.to_dict() for result in self.results],
            "levels": [dict(level) for level in self.levels],
            "support": list(self.support),
            "consumers": [dict(consumer) for consumer in self.consumers],
            "around": self.around.to_dict(),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> RunRecord:
        """Raises CallError where it is not a record, or has another version of the format."""
        if value.get("schema") != SCHEMA:
            raise CallError(
                f"a record of schema {value.get('schema')!r} cannot be read; this headgate reads schema {SCHEMA}"
            )
        plain = ("contract", "version", "commit", "dataset", "owner", "draft", "run_key", "verdict", "outcome",
                 "policy", "rows", "rows_published", "rows_quarantined")  # fmt: skip
        try:
            start, end = map(serial.moment_from, value["interval"])
            return cls(
                **{name: value[name] for name in plain},
                place=serial.place_from(value["place"]),
                kind=Kind(value["kind"]),
                interval=(start, end),
                moment=datetime.fromisoformat(value["moment"]),
                at=datetime.fromisoformat(value["at"]),
                results=tuple(map(ResultRecord.from_dict, value["results"])),
                levels=tuple(value["levels"]),
                support=tuple(value.get("support", ())),
                consumers=tuple(value.get("consumers", ())),
                around=Surroundings.from_dict(value.get("around")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CallError(f"this is not a record of a run: {type(error).__name__}: {error}") from None


def _expected(expect: Comparison | None) -> dict[str, Any] | None:
    if expect is None or expect.unit != "rows":
        return None
    bounds = [_number(bound) for bound in expect.bounds]
    return None if None in bounds else {"operator": expect.operator, "bounds": bounds}


def _number(value: Any) -> float | None:
    """Return a measured number; None of a date or a time, and of what is no finite number."""
    if value is None or isinstance(value, date):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
