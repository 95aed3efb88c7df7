"""Whether the verified queries of a contract's context run on its data."""

from __future__ import annotations

from collections.abc import Iterator

from headgate.contract import Contract
from headgate.errors import HeadgateError
from headgate.gate.audit import check
from headgate.gate.target import data_of
from headgate.report import Status
from headgate.rules.verified import VerifiedQuery, verified_queries


def failing_queries(contract: Contract, server: str | None = None) -> Iterator[tuple[VerifiedQuery, str]]:
    """Run each admitted query as an `sql` rule is run (read-only, bounded in time), and yield those that do not run,
    with the reason. What they return is not looked at."""
    for query in verified_queries(contract):
        if query.dataset is None:
            continue
        try:
            place, near = data_of(query.dataset, None, server)
            (result,) = check(query.dataset, place, near=near).results
        except HeadgateError as error:
            yield query, str(error)
            continue
        if result.status is not Status.PASSED:
            yield query, result.reason or result.found or str(result.status)
