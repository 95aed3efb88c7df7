"""How the columns of staged data fit those of the target that it is published into.

A column that only the source has is added: the contract names it, or allows it (`extraColumns`). A column that only the
target has must fill itself (a default, an identity); otherwise consumers would read NULL where they expect values. A
column whose type differs takes the target's type, and every value must stay the same in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headgate.checks import RESERVED, Column
from headgate.errors import TargetRefusedError
from headgate.places.statements import TargetColumn


@dataclass(frozen=True, slots=True)
class ColumnChanges:
    """`added` are columns that the target lacks; `changed` are (staged, held) pairs of columns with other types."""

    added: tuple[Column, ...]
    changed: tuple[tuple[Column, Column], ...]


def changed_columns(target: str, staged: Sequence[Column], held: Mapping[str, TargetColumn]) -> ColumnChanges:
    """Return how `staged` differs from `held`, the target's columns by their names in lower case.

    Raises:
        CallError: the source lacks what consumers read.
    """
    names = {column.name.lower() for column in staged}
    lacking = [
        h.column.name
        for name, h in held.items()
        if name not in names and not (h.filled or h.generated or name.startswith(RESERVED))
    ]
    if lacking:
        raise TargetRefusedError(
            f"{target} has columns that the source does not have: {', '.join(lacking)}. "
            "Their consumers would find nothing; give them a default, drop them from the target, or fix the source"
        )
    computed = [c.name for c in staged if c.name.lower() in held and held[c.name.lower()].generated]
    if computed:
        raise TargetRefusedError(f"{target} computes {', '.join(computed)} itself; leave them out of the source")
    added = tuple(c for c in staged if c.name.lower() not in held)
    pairs = [(c, held[c.name.lower()].column) for c in staged if c.name.lower() in held]
    return ColumnChanges(added, tuple((new, old) for new, old in pairs if new.type != old.type))
