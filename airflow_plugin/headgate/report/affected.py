"""Whom a broken promise affects: the consumers that the contract names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headgate.contract.consumers import Consumer
from headgate.report.result import CheckResult


def affected(consumers: Iterable[Consumer], broken: Sequence[CheckResult]) -> tuple[str, ...]:
    """Return the consumers in words, those first that say they read something broken, with what; none if nothing is.

    The others are affected as well: data that is held back is held back from all.
    """
    if not broken:
        return ()
    names = {name for result in broken for name in (result.key.rpartition(".")[0], *result.columns) if name}
    found = []
    for each in consumers:
        reads = [read for read in each.reads if any(Consumer("", reads=(read,)).may_read(name) for name in names)]
        said = "; ".join(filter(None, (each.contact, f"reads {', '.join(reads)}" if reads else "")))
        found.append((not reads, f"{each.name} ({said})" if said else each.name))
    return tuple(text for _, text in sorted(found, key=lambda pair: pair[0]))
