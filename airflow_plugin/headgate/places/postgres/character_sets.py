"""Sets of characters as RE2 has them: its classes are of ASCII, and their edges are code points."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

LAST = 0x10FFFF
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """`ranges` are code points, both ends included, in their order and apart from each other."""

    ranges: tuple[Range, ...]

    @classmethod
    def of(cls, ranges: Iterable[Range]) -> CharacterSet:
        joined: list[Range] = []
        for low, high in sorted(ranges):
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], high))
            else:
                joined.append((low, high))
        return cls(tuple(joined))

    @classmethod
    def spelled(cls, text: str) -> CharacterSet:
        """Return the set that is written as pairs of ends: "azAZ" are the letters."""
        return cls.of(zip(map(ord, text[::2]), map(ord, text[1::2]), strict=True))

    @property
    def single(self) -> bool:
        """Whether it is one character."""
        return len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]

    def complement(self) -> CharacterSet:
        starts = [0, *(high + 1 for _, high in self.ranges)]
        ends = [*(low - 1 for low, _ in self.ranges), LAST]
        return CharacterSet(tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high))

    def folded(self) -> CharacterSet | None:
        """Return the set with every character that is the same but for its case; None if letters other than ASCII's
        are in it, of which engines have tables of their own."""
        if any(high > 0x7F for _, high in self.ranges):
            return None
        more = [
            (ord(c), ord(c)) for low, high in self.ranges for code in range(low, high + 1) for c in _cases(chr(code))
        ]
        return CharacterSet.of([*self.ranges, *more])

    def posix(self) -> str | None:
        """Return the set as a bracket expression of PostgreSQL; None if nothing is in it."""
        kept = [(max(low, 1), high) for low, high in self.ranges if high]  # a text of PostgreSQL has no NUL
        return f"[{''.join(_written(low, high) for low, high in kept)}]" if kept else None


def _cases(letter: str) -> str:
    return letter.lower() + letter.upper() + {"k": "\u212a", "s": "\u017f"}.get(letter.lower(), "")


def _written(low: int, high: int) -> str:
    return _escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}"


def _escaped(code: int) -> str:
    if chr(code).isascii() and chr(code).isalnum():
        return chr(code)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


@functools.cache
def named(name: str) -> CharacterSet | None:
    r"""Return the set of a class of RE2's: of d, s or w (`\d`), or of a name in brackets (`[:alpha:]`)."""
    spelled = {
        "d": "09",
        "s": "\t\n\f\r  ",
        "w": "09AZ__az",
        "alnum": "09AZaz",
        "alpha": "AZaz",
        "ascii": "\0\x7f",
        "blank": "\t\t  ",
        "cntrl": "\0\x1f\x7f\x7f",
        "digit": "09",
        "graph": "!~",
        "lower": "az",
        "print": " ~",
        "punct": "!/:@[`{~",
        "space": "\t\r  ",
        "upper": "AZ",
        "word": "09AZ__az",
        "xdigit": "09AFaf",
    }
    return CharacterSet.spelled(spelled[name]) if name in spelled else None
