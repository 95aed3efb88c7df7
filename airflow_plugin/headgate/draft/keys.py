"""The likeliest primary key of data that declares none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from headgate.draft.content import is_identifier, personal_content
from headgate.lint import personal
from headgate.places import Session
from headgate.scan.profile import ColumnProfile, Profile, is_unique, may_be_unique

_KEY_ROWS = 5
# A key is looked for among so many candidates, and so many of them are looked at to the last row.
_MOST_CANDIDATES, _MOST_PROOFS = 24, 2


def find_key(profile: Profile, session: Session) -> tuple[str, ...]:
    """Return the columns of the likeliest primary key, proven on the rows of the profile; none where none was found."""
    candidates = islice(_candidates(profile), _MOST_CANDIDATES)
    likely = (key for key in candidates if may_be_unique(key, profile.relation, session))
    return next((key for key in islice(likely, _MOST_PROOFS) if is_unique(key, profile.relation, session)), ())


def _candidates(profile: Profile) -> Iterator[tuple[str, ...]]:
    """Columns, then pairs of columns, that may be the primary key, the likeliest first; nothing is proven here."""
    able = [c for c in profile.columns if _can_be_key(c, profile.rows)]
    likely = [c for c in able if (c.distinct or 0) >= 0.6 * profile.rows and c.kind in ("integer", "string")]
    for column in sorted(likely, key=lambda c: not is_identifier(c)):
        yield (column.name,)
    parts = [c for c in able if (c.distinct or 0) > 1 and c not in likely]
    pairs = (
        (one.name, other.name)
        for i, one in enumerate(able)
        for other in able[i + 1 :]
        if (one in parts or other in parts)
        and any(is_identifier(c) or c.kind in ("date", "timestamp") for c in (one, other))
        and (one.distinct or 0) * (other.distinct or 0) >= 0.6 * profile.rows
    )
    if profile.rows >= 4 * _KEY_ROWS:
        yield from pairs


def _can_be_key(column: ColumnProfile, rows: int) -> bool:
    whole = rows >= _KEY_ROWS and column.present == rows and column.distinct is not None
    return whole and not personal.named(column.name) and not personal_content(column)
