"""What is told of one run of a contract: the value that all facets are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headgate.contract import Dataset
from headgate.gate import Outcome
from headgate.gate import Status as OutcomeStatus
from headgate.naming import PlaceName
from headgate.report import CheckResult, Report, Run


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one run.

    `report` is None as long as nothing was audited; `outcome` is None of a check as well. `gate` is what another gate
    made of the data, one in dbt: then the report is of what it was to publish. `failed` says that the run ended before
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
    policy: str = ""
    link: str = ""
    data: str = ""
    failed: bool = False

    @property
    def status(self) -> OutcomeStatus | None:
        """What became of the data; None of a check."""
        return self.outcome.status if self.outcome else self.gate

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
        """
        if self.outcome is None or not self.outcome.published:
            return None
        again = {result.key: result for result in self.outcome.reaudit.results} if self.outcome.reaudit else {}
        return tuple(again.get(result.key, result) for result in self.outcome.report.results)
