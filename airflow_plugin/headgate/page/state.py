"""The state of a dataset on the page: one word, one sign, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from headgate.history.incident_views import IncidentLine
from headgate.history.views import DatasetStanding, Pace
from headgate.levels.reading import length_words

# A dataset that has not run for so many times its mean pause, and for longer than a day, is not known to hold.
_PAUSES = 3
_AT_LEAST = timedelta(hours=26)


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
        if level["name"] != "freshness" or level.get("consumer") or not promised or not observed:
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
    fresh: Freshness | None,
    pace: Pace | None,
    now: datetime,
) -> tuple[State, str]:
    """Return the state of a dataset, and why in words; empty where there is nothing to say."""
    last = standing.last
    paging = [each for each in incidents if each.incident.pages]
    if last.verdict == "breach" or paging:
        count = max(standing.broken, len(paging))
        return State.BROKEN, f"{count} of {standing.rules} promises" if count <= standing.rules else f"{count} promises"
    if last.verdict not in VERDICTS or last.verdict == "unknown" or not standing.rules:
        return State.UNKNOWN, "nothing was measured" if not standing.rules else "something could not be measured"
    if fresh is not None and now > fresh.until:
        return State.LATE, f"older than promised for {length_words(now - fresh.until)}"
    if (quiet := quiet_since(pace, last.at, now)) is not None:
        return State.QUIET, f"{quiet:%Y-%m-%d %H:%M} UTC"
    if last.verdict == "warn" or standing.warned or incidents:
        return State.WARNED, f"{standing.warned or len(incidents)} that warn"
    return State.HOLDS, ""
