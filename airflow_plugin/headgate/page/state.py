"""The state of a dataset on the page: one word, one sign, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from headgate.history.incident_views import IncidentLine
from headgate.history.views import DatasetStanding, Pace, Waiting
from headgate.incidents import Effect, Severity
from headgate.levels.reading import length_words
from headgate.plural import agreeing, counted

# A dataset that has not run for so many times its mean pause, and for longer than a day, is not known to hold.
_PAUSES = 3
_AT_LEAST = timedelta(hours=26)
_MINUTE = timedelta(minutes=1)
# By so much may the clocks of two machines differ.
_CLOCKS = timedelta(minutes=5)


class State(StrEnum):
    """What the page says of a dataset, the worst first. Only `holds` is green: something was measured, and recently."""

    BROKEN = "broken"
    UNKNOWN = "unknown"
    LATE = "late"
    WARNED = "warned"
    QUIET = "not run since"
    NEVER = "never run"
    HOLDS = "holds"

    @property
    def rank(self) -> int:
        return _RANK[self]

    @property
    def sign(self) -> str:
        return _SIGNS[self]

    @property
    def style(self) -> str:
        """The name of its style, for states that look alike."""
        return _STYLES[self]


_RANK = {state: rank for rank, state in enumerate(State)}
_SIGNS = {State.BROKEN: "✘", State.UNKNOWN: "?", State.LATE: "!", State.WARNED: "!", State.QUIET: "?",
          State.NEVER: "–", State.HOLDS: "✔"}  # fmt: skip
_STYLES = {State.BROKEN: "bad", State.UNKNOWN: "unknown", State.LATE: "warn", State.WARNED: "warn",
           State.QUIET: "unknown", State.NEVER: "unknown", State.HOLDS: "good"}  # fmt: skip
VERDICTS = {"pass": State.HOLDS, "warn": State.WARNED, "breach": State.BROKEN, "unknown": State.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when the newest data is as fresh as promised: `until`; `statement` is the promise."""

    until: datetime
    statement: str


def fresh_until(levels: Sequence[Mapping[str, Any]]) -> Freshness | None:
    """Return the first promised freshness that ends, of what a run measured; None where none was measured.

    The newest data was `observed` old at the time of the level's clock: it is fresh until it is as old as promised.
    """
    found = []
    for level in levels:
        promised, observed = level.get("promised"), level.get("observed")
        if not _is_promised(level, "freshness") or not promised or not observed:
            continue
        if promised["unit"] == observed["unit"] == "s":
            left = timedelta(seconds=promised["value"] - observed["value"])
            found.append(Freshness(datetime.fromisoformat(level["at"]) + left, level["statement"]))
    return min(found, key=lambda each: each.until, default=None)


def may_be_quiet(last: datetime, now: datetime) -> bool:
    """Return whether a dataset ran so long ago that its habit must be known to tell whether it should have since."""
    return now - last > _AT_LEAST


def quiet_since(pace: Pace | None, last: datetime, now: datetime) -> datetime | None:
    """Return since when a dataset has not run, where it should have by its own habit; None where it has."""
    pause = (pace.last - pace.first) / (pace.runs - 1) if pace and pace.runs > 1 else timedelta(days=31)
    return last if now - last > max(_PAUSES * pause, _AT_LEAST) else None


def state_of(
    standing: DatasetStanding,
    incidents: Sequence[IncidentLine],
    levels: Sequence[Mapping[str, Any]],
    waiting: Waiting | None,
    pace: Pace | None,
    now: datetime,
) -> tuple[State, str]:
    """Return the state of a dataset, and why in words; empty where there is nothing to say. The first that holds."""
    last = standing.last
    paging = [each for each in incidents if each.incident.pages]
    if standing.broken and not last.draft:
        return State.BROKEN, f"{standing.broken} of {standing.rules} promises"
    late = [each for each in paging if each.incident.current_effect is Effect.LATE]
    if len(paging) > len(late) or (last.verdict == "breach" and not last.draft):
        return State.BROKEN, counted(len(paging), "open incident") if len(paging) > len(late) else "the last run"
    if why := unmeasured(standing, levels, now):
        return State.UNKNOWN, why
    fresh = fresh_until(levels)
    if fresh is not None and now > fresh.until:
        return State.LATE, f"older than promised for {length_words((now - fresh.until) // _MINUTE * _MINUTE)}"
    if late or any(_is_promised(level, "freshness") and level["status"] == "broken" for level in levels):
        return State.LATE, "older than promised"
    if (quiet := quiet_since(pace, last.at, now)) is not None:
        return State.QUIET, f"{quiet:%Y-%m-%d %H:%M} UTC"
    if waiting is not None:
        return State.WARNED, f"{counted(waiting.rows, 'row')} in quarantine"
    if count := standing.warned + standing.broken:
        return State.WARNED, f"{counted(count, 'promise')} that only {agreeing(count, 'warns', 'warn')}"
    if broken := [level["name"] for level in levels if level["status"] == "broken" and not level.get("consumer")]:
        return State.WARNED, f"service level {broken[0]}"
    if last.verdict == "warn" or any(each.incident.broken.severity is Severity.WARNING for each in incidents):
        return State.WARNED, "the last run warned"
    return State.HOLDS, ""


def unmeasured(standing: DatasetStanding, levels: Sequence[Mapping[str, Any]], now: datetime) -> str:
    """Return what of a dataset was not measured, so that it is not known whether it holds; empty where all that matters
    was."""
    last = standing.last
    if last.at > now + _CLOCKS:
        return "its last run has a time to come: a clock is wrong"
    if not standing.rules:
        return "nothing was measured"
    if last.verdict not in VERDICTS or last.verdict == "unknown":
        return "something could not be measured"
    if not standing.recent:
        return "only a part of it was ever checked"
    for level in levels:
        counts = level["name"] == "freshness" or level.get("halts")
        if counts and not level.get("consumer") and level["status"] == "unknown" and not level.get("young"):
            return f"the service level {level['name']} could not be measured"
    return ""


def _is_promised(level: Mapping[str, Any], name: str) -> bool:
    return level["name"] == name and not level.get("consumer")
