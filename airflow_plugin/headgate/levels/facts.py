"""What is known of a dataset when its service levels are measured. What is not known is None, never empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from headgate.places.records import Status

# How far back shares, gaps and outages are counted.
WINDOW = timedelta(days=28)
# Why what depends on the time of publication is not measured.
NOT_EXACT = "when the last publication was made is not recorded; the next publish records it"
_VISIBLE = (Status.PUBLISHED, Status.PUBLISHED_PARTLY)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The oldest and the newest value of a column of dates or timestamps; None where no row has one.

    `quantiles` are, by percent, the value that so many percent of the rows are not later than.
    """

    oldest: datetime | date | None
    newest: datetime | date | None
    quantiles: Mapping[Decimal, datetime | date] = field(default_factory=dict)

    @property
    def zoned(self) -> bool:
        """Whether the values have a time zone."""
        return isinstance(self.newest, datetime) and self.newest.tzinfo is not None


@dataclass(frozen=True, slots=True)
class PublicationFact:
    """One run at the gate. `published_at` is when its run key was first published, or held back, by the clock: a rerun
    keeps it. It is not `exact` where it is only the time that the run is about. `interval` is the data interval that it
    covers. `columns` are the extremes of the rows that came with it,
    by the name of the property, where these can be told from the rows that were there before. `run_at` is the time that
    its run is about. It is `whole` if it replaced the whole table."""

    published_at: datetime
    outcome: Status = Status.PUBLISHED
    interval: tuple[datetime | None, datetime | None] = (None, None)
    rows: int = 0
    quarantined: int = 0
    columns: Mapping[str, Extremes] = field(default_factory=dict)
    exact: bool = True
    run_at: datetime | None = None
    whole: bool = False

    @property
    def visible(self) -> bool:
        """Whether readers got new data from it."""
        return self.outcome in _VISIBLE


@dataclass(frozen=True, slots=True)
class ReportFact:
    """The rows that a report is about, and how many of them broke an error-level rule: `bad_rows` at least, and no more
    than `at_most`, which is the same where that is None."""

    at: datetime
    rows: int
    bad_rows: int
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which data did not keep its promises. `end` is None while it lasts, `detected` and `notified` are None
    where that has not happened. `readable`: readers had good data meanwhile, as where newer data was held back."""

    start: datetime
    end: datetime | None = None
    detected: datetime | None = None
    notified: datetime | None = None
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one dataset.

    `publications` are in the order in which they were written, which is not that of `published_at`: a rerun is written
    again. `columns` are the extremes of all rows, by the name of the property. `first_publication` is the dataset's
    first, which may be older than what `publications` go back to. `failure` says why the columns could not be measured,
    if that was tried.
    """

    publications: tuple[PublicationFact, ...] | None = None
    columns: Mapping[str, Extremes] = field(default_factory=dict)
    reports: tuple[ReportFact, ...] | None = None
    outages: tuple[Outage, ...] | None = None
    first_publication: datetime | None = None
    failure: str = ""

    @property
    def began(self) -> datetime | None:
        """When the dataset was first published; None if that is not known, or has not happened."""
        known = [p.published_at for p in self.publications or () if p.visible]
        if self.first_publication is not None:
            known.append(self.first_publication)
        return min(known, default=None)


# Where nothing is known.
NOTHING = Facts()
