"""What the gates of a run of dbt did, as the package's hook on-run-end left it in the target folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headgate.dbt.target import embedded
from headgate.gate import Status

_HOOK = Path("compiled/headgate/dbt_project.yml/hooks/headgate-on-run-end-0.sql")
_WORST_LAST = (Status.PUBLISHED, Status.PUBLISHED_PARTLY, Status.KEPT_LAST_GOOD, Status.HALTED)


@dataclass(frozen=True, slots=True)
class GateRecord:
    """What the gate of a model did (dbt_macros/macros/gate/record_gate.sql).

    `node` is the model's id in dbt, `batch` the id of a batch of a microbatch model. `policies` were tried in order,
    `notes` say why those before the last did not apply. `rejected` and `quarantine` are tables, "" where there is
    none. `reports` has the rows and the results of the audit by contract, as the tests embed theirs.
    """

    node: str
    status: Status
    policies: tuple[str, ...]
    batch: str = ""
    notes: tuple[str, ...] = ()
    rejected: str = ""
    quarantine: str = ""
    rows_quarantined: int = 0
    reports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        match self.status:
            case Status.PUBLISHED:
                said = "published"
            case Status.PUBLISHED_PARTLY:
                said = f"published without {self.rows_quarantined:,} bad rows, which are in {self.quarantine}"
            case Status.KEPT_LAST_GOOD:
                said = f"kept the last good rows; the rejected ones are in {self.rejected}"
            case _:
                said = f"halted, nothing was published; the rejected rows are in {self.rejected}"
        return "; ".join((f"batch {self.batch}: {said}" if self.batch else said, *self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without those of the reports."""
        return {
            "outcome": str(self.status),
            "policy": list(self.policies),
            "batch": self.batch or None,
            "notes": list(self.notes),
            "rejected": self.rejected or None,
            "quarantine": self.quarantine or None,
            "rows_quarantined": self.rows_quarantined,
        }


def read_gates(target: Path, invocation: str) -> dict[str, GateRecord]:
    """Return what the gates of the run `invocation` did, by the id of the model; of several batches, the worst.

    Raises ValueError, KeyError or TypeError where the file is not as the package writes it.
    """
    file = target / _HOOK
    found = embedded(file.read_text(encoding="utf-8"), "gates") if file.is_file() else None
    records: dict[str, GateRecord] = {}
    for said in found or ():
        if said["invocation_id"] != invocation:  # the file is of an earlier run
            continue
        record = _record(said)
        before = records.get(record.node)
        if before is None or _WORST_LAST.index(before.status) < _WORST_LAST.index(record.status):
            records[record.node] = record
    return records


def _record(said: Mapping[str, Any]) -> GateRecord:
    return GateRecord(
        node=said["node"],
        status=Status(said["outcome"]),
        policies=tuple(said["policies"]),
        batch=said["batch"] or "",
        notes=tuple(said["notes"]),
        rejected=said.get("rejected", ""),
        quarantine=said.get("quarantine", ""),
        rows_quarantined=int(said.get("rows_quarantined", 0)),
        reports={report["contract"]: report for report in said["reports"]},
    )
