"""What all forms of the answer say alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from headgate.changes.change import ABSENT, Change, Diff, Level, shown

_MARK = {"owner": "owner", "consumer": "consumer", "reader": "reader", "support": "support"}


def versions(diff: Diff) -> str:
    if not diff.old_version or not diff.new_file:
        return diff.new_version
    return f"{diff.old_version} → {diff.new_version}" if diff.old_version != diff.new_version else diff.new_version


def values(change: Change) -> str:
    """From what to what; what came or went whole is said by the rule."""
    if change.old is ABSENT and change.new is ABSENT:
        return ""
    if isinstance(change.old, dict) and isinstance(change.new, dict):  # fields that say something together
        return " → ".join(", ".join(f"{k} {shown(v)}" for k, v in side.items()) for side in (change.old, change.new))
    return f"{shown(change.old)} → {shown(change.new)}"


def state(change: Change) -> tuple[str, str]:
    """Whether it is agreed, and the names of who has agreed or has yet to."""
    if change.is_agreed:
        return "agreed by", ", ".join(change.agreed)
    given = {name.casefold() for name in change.agreed}
    missing = [p.names[0] for p in change.needs if not given & {n.casefold() for n in p.names}]
    if not change.needs:
        return "nobody can agree: the contract names neither an owner nor consumers", ""
    return "to be agreed by", ", ".join(missing)


def people(change: Change) -> str:
    return ", ".join(f"{_MARK[person.part]} {person}" for person in change.concerned)


def counts(diffs: Sequence[Diff]) -> str:
    """2 BREAK (1 agreed), 3 RISK, 1 SAFE."""
    changes = [change for diff in diffs for change in diff.changes]
    levels = Counter(change.level for change in changes)
    agreed = Counter(change.level for change in changes if change.is_agreed)
    parts = [
        f"{levels[level]} {level}" + (f" ({agreed[level]} agreed)" if agreed[level] else "")
        for level in sorted(levels, reverse=True)
    ]
    return ", ".join(parts) or "no changes"


def verdict(diffs: Sequence[Diff], strict: bool) -> str:
    """One line: what stands in the way, or that nothing does."""
    why = []
    if wrong := sum(bool(diff.wrong) for diff in diffs):
        why.append(f"{wrong} wrong version number{'s' if wrong > 1 else ''}")
    open_changes = [change for diff in diffs for change in diff.open]
    for level in (Level.BREAK, Level.RISK):
        number = sum(change.level is level for change in open_changes)
        if number and (level is Level.BREAK or strict):
            why.append(f"{number} {level} not agreed")
    return f"{'fails: ' + ', '.join(why) if why else 'passes'} ({counts(diffs)})"
