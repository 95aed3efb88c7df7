"""Types about the text of a value: lists of patterns, and LIKE."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from headgate.checks import conditions as sql
from headgate.checks.argument import FLAG, PATTERNS, Argument
from headgate.checks.check import Check
from headgate.checks.check_type import CheckType
from headgate.checks.shape import listed

_TEXT = frozenset({"string"})
_ESCAPE = "\\"


def wrong_like(pattern: str) -> str | None:
    """Return why `pattern` is not a LIKE pattern, in which a backslash escapes the next character; None if it is
    one."""
    rest = pattern.replace(_ESCAPE * 2, "")
    return "it ends in the middle of an escape" if rest.endswith(_ESCAPE) else None


def _regex(name: str, pattern: str | exp.Expr) -> exp.Expr:
    return exp.RegexpLike(this=sql.text(name), expression=sql.literal(pattern))


def _like(name: str, pattern: str) -> exp.Expr:
    like = exp.Like(this=sql.text(name), expression=exp.Literal.string(pattern))
    return exp.Escape(this=like, expression=exp.Literal.string(_ESCAPE)) if _ESCAPE in pattern else like


def _found(check: Check, one: Callable[[str, str], exp.Expr]) -> Sequence[exp.Expr]:
    return [one(check.columns[0], pattern) for pattern in check.args["patterns"]]


def _none_found(one: Callable[[str, str], exp.Expr]) -> Callable[[Check], exp.Expr]:
    """Return the condition: not NULL, and none of the patterns (or, with `all`, not every one) is found."""

    def condition(check: Check) -> exp.Expr:
        join = exp.and_ if check.args.get("all") else exp.or_
        return sql.unless(join(*_found(check, one)), sql.skipped(check.columns[:1]))

    return condition


def _any_found(one: Callable[[str, str], exp.Expr]) -> Callable[[Check], exp.Expr]:
    return lambda check: exp.and_(sql.not_null(check.columns[:1]), exp.or_(*_found(check, one)))


def _promise(words: str, words_of_all: str = "") -> Callable[[Check], str]:
    def promise(check: Check) -> str:
        chosen = words_of_all if check.args.get("all") else words
        return f"{check.path} {chosen} {listed(check.args['patterns'])}"

    return promise


TYPES = (
    CheckType(
        "matches_list",
        "conformity",
        _promise("matches one of", "matches each of"),
        condition=_none_found(_regex),
        wants=_TEXT,
        arguments=(Argument("patterns", PATTERNS), Argument("all", FLAG)),
    ),
    CheckType(
        "not_matches",
        "conformity",
        _promise("matches none of"),
        condition=_any_found(_regex),
        wants=_TEXT,
        arguments=(Argument("patterns", PATTERNS),),
    ),
    CheckType(
        "like",
        "conformity",
        _promise("is like one of", "is like each of"),
        condition=_none_found(_like),
        wants=_TEXT,
    ),
    CheckType("not_like", "conformity", _promise("is like none of"), condition=_any_found(_like), wants=_TEXT),
)
