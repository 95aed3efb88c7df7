"""The asset of a table, and its events, which are sent only if something was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import Asset, AssetAlias, AssetAll, AssetAny
from airflow.sdk.definitions.asset import AssetNameRef, AssetRef, AssetUriRef
from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType

from headgate.airflow import late

if TYPE_CHECKING:
    from headgate.places import Place


def asset_uri(place: Place) -> str | None:
    """Return the URI of the asset of the place that is published to, which is the asset's name too; None for any other
    place.

    `postgres://host:port/database/schema/table`; `x-duckdb:///path/of/file.duckdb/schema/table` (Airflow leaves schemes
    with `x-` as they are); of a folder `file:///path`, `s3://bucket/path`.
    """
    if not isinstance(place, late.Stored) or place.lineage is None:
        return None
    return place.lineage.asset_uri


def written_uris(outlets: Iterable[Any], events: Any) -> Iterator[str]:
    """Return the URI of every asset that the outlets of a task refer to: directly, by name or URI, in a condition of
    several, or announced through an alias.

    Args:
        events: the `outlet_events` of the task's context.
    """
    for outlet in outlets:
        if isinstance(outlet, Asset):
            yield outlet.uri
        elif isinstance(outlet, AssetUriRef):
            yield Asset(uri=outlet.uri).uri
        elif isinstance(outlet, AssetNameRef):
            event = _event(events, outlet)
            # One that Airflow does not know may still be called as its URI, which is the name by default.
            yield outlet.name if event is None else event.key.uri
        elif isinstance(outlet, AssetAlias):
            yield from dict.fromkeys(event.dest_asset_key.uri for event in events[outlet].asset_alias_events)
        elif isinstance(outlet, AssetAll | AssetAny):
            yield from written_uris(outlet.objects, events)


def announce(task: Any, context: Any, place: Place, extra: dict[str, Any]) -> None:
    """Set the events of the task's outlets: for each AssetAlias one of the asset of `place`; for each Asset, and each
    reference to one, its own. All have `extra`."""
    events, uri = context["outlet_events"], asset_uri(place)
    for outlet in task.outlets:
        if isinstance(outlet, AssetAlias) and uri:
            events[outlet].add(Asset(uri=uri), extra=extra)
        elif isinstance(outlet, Asset | AssetRef):
            event = _event(events, outlet)
            if event is None:
                task.log.warning("%s is not an asset that Airflow knows: it has no event", outlet)
            else:
                event.extra = extra


def _event(events: Any, outlet: Any) -> Any:
    """Return the event of an outlet; None if it refers to an asset that Airflow does not know."""
    try:
        return events[outlet]
    except AirflowRuntimeError as error:
        if error.error.error is not ErrorType.ASSET_NOT_FOUND:
            raise
        return None


def announce_nothing(task: Any) -> None:
    """Remove the task's outlets, so that a task which succeeds without publishing has no asset event."""
    task.outlets = []
