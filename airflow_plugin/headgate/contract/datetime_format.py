"""Formats of dates and times in ODCS: patterns of the JDK's DateTimeFormatter.

Only those that an engine can read exactly: numbers of fixed width, names of months in English, fractions, zones, and
quoted text. Others (optional parts, week-based years, localised names) are refused instead of guessed.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

# JDK's letters: (a pattern of what they match, the directive of strptime)
_LETTERS = {
    "yyyy": ("[0-9]{4}", "%Y"),
    "uuuu": ("[0-9]{4}", "%Y"),
    "yy": ("[0-9]{2}", "%Y"),
    "uu": ("[0-9]{2}", "%Y"),
    "MM": ("[0-9]{2}", "%m"),
    "M": ("[0-9]{1,2}", "%m"),
    "MMM": ("(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", "%b"),
    "MMMM": (
        "(January|February|March|April|May|June|July|August|September|October|November|December)",
        "%B",
    ),
    "dd": ("[0-9]{2}", "%d"),
    "d": ("[0-9]{1,2}", "%d"),
    "DDD": ("[0-9]{3}", "%j"),
    "HH": ("[0-9]{2}", "%H"),
    "H": ("[0-9]{1,2}", "%H"),
    "hh": ("[0-9]{2}", "%I"),
    "h": ("[0-9]{1,2}", "%I"),
    "mm": ("[0-9]{2}", "%M"),
    "m": ("[0-9]{1,2}", "%M"),
    "ss": ("[0-9]{2}", "%S"),
    "s": ("[0-9]{1,2}", "%S"),
    "SSS": ("[0-9]{3}", "%g"),
    "SSSSSS": ("[0-9]{6}", "%f"),
    "a": ("(AM|PM)", "%p"),
    "X": ("(Z|[+-][0-9]{2}([0-9]{2})?)", "%z"),
    "XX": ("(Z|[+-][0-9]{4})", "%z"),
    "XXX": ("(Z|[+-][0-9]{2}:[0-9]{2})", "%z"),
    "xxx": ("[+-][0-9]{2}:[0-9]{2}", "%z"),
    "xx": ("[+-][0-9]{4}", "%z"),
    "Z": ("[+-][0-9]{4}", "%z"),
}
_TOKEN = re.compile(r"''|'((?:[^']|'')+)'|([A-Za-z])\2*|[^A-Za-z'\[\]{}#]")


@dataclass(frozen=True, slots=True)
class DatetimeFormat:
    """`grammar` is the RE2 pattern of such a text, not anchored; `directives` are what strptime reads it with.

    `century` is the pattern of what is before a year of two digits, which is one of this century: a 20 goes there
    before the text is read (DateTimeFormatter's base year is 2000). None if there is no such year.
    """

    grammar: str
    directives: str
    century: str | None = None

    @property
    def zoned(self) -> bool:
        return "%z" in self.directives

    @property
    def timed(self) -> bool:
        """Whether the format includes a time of day."""
        return any(directive in self.directives for directive in ("%H", "%I"))


@functools.lru_cache(maxsize=256)
def datetime_format(text: str) -> DatetimeFormat:
    """Return the format that `pattern` means. Raises ValueError, naming the part that cannot be read."""
    grammar, directives, position = "", "", 0
    century: str | None = None
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"{text[position]!r} in the format {text!r} is not supported")
        position = match.end()
        letters = match[0]
        if match[2]:
            if letters not in _LETTERS:
                raise ValueError(f"{letters!r} in the format {text!r} is not supported; known: {', '.join(_LETTERS)}")
            if letters in ("yy", "uu"):
                if century is not None:
                    raise ValueError(f"the format {text!r} has two years")
                century = grammar
            pattern, directive = _LETTERS[letters]
            grammar, directives = grammar + pattern, directives + directive
            continue
        plain = "'" if letters == "''" else (match[1] or letters).replace("''", "'")
        grammar, directives = grammar + re.escape(plain), directives + plain.replace("%", "%%")
    return DatetimeFormat(grammar, directives, century)
