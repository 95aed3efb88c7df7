"""headgate's own OpenLineage facets: `headgate_contract` of each dataset, `headgate_outcome` of the run.

Their JSON schemas are in the package, in `lineage/schemas`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from openlineage.client.generated.base import DatasetFacet, RunFacet

from headgate.incidents import incident_key
from headgate.lineage.account import Account
from headgate.lineage.clean import clean
from headgate.plural import counted
from headgate.report import Report, Status

HOME = "https://github.com/headgate/headgate"
_SCHEMAS = f"{HOME}/schemas/1-0-0"

Role = Literal["source", "target", "quarantine"]


class HeadgateContractDatasetFacet(DatasetFacet):
    """`headgate_contract`."""

    @staticmethod
    def _get_schema() -> str:
        return f"{_SCHEMAS}/HeadgateContractDatasetFacet.json#/$defs/HeadgateContractDatasetFacet"


class HeadgateOutcomeRunFacet(RunFacet):
    """`headgate_outcome`."""

    @staticmethod
    def _get_schema() -> str:
        return f"{_SCHEMAS}/HeadgateOutcomeRunFacet.json#/$defs/HeadgateOutcomeRunFacet"


def contract_facet(account: Account, role: Role) -> Any:
    """Return `headgate_contract` of a dataset that was `role` in the run; what is not known is left out."""
    contract = account.dataset.contract
    said: dict[str, Any] = {
        "contract": contract.id,
        "version": contract.version,
        "status": contract.status,
        "dataset": account.dataset.name,
        "commit": contract.git_commit,
        "url": account.link,
        "role": role,
        "owner": contract.owner,
        "support": [_channel(text) for text in contract.support],
        "consumers": [consumer.to_dict() for consumer in account.dataset.settings["consumers"]],
        "runKey": account.run.key,
        "runAt": _moment(account.run.now),
        "interval": _known(start=_moment(account.run.interval_start), end=_moment(account.run.interval_end)),
        "data": account.data if role == "source" else "",
        "policy": account.policy,
    }
    if account.report is not None:
        said |= {
            "verdict": str(account.report.verdict),
            "failed": _failed(account, account.report),
            "rows": _rows(account),
        }
    return _with(HeadgateContractDatasetFacet(producer=HOME), said | _outcome(account))


def outcome_facet(account: Account) -> Any:
    """Return `headgate_outcome` of a run that has a report."""
    report = account.report
    assert report is not None
    said = {
        "verdict": str(report.verdict),
        "outcome": account.status,
        "summary": _summary(account, report),
        "policy": account.policy,
        "runKey": account.run.key,
        "staleSince": _outcome(account).get("staleSince"),
    }
    return _with(HeadgateOutcomeRunFacet(producer=HOME), said)


def _summary(account: Account, report: Report) -> str:
    if released := account.released:  # who let the rows pass, and why, stays beside the data
        return f"refused: {released.refused}" if released.refused else f"released {counted(released.rows, 'row')}"
    return str(account.outcome) if account.outcome else f"verdict {report.verdict}, policy {account.policy}"


def _with(facet: DatasetFacet | RunFacet, said: dict[str, Any]) -> Any:
    return facet.with_additional_properties(**clean(_known(**said)))


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", (), [], {})}


def _channel(text: str) -> dict[str, Any]:
    channel, _, url = text.rpartition(" ")
    return _known(channel=channel, url=url) if "://" in url else {"channel": text}


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _failed(account: Account, report: Report) -> list[dict[str, Any]]:
    about, place = account.dataset, account.target or account.source
    wrong = (*report.failed, *(result for result in report.not_measured if not result.excused))
    return [
        _known(
            rule=result.key,
            statement=result.statement,
            observed=result.observed if result.status is Status.FAILED else f"not measured: {result.reason}",
            severity="error" if result.severity == "error" else "warn",
            incident=incident_key(about.contract.id, about.name, place, result.key)
            if result.status is Status.FAILED
            else None,
        )
        for result in wrong
    ]


def _rows(account: Account) -> dict[str, Any]:
    assert account.report is not None
    rows: dict[str, Any] = {"audited": account.report.rows}
    if account.released and not account.released.refused:
        rows["published"] = account.released.rows
    if account.outcome and account.outcome.published:
        rows |= {"published": account.outcome.rows_published, "quarantined": account.outcome.rows_set_aside}
        if account.outcome.rows_before is not None:
            rows["before"] = account.outcome.rows_before
    return rows


def _outcome(account: Account) -> dict[str, Any]:
    outcome = account.outcome
    said: dict[str, Any] = {"outcome": account.status}
    if outcome and (served := outcome.served):
        said["served"] = served.run_key
        if served.stale:
            said |= {"staleSince": _moment(served.stale.since), "staleReason": str(served.stale)}
    return said
