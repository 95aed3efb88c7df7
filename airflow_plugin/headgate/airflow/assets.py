"""The asset of a table, and its events: only when something was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import Asset, AssetAlias

if TYPE_CHECKING:
    from headgate.places import Place


def asset_uri(place: Place) -> str | None:
    """The URI of the asset of what is published to, which is its name too. None for what is no such place.

    `postgres://host:port/database/schema/table`; `x-duckdb:///path/of/file.duckdb/schema/table` (Airflow leaves schemes
    with `x-` as they are); of a folder `file:///path`, `s3://bucket/path`.
    """
    from headgate.places import Stored

    if not isinstance(place, Stored) or place.lineage is None:
        return None
    return place.lineage.asset_uri


def announce(task: Any, context: Any, place: Place, extra: dict[str, Any]) -> None:
    """The events of the task's outlets: for each AssetAlias one of `place`, for each Asset its own, with `extra`."""
    events, uri = context["outlet_events"], asset_uri(place)
    for outlet in task.outlets:
        if isinstance(outlet, AssetAlias) and uri:
            events[outlet].add(Asset(uri=uri), extra=extra)
        elif isinstance(outlet, Asset):
            events[outlet].extra = extra


def announce_nothing(task: Any) -> None:
    """Where nothing was published there is no event, though the task may succeed: its outlets are taken off it."""
    task.outlets = []
