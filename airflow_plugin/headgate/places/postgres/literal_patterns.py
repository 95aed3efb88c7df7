"""Patterns that are a fixed beginning and a run of certain characters, which PostgreSQL can match without a regular
expression."""

from __future__ import annotations

import re

from sqlglot import exp

_PLAIN = re.compile(
    r"\^(?P<start>(?:[A-Za-z0-9 _/:@#=,;-]|\\[-./+])*)"
    r"\[(?P<set>(?:[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|[A-Za-z0-9 _])+)\]"
    r"(?P<count>\{[0-9]{1,3}(?:,[0-9]{0,3})?\}|[+*]|)\$"
)


def literal_match(text: exp.Expr, pattern: str) -> exp.Expr | None:
    """Return whether `text` matches the RE2 `pattern`, without a regular expression; None if the pattern is not that
    simple.

    `^SKU-[0-9]{6}$`: the text starts with SKU-, is ten characters long, and nothing is left after the start once digits
    are stripped from the end.
    """
    found = _PLAIN.fullmatch(pattern)
    if found is None:
        return None
    start, characters = found["start"].replace("\\", ""), _characters(found["set"])
    low, high = _counts(found["count"])
    if not characters or (high is not None and high < low):
        return None  # no RE2 pattern at all
    rest = exp.Anonymous(this="SUBSTR", expressions=[text.copy(), exp.Literal.number(len(start) + 1)])
    stripped = exp.Anonymous(this="LTRIM", expressions=[rest, exp.Literal.string(characters)])
    parts: list[exp.Expr] = [exp.EQ(this=exp.Length(this=stripped), expression=exp.Literal.number(0))]
    length = exp.Length(this=text.copy())
    if high is not None:
        parts.insert(0, exp.LTE(this=length.copy(), expression=exp.Literal.number(len(start) + high)))
    parts.insert(0, exp.GTE(this=length, expression=exp.Literal.number(len(start) + low)))
    if start:
        parts.insert(0, exp.Anonymous(this="STARTS_WITH", expressions=[text.copy(), exp.Literal.string(start)]))
    return exp.paren(exp.and_(*parts, copy=False), copy=False)


def _counts(count: str) -> tuple[int, int | None]:
    if count in ("", "+", "*"):
        return {"": (1, 1), "+": (1, None), "*": (0, None)}[count]
    low, comma, high = count.strip("{}").partition(",")
    return int(low), int(high) if high else None if comma else int(low)


def _characters(inner: str) -> str:
    """Return every character of a class, with ranges expanded; empty if a range runs backwards."""
    runs = [(part[0], part[-1]) for part in re.findall(r".-.|.", inner)]
    if any(first > last for first, last in runs):
        return ""
    return "".join(chr(code) for first, last in runs for code in range(ord(first), ord(last) + 1))
