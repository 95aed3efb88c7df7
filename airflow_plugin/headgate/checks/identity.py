"""The identity of a rule: its key, and a digest of what it says.

A key is the name that people and programs use. It may stay while the rule behind it changes; the digest does not.
Quarantine, releases and everything that remembers a rule compare digests.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from sqlglot import exp

# The form of what is hashed. Whoever changes the form, for whatever reason, keeps this function under its old name,
# or every rule that was ever recorded counts as changed.
VERSION = "v1"
# The argument of a check that is a set of values: in which order they are written says nothing.
VALUES = "values"


@dataclass(frozen=True, slots=True)
class RuleId:
    """`key` names the rule in its dataset; `digest` ("v1:" and 16 hexadecimal digits) is the same for rules that say
    the same, whatever their names are and wherever they are written."""

    key: str
    digest: str


def digest_of(*parts: Any) -> str:
    """Return the digest of a rule's parts: plain values, collections of them, and SQL expressions.

    Raises:
        TypeError: a part has no canonical form.
    """
    text = json.dumps([_canonical(part) for part in parts], ensure_ascii=True, separators=(",", ":"))
    return f"{VERSION}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


Named = TypeVar("Named", bound=Any)  # a dataclass with key, digest, severity and policy


def with_unique_keys(rules: Sequence[Named]) -> tuple[Named, ...]:
    """Return the rules, with a key of its own for each: those that share a name are told apart by what they say
    (rowCount#3fa91c).

    A key therefore does not depend on the position of a rule in the file. Rules that say exactly the same are numbered
    in their order.
    """
    shared = Counter(rule.key for rule in rules)
    taken = {key for key, count in shared.items() if count == 1}
    named: list[Named] = []
    for rule in rules:
        if shared[rule.key] > 1:
            rule = replace(rule, key=_free(f"{rule.key}#{_suffix(rule)}", taken))
            taken.add(rule.key)
        named.append(rule)
    return tuple(named)


def _suffix(rule: Named) -> str:
    said = repr((rule.digest, str(rule.severity), rule.policy))
    return hashlib.sha256(said.encode()).hexdigest()[:6]


def _free(key: str, taken: Collection[str]) -> str:
    count, free = 1, key
    while free in taken:
        count += 1
        free = f"{key}-{count}"
    return free


def _canonical(value: Any) -> Any:
    """Return `value` in a form that JSON preserves, tagged if JSON would represent two types alike."""
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal() | Fraction():
            # 1, 1.0 and 1.00 are one bound.
            return _number(value)
        case float():
            return {"number": repr(value)}
        case date() | time():
            return {"moment": value.isoformat()}
        case exp.Expr():
            return {"sql": value.sql(comments=False)}
        case Mapping():
            told = ((str(key), _unordered(item) if key == VALUES else _canonical(item)) for key, item in value.items())
            return {"map": sorted(map(list, told), key=lambda pair: pair[0])}
        case frozenset() | set():
            return _unordered(value)
        case Iterable():
            return [_canonical(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _unordered(values: Iterable[Any]) -> dict[str, Any]:
    return {"set": sorted(map(_canonical, values), key=json.dumps)}


def _number(value: int | Decimal | Fraction) -> dict[str, str]:
    if isinstance(value, Decimal) and not value.is_finite():
        return {"number": str(value)}
    return {"number": str(Fraction(value))}
