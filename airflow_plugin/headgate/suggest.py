"""What a misspelt word was perhaps meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[object], likeness: float = 0.6) -> str:
    """The end of a message: "; did you mean 'x'?", or nothing where no known word is near."""
    near = nearest(word, known, likeness)
    return f"; did you mean '{near}'?" if near is not None else ""


def nearest(word: object, known: Iterable[object], likeness: float = 0.6) -> str | None:
    """The known word that is nearest, None where none is so near (1 is the same)."""
    return next(iter(difflib.get_close_matches(str(word), [str(one) for one in known], 1, likeness)), None)
