"""The asset of a table, and its events: only when something was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import Asset, AssetAlias

if TYPE_CHECKING:
    from headgate.gate import Outcome
    from headgate.places import Place


def asset_uri(place: Place) -> str | None:
    """The URI of a table's asset, which is its name too: `postgres://host:port/database/schema/table` or
    `x-duckdb:///path/of/file.duckdb/schema/table` (Airflow leaves schemes with `x-` as they are). None for what is no
    table of either.
    """
    from headgate.places import Stored

    if not isinstance(place, Stored) or place.lineage is None:
        return None
    namespace, name = place.lineage
    if namespace.startswith("postgres://"):
        database = name[: -len(f".{place.schema}.{place.name}")]
        return "/".join((namespace, *(quote(part, safe="") for part in (database, place.schema, place.name))))
    path = namespace.partition("://")[2]
    return f"x-duckdb://{quote(path)}/{quote(place.schema, safe='')}/{quote(place.name, safe='')}"


def announce(outcome: Outcome, task: Any, context: Any) -> None:
    """The events of the task's outlets: one of the target for each AssetAlias, `extra` for each Asset.

    Where nothing was published there is none, though the task may succeed: the outlets are taken off the task.
    """
    report = outcome.report
    if not outcome.published:
        task.outlets = []
        return
    extra = {
        "contract": report.contract_id,
        "version": report.contract_version,
        "dataset": report.dataset,
        "verdict": str(report.verdict),
        "outcome": str(outcome.status),
        "rows": outcome.rows_published,
        "run_key": report.run.key,
    }
    events, uri = context["outlet_events"], asset_uri(outcome.target)
    for outlet in task.outlets:
        if isinstance(outlet, AssetAlias) and uri:
            events[outlet].add(Asset(uri=uri), extra=extra)
        elif isinstance(outlet, Asset):
            events[outlet].extra = extra
