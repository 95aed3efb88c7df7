"""What history has of a dataset: the last check and the last publish, and what their rules found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate import history
from headgate.contract import Dataset
from headgate.errors import TransientError
from headgate.fitness.catalogue import full_name
from headgate.fitness.evidence import Finding
from headgate.gate import Status
from headgate.levels import NOTHING, Clock, Facts, ReportFact, levels_of
from headgate.levels.facts import WINDOW
from headgate.naming import PlaceName
from headgate.report import Verdict

if TYPE_CHECKING:
    from headgate.history.store import Store
    from headgate.history.views import RunLine

# How long a question waits for the store, and for runs that wait in the spool.
SECONDS = 2.0
_FILE = "sqlite:///"
# The service levels that history is asked for.
_BY_REPORTS = frozenset({"errorRate"})
_BY_OUTAGES = frozenset({"availability", "timeToDetect", "timeToNotify", "timeToRepair"})


class Recorded:
    """The history at `url`, opened for each question: it may be away at one and back at the next."""

    def __init__(self, url: str) -> None:
        self.url = url

    def latest(
        self, dataset: Dataset, place: PlaceName | None
    ) -> tuple[Finding | None, Finding | None, Finding | None]:
        """Return what the last check of a dataset at a place, the last check of some of its rows, and the last publish
        found; None where there was none.

        Raises:
            HeadgateError: the store cannot be read, or does not have all runs of the dataset yet.
        """
        if place is None:
            return None, None, None
        with self._opened(dataset) as store:
            found = history.latest(store, place, dataset.name)
            return _finding(store, found.check), _finding(store, found.part), _finding(store, found.publish)

    def findings(self, dataset: Dataset, place: PlaceName | None) -> list[dict[str, Any]]:
        """Return what the rules of the newest run found: rule, severity, status, since, failed_rows, of_rows.

        Raises:
            HeadgateError: as of `latest`.
        """
        if place is None:
            return []
        with self._opened(dataset) as store:
            told = []
            for each in history.at_place(store, place):
                if each.dataset != dataset.name:
                    continue
                since = {rule.id: rule.since for rule in history.rules(store, each.id)}
                detail = history.run(store, each.id, each.last.run_key, each.last.kind)
                for rule in detail.results if detail else ():
                    (point,) = rule.points
                    told.append(
                        {"rule": rule.key, "severity": point.severity, "status": point.status,
                         "since": since[rule.id].isoformat() if rule.id in since else None,
                         "failed_rows": point.failed, "of_rows": point.rows}
                    )  # fmt: skip
            return told

    def known(self, dataset: Dataset, place: PlaceName | None, clock: Clock) -> Facts:
        """Return how many rows were bad in the runs of the 28 days before the clock, and the outages of that time, as
        far as service levels ask for them; nothing of data without a place.

        Raises:
            HeadgateError: as of `latest`.
        """
        asked = {level.name for level, _ in levels_of(dataset)}
        if place is None or not asked & (_BY_REPORTS | _BY_OUTAGES):
            return NOTHING
        with self._opened(dataset) as store:
            since = clock.now - WINDOW
            rows = history.bad_rows(store, place, dataset.name, since) if asked & _BY_REPORTS else None
            return Facts(
                reports=tuple(ReportFact(r.at, r.rows, r.bad, r.at_most) for r in rows) if rows is not None else None,
                outages=history.outages(store, place, dataset.name, since) if asked & _BY_OUTAGES else None,
            )

    @contextmanager
    def _opened(self, dataset: Dataset) -> Iterator[Store]:
        try:
            if history.waiting_records().keys()[full_name(dataset)]:
                history.flush(self.url, seconds=SECONDS)
                if history.waiting_records().keys()[full_name(dataset)]:
                    raise TransientError("runs of the dataset wait in the spool, and are not in the history yet")
        except OSError as error:
            raise TransientError(f"the spool cannot be read: {error.strerror}: {error.filename}") from None
        history.demand_store(self.url)
        store = history.open_store(self.url, seconds=SECONDS)
        try:
            yield store
        finally:
            store.close()


def recorded_here() -> Recorded | None:
    """Return the history that is configured, else the user's own if there is one.

    Raises:
        ConfigurationError: HEADGATE_STORE is no valid URL.
    """
    url = history.store_url()
    own = not history.configured()
    if url is None:
        return None
    if own and not Path(url.removeprefix(_FILE)).is_file() and not history.waiting_records().waiting():
        return None
    return Recorded(url)


def _finding(store: Store, line: RunLine | None) -> Finding | None:
    if line is None:
        return None
    failed = history.failed(store, line.id)
    return Finding(
        at=line.at,
        verdict=Verdict(line.verdict),
        run_key=line.run_key,
        outcome=Status(line.outcome) if line.outcome else None,
        moment=line.moment,
        version=line.version,
        broken=tuple(key for key, severity in failed if severity == "error"),
        warned=tuple(key for key, severity in failed if severity != "error"),
    )
