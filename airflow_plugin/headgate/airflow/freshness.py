"""Whether a dataset is fresh and meets its contract now: what a sensor checks repeatedly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from headgate.airflow import late
from headgate.airflow.checking import override, place_for, run_check
from headgate.airflow.contracts import dataset_of
from headgate.airflow.failure import broken
from headgate.errors import CallError, ConditionError, DataNotFoundError, QueryError, TransientError

if TYPE_CHECKING:
    from headgate.airflow.checking import CheckRun
    from headgate.contract import Dataset
    from headgate.places import Place


@dataclass(frozen=True)
class Poke:
    """One look. `waits_for` is empty when the wait is over; `run` is set if the contract was checked."""

    waits_for: str = ""
    run: CheckRun | None = None


@dataclass(frozen=True)
class Watch:
    """What is waited for, as plain values: a trigger carries it from the worker to the triggerer.

    `folder` is the DAG file's, `fresh_within` in seconds; the others are as of ContractSensor.
    """

    contract: str
    folder: str
    run_key: str
    dataset: str | None = None
    data: str | None = None
    server: str | None = None
    conn_id: str | None = None
    where: str | None = None
    on_breach: str | list[str] | None = None
    references: dict[str, str] | None = None
    show_examples: bool | None = None
    fresh_by: str | None = None
    fresh_within: float | None = None
    consumer: str | None = None

    def poke(self, now: datetime | None = None) -> Poke:
        """Check the age of the data, then the contract.

        Missing data and an unreachable place are waited for.

        Raises:
            CallError, ContractError: the contract, the call or the connection is wrong: waiting cannot help.
        """
        dataset = dataset_of(self.contract, self.dataset, self.folder)
        override(self.on_breach)
        self._check_consumer(dataset)
        columns = {p.column: p for p in dataset.properties}
        if self.fresh_by and self.fresh_by not in columns:
            raise CallError(f"fresh_by: {dataset.name} has no column '{self.fresh_by}'")
        if self.fresh_by and columns[self.fresh_by].logical_type not in (None, "date", "timestamp"):
            raise CallError(f"fresh_by: {dataset.name}.{self.fresh_by} is neither a date nor a timestamp")
        place, near = place_for(dataset, self.data, self.folder, self.server, self.conn_id)
        try:
            stale = self._stale(dataset, place, now or datetime.now(UTC))
            if stale:
                return Poke(stale)
            found = run_check(
                dataset,
                place,
                run=late.Run(self.run_key),
                near=near,
                on_breach=self.on_breach,
                references=self.references,
                show_examples=self.show_examples,
                where=self.where,
            )
        except ConditionError as error:
            if (error.unknown or "").lower() in map(str.lower, columns):  # the contract promises that it comes
                return Poke(str(error))
            raise
        except (TransientError, DataNotFoundError, QueryError) as error:
            return Poke(str(error))
        return Poke(f"{broken(found.report)}: {found}" if found.failed else "", found)

    def _stale(self, dataset: Dataset, place: Place, now: datetime) -> str:
        """Return why the data is not fresh; empty if it is fresh or need not be: by the arguments, else by what the
        consumer needs, else by the freshness that the contract promises."""
        if self.fresh_by is not None and self.fresh_within is not None:
            latest = newest(dataset, place, self.fresh_by, now, self.where)
            if latest is None:
                return f"no row has a {self.fresh_by}"
            within = late.Duration(seconds=Decimal(self.fresh_within))
            if latest < within.before(now):
                age = timedelta(seconds=round((now - latest).total_seconds()))
                return f"the newest {self.fresh_by} is {age} old, allowed {within}"
            return ""
        if not any(self._waits_for(level.name, consumer) for level, consumer in late.levels_of(dataset)):
            return ""
        clock = late.Clock(now)
        facts = late.observe(dataset, place, clock=clock, where=self.where)
        for result in late.measured(dataset, facts, clock):
            if self._waits_for(result.name, result.consumer) and result.status in ("broken", "unknown"):
                return f"{result.status}: {late.level_line(result)}"
        return ""

    def _waits_for(self, name: str, consumer: str) -> bool:
        """Return whether a service level is waited for: all that the consumer needs, else each freshness that the
        contract promises."""
        return consumer == self.consumer if self.consumer else name == "freshness" and not consumer

    def _check_consumer(self, dataset: Dataset) -> None:
        """Raise CallError where the consumer is not one of the dataset, or needs nothing."""
        known = [each.name for each in dataset.consumers if each.needs]
        if self.consumer and self.consumer not in known:
            have = ", ".join(known) or "none"
            raise CallError(f"consumer: {dataset.name} has no consumer '{self.consumer}' with needs; it has {have}")


def newest(dataset: Dataset, place: Place, column: str, now: datetime, where: str | None = None) -> datetime | None:
    """Return the greatest value of a column of dates or timestamps, of the rows for which `where` is true as of `now`,
    aware; None without rows.

    What has no zone is read in the property's defaultTimezone, else UTC; a date is its first moment there.

    Raises:
        CallError: the column holds neither, the data was not found, or `where` is not a condition on it.
    """
    (prop,) = (p for p in dataset.properties if p.column == column)
    with place.connect() as session:
        relation = session.read(place)
        rows = late.typed_view(dataset, relation, session).subquery("data")
        latest = late.exp.select(late.exp.Max(this=late.exp.column(column, quoted=True))).from_(rows)
        if where is not None:
            latest = latest.where(late.parse_condition(relation.columns, where, session, "data", now))
        ((value,),) = session.rows(latest)
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise CallError(f"{dataset.name}.{column} is neither a date nor a timestamp")
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(str(prop.options.get("defaultTimezone") or "UTC")))
