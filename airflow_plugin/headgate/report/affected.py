"""Whom a broken promise affects: the consumers that the contract names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headgate.contract.consumers import Consumer
from headgate.levels.level import LevelResult
from headgate.report.result import CheckResult


def affected(
    consumers: Iterable[Consumer], broken: Sequence[CheckResult], late: Sequence[LevelResult] = ()
) -> tuple[str, ...]:
    """Return the consumers in words, those first that say they read something broken, or need a level that is, with
    what; none if nothing is.

    The others are affected as well: data that is held back is held back from all.
    """
    if not broken and not late:
        return ()
    names = {name for result in broken for name in (result.key.rpartition(".")[0], *result.columns) if name}
    found = []
    for each in consumers:
        reads = [read for read in each.reads if any(Consumer("", reads=(read,)).may_read(name) for name in names)]
        needs = list(dict.fromkeys(level.name for level in late if level.consumer == each.name))
        about = (f"{verb} {', '.join(names)}" if names else "" for verb, names in (("reads", reads), ("needs", needs)))
        said = "; ".join(filter(None, (each.contact, *about)))
        found.append((not (reads or needs), f"{each.name} ({said})" if said else each.name))
    return tuple(text for _, text in sorted(found, key=lambda pair: pair[0]))
