"""What is told of one run of a contract: the value that all facets are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headgate.contract import Dataset
from headgate.gate import Outcome, ReleaseResult
from headgate.gate import Status as OutcomeStatus
from headgate.naming import PlaceName
from headgate.report import CheckResult, Report, Run


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one run.

    `report` is None as long as nothing was audited; `outcome` is None of a check as well. `gate` is what another gate
    made of the data, one in dbt: then the report is of what it was to publish. `released` is what became of quarantined
    rows that a person let pass; the report is of these. `failed` says that the run ended before
    there was a report. `policy` is in words; `link` is the address of the contract, and `data` the data of this run
    where the name of its dataset stands for that of several runs; each may be empty.
    """

    dataset: Dataset
    run: Run
    source: PlaceName | None = None
    target: PlaceName | None = None
    quarantine: PlaceName | None = None
    report: Report | None = None
    outcome: Outcome | None = None
    gate: OutcomeStatus | None = None
    released: ReleaseResult | None = None
    policy: str = ""
    link: str = ""
    data: str = ""
    failed: bool = False

    @property
    def status(self) -> str:
        """What became of the data; empty of a check."""
        if self.released:
            return "refused" if self.released.refused else "released"
        return str((self.outcome.status if self.outcome else self.gate) or "")

    @property
    def rows_published(self) -> int | None:
        """How many rows came into the target; None if nothing was published."""
        if self.released:
            return None if self.released.refused else self.released.rows
        return self.outcome.rows_published if self.outcome and self.outcome.published else None

    @property
    def when(self) -> datetime | None:
        """The time that the run is about: the start of its data interval, else its own."""
        return self.run.interval_start or self.run.now or (self.report.measured_at if self.report else None)

    @property
    def served_version(self) -> str:
        """The key of the run whose rows the target serves by now; empty if that is not known."""
        if self.outcome is None:
            return ""
        if self.outcome.published:
            return self.run.key
        return self.outcome.served.run_key if self.outcome.served else ""

    @property
    def published_results(self) -> tuple[CheckResult, ...] | None:
        """What holds of the rows that the target serves by now; None if nothing new was published.

        After a quarantine that is the second audit, which has the rules that the first found broken; the others passed.
        After a release it is the audit of the target with the released rows.
        """
        if self.released:
            return self.released.together.results if self.released.together and not self.released.refused else None
        if self.outcome is None or not self.outcome.published:
            return None
        again = {result.key: result for result in self.outcome.reaudit.results} if self.outcome.reaudit else {}
        return tuple(again.get(result.key, result) for result in self.outcome.report.results)
