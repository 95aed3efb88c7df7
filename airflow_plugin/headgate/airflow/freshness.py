"""Whether a dataset is fresh and meets its contract now: what a sensor checks repeatedly."""

from __future__ import annotations

from collections.abc import Iterator
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
    from headgate.contract.service_levels import Duration
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

    def poke(self, now: datetime | None = None) -> Poke:
        """Check the age of the newest row, then the contract.

        Missing data and an unreachable place are waited for.

        Raises:
            CallError, ContractError: the contract, the call or the connection is wrong: waiting cannot help.
        """
        dataset = dataset_of(self.contract, self.dataset, self.folder)
        override(self.on_breach)
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
        """Return why the data is not fresh; empty if it is fresh or need not be."""
        for column, within in self._fresh(dataset):
            latest = newest(dataset, place, column, now, self.where)
            if latest is None:
                return f"no row has a {column}"
            if latest < within.before(now):
                age = timedelta(seconds=round((now - latest).total_seconds()))
                return f"the newest {column} is {age} old, allowed {within}"
        return ""

    def _fresh(self, dataset: Dataset) -> Iterator[tuple[str, Duration]]:
        """Yield the columns that must have a recent value, and the age it may have: from the arguments, else from the
        contract."""
        if self.fresh_by is not None and self.fresh_within is not None:
            yield self.fresh_by, late.Duration(seconds=Decimal(self.fresh_within))
            return
        columns = {f"{dataset.name}.{p.name}": p.column for p in dataset.properties}
        for level in dataset.contract.service_levels:
            if level.name == "freshness":
                yield from ((columns[element], level.value) for element in level.elements if element in columns)


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
