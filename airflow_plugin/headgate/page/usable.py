"""The answer to "may I use it now?", as far as the history says it. `headgate status` looks at the data as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from headgate.incidents import Effect
from headgate.page.overview import Line
from headgate.page.state import State, unmeasured
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


def usable(line: Line, now: datetime, upstream: Sequence[str] = ()) -> Usable:
    """Return whether a dataset may be used.

    Args:
        upstream: the datasets that it is made from, and that are in trouble, in words.
    """
    found = tuple(_reasons(line, now, upstream))
    answer = next((each for each in _ORDER if any(called == each for called, _ in found)), "yes")
    reasons = tuple(text for each in _ORDER for called, text in found if called == each)
    until = line.fresh.until if line.fresh and answer in ("yes", "yes, but") else None
    return Usable(answer, reasons, until)


def _reasons(line: Line, now: datetime, upstream: Sequence[str]) -> Iterator[tuple[str, str]]:
    standing = line.standing
    if standing is None:
        yield "unknown", "it was never checked or published"
        return
    if why := unmeasured(standing, line.levels, now):
        yield "unknown", why
    if line.state is State.QUIET:
        yield "unknown", f"it has not run since {line.why}"
    effects = [each.incident.current_effect for each in line.incidents if each.incident.pages]
    if standing.last.verdict == "breach" and not effects:  # a person accepted it, or it is a draft's: it is as it was
        effects = [_OUTCOMES.get(standing.last.outcome or "", Effect.SERVED)] * max(standing.broken, 1)
    if line.state is State.LATE or Effect.LATE in effects or (line.fresh is not None and now > line.fresh.until):
        yield "no", f"it is older than promised{f' ({line.fresh.statement})' if line.fresh else ''}"
    if count := effects.count(Effect.SERVED):
        yield "no", f"what readers get breaks {counted(count, 'promise')}"
    if Effect.HELD_BACK in effects:
        yield "yes, but", "newer data was held back: readers have what was there before"
    if line.waiting is not None:
        yield "yes, but", f"{counted(line.waiting.rows, 'row')} in quarantine"
    elif Effect.QUARANTINED in effects:
        yield "yes, but", "rows in quarantine are missing"
    if standing.warned:
        which = agreeing(standing.warned, "that only warns is", "that only warn are")
        yield "yes, but", f"{counted(standing.warned, 'promise')} {which} broken"
    for level in line.levels:
        if level["status"] == "broken" and level["name"] != "freshness" and not level.get("consumer"):
            yield "yes, but", f"{level['name']}: {level['statement']}, which is not kept"
    for each in upstream:
        yield "yes, but", f"upstream, {each}"
    if standing.last.draft:
        yield "yes, but", "the contract is a draft: nothing is promised yet"
