"""In which direction a difference goes, as one word that the table of rules knows.

Without a judge the word is the event: added, removed, changed, moved. `same` is a difference in words alone.
"""

from __future__ import annotations

from headgate.changes.delta import Delta
from headgate.changes.judges import columns, promises, settings, terms

JUDGES = {**columns.JUDGES, **promises.JUDGES, **terms.JUDGES, **settings.JUDGES}


def word(delta: Delta) -> str:
    """The direction of a difference; where a value is not what it should be, nothing can be told: `changed`."""
    if delta.is_empty and delta.event != "moved":
        return "same"
    judge = JUDGES.get(delta.where)
    if judge is None:
        return delta.event
    try:
        value: str = judge(delta)
        return value
    except (TypeError, ValueError, ArithmeticError, AttributeError, KeyError, IndexError):
        return "changed"


__all__ = ["JUDGES", "word"]
