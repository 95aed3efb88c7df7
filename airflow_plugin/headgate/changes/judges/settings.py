"""Judges of headgate's own settings, and of units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from headgate.changes.change import ABSENT
from headgate.changes.delta import Delta, Node
from headgate.contract.service_levels import Duration
from headgate.contract.settings import SETTINGS, find

LEVELS = ("contract", "object", "property", "rule")
_NAMES = {"contract": "contract", "object": "dataset", "property": "property", "rule": "rule"}


def own(node: Node, name: str) -> Any:
    """What a thing itself says about a setting, read; ABSENT where it says nothing, or nothing that can be read."""
    level = _NAMES.get(node.kind, "")
    found = find(node.value.get("customProperties"), level)
    return next((value for _, known, value, wrong in found if known == name and not wrong), ABSENT)


def inherited(trail: Sequence[Node], name: str) -> Any:
    """The setting that holds for the innermost thing of a trail."""
    for node in reversed(trail):
        if node.kind in LEVELS and (value := own(node, name)) is not ABSENT:
            return value
    return SETTINGS[name].default


def _sides(delta: Delta, name: str) -> tuple[Any, Any]:
    return inherited(delta.old_trail, name), inherited(delta.new_trail, name)


def _order(name: str, rank: Callable[[Any], Any]) -> Callable[[Delta], str]:
    """A judge by rank: the higher one is the stricter."""

    def judge(delta: Delta) -> str:
        old, new = map(rank, _sides(delta, name))
        return "same" if old == new else "tightened" if new > old else "loosened"

    return judge


def _set(name: str) -> Callable[[Delta], str]:
    """A judge of exceptions: fewer are stricter."""

    def judge(delta: Delta) -> str:
        old, new = map(frozenset, _sides(delta, name))
        return "same" if old == new else "tightened" if new < old else "loosened" if old < new else "changed"

    return judge


# A chain of policies ends in halt: one that tries more before it holds back less.
_STRICTNESS = {"warn": 0, "quarantine": 1, "last_known_good": 2, "halt": 3}


def _chain(policies: Sequence[str]) -> list[int]:
    chain = [_STRICTNESS.get(policy, 3) for policy in policies]
    return chain if chain and chain[-1] in (0, 3) else [*chain, 3]


def _enum_policy(delta: Delta) -> str:
    rank = {"open": 0, None: 1, "closed": 2}
    old, new = _sides(delta, "enumPolicy")
    if rank[old] == rank[new]:
        return "same"
    if rank[new] > rank[old]:
        return "tightened"
    return "reopened" if old == "closed" else "loosened"


def _consumers(delta: Delta) -> str:
    old, new = ({each.name for each in side} for side in _sides(delta, "consumers"))
    if old == new:
        return "same" if delta.old == delta.new else "contact"
    return "added" if old < new else "removed"


def _length(longest: Duration | None) -> float:
    """The shorter, the stricter; a month counts as 30 days."""
    if longest is None:
        return float("-inf")
    return -float(longest.months * 30 * 86400 + longest.days * 86400 + longest.seconds)


_BY_NAME: dict[str, Callable[[Delta], str]] = {
    "onBreach": _order("onBreach", _chain),
    "maxQuarantinePercent": _order("maxQuarantinePercent", lambda percent: -percent),
    "maxStaleness": _order("maxStaleness", _length),
    "extraColumns": _order("extraColumns", ("ignore", "warn", "fail").index),
    "allowEmpty": _order("allowEmpty", lambda allowed: not allowed),
    "allowNotExecuted": _set("allowNotExecuted"),
    "showExamples": _order("showExamples", lambda shown: not shown),
    "missingValues": lambda d: "same" if len(set(_sides(d, "missingValues"))) == 1 else "changed",
    "enumPolicy": _enum_policy,
    "consumers": _consumers,
}
JUDGES = {f"{level}.setting.{name}": judge for level in LEVELS for name, judge in _BY_NAME.items()}
