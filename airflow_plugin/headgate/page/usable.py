"""The answer to "may I use it now?", as far as the history says it. `headgate status` looks at the data as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from headgate.incidents import Effect
from headgate.page.overview import Line
from headgate.page.state import State
from headgate.plural import agreeing, counted

# The first that has a reason is the answer, as of fitness.
_ORDER = ("unknown", "no", "yes, but")
_STYLES = {"unknown": "unknown", "no": "bad", "yes, but": "warn", "yes": "good"}
# What readers have after a run that breaks the contract, by what it did.
_OUTCOMES = {
    "published_partly": Effect.QUARANTINED, "kept_last_good": Effect.HELD_BACK, "halted": Effect.HELD_BACK,
}  # fmt: skip
_SIGNS = {"unknown": "?", "no": "✘", "yes, but": "!", "yes": "✔"}


@dataclass(frozen=True, slots=True)
class Usable:
    """`answer` is yes, "yes, but", no or unknown; `reasons` say why, the most important first. `valid_until` is when
    the promised freshness will have passed, None where none was measured or the answer is neither of the two yes."""

    answer: str
    reasons: tuple[str, ...]
    valid_until: datetime | None = None

    @property
    def style(self) -> str:
        return _STYLES[self.answer]

    @property
    def sign(self) -> str:
        return _SIGNS[self.answer]


def usable(line: Line, now: datetime) -> Usable:
    """Return whether a dataset may be used."""
    found = tuple(_reasons(line, now))
    answer = next((each for each in _ORDER if any(called == each for called, _ in found)), "yes")
    reasons = tuple(text for each in _ORDER for called, text in found if called == each)
    until = line.fresh.until if line.fresh and answer in ("yes", "yes, but") else None
    return Usable(answer, reasons, until)


def _reasons(line: Line, now: datetime) -> Iterator[tuple[str, str]]:
    standing = line.standing
    if standing is None:
        yield "unknown", "it was never checked or published"
        return
    if standing.last.verdict == "unknown" or not standing.rules:
        yield "unknown", "the last run could not measure all that matters"
    if line.state is State.QUIET:
        yield "unknown", f"it has not run since {line.why}"
    if line.fresh is not None and now > line.fresh.until:
        yield "no", f"it is older than promised ({line.fresh.statement})"
    effects = [each.incident.current_effect for each in line.incidents if each.incident.pages]
    if standing.last.verdict == "breach" and not effects:  # a person accepted it, and it is as it was
        effects = [_OUTCOMES.get(standing.last.outcome or "", Effect.SERVED)] * max(standing.broken, 1)
    if count := effects.count(Effect.SERVED):
        yield "no", f"what readers get breaks {counted(count, 'promise')}"
    if Effect.LATE in effects and not (line.fresh is not None and now > line.fresh.until):
        yield "no", "it is older than promised"
    if Effect.HELD_BACK in effects:
        yield "yes, but", "newer data was held back: readers have what was there before"
    if Effect.QUARANTINED in effects:
        rows = standing.last.rows_quarantined
        yield "yes, but", f"{counted(rows, 'row') if rows else 'rows'} in quarantine are missing"
    if warned := standing.warned or sum(not each.incident.pages for each in line.incidents):
        which = agreeing(warned, "that only warns is", "that only warn are")
        yield "yes, but", f"{counted(warned, 'promise')} {which} broken"
    if standing.last.draft:
        yield "yes, but", "the contract is a draft: nothing is promised yet"
