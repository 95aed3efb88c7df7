"""How a report came about: what proves each check, by which query, and its share of the cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from headgate.report.result import CheckResult, Status

if TYPE_CHECKING:
    from headgate.scan import Ran


def explained(results: Sequence[CheckResult], queries: Sequence[Ran]) -> dict[str, Any]:
    """See Report.explain."""
    total = sum(ran.seconds for ran in queries) or 1.0
    share: dict[str, float] = defaultdict(float)
    decider: dict[str, int] = {}
    for number, ran in enumerate(queries, 1):
        decider |= dict.fromkeys(ran.decided, number)
        for key in ran.keys:
            share[key] += ran.seconds / total / len(ran.keys)
    executed = (r for r in results if r.status is not Status.NOT_EXECUTED)
    return {
        "checks": [
            {"key": r.key, "status": str(r.status), "evidence": r.evidence, "query": decider.get(r.key),
             "share": share.get(r.key, 0.0)}
            for r in executed
        ],
        "queries": [
            {"number": n, "evidence": ran.evidence, "checks": list(ran.keys), "decided": list(ran.decided),
             "seconds": ran.seconds, "share": ran.seconds / total, "sql": ran.sql}
            for n, ran in enumerate(queries, 1)
        ],
    }  # fmt: skip
