"""How staged rows meet a target: functions over the words of a platform (`places.statements`), the same on all."""

from headgate.publishing.commit import mark_stale, release, switch
from headgate.publishing.quarantine import batches, drop, own_columns, quarantined_rows, set_aside
from headgate.publishing.staged import (
    discard,
    existing_rows,
    fit,
    lacking,
    remaining,
    replaces_some,
    stage,
    stage_batch,
    with_target,
    without_key,
)

__all__ = [
    "batches",
    "discard",
    "drop",
    "existing_rows",
    "fit",
    "lacking",
    "mark_stale",
    "own_columns",
    "quarantined_rows",
    "release",
    "remaining",
    "replaces_some",
    "set_aside",
    "stage",
    "stage_batch",
    "switch",
    "with_target",
    "without_key",
]
