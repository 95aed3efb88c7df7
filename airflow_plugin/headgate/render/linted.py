"""What there is to say of a contract file that was linted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headgate.checks import Unchecked
from headgate.plural import counted

if TYPE_CHECKING:
    from headgate.checks import Check, Unchecked
    from headgate.errors import Problem
    from headgate.lint.lint import Linted

LEVELS = ("error", "warning", "note")


def state(linted: Linted) -> str:
    """Return one line: whether a verdict can be reached, how many rules can be executed, how many problems."""
    counts = [counted(number, level) for level in LEVELS if (number := linted.count(level))]
    if linted.contract is None:
        return ", ".join(counts)
    declared, executed = _coverage(linted)
    blocked = any(r.severity == "error" and not r.excused for d in linted.contract for r in d.unchecked)
    said = "well-formed, but no verdict can be reached" if blocked else "ok"
    return ", ".join((said, f"{executed} of {counted(declared, 'rule')} can be executed", *counts))


def to_dict(linted: Linted) -> dict[str, Any]:
    """Return it as JSON-ready values: the problems and, of a contract that loads, its rules."""
    answer: dict[str, Any] = {"file": str(linted.file), "problems": [_problem(p) for p in linted.problems]}
    if linted.contract is not None:
        answer["rules"] = rules(linted)
        declared, executed = _coverage(linted)
        answer["coverage"] = {"executed": executed, "declared": declared}
    return answer


def rules(linted: Linted) -> list[dict[str, Any]]:
    """Return every rule of the contract, executed or not with the reason; none of one that does not load."""
    return [{"dataset": dataset.name, **_rule(rule)} for dataset in linted.contract or () for rule in dataset.rules]


def _coverage(linted: Linted) -> tuple[int, int]:
    """(declared, executed)"""
    assert linted.contract is not None
    declared = sum(len(dataset.rules) for dataset in linted.contract)
    return declared, declared - sum(len(dataset.unchecked) for dataset in linted.contract)


def _rule(rule: Check | Unchecked) -> dict[str, Any]:
    said = {"key": rule.key, "path": rule.source.path, "line": rule.source.line}
    if isinstance(rule, Unchecked):
        return {**said, "executed": False, "reason": rule.reason, "excused": rule.excused}
    return {**said, "executed": True, "type": rule.type}


def _problem(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("level", "rule", "line", "column", "message")}
