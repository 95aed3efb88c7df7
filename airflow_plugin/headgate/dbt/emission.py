"""Lineage of what dbt found: one event a dataset, with one assertion a rule, where dbt-ol has one for each test."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

from headgate import dbt, lineage
from headgate.dbt.artifacts import target_of
from headgate.dbt.results import DbtResult
from headgate.lineage import Facets


def emit_results(results: Iterable[DbtResult], folder: Path) -> None:
    """Send what dbt found of each dataset to where OpenLineage is configured to send events.

    It is sent after the events of dbt-ol, whose test of a contract is a single assertion, and replaces that. A dataset
    whose contract is not at hand, or has another version by now, has no event. `folder` is as of `read_results`.
    """
    names = cache(partial(dbt.place_names, target_of(folder)))
    # Of one process: each with a client of its own would have a bound of time of its own.
    client = cache(lambda: lineage.client())

    def found(result: DbtResult) -> Facets:
        gate, promised = result.gate, result.promised
        assert promised is not None
        policy = ", then ".join(gate.policies) if gate else ""
        name = names()[result.node]
        return lineage.gate_facets(result.report, name, promised, gate.status if gate else None, policy=policy)

    for result in results:
        if result.promised is not None:
            report = result.report
            with lineage.emitted(f"{report.contract_id}.{report.dataset}.dbt", client) as run:
                run.found, run.failed = partial(found, result), result.holds_back
