"""What makes two texts equal: spaces, case, normal form, a prefix, a length."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from headgate.compare.patterns.hypothesis import Hypothesis, Pair, spread

_T = TypeVar("_T")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# Both texts are equal once this is done to them; what is done least comes first.
_ALIKE: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("spaces", "trailing spaces", str.rstrip),
    ("spaces", "leading spaces", str.lstrip),
    ("spaces", "leading and trailing spaces", str.strip),
    ("spaces", "spaces", lambda t: "".join(t.split())),
    ("case", "upper and lower case", str.casefold),
    ("normal_form", "another Unicode normal form", _nfc),
    ("zeros", "leading zeros", lambda t: t.lstrip("0")),
    ("case", "spaces and case", lambda t: "".join(t.split()).casefold()),
    ("punctuation", "punctuation, spaces and case", lambda t: "".join(filter(str.isalnum, t)).casefold()),
)


def text_rules(pairs: Sequence[Pair], sides: tuple[str, str]) -> Iterator[Hypothesis]:
    """Yield rules for pairs of texts (or of bytes)."""
    few = [(a, b) for a, b in spread(pairs) if isinstance(a, str) and isinstance(b, str)]
    if not few:
        return
    for kind, words, form in _ALIKE:
        yield Hypothesis(kind, f"differs in {words}", _alike(form))
    for side, turned in ((sides[1], False), (sides[0], True)):
        yield Hypothesis("encoding", f"is UTF-8 that was read as Latin-1 in {side}", _misread(turned))
        yield from _longer([(b, a) if turned else (a, b) for a, b in few], side, turned)


def _alike(form: Callable[[str], str]) -> Callable[[Any, Any], bool]:
    def follows(a: Any, b: Any) -> bool:
        # What is left says which text it was.
        return isinstance(a, str) and isinstance(b, str) and form(a) == form(b) != ""

    return follows


def _misread(turned: bool) -> Callable[[Any, Any], bool]:
    def follows(a: Any, b: Any) -> bool:
        a, b = (b, a) if turned else (a, b)
        if not (isinstance(a, str) and isinstance(b, str)):
            return False
        read = a.encode(errors="replace")
        return a != b and b in (read.decode("latin-1"), read.decode("cp1252", errors="replace"))

    return follows


def _longer(pairs: Sequence[tuple[str, str]], side: str, turned: bool) -> Iterator[Hypothesis]:
    """Yield what one side's text has before or after the other's, and where it is cut."""

    def rule(kind: str, words: str, test: Callable[[str, str], bool], tries: int) -> Hypothesis:
        def follows(a: Any, b: Any) -> bool:
            a, b = (b, a) if turned else (a, b)
            return isinstance(a, str) and isinstance(b, str) and test(a, b)

        return Hypothesis(kind, words, follows, tries)

    before = Counter(b[: len(b) - len(a)] for a, b in pairs if len(b) > len(a) and b.endswith(a))
    after = Counter(b[len(a) :] for a, b in pairs if len(b) > len(a) and b.startswith(a))
    lengths = Counter(len(b) for a, b in pairs if len(b) < len(a) and a.startswith(b))
    if before:
        prefix = _first(before)
        words = f"has a prefix of {_characters(len(prefix))} in {side}"
        yield rule("prefix", words, lambda a, b: b == prefix + a, len(before))
    if after:
        suffix = _first(after)
        words = f"has a suffix of {_characters(len(suffix))} in {side}"
        yield rule("suffix", words, lambda a, b: b == a + suffix, len(after))
    if lengths:
        size = _first(lengths)
        words = f"is cut at {_characters(size)} in {side}"
        yield rule("cut", words, lambda a, b: len(a) > size and b == a[:size], len(lengths))


def _first(counts: Counter[_T]) -> _T:
    return counts.most_common(1)[0][0]


def _characters(count: int) -> str:
    return f"{count} character{'s' * (count != 1)}"
