"""How staged columns fit a target's: the columns of a source beside those of the target that it is published into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headgate.checks import RESERVED, Column
from headgate.errors import TargetRefusedError
from headgate.places.statements import TargetColumn


@dataclass(frozen=True, slots=True)
class ColumnChanges:
    """`added` are columns that the target lacks; `changed` are (staged, held) pairs of columns with other types;
    `absent` are columns of the target that the source lacks and that do not fill themselves (a default, an identity):
    where a publish may go on without them, they are NULL."""

    added: tuple[Column, ...] = ()
    changed: tuple[tuple[Column, Column], ...] = ()
    absent: tuple[Column, ...] = ()


def changed_columns(target: str, staged: Sequence[Column], held: Mapping[str, TargetColumn]) -> ColumnChanges:
    """Return how `staged` differs from `held`, the target's columns by their names in lower case.

    Raises:
        CallError: the source has a value for a column that the target computes.
    """
    names = {column.name.lower() for column in staged}
    absent = [
        h.column
        for name, h in held.items()
        if name not in names and not (h.filled or h.generated or name.startswith(RESERVED))
    ]
    computed = [c.name for c in staged if c.name.lower() in held and held[c.name.lower()].generated]
    if computed:
        raise TargetRefusedError(f"{target} computes {', '.join(computed)} itself; leave them out of the source")
    added = tuple(c for c in staged if c.name.lower() not in held)
    pairs = [(c, held[c.name.lower()].column) for c in staged if c.name.lower() in held]
    return ColumnChanges(added, tuple((new, old) for new, old in pairs if new.type != old.type), tuple(absent))
