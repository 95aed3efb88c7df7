"""The outcome: what happened at the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headgate.gate.policy import Policy
from headgate.places import Place, QuarantinedBatch, ServedVersion, Stored, WriteMode
from headgate.places.records import Status
from headgate.plural import counted
from headgate.report import Report, late_words


@dataclass(frozen=True)
class Outcome:
    """What happened. `report` is of the audit of everything staged; `reaudit` of what remained after quarantine,
    without the rules that no row broke.

    `quarantine` is the table of the quarantined rows, `quarantine_columns` its own columns beside the target's, with
    their types, and `aside` the batch that this run put into it. `served` is what the target still serves if the last
    good version was kept. `notes` say why a policy of the chain did not apply. `rows_before` is how many rows the last
    publication in the place of this one had, of another run; None of the first, and where rows are added (append,
    upsert).
    """

    status: Status
    report: Report
    policy: Policy
    source: Place
    target: Stored
    mode: WriteMode = field(default_factory=WriteMode)
    rows_published: int = 0
    rows_set_aside: int = 0
    rows_before: int | None = None
    quarantine: Stored | None = None
    quarantine_columns: Mapping[str, str] = field(default_factory=dict)
    aside: QuarantinedBatch | None = None
    reaudit: Report | None = None
    served: ServedVersion | None = None
    notes: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether something new is in the target."""
        return self.status in (Status.PUBLISHED, Status.PUBLISHED_PARTLY)

    @property
    def halted(self) -> bool:
        """Whether downstream tasks must not run."""
        return self.status is Status.HALTED

    def __str__(self) -> str:
        """Return one line, the same in the log, the XCom, the report and the event."""
        match self.status:
            case Status.PUBLISHED:
                said = f"published {counted(self.rows_published, 'row')} to {self.target}{self._before}"
            case Status.PUBLISHED_PARTLY:
                said = (
                    f"published {counted(self.rows_published, 'row')} to {self.target}{self._before}, "
                    f"quarantined {self.rows_set_aside:,} in {self.quarantine}"
                )
            case Status.KEPT_LAST_GOOD if self.served and self.served.stale:
                said = (
                    f"kept the last good {self.target}, published by {self.served.run_key} at "
                    f"{_second(self.served.run_at)}, stale since {_second(self.served.stale.since)}"
                )
            case _:
                said = f"halted, {self.target} is unchanged"
        how = "" if self.mode.whole or not self.published else f" ({self.mode})"
        late = late_words(self.report.broken_levels)
        said = "; ".join(filter(None, (said + how, *self.notes, late)))
        return f"{said} · verdict {self.report.verdict}, policy {self.policy}"

    @property
    def _before(self) -> str:
        """Return what to say of a number of rows that is another than before."""
        if self.rows_before is None or self.rows_before == self.rows_published:
            return ""
        return f" in place of {self.rows_before:,}"

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without values of the data. `accepted` is the fingerprint that a release of the
        quarantined rows must name."""
        return {
            "outcome": str(self.status),
            "summary": str(self),
            "policy": str(self.policy),
            "mode": str(self.mode),
            "source": str(self.source),
            "target": str(self.target),
            "rows_published": self.rows_published,
            "rows_set_aside": self.rows_set_aside,
            "rows_before": self.rows_before,
            "quarantine": str(self.quarantine) if self.quarantine else None,
            "accepted": self.aside.fingerprint if self.aside else None,
            "reasons": dict(self.aside.reasons) if self.aside else {},
            "served": _served(self.served),
            "stale": str(self.served.stale) if self.served and self.served.stale else None,
            "notes": list(self.notes),
            "report": self.report.to_dict(),
        }


def _second(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _served(served: ServedVersion | None) -> dict[str, Any] | None:
    if served is None:
        return None
    since = served.stale.since.isoformat() if served.stale else None
    return {"run_key": served.run_key, "run_at": served.run_at.isoformat(), "stale_since": since}
