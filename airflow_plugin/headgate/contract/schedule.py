"""Schedules in cron's five fields. A rule's own schedule is for a scheduler to use: a gate always checks the rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_NAMES = re.compile(r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)\b")
_PART = re.compile(r"(\*|[0-9]{1,4}(-[0-9]{1,4})?)(/[0-9]{1,4})?\Z")


def schedule_problem(raw: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the `schedule` of a rule or service level whose `scheduler` is cron; None if nothing
    is."""
    text = str(raw.get("schedule") or "")
    if not text or str(raw.get("scheduler") or "cron").lower() != "cron":
        return None
    wrong = _cron_problem(text)
    return f"schedule '{text[:80]}': {wrong}" if wrong else None


def _cron_problem(text: str) -> str | None:
    if text.startswith("@"):
        return None
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"cron has five fields, this has {len(fields)}"
    for field, (name, low, high) in zip(fields, _FIELDS, strict=True):
        for part in _NAMES.sub("1", field).split(","):
            if not _PART.match(part):
                return f"'{part}' is not a valid {name}"
            for number in re.findall(r"[0-9]+", part.partition("/")[0]):
                if not low <= int(number) <= high:
                    return f"the {name} {number} is not within {low} and {high}"
    return None
